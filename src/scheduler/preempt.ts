import type { PodDisruptionBudget } from '../api/policy/v1.ts'
import { selects } from '../api/meta/selectors.ts'
import { type Snapshot, withoutPods } from './cluster-state.ts'
import type { NodeInfo } from './node-info.ts'
import { judgeFor, type NodeRefusal } from './plan.ts'
import type { PodFacts } from './pod-facts.ts'

export interface Preemption {
  readonly node: NodeInfo
  /** Who has to go, the least important last. */
  readonly victims: readonly PodFacts[]
  /** How many of them go against a disruption budget. */
  readonly violations: number
}

/** Nodes are tried until this many would do: what is gained by a better choice is not worth more. */
const CANDIDATES_MAX = 20

/**
 * Finds the node on which a pod would fit if the fewest and least important pods of lower priority went. Pure. Undefined
 * when none would do, or when the pod may not take anybody's place.
 */
export function planPreemption(
  pod: PodFacts,
  snapshot: Snapshot,
  refusals: readonly NodeRefusal[],
  budgets: readonly PodDisruptionBudget[],
): Preemption | undefined {
  if (pod.pod.spec.preemptionPolicy === 'Never') return undefined
  const candidates: Preemption[] = []
  for (const { node, refusal } of refusals) {
    if (!refusal.preemptible) continue
    const candidate = victimsOn(pod, snapshot, node, budgets)
    if (candidate !== undefined) candidates.push(candidate)
    if (candidates.length >= CANDIDATES_MAX) break
  }
  return candidates.toSorted(compare)[0]
}

/** First all pods of lower priority go; then the most important ones come back as long as the pod still fits. */
function victimsOn(
  pod: PodFacts,
  snapshot: Snapshot,
  node: NodeInfo,
  budgets: readonly PodDisruptionBudget[],
): Preemption | undefined {
  const lower = [...node.pods.values()].filter((one) => one.priority < pod.priority)
  if (lower.length === 0) return undefined
  const gone = new Set(lower.map(({ uid }) => uid))
  const fits = (): boolean => {
    const reduced = withoutPods(snapshot, node, gone)
    return judgeFor(pod, reduced)(reduced.node) === undefined
  }
  if (!fits()) return undefined
  const guarded = violators(lower, budgets)
  // Pods that a budget protects are spared first, then the more important ones, then those that have run the longest.
  const order = lower.toSorted(
    (a, b) =>
      Number(guarded.has(b.uid)) - Number(guarded.has(a.uid)) || b.priority - a.priority || startOf(a) - startOf(b),
  )
  for (const { uid } of order) {
    gone.delete(uid)
    if (!fits()) gone.add(uid)
  }
  const victims = order.filter(({ uid }) => gone.has(uid)).toSorted((a, b) => b.priority - a.priority)
  return { node, victims, violations: victims.filter(({ uid }) => guarded.has(uid)).length }
}

/** Pods whose loss a budget does not allow any more, counting how many it still allows. */
function violators(pods: readonly PodFacts[], budgets: readonly PodDisruptionBudget[]): ReadonlySet<string> {
  const guarded = new Set<string>()
  for (const budget of budgets) {
    let allowed = budget.status.disruptionsAllowed ?? 0
    for (const pod of pods) {
      if (pod.namespace !== budget.metadata.namespace || !selects(budget.spec.selector, pod.labels)) continue
      if (--allowed < 0) guarded.add(pod.uid)
    }
  }
  return guarded
}

function startOf({ pod }: PodFacts): number {
  return pod.status.startTime === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(pod.status.startTime)
}

/** Fewest broken budgets, then the lowest high priority, the lowest sum, the fewest victims, the latest start. */
function compare(a: Preemption, b: Preemption): number {
  const highest = ({ victims }: Preemption): number => victims[0]?.priority ?? Number.MIN_SAFE_INTEGER
  const sum = ({ victims }: Preemption): number => victims.reduce((total, { priority }) => total + priority, 0)
  const earliest = ({ victims }: Preemption): number => Math.min(...victims.map(startOf))
  return (
    a.violations - b.violations ||
    highest(a) - highest(b) ||
    sum(a) - sum(b) ||
    a.victims.length - b.victims.length ||
    earliest(b) - earliest(a)
  )
}
