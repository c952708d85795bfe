import type { Pod } from '../../api/core/v1.ts'
import { quantityOf } from '../../api/meta/quantity.ts'
import { podContainer } from '../pods/containers.ts'
import { amount, isCritical, podAmount } from '../pods/resources.ts'
import type { Shortage } from './shortages.ts'

/** What a pod uses of its node. */
export interface PodUse {
  readonly pod: Pod
  readonly memoryBytes: number
  /** Writable layers, logs and emptyDir volumes. */
  readonly diskBytes: number
  readonly inodes: number
  /** The bytes in each emptyDir volume on disk. */
  readonly volumes: ReadonlyMap<string, number>
  readonly containers: readonly {
    readonly name: string
    readonly memoryBytes: number
    /** Writable layer and logs. */
    readonly diskBytes: number
  }[]
}

type Resource = Exclude<Shortage['resource'], 'pids'>

/**
 * What a pod must use at the least, or its end would give the node nothing: others may have filled a disk or a memory that
 * the node shares with them, and then all of its pods would go for nothing.
 */
const worthwhile: Readonly<Record<Resource, number>> = {
  memory: 16 << 20,
  'ephemeral-storage': 16 << 20,
  inodes: 1_000,
}

/**
 * Pods that may be evicted to get a resource back, whoever goes first before the others: those that use more than they
 * asked for, then those of a lower priority, then those that use most, of memory beyond what they asked for. As the
 * kubelet ranks them. Pure.
 */
export function rank(uses: readonly PodUse[], resource: Resource): readonly PodUse[] {
  const used = (use: PodUse): number => usedOf(use, resource)
  const asked = ({ pod }: PodUse): number => (resource === 'inodes' ? 0 : podAmount(pod, 'requests', resource))
  const excess = (use: PodUse): number => used(use) - asked(use)
  const priority = ({ pod }: PodUse): number => pod.spec.priority ?? 0
  const weight = resource === 'memory' ? excess : used
  return uses
    .filter((use) => !isCritical(use.pod) && used(use) >= worthwhile[resource])
    .toSorted(
      (a, b) => Number(excess(b) > 0) - Number(excess(a) > 0) || priority(a) - priority(b) || weight(b) - weight(a),
    )
}

function usedOf(use: PodUse, resource: Resource): number {
  return { memory: use.memoryBytes, 'ephemeral-storage': use.diskBytes, inodes: use.inodes }[resource]
}

/** What an evicted pod is told, in the kubelet's words. Pure. */
export function evictionMessage({ pod, containers }: PodUse, { resource, threshold, available }: Shortage): string {
  const inUnits = (value: number): string => quantityOf(value, resource === 'inodes' ? 'decimal' : 'binary')
  const larger = containers.flatMap(({ name, memoryBytes, diskBytes }) => {
    if (resource !== 'memory' && resource !== 'ephemeral-storage') return []
    const used = resource === 'memory' ? memoryBytes : diskBytes
    const request = podContainer(pod, name)?.spec.resources.requests?.[resource] ?? '0'
    if (used <= amount(resource, request)) return []
    return `Container ${name} was using ${inUnits(used)}, request is ${request}, has larger consumption of ${resource}. `
  })
  return `The node was low on resource: ${resource}. Threshold quantity: ${inUnits(threshold)}, available: ${inUnits(available)}. ${larger.join('')}`
}
