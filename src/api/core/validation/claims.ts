import type { Problems } from '../../meta/problems.ts'
import { compareQuantities } from '../../meta/quantity.ts'
import { validateNameOf, validateSelector } from '../../meta/validate-labels.ts'
import { unchanged } from '../../meta/validate-immutable.ts'
import { sameJson } from '../../../lib/patch/json.ts'
import type { PersistentVolume, PersistentVolumeClaim, PersistentVolumeSpec } from '../v1.ts'

/** Checks a claim to storage. */
export function validateClaim({ spec }: PersistentVolumeClaim, problems: Problems): void {
  const { accessModes = [], resources, selector, storageClassName } = spec
  if (accessModes.length === 0) problems.required('spec.accessModes', 'at least 1 access mode is required')
  validateModes(accessModes, problems)
  validateSelector(selector, 'spec.selector', problems)
  const size = resources?.requests?.['storage']
  if (size === undefined) problems.required('spec.resources[storage]')
  else if (compareQuantities(size, '0') <= 0) {
    problems.invalid('spec.resources[storage]', size, 'must be greater than zero')
  }
  validateNameOf(storageClassName, 'spec.storageClassName', problems)
}

function validateModes(modes: readonly string[], problems: Problems): void {
  if (modes.includes('ReadWriteOncePod') && modes.length > 1) {
    const detail = 'may not use ReadWriteOncePod with other access modes'
    problems.forbidden('spec.accessModes', detail)
  }
}

/** Checks that a claim stays the same, but for its size and what binding fills in. */
export function validateClaimUpdate(next: PersistentVolumeClaim, old: PersistentVolumeClaim, problems: Problems): void {
  const [spec, before] = [next.spec, old.spec]
  const size = ({ resources }: PersistentVolumeClaim['spec']): string => resources?.requests?.['storage'] ?? '0'
  const fixed = (one: PersistentVolumeClaim['spec']): object => {
    const { resources: _r, volumeName, volumeAttributesClassName: _v, storageClassName, ...rest } = one
    // What is not said yet may still be decided: which volume it is, and of which class.
    return {
      ...rest,
      volumeName: before.volumeName ? volumeName : '',
      storageClassName: before.storageClassName === undefined ? '' : storageClassName,
    }
  }
  if (!sameJson(fixed(spec), fixed(before))) {
    const detail =
      'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n'
    problems.forbidden('spec', detail)
  }
  if (
    compareQuantities(size(spec), size(before)) < 0 &&
    compareQuantities(size(spec), next.status.capacity?.['storage'] ?? '0') <= 0
  ) {
    problems.forbidden('spec.resources.requests.storage', 'field can not be less than status.capacity')
  }
  if (before.volumeAttributesClassName && !spec.volumeAttributesClassName) {
    problems.forbidden('spec.volumeAttributesClassName', 'update to nil volumeAttributesClassName is forbidden')
  }
}

/** What a volume can be made of. */
const SOURCES = [
  'gcePersistentDisk',
  'awsElasticBlockStore',
  'hostPath',
  'glusterfs',
  'nfs',
  'rbd',
  'iscsi',
  'cinder',
  'cephfs',
  'fc',
  'flocker',
  'flexVolume',
  'azureFile',
  'vsphereVolume',
  'quobyte',
  'azureDisk',
  'photonPersistentDisk',
  'portworxVolume',
  'scaleIO',
  'local',
  'storageos',
  'csi',
] as const

/** Checks a volume. */
export function validateVolume({ spec }: PersistentVolume, problems: Problems): void {
  const { accessModes = [], capacity = {}, hostPath, local, nodeAffinity, persistentVolumeReclaimPolicy } = spec
  if (accessModes.length === 0) problems.required('spec.accessModes')
  validateModes(accessModes, problems)
  if (Object.keys(capacity).length === 0) problems.required('spec.capacity')
  else if (capacity['storage'] === undefined || Object.keys(capacity).length > 1) {
    problems.notSupported('spec.capacity', Object.keys(capacity)[0], ['storage'])
  } else if (compareQuantities(capacity['storage'], '0') <= 0) {
    problems.invalid('spec.capacity[storage]', capacity['storage'], 'must be greater than zero')
  }
  const [first, ...others] = SOURCES.filter((name) => spec[name] !== undefined)
  if (first === undefined) problems.required('spec', 'must specify a volume type')
  for (const other of others) problems.forbidden(`spec.${other}`, 'may not specify more than 1 volume type')
  for (const [name, source] of [
    ['hostPath', hostPath],
    ['local', local],
  ] as const) {
    if (source?.path.split('/').includes('..') === true) {
      problems.invalid(`spec.${name}.path`, source.path, "must not contain '..'")
    }
  }
  if (local !== undefined && nodeAffinity?.required === undefined) {
    problems.required('spec.nodeAffinity', 'Local volume requires node affinity')
  }
  if (hostPath?.path === '/' && persistentVolumeReclaimPolicy === 'Recycle') {
    const detail = "may not be 'recycle' for a hostPath mount of '/'"
    problems.forbidden('spec.persistentVolumeReclaimPolicy', detail)
  }
  validateNameOf(spec.storageClassName, 'spec.storageClassName', problems)
}

/** Checks that a volume stays what it is. */
export function validateVolumeUpdate(
  { spec }: PersistentVolume,
  { spec: old }: PersistentVolume,
  problems: Problems,
): void {
  const source = (one: PersistentVolumeSpec): object => Object.fromEntries(SOURCES.map((name) => [name, one[name]]))
  if (!sameJson(source(spec), source(old))) {
    problems.forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation')
  }
  unchanged(spec.volumeMode, old.volumeMode, 'spec.volumeMode', problems)
  if (old.nodeAffinity !== undefined) unchanged(spec.nodeAffinity, old.nodeAffinity, 'spec.nodeAffinity', problems)
}
