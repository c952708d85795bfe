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
import { addUp, columnsFor } from './score/score.ts'
import { clusterScores, nodeScores } from './score/scores.ts'

/**
 * Filters that judge a node by the node alone, and by what a pod's shape (`pods-alike.ts`) says. The cheap and often
 * decisive ones come first: a node is judged until one refuses.
 */
const nodeFilters: readonly Filter[] = [nodeName, unschedulable, taints, nodeSelector, resources, hostPorts]

/** Filters for which it matters what else there is in the cluster. */
const clusterFilters: readonly Filter[] = [volumes, existingAntiAffinity, podAntiAffinity, podAffinity, topologySpread]

/** Whether for this pod none of the filters and scores has a say for which other nodes matter. */
export function isNodeByNode(pod: PodFacts, snapshot: Snapshot): boolean {
  const { affinity, topologySpreadConstraints = [], volumes: all = [] } = pod.pod.spec
  return (
    affinity?.podAffinity === undefined &&
    affinity?.podAntiAffinity === undefined &&
    topologySpreadConstraints.length === 0 &&
    all.every((volume) => volume.persistentVolumeClaim === undefined && volume.ephemeral === undefined) &&
    existingAntiAffinity(pod, snapshot) === undefined
  )
}

export interface NodeRefusal {
  readonly node: NodeInfo
  readonly refusal: Refusal
}

export type Placement =
  | { readonly node: NodeInfo; readonly judged: number }
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
  const judges = [...nodeFilters, ...clusterFilters]
    .map((filter) => filter(pod, snapshot))
    .filter((judge) => judge !== undefined)
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
  if (fitting.length === 1) return { node: fitting[0]!, judged }
  const columns = columnsFor([...nodeScores, ...clusterScores], pod, snapshot, fitting.length)
  for (const { raw, rate } of columns) for (let i = 0; i < raw.length; i++) raw[i] = rate(fitting[i]!)
  const fits = new Uint8Array(fitting.length).fill(1)
  const points = new Float64Array(fitting.length)
  addUp(columns, fits, points)
  return { node: fitting[best(points, fits, random)]!, judged }
}

/** Where the most points are, of those that fit; among equals chance decides. -1 where none fits. */
export function best(points: Float64Array, fits: Uint8Array, random: Random): number {
  let most = -Infinity
  let equals = 0
  for (let i = 0; i < points.length; i++) {
    if (fits[i] === 0 || points[i]! < most) continue
    equals = points[i] === most ? equals + 1 : 1
    most = points[i]!
  }
  if (equals === 0) return -1
  let left = equals === 1 ? 0 : Math.floor(random() * equals)
  return points.findIndex((point, i) => point === most && fits[i] !== 0 && left-- === 0)
}
