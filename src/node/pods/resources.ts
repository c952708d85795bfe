import type { Pod } from '../../api/core/v1.ts'
import type { ResourceRequirements } from '../../api/core/v1.ts'
import { quantityMilliValue, quantityValue } from '../../api/meta/quantity.ts'
import { isSidecar } from './containers.ts'

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort'
type Amounts = Readonly<Record<string, string>> | undefined

const computed = ['cpu', 'memory'] as const

/** How a pod is treated when the node runs short. */
export function qosClass({ spec }: Pick<Pod, 'spec'>): QosClass {
  const own = spec.resources
  const all: readonly ResourceRequirements[] =
    own !== undefined && (asks(own.requests) || asks(own.limits))
      ? [own]
      : [...(spec.initContainers ?? []), ...spec.containers].map(({ resources }) => resources)
  if (all.every(({ requests, limits }) => !asks(requests) && !asks(limits))) return 'BestEffort'
  const guaranteed = all.every(({ requests, limits }) =>
    computed.every((name) => {
      const limit = limits?.[name]
      return (
        limit !== undefined &&
        amount(name, limit) > 0 &&
        amount(name, requests?.[name] ?? limit) === amount(name, limit)
      )
    }),
  )
  return guaranteed ? 'Guaranteed' : 'Burstable'
}

function asks(amounts: Amounts): boolean {
  return computed.some((name) => amount(name, amounts?.[name]) > 0)
}

/** Processors in thousandths, everything else in whole units. */
export function amount(name: string, text: string | number | undefined): number {
  if (text === undefined) return 0
  return name === 'cpu' ? quantityMilliValue(text) : quantityValue(text)
}

/**
 * What a pod needs of one resource at any time: all that run together, or the hungriest step of its initialization,
 * and its overhead.
 */
export function podAmount({ spec }: Pick<Pod, 'spec'>, kind: 'requests' | 'limits', name: string): number {
  const overhead = amount(name, spec.overhead?.[name])
  const own = spec.resources?.[kind]?.[name]
  if (own !== undefined) return amount(name, own) + overhead
  const of = ({ resources }: { resources: ResourceRequirements }): number =>
    amount(name, resources[kind]?.[name] ?? (kind === 'requests' ? resources.limits?.[name] : undefined))
  let sidecars = 0
  let initMax = 0
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) {
      sidecars += of(container)
      initMax = Math.max(initMax, sidecars)
    } else initMax = Math.max(initMax, sidecars + of(container))
  }
  const together = spec.containers.reduce((sum, container) => sum + of(container), sidecars)
  return Math.max(together, initMax) + overhead
}

/** What the kernel is told: relative shares and a hard quota of processors, and a limit of memory. 0 stands for none. */
export interface CgroupValues {
  readonly cpuShares: number
  readonly cpuQuota: number
  readonly cpuPeriod: number
  readonly memoryLimit: number
}

const cpuPeriod = 100_000
const sharesMin = 2
const sharesMax = 262_144

/** The values of one container. */
export function containerCgroup({ requests, limits }: ResourceRequirements): CgroupValues {
  const request = amount('cpu', requests?.cpu ?? limits?.cpu)
  return {
    cpuShares: sharesOf(request),
    cpuQuota: quotaOf(amount('cpu', limits?.cpu)),
    cpuPeriod,
    memoryLimit: amount('memory', limits?.memory),
  }
}

/** The values of the whole pod: a limit holds only when every container has one. */
export function podCgroup(pod: Pick<Pod, 'spec'>): CgroupValues {
  const limited = (name: string): boolean =>
    pod.spec.resources?.limits?.[name] !== undefined ||
    [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)].every(
      ({ resources }) => amount(name, resources.limits?.[name]) > 0,
    )
  return {
    cpuShares: sharesOf(podAmount(pod, 'requests', 'cpu')),
    cpuQuota: limited('cpu') ? quotaOf(podAmount(pod, 'limits', 'cpu')) : 0,
    cpuPeriod,
    memoryLimit: limited('memory') ? podAmount(pod, 'limits', 'memory') : 0,
  }
}

function sharesOf(milliCpu: number): number {
  if (milliCpu === 0) return sharesMin
  return Math.min(sharesMax, Math.max(sharesMin, Math.floor((milliCpu * 1024) / 1000)))
}

function quotaOf(milliCpu: number): number {
  return milliCpu === 0 ? 0 : Math.max(1000, Math.floor((milliCpu * cpuPeriod) / 1000))
}

/** Whether the cluster itself depends on a pod: it goes last, whatever it asks for, and no eviction takes it. */
export function isCritical({ spec }: Pick<Pod, 'spec'>): boolean {
  return (spec.priority ?? 0) >= 2_000_000_000
}

/** Whom the kernel ends first when memory is short: from -997, hardly, to 1000, at once. */
export function oomScoreAdj(pod: Pod, resources: ResourceRequirements, memoryCapacity: number): number {
  if (isCritical(pod)) return -997
  switch (qosClass(pod)) {
    case 'Guaranteed':
      return -997
    case 'BestEffort':
      return 1000
    case 'Burstable': {
      const request = amount('memory', resources.requests?.memory ?? resources.limits?.memory)
      return Math.min(999, Math.max(3, 1000 - Math.floor((1000 * request) / memoryCapacity)))
    }
  }
}
