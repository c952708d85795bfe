import type { Kind, KubeObject } from '../meta/kind.ts'
import { addQuantities, formatQuantity, parseQuantity } from '../meta/quantity.ts'
import type { Quantity } from '../meta/quantity.ts'
import { parseTime } from '../meta/time.ts'
import { podLimits, podRequests } from './pod-resources.ts'
import { qosClassOf } from './pod-qos.ts'
import type { PersistentVolumeClaim, Pod, ResourceQuotaSpec, ScopedResourceSelectorRequirement, Service } from './v1.ts'

/** Amounts by resource. */
export type Usage = Readonly<Record<string, string>>

/** Kinds whose number has a name of its own, from the time before `count/`. */
const ALIASES: ReadonlySet<string> = new Set(['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets'])

/** What an object counts for, by the names that a quota may limit. */
export function usageOf<T extends KubeObject>(kind: Kind<T>, object: T, nowMs: number): Usage {
  const name = kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
  const count = { [`count/${name}`]: '1' }
  switch (name) {
    case 'pods':
      return { ...count, ...podUsage(object as unknown as Pod, nowMs) }
    case 'services':
      return { ...count, ...serviceUsage(object as unknown as Service) }
    case 'persistentvolumeclaims':
      return { ...count, ...claimUsage(object as unknown as PersistentVolumeClaim) }
    default:
      return ALIASES.has(name) ? { ...count, [name]: '1' } : count
  }
}

function podUsage(pod: Pod, nowMs: number): Usage {
  if (hasEnded(pod, nowMs)) return {}
  const usage: Record<string, string> = { pods: '1' }
  for (const [name, amount] of Object.entries(withOverhead(podRequests(pod.spec), pod))) {
    if (!isExtended(name)) usage[name] = amount
    usage[`requests.${name}`] = amount
  }
  for (const [name, amount] of Object.entries(withOverhead(podLimits(pod.spec), pod))) {
    if (name === 'cpu' || name === 'memory' || name === 'ephemeral-storage') usage[`limits.${name}`] = amount
  }
  return usage
}

/** A Pod that has ended uses nothing, nor does one that should have long been gone. */
function hasEnded({ metadata, status }: Pod, nowMs: number): boolean {
  if (status.phase === 'Succeeded' || status.phase === 'Failed') return true
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return false
  return nowMs > parseTime(deletionTimestamp) + deletionGracePeriodSeconds * 1000
}

function withOverhead(amounts: Usage, { spec }: Pod): Usage {
  const total: Record<string, string> = { ...amounts }
  for (const [name, amount] of Object.entries(spec.overhead ?? {})) {
    if (total[name] !== undefined)
      total[name] = formatQuantity(addQuantities(parseQuantity(total[name]), parseQuantity(amount)))
  }
  return total
}

const isExtended = (name: string): boolean => name.includes('/') && !name.startsWith('kubernetes.io/')

function serviceUsage({ spec }: Service): Usage {
  const ports = spec.ports ?? []
  const given = ports.filter(({ nodePort }) => (nodePort ?? 0) > 0).length
  const nodePorts =
    spec.type === 'NodePort'
      ? ports.length
      : spec.type !== 'LoadBalancer'
        ? 0
        : spec.allocateLoadBalancerNodePorts === false
          ? given
          : ports.length
  const balancers = spec.type === 'LoadBalancer' ? '1' : '0'
  return { services: '1', 'services.nodeports': String(nodePorts), 'services.loadbalancers': balancers }
}

const OF_CLASS = '.storageclass.storage.k8s.io/'

function claimUsage({ metadata, spec, status }: PersistentVolumeClaim): Usage {
  const requested = spec.resources?.requests?.['storage']
  const allocated = status.allocatedResources?.['storage']
  const storage = [requested, allocated]
    .filter((amount) => amount !== undefined)
    .reduce<string | undefined>(
      (most, amount) => (most !== undefined && parseQuantity(most).nano >= parseQuantity(amount).nano ? most : amount),
      undefined,
    )
  const storageClass = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName
  return {
    persistentvolumeclaims: '1',
    ...(storage !== undefined && { 'requests.storage': storage }),
    ...(storageClass && { [`${storageClass}${OF_CLASS}persistentvolumeclaims`]: '1' }),
    ...(storageClass && storage !== undefined && { [`${storageClass}${OF_CLASS}requests.storage`]: storage }),
  }
}

/** Whether a Pod counts for a quota that is meant only for some. */
export function inScope(spec: ResourceQuotaSpec, pod: Pod): boolean {
  return (
    (spec.scopes ?? []).every((scopeName) => meetsScope({ scopeName, operator: 'Exists' }, pod)) &&
    (spec.scopeSelector?.matchExpressions ?? []).every((scope) => meetsScope(scope, pod))
  )
}

/** Whether a quota is meant only for some Pods: then nothing else counts for it. */
export function isScoped({ scopes, scopeSelector }: ResourceQuotaSpec): boolean {
  return (scopes ?? []).length + (scopeSelector?.matchExpressions ?? []).length > 0
}

function meetsScope({ scopeName, operator, values = [] }: ScopedResourceSelectorRequirement, { spec }: Pod): boolean {
  const isBounded = spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds >= 0
  switch (scopeName) {
    case 'Terminating':
      return isBounded
    case 'NotTerminating':
      return !isBounded
    case 'BestEffort':
      return qosClassOf(spec) === 'BestEffort'
    case 'NotBestEffort':
      return qosClassOf(spec) !== 'BestEffort'
    case 'CrossNamespacePodAffinity':
      return reachesOtherNamespaces(spec)
    case 'PriorityClass':
      return meetsPriority(operator, values, spec.priorityClassName ?? '')
    default:
      return false
  }
}

function meetsPriority(operator: string, values: readonly string[], name: string): boolean {
  switch (operator) {
    case 'Exists':
      return name !== ''
    case 'DoesNotExist':
      return name === ''
    case 'In':
      return values.includes(name)
    default:
      return !values.includes(name)
  }
}

function reachesOtherNamespaces({ affinity }: Pod['spec']): boolean {
  return [affinity?.podAffinity, affinity?.podAntiAffinity].some((side) =>
    [
      ...(side?.requiredDuringSchedulingIgnoredDuringExecution ?? []),
      ...(side?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((one) => one.podAffinityTerm),
    ].some(({ namespaces, namespaceSelector }) => (namespaces ?? []).length > 0 || namespaceSelector !== undefined),
  )
}

/** The sum of usages for the names that a quota limits; what nothing counts for is 0. */
export function sumUsage(names: Iterable<string>, usages: Iterable<Usage>): Record<string, string> {
  const sums = new Map<string, Quantity | undefined>()
  for (const name of names) sums.set(name, undefined)
  for (const usage of usages) {
    for (const [name, text] of Object.entries(usage)) {
      if (!sums.has(name)) continue
      const before = sums.get(name)
      const amount = parseQuantity(text)
      sums.set(name, before === undefined ? amount : addQuantities(before, amount))
    }
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, sum === undefined ? '0' : formatQuantity(sum)]))
}
