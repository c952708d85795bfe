import type { Problems } from '../../meta/problems.ts'
import type { SecurityContext, Volume, VolumeDevice, VolumeMount } from '../v1.ts'
import { descending, noBacksteps } from './paths.ts'

interface WithMounts {
  readonly volumeMounts?: readonly VolumeMount[]
  readonly volumeDevices?: readonly VolumeDevice[]
  readonly securityContext?: SecurityContext
}

/** Checks that what a container mounts is there, and where. */
export function validateMounts(
  { volumeMounts = [], volumeDevices = [], securityContext }: WithMounts,
  volumes: ReadonlyMap<string, Volume>,
  path: string,
  problems: Problems,
): void {
  const places = new Set<string>()
  for (const [i, mount] of volumeMounts.entries()) {
    const field = `${path}.volumeMounts[${i}]`
    const { name, mountPath, subPath = '', subPathExpr = '', mountPropagation } = mount
    if (!volumes.has(name)) problems.notFound(`${field}.name`, name)
    if (places.has(mountPath)) problems.invalid(`${field}.mountPath`, mountPath, 'must be unique')
    places.add(mountPath)
    for (const device of volumeDevices) {
      if (device.name === name) problems.invalid(`${field}.name`, name, 'must not already exist in volumeDevices')
      if (device.devicePath === mountPath) {
        problems.invalid(`${field}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices')
      }
    }
    if (subPath !== '') descending(subPath, `${path}.volumeMounts.subPath`, problems)
    if (subPathExpr !== '') {
      if (subPath !== '') {
        problems.invalid(`${field}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')
      }
      descending(subPathExpr, `${path}.volumeMounts.subPathExpr`, problems)
    }
    if (mountPropagation === 'Bidirectional' && securityContext?.privileged !== true) {
      const detail = 'Bidirectional mount propagation is available only to privileged containers'
      problems.forbidden(`${path}.volumeMounts.mountPropagation`, detail)
    }
    validateRecursiveReadOnly(mount, `${path}.volumeMounts.recursiveReadOnly`, problems)
  }
  validateDevices(volumeDevices, volumes, path, problems)
}

function validateRecursiveReadOnly(mount: VolumeMount, field: string, problems: Problems): void {
  const { recursiveReadOnly, readOnly, mountPropagation = 'None' } = mount
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return
  if (recursiveReadOnly !== 'Enabled' && recursiveReadOnly !== 'IfPossible') {
    problems.notSupported(field, recursiveReadOnly, ['Disabled', 'Enabled', 'IfPossible'])
    return
  }
  if (readOnly !== true) problems.forbidden(field, 'may only be specified when readOnly is true')
  if (mountPropagation !== 'None') {
    problems.forbidden(field, 'may only be specified when mountPropagation is None or not specified')
  }
}

function validateDevices(
  devices: readonly VolumeDevice[],
  volumes: ReadonlyMap<string, Volume>,
  path: string,
  problems: Problems,
): void {
  const [names, places] = [new Set<string>(), new Set<string>()]
  for (const [i, { name, devicePath }] of devices.entries()) {
    const field = `${path}.volumeDevices[${i}]`
    const volume = volumes.get(name)
    if (names.has(name)) problems.invalid(`${field}.name`, name, 'must be unique')
    if (volume === undefined) problems.notFound(`${field}.name`, name)
    else if (volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) {
      const detail = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
      problems.invalid(`${field}.name`, name, detail)
    }
    if (places.has(devicePath)) problems.invalid(`${field}.devicePath`, devicePath, 'must be unique')
    noBacksteps(devicePath, `${field}.devicePath`, problems)
    names.add(name)
    places.add(devicePath)
  }
}
