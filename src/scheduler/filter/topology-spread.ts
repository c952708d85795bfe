import type { TopologySpreadConstraint } from '../../api/core/v1.ts'
import { untolerated } from '../../api/core/taints.ts'
import { meets, requirementsOf } from '../../api/meta/selectors.ts'
import type { Snapshot } from '../cluster-state.ts'
import type { NodeInfo } from '../node-info.ts'
import type { PodFacts } from '../pod-facts.ts'
import type { Filter } from './filter.ts'
import { nodeFits } from './node.ts'

interface Spread {
  readonly constraint: TopologySpreadConstraint
  /** How many matching pods each part of the cluster has. */
  readonly counts: ReadonlyMap<string, number>
  readonly least: number
  /** 1 when the pod itself counts. */
  readonly self: number
}

/** How evenly pods are spread now, for each constraint of a pod (KEP-895, KEP-3022, KEP-3094, KEP-3243). */
export function spreads(
  pod: PodFacts,
  snapshot: Snapshot,
  when: 'DoNotSchedule' | 'ScheduleAnyway',
): readonly Spread[] {
  const constraints = (pod.pod.spec.topologySpreadConstraints ?? []).filter((one) => one.whenUnsatisfiable === when)
  return constraints.map((constraint) => {
    const requirements = constraint.labelSelector === undefined ? undefined : requirementsOf(constraint.labelSelector)
    for (const key of constraint.matchLabelKeys ?? []) {
      if (pod.labels[key] !== undefined) requirements?.push({ key, op: 'in', values: [pod.labels[key]] })
    }
    const matches = (one: PodFacts): boolean =>
      requirements !== undefined &&
      one.namespace === pod.namespace &&
      one.pod.metadata.deletionTimestamp === undefined &&
      meets(requirements, one.labels)
    const counts = new Map<string, number>()
    const counted = countedNodes(pod, constraint)
    for (const node of snapshot.nodes) {
      const value = node.labels[constraint.topologyKey]
      if (value === undefined || !counted(node)) continue
      let count = counts.get(value) ?? 0
      for (const one of node.pods.values()) if (matches(one)) count++
      counts.set(value, count)
    }
    const tooFew = counts.size < (constraint.minDomains ?? 1)
    const least = tooFew || counts.size === 0 ? 0 : Math.min(...counts.values())
    return { constraint, counts, least, self: requirements !== undefined && meets(requirements, pod.labels) ? 1 : 0 }
  })
}

function countedNodes(
  pod: PodFacts,
  { nodeAffinityPolicy, nodeTaintsPolicy }: TopologySpreadConstraint,
): (node: NodeInfo) => boolean {
  const fits = nodeAffinityPolicy === 'Ignore' ? undefined : nodeFits(pod.pod)
  return (node) =>
    (fits?.(node) ?? true) &&
    (nodeTaintsPolicy !== 'Honor' ||
      untolerated(node.taints, pod.pod.spec.tolerations, ['NoSchedule', 'NoExecute']) === undefined)
}

/** Constraints that must hold: no part may get more than `maxSkew` ahead of the part with the fewest. */
export const topologySpread: Filter = (pod, snapshot) => {
  const all = spreads(pod, snapshot, 'DoNotSchedule')
  if (all.length === 0) return undefined
  return (node) => {
    for (const { constraint, counts, least, self } of all) {
      const { topologyKey, maxSkew } = constraint
      const value = node.labels[topologyKey]
      if (value === undefined) {
        return {
          code: 'TopologySpread',
          preemptible: false,
          summary: "node(s) didn't match pod topology spread constraints (missing required label)",
          detail: `it has no label ${topologyKey}, by which pods are spread`,
        }
      }
      const skew = (counts.get(value) ?? 0) + self - least
      if (skew <= maxSkew) continue
      return {
        code: 'TopologySpread',
        preemptible: true,
        summary: "node(s) didn't match pod topology spread constraints",
        detail: `${topologyKey}=${value} would be ${skew} pods ahead of the emptiest, ${maxSkew} is allowed`,
        facts: { topologyKey, skew, maxSkew },
      }
    }
    return undefined
  }
}
