import type { Because } from '../lib/decisions.ts'
import { amountText, freeOf } from './filter/resources.ts'
import { taintText } from './filter/node.ts'
import type { Taint } from '../api/core/v1.ts'
import type { NodeRefusal } from './plan.ts'
import type { PodFacts } from './pod-facts.ts'

/** The sentence that kube-scheduler writes: `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.` */
export function summary(refusals: readonly NodeRefusal[]): string {
  if (refusals.length === 0) return 'no nodes available to schedule pods'
  const counts = new Map<string, number>()
  for (const { refusal } of refusals) counts.set(refusal.summary, (counts.get(refusal.summary) ?? 0) + 1)
  const parts = [...counts].map(([text, count]) => `${count} ${text}`).toSorted()
  return `0/${refusals.length} nodes are available: ${parts.join(', ')}.`
}

const NODES_NAMED_MAX = 3
const GROUPS_MAX = 8

/** The reasons of all nodes for a person: nodes that say the same are told together. */
export function becauseOf(refusals: readonly NodeRefusal[], attempts: number): readonly Because[] {
  const groups = new Map<string, NodeRefusal[]>()
  for (const one of refusals) {
    const group = groups.get(one.refusal.detail)
    if (group === undefined) groups.set(one.refusal.detail, [one])
    else group.push(one)
  }
  if (refusals.length === 0) return [{ message: 'the cluster has no node', facts: { attempts } }]
  const sorted = [...groups].toSorted(([, a], [, b]) => b.length - a.length)
  const width = Math.max(...sorted.slice(0, GROUPS_MAX).map(([, group]) => namesOf(group).length))
  return sorted.slice(0, GROUPS_MAX).map(([detail, group]) => ({
    message: `${namesOf(group).padEnd(width)}   ${detail}`,
    ref: { resource: 'nodes', name: group[0]!.node.name },
    facts: {
      attempts,
      code: group[0]!.refusal.code,
      nodes: group.map(({ node }) => node.name).slice(0, 20),
      count: group.length,
      ...group[0]!.refusal.facts,
    },
  }))
}

function namesOf(group: readonly NodeRefusal[]): string {
  const names = group.slice(0, NODES_NAMED_MAX).map(({ node }) => node.name)
  return group.length > NODES_NAMED_MAX
    ? `${names.slice(0, 2).join(', ')} and ${group.length - 2} more`
    : names.join(', ')
}

/** The one change that would let the pod run, from the refusals that stand in its way; the nearest node's first. */
export function help(pod: PodFacts, refusals: readonly NodeRefusal[]): string {
  if (refusals.length === 0) return 'a node: `wherry status` shows why there is none'
  const short = refusals.filter(({ refusal }) => refusal.code === 'InsufficientResource')
  if (short.length > 0) return helpWithResource(pod, short)
  const [first] = refusals
  switch (first!.refusal.code) {
    case 'Taint':
      return `a toleration of ${taintText(first!.refusal.facts?.['taint'] as Taint)} (${first!.node.name} fits), or a node without that taint`
    case 'NodeSelector': {
      const labels = Object.entries(pod.pod.spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`)
      return labels.length > 0
        ? `a node with the label ${labels.join(' and ')} (kubectl label node ${first!.node.name} ${labels.join(' ')}), or no such nodeSelector`
        : 'a node whose labels meet its node affinity, or a weaker affinity'
    }
    case 'Unschedulable':
      return `kubectl uncordon ${first!.node.name}`
    case 'HostPort':
      return 'another host port, one more node, or none of the two pods asking for a host port'
    case 'PodAntiAffinity':
    case 'ExistingAntiAffinity':
    case 'TopologySpread':
      return 'one more node, or a weaker anti-affinity or spread'
    case 'PodAffinity':
      return 'the pod that it wants to be near to, or a weaker affinity'
    case 'Volume':
      return 'its claim, bound to a volume that a node can reach'
    case 'NodeName':
      return 'a node of that name'
    default:
      return first!.refusal.detail
  }
}

function helpWithResource(pod: PodFacts, short: readonly NodeRefusal[]): string {
  const resource = String(short[0]!.refusal.facts?.['resource'])
  if (resource === 'pods') return 'one more node, or fewer pods'
  const of = short.filter(({ refusal }) => refusal.facts?.['resource'] === resource)
  const best = of.toSorted((a, b) => freeOf(b.node, resource) - freeOf(a.node, resource))[0]!
  const free = freeOf(best.node, resource)
  const asked = amountText(resource, pod.requests[resource] ?? 0)
  if (free <= 0) return `a node with ${asked} of ${resource} free`
  return `a ${resource} request of ${amountText(resource, free)} or less (${best.node.name} fits), or a node with ${asked} free`
}
