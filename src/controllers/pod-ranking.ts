import type { Pod } from '../api/core/v1.ts'
import { parseTime } from '../api/meta/time.ts'
import { isReady, readySinceMs, restartsMax } from './pods.ts'

/** Says for a Pod what a scale-in would cost, as an integer; what costs least goes first. */
export const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost'

export interface RankingOptions {
  readonly nowMs: number
  /** How many ready Pods of the same workload stand on the node of this Pod: crowded ones go first. */
  readonly crowding: (pod: Pod) => number
}

/**
 * The Pods in the order in which a scale-in takes them: what serves no traffic and was started last goes first. Times
 * are compared by orders of magnitude only, so that among Pods of about the same age it is not always the youngest.
 */
export function byDeletionRank(pods: readonly Pod[], { nowMs, crowding }: RankingOptions): Pod[] {
  const facts = pods.map((pod) => ({
    pod,
    assigned: pod.spec.nodeName ? 1 : 0,
    phase: PHASES[pod.status.phase ?? ''] ?? 0,
    ready: isReady(pod) ? 1 : 0,
    cost: deletionCost(pod),
    crowding: crowding(pod),
    readyAge: magnitude(nowMs, readySinceMs(pod)),
    restarts: restartsMax(pod),
    age: magnitude(nowMs, parseTime(pod.metadata.creationTimestamp)),
  }))
  facts.sort((a, b) => {
    if (a.assigned !== b.assigned) return a.assigned - b.assigned
    if (a.phase !== b.phase) return a.phase - b.phase
    if (a.ready !== b.ready) return a.ready - b.ready
    if (a.cost !== b.cost) return a.cost - b.cost
    if (a.crowding !== b.crowding) return b.crowding - a.crowding
    if (a.readyAge !== b.readyAge) return a.readyAge - b.readyAge
    if (a.restarts.regular !== b.restarts.regular) return b.restarts.regular - a.restarts.regular
    if (a.restarts.sidecars !== b.restarts.sidecars) return b.restarts.sidecars - a.restarts.sidecars
    if (a.age !== b.age) return a.age - b.age
    return a.pod.metadata.uid < b.pod.metadata.uid ? -1 : 1
  })
  return facts.map(({ pod }) => pod)
}

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }

/** The order of magnitude of an age; an unknown time counts as the youngest. */
function magnitude(nowMs: number, thenMs: number | undefined): number {
  if (thenMs === undefined || Number.isNaN(thenMs) || thenMs >= nowMs) return -1
  return Math.floor(Math.log2((nowMs - thenMs) * 1e6))
}

/** The cost that a Pod says; 0 when it says none, or nonsense. */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[deletionCostAnnotation]
  if (text === undefined || !/^(0|-?[1-9]\d*)$/.test(text)) return 0
  const cost = Number(text)
  return Math.abs(cost) > 2 ** 31 ? 0 : cost
}
