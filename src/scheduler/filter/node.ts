import type { NodeSelectorTerm, Pod, Taint } from '../../api/core/v1.ts'
import { untolerated } from '../../api/core/taints.ts'
import { meets, type Requirement } from '../../api/meta/selectors.ts'
import type { NodeInfo } from '../node-info.ts'
import type { Filter } from './filter.ts'

/** The node that the pod names, and no other. */
export const nodeName: Filter = ({ pod }) => {
  const wanted = pod.spec.nodeName
  if (!wanted) return undefined
  return (node) =>
    node.name === wanted
      ? undefined
      : {
          code: 'NodeName',
          preemptible: false,
          summary: "node(s) didn't match the requested node name",
          detail: `the pod asks for node ${wanted}`,
        }
}

const UNSCHEDULABLE: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' } as Taint

/** Nodes that are cordoned take only pods that tolerate it. */
export const unschedulable: Filter = ({ pod }) => {
  const tolerated = untolerated([UNSCHEDULABLE], pod.spec.tolerations, ['NoSchedule']) === undefined
  if (tolerated) return undefined
  return ({ node }) =>
    node.spec.unschedulable
      ? {
          code: 'Unschedulable',
          preemptible: false,
          summary: 'node(s) were unschedulable',
          detail: 'it is cordoned (kubectl uncordon makes it take pods again)',
        }
      : undefined
}

/** Taints that keep pods away which do not tolerate them. */
export const taints: Filter = ({ pod }) => {
  const { tolerations } = pod.spec
  return (node) => {
    if (node.taints.length === 0) return undefined
    const taint = untolerated(node.taints, tolerations, ['NoSchedule', 'NoExecute'])
    if (taint === undefined) return undefined
    const text = taintText(taint)
    return {
      code: 'Taint',
      preemptible: false,
      summary: `node(s) had untolerated taint(s)`,
      detail: `taint ${text} is not tolerated`,
      facts: { taint },
    }
  }
}

/** `key=value:effect`, as kubectl writes a taint. */
export function taintText({ key, value, effect }: Taint): string {
  return `${key}${value ? `=${value}` : ''}:${effect}`
}

/** nodeSelector, and required node affinity: labels that a node must have. */
export const nodeSelector: Filter = ({ pod }) => {
  const fits = nodeFits(pod)
  if (fits === undefined) return undefined
  const wish = selectorText(pod)
  return (node) =>
    fits(node)
      ? undefined
      : {
          code: 'NodeSelector',
          preemptible: false,
          summary: "node(s) didn't match Pod's node affinity/selector",
          detail: `its labels do not meet ${wish}`,
          facts: { nodeSelector: pod.spec.nodeSelector ?? {} },
        }
}

/** Whether nodes meet what a pod requires of their labels; undefined when it requires nothing. */
export function nodeFits(pod: Pod): ((node: NodeInfo) => boolean) | undefined {
  const wanted = Object.entries(pod.spec.nodeSelector ?? {})
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (wanted.length === 0 && required === undefined) return undefined
  const terms = required?.nodeSelectorTerms.map(termJudge)
  return (node) =>
    wanted.every(([key, value]) => node.labels[key] === value) &&
    (terms === undefined || terms.some((term) => term(node)))
}

const OPERATORS: Readonly<Record<string, Requirement['op']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: 'absent',
  Gt: 'gt',
  Lt: 'lt',
}

/** Whether a node meets one term; a term without conditions meets nothing. */
export function termJudge(term: NodeSelectorTerm): (node: NodeInfo) => boolean {
  const read = (list: NodeSelectorTerm['matchExpressions']): Requirement[] =>
    (list ?? []).map(({ key, operator, values = [] }) => ({ key, op: OPERATORS[operator] ?? 'in', values }))
  const [expressions, fields] = [read(term.matchExpressions), read(term.matchFields)]
  if (expressions.length + fields.length === 0) return () => false
  return (node) => meets(expressions, node.labels) && meets(fields, { 'metadata.name': node.name })
}

function selectorText(pod: Pod): string {
  const parts = Object.entries(pod.spec.nodeSelector ?? {}).map(([key, value]) => `${key}=${value}`)
  for (const { matchExpressions = [], matchFields = [] } of pod.spec.affinity?.nodeAffinity
    ?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []) {
    for (const { key, operator, values = [] } of [...matchExpressions, ...matchFields])
      parts.push(`${key} ${operator}${values.length > 0 ? ` (${values.join(', ')})` : ''}`)
  }
  return parts.join(', ')
}
