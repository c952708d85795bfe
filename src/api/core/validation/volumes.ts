import { dns1123Label } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import { compareQuantities } from '../../meta/quantity.ts'
import type { DownwardAPIVolumeFile, KeyToPath, PodSpec, ProjectedVolumeSource, Volume } from '../v1.ts'
import { FILE_FIELDS, validateFieldRef, validateResourceRef } from './downward.ts'
import { noBacksteps, notReserved } from './paths.ts'

const FILE_MODE = 'must be a number between 0 and 0777 (octal), both inclusive'

/** Checks the volumes of a Pod, and returns those that can be mounted by their names. */
export function validateVolumes({ volumes = [] }: PodSpec, field: string, problems: Problems): Map<string, Volume> {
  const byName = new Map<string, Volume>()
  for (const [i, volume] of volumes.entries()) {
    const path = `${field}[${i}]`
    validateSource(volume, path, problems)
    const { name } = volume
    if (name !== '') problems.invalidBy(dns1123Label(name), `${path}.name`, name)
    if (byName.has(name)) problems.duplicate(`${path}.name`, name)
    byName.set(name, volume)
  }
  return byName
}

function validateSource(volume: Volume, path: string, problems: Problems): void {
  const { name: _, ...sources } = volume
  const [first, ...others] = Object.keys(sources)
  if (first === undefined) problems.required(path, 'must specify a volume type')
  for (const other of others) problems.forbidden(`${path}.${other}`, 'may not specify more than 1 volume type')
  const { emptyDir, hostPath, secret, configMap, nfs, downwardAPI, projected, ephemeral } = volume
  if (emptyDir?.sizeLimit !== undefined && compareQuantities(emptyDir.sizeLimit, '0') < 0) {
    problems.forbidden(`${path}.emptyDir.sizeLimit`, 'SizeLimit field must be a valid resource quantity')
  }
  if (hostPath !== undefined) noBacksteps(hostPath.path, `${path}.hostPath.path`, problems)
  if (secret !== undefined) {
    if ((secret.secretName ?? '') === '') problems.required(`${path}.secret.secretName`)
    validateMode(secret.defaultMode, `${path}.secret.defaultMode`, problems)
    validateItems(secret.items, `${path}.secret.items`, problems)
  }
  if (configMap !== undefined) {
    if ((configMap.name ?? '') === '') problems.required(`${path}.configMap.name`)
    validateMode(configMap.defaultMode, `${path}.configMap.defaultMode`, problems)
    validateItems(configMap.items, `${path}.configMap.items`, problems)
  }
  if (nfs !== undefined && !nfs.path.startsWith('/'))
    problems.invalid(`${path}.nfs.path`, nfs.path, 'must be an absolute path')
  if (downwardAPI !== undefined) {
    validateMode(downwardAPI.defaultMode, `${path}.downwardAPI.defaultMode`, problems)
    for (const file of downwardAPI.items ?? []) validateFile(file, `${path}.downwardAPI`, problems)
  }
  if (projected !== undefined) validateProjected(projected, `${path}.projected`, problems)
  if (ephemeral !== undefined && ephemeral.volumeClaimTemplate === undefined) {
    problems.required(`${path}.ephemeral.volumeClaimTemplate`)
  }
}

function validateMode(mode: number | undefined, field: string, problems: Problems): void {
  if (mode !== undefined && (mode < 0 || mode > 0o777)) problems.invalid(field, mode, FILE_MODE)
}

function validateItems(items: readonly KeyToPath[] = [], field: string, problems: Problems): void {
  for (const [i, { path, mode }] of items.entries()) {
    notReserved(path, `${field}[${i}].path`, problems)
    validateMode(mode, `${field}[${i}].mode`, problems)
  }
}

function validateFile(file: DownwardAPIVolumeFile, field: string, problems: Problems): void {
  const { path, fieldRef, resourceFieldRef, mode } = file
  notReserved(path, `${field}.path`, problems)
  if (fieldRef !== undefined) {
    validateFieldRef(fieldRef, FILE_FIELDS, `${field}.fieldRef`, problems)
    if (resourceFieldRef !== undefined) {
      problems.invalid(field, 'resource', 'fieldRef and resourceFieldRef can not be specified simultaneously')
    }
  } else if (resourceFieldRef !== undefined) {
    validateResourceRef(resourceFieldRef, `${field}.resourceFieldRef`, problems, true)
  } else {
    problems.required(field, 'one of fieldRef and resourceFieldRef is required')
  }
  validateMode(mode, `${field}.mode`, problems)
}

function validateProjected(
  { sources = [], defaultMode }: ProjectedVolumeSource,
  field: string,
  problems: Problems,
): void {
  validateMode(defaultMode, `${field}.defaultMode`, problems)
  const taken = new Set<string>()
  const take = (path: string, value: string): void => {
    if (path !== '' && taken.has(path)) problems.invalid(field, value, 'conflicting duplicate paths')
    taken.add(path)
  }
  for (const [i, source] of sources.entries()) {
    const path = `${field}.sources[${i}]`
    const { secret, configMap, downwardAPI, serviceAccountToken } = source
    for (const [name, projection] of [
      ['secret', secret],
      ['configMap', configMap],
    ] as const) {
      if (projection === undefined) continue
      if ((projection.name ?? '') === '') problems.required(`${path}.${name}.name`)
      validateItems(projection.items, `${path}.${name}.items`, problems)
      for (const item of projection.items ?? []) take(item.path, projection.name ?? '')
    }
    for (const file of downwardAPI?.items ?? []) {
      validateFile(file, `${path}.downwardAPI`, problems)
      take(file.path, file.path)
    }
    if (serviceAccountToken !== undefined) {
      const { expirationSeconds = 3600, path: file } = serviceAccountToken
      const seconds = `${path}.serviceAccountToken.expirationSeconds`
      if (expirationSeconds < 600)
        problems.invalid(seconds, expirationSeconds, 'may not specify a duration less than 10 minutes')
      if (expirationSeconds > 2 ** 32) {
        problems.invalid(seconds, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')
      }
      notReserved(file, `${field}.path`, problems)
    }
    if (Object.keys(source).length > 1) problems.forbidden(path, 'may not specify more than 1 volume type per source')
  }
}
