import type { Taint } from '../../api/core/v1.ts'
import { tolerates } from '../../api/core/taints.ts'
import { preferredCompany } from '../filter/inter-pod.ts'
import { termJudge } from '../filter/node.ts'
import { spreads } from '../filter/topology-spread.ts'
import type { NodeInfo } from '../node-info.ts'
import { SCORE_MAX, type Score } from './score.ts'

/** Shares of CPU and memory that would be taken with the pod on the node, from 0 to 1. */
function taken(node: NodeInfo, likely: { readonly cpu: number; readonly memory: number }): readonly [number, number] {
  const share = (used: number, total: number): number => (total <= 0 ? 1 : Math.min(1, used / total))
  return [
    share(node.likely.cpu + likely.cpu, node.allocatable['cpu'] ?? 0),
    share(node.likely.memory + likely.memory, node.allocatable['memory'] ?? 0),
  ]
}

const leastAllocated: Score = {
  weight: 1,
  normalize: 'none',
  rate:
    ({ likely }) =>
    (node) => {
      const [cpu, memory] = taken(node, likely)
      return ((1 - cpu + (1 - memory)) * SCORE_MAX) / 2
    },
}

/** CPU and memory should run out at the same time. */
const balanced: Score = {
  weight: 1,
  normalize: 'none',
  rate:
    ({ likely }) =>
    (node) => {
      const [cpu, memory] = taken(node, likely)
      return (1 - Math.abs(cpu - memory) / 2) * SCORE_MAX
    },
}

/** Pods of one owner go to different nodes, so that one node's end does not end them all. */
const ownerSpread: Score = {
  weight: 2,
  normalize: 'reversed',
  rate: ({ owner }) => (owner === undefined ? undefined : (node) => node.ownedBy(owner)),
}

const preferredNodes: Score = {
  weight: 2,
  normalize: 'toHighest',
  rate({ pod }) {
    const preferred = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    if (preferred.length === 0) return undefined
    const terms = preferred.map(({ weight, preference }) => ({ weight, fits: termJudge(preference) }))
    return (node) => terms.reduce((sum, { weight, fits }) => sum + (fits(node) ? weight : 0), 0)
  },
}

const preferredTaints: Score = {
  weight: 3,
  normalize: 'reversed',
  rate({ pod }) {
    const tolerations = pod.spec.tolerations ?? []
    const counts = (taint: Taint): boolean =>
      taint.effect === 'PreferNoSchedule' && !tolerations.some((one) => tolerates(one, taint))
    return ({ taints }) => (taints.length === 0 ? 0 : taints.filter(counts).length)
  },
}

const company: Score = { weight: 2, normalize: 'span', rate: preferredCompany }

const softSpread: Score = {
  weight: 2,
  normalize: 'reversed',
  rate(pod, snapshot) {
    const all = spreads(pod, snapshot, 'ScheduleAnyway')
    if (all.length === 0) return undefined
    return (node) =>
      all.reduce(
        (sum, { constraint, counts }) => sum + (counts.get(node.labels[constraint.topologyKey] ?? '\0') ?? 0),
        0,
      )
  },
}

/** A node that has the images already starts the pod sooner. */
const imageLocality: Score = {
  weight: 1,
  normalize: 'none',
  rate({ pod }) {
    const wanted = new Set(pod.spec.containers.map(({ image }) => fullName(image ?? '')))
    return ({ node }) => {
      let bytes = 0
      for (const { names = [], sizeBytes = 0 } of node.status.images ?? [])
        if (names.some((name) => wanted.has(name))) bytes += sizeBytes
      // Between 23 MB, which are quickly had, and 1 GB for each container, as kube-scheduler weighs it.
      const [least, most] = [23e6, 1e9 * pod.spec.containers.length]
      return (SCORE_MAX * (Math.min(Math.max(bytes, least), most) - least)) / (most - least)
    }
  },
}

function fullName(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  return last.includes(':') || image.includes('@') ? image : `${image}:latest`
}

/** Scores that rate a node by the node alone, and by what a pod's shape (`pods-alike.ts`) says. */
export const nodeScores: readonly Score[] = [
  leastAllocated,
  balanced,
  ownerSpread,
  preferredNodes,
  preferredTaints,
  imageLocality,
]

/** Scores for which it matters what is on other nodes. */
export const clusterScores: readonly Score[] = [company, softSpread]
