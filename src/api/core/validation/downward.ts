import { qualifiedName } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import type { ObjectFieldSelector, ResourceFieldSelector } from '../v1.ts'

/** What environment variables can be taken from. */
export const ENV_FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
] as const

/** What files can be taken from. */
export const FILE_FIELDS = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
] as const

const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
] as const

const DIVISORS: Readonly<Record<string, readonly string[]>> = {
  cpu: ['1', '1m'],
  memory: ['1', '1E', '1Ei', '1G', '1Gi', '1k', '1Ki', '1M', '1Mi', '1P', '1Pi', '1T', '1Ti'],
  'ephemeral-storage': ['1', '1E', '1Ei', '1G', '1Gi', '1k', '1Ki', '1M', '1Mi', '1P', '1Pi', '1T', '1Ti'],
}

/** Checks a reference to a field of the Pod itself. */
export function validateFieldRef(
  { apiVersion = 'v1', fieldPath }: ObjectFieldSelector,
  allowed: readonly string[],
  field: string,
  problems: Problems,
): void {
  if (fieldPath === '') return
  if (apiVersion !== 'v1') {
    problems.invalid(
      `${field}.fieldPath`,
      fieldPath,
      `error converting fieldPath: unsupported pod version: ${apiVersion}`,
    )
    return
  }
  const subscripted = /^(.*)\['(.*)'\]$/.exec(fieldPath)
  if (subscripted !== null) {
    const [, path, key] = subscripted as unknown as [string, string, string]
    if (path === 'metadata.annotations') problems.invalidBy(qualifiedName(key.toLowerCase()), field, key)
    else if (path === 'metadata.labels') problems.invalidBy(qualifiedName(key), field, key)
    else problems.invalid(field, path, 'does not support subscript')
  } else if (!allowed.includes(fieldPath)) {
    const isKnown = [...ENV_FIELDS, ...FILE_FIELDS].some((one) => one === fieldPath)
    if (isKnown) problems.notSupported(`${field}.fieldPath`, fieldPath, allowed)
    else {
      const why = `error converting fieldPath: field label not supported: ${fieldPath}`
      problems.invalid(`${field}.fieldPath`, fieldPath, why)
    }
  }
}

/** Checks a reference to a resource of a container. */
export function validateResourceRef(
  { containerName = '', resource, divisor }: ResourceFieldSelector,
  field: string,
  problems: Problems,
  isFile: boolean,
): void {
  if (isFile && containerName === '') problems.required(`${field}.containerName`)
  else if (
    resource !== '' &&
    !RESOURCES.some((one) => one === resource) &&
    !/^(requests|limits)\.hugepages-/.test(resource)
  ) {
    problems.notSupported(`${field}.resource`, resource, RESOURCES)
  }
  const allowed = DIVISORS[resource.slice(resource.indexOf('.') + 1)]
  if (divisor !== undefined && divisor !== '0' && allowed !== undefined && !allowed.includes(divisor)) {
    const name = resource.slice(resource.indexOf('.') + 1)
    problems.invalid(
      `${field}.divisor`,
      divisor,
      `only divisor's values ${allowed.join(', ')} are supported with the ${name} resource`,
    )
  }
}
