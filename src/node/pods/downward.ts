import type { Pod, ResourceFieldSelector } from '../../api/core/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import { podContainers } from './containers.ts'
import { amount } from './resources.ts'

/** What the downward API tells beside the pod itself. */
export interface DownwardFacts {
  readonly hostIPs: readonly string[]
  readonly podIPs: readonly string[]
  /** What the node has to give: the answer for limits that a container does not have. */
  readonly allocatable: Readonly<Record<string, string>>
}

/** The value of a field of the pod, such as `metadata.labels['app']`; throws `invalid` for fields that are not offered. */
export function podField(pod: Pod, path: string, { hostIPs, podIPs }: DownwardFacts): string {
  const { metadata, spec } = pod
  const entry = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path)
  if (entry !== null) return metadata[entry[1] as 'labels' | 'annotations']?.[entry[2]!] ?? ''
  switch (path) {
    case 'metadata.name':
      return metadata.name
    case 'metadata.namespace':
      return metadata.namespace ?? ''
    case 'metadata.uid':
      return metadata.uid
    case 'metadata.labels':
      return asLines(metadata.labels)
    case 'metadata.annotations':
      return asLines(metadata.annotations)
    case 'spec.nodeName':
      return spec.nodeName ?? ''
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? ''
    case 'status.hostIP':
      return hostIPs[0] ?? ''
    case 'status.hostIPs':
      return hostIPs.join(',')
    case 'status.podIP':
      return podIPs[0] ?? ''
    case 'status.podIPs':
      return podIPs.join(',')
    default:
      throw new WherryError('invalid', `unsupported fieldPath: ${path}`)
  }
}

function asLines(map: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(map ?? {})
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join('\n')
}

/** A container's request or limit in units of the divisor, rounded up. */
export function resourceField(
  pod: Pod,
  selector: ResourceFieldSelector,
  containerName: string,
  facts: DownwardFacts,
): string {
  const name = selector.containerName || containerName
  const container = podContainers(pod).find(({ spec }) => spec.name === name)?.spec
  if (container === undefined) throw new WherryError('invalid', `container ${name} not found`)
  const [kind = '', ...rest] = selector.resource.split('.')
  const resource = rest.join('.')
  const { limits, requests } = container.resources
  const limit = limits?.[resource] ?? pod.spec.resources?.limits?.[resource] ?? facts.allocatable[resource]
  const value =
    kind === 'limits' ? limit : kind === 'requests' ? (requests?.[resource] ?? limits?.[resource] ?? '0') : undefined
  if (value === undefined) throw new WherryError('invalid', `unsupported container resource : ${selector.resource}`)
  const unit = amount(resource, selector.divisor)
  const divisor = unit === 0 ? amount(resource, '1') : unit
  return String(Math.ceil(amount(resource, value) / divisor))
}
