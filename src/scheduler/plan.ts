import type { Random } from '../lib/random.ts'
import type { Snapshot } from './cluster-state.ts'
import type { Filter, Judge, Refusal } from './filter/filter.ts'
import { hostPorts } from './filter/host-ports.ts'
import { existingAntiAffinity, podAffinity, podAntiAffinity } from './filter/inter-pod.ts'
import { nodeName, nodeSelector, taints, unschedulable } from './filter/node.ts'
import { resources } from './filter/resources.ts'
import { topologySpread } from './filter/topology-spread.ts'
import { volumes } from './filter/volumes.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodFacts } from './pod-facts.ts'
import { totals } from './score/score.ts'
import { scores } from './score/scores.ts'

/** The cheap and often decisive ones come first: a node is judged until one refuses. */
const filters: readonly Filter[] = [
  nodeName,
  unschedulable,
  taints,
  nodeSelector,
  resources,
  hostPorts,
  volumes,
  existingAntiAffinity,
  podAntiAffinity,
  podAffinity,
  topologySpread,
]

export interface NodeRefusal {
  readonly node: NodeInfo
  readonly refusal: Refusal
}

export type Placement =
  | { readonly node: NodeInfo; readonly fitting: number; readonly judged: number }
  /** No node fits: each with its reason. */
  | { readonly node: undefined; readonly refusals: readonly NodeRefusal[] }

/** Enough nodes to choose from: all of a small cluster, a part of a large one, never fewer than these. */
const FITTING_MIN = 100
const FITTING_PERCENT_MIN = 5

/** How many fitting nodes are looked for before the best of them is taken. */
export function fittingWanted(nodes: number): number {
  if (nodes <= FITTING_MIN) return nodes
  const percent = Math.max(FITTING_PERCENT_MIN, 50 - Math.floor(nodes / 125))
  return Math.max(FITTING_MIN, Math.floor((nodes * percent) / 100))
}

/** All filters that have a say about a pod, as one judge. */
export function judgeFor(pod: PodFacts, snapshot: Snapshot): Judge {
  const judges = filters.map((filter) => filter(pod, snapshot)).filter((judge) => judge !== undefined)
  return (node) => {
    for (const judge of judges) {
      const refusal = judge(node)
      if (refusal !== undefined) return refusal
    }
    return undefined
  }
}

/**
 * Chooses a node for a pod. Pure. `start` is where to begin among the nodes, so that in a large cluster all get their
 * turn; among equals chance decides.
 */
export function planPlacement(pod: PodFacts, snapshot: Snapshot, start: number, random: Random): Placement {
  const { nodes } = snapshot
  const judge = judgeFor(pod, snapshot)
  const wanted = fittingWanted(nodes.length)
  const fitting: NodeInfo[] = []
  const refusals: NodeRefusal[] = []
  let judged = 0
  for (; judged < nodes.length && fitting.length < wanted; judged++) {
    const node = nodes[(start + judged) % nodes.length]!
    const refusal = judge(node)
    if (refusal === undefined) fitting.push(node)
    else refusals.push({ node, refusal })
  }
  if (fitting.length === 0) return { node: undefined, refusals }
  if (fitting.length === 1) return { node: fitting[0]!, fitting: 1, judged }
  return { node: best(fitting, totals(scores, pod, snapshot, fitting), random), fitting: fitting.length, judged }
}

function best(nodes: readonly NodeInfo[], points: readonly number[], random: Random): NodeInfo {
  let chosen = 0
  let equals = 1
  for (let i = 1; i < nodes.length; i++) {
    if (points[i]! > points[chosen]!) {
      chosen = i
      equals = 1
    } else if (points[i] === points[chosen] && random() * ++equals < 1) chosen = i
  }
  return nodes[chosen]!
}
