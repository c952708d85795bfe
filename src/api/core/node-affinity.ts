import { meets } from '../meta/selectors.ts'
import type { Requirement } from '../meta/selectors.ts'
import type { Node, NodeSelectorRequirement, NodeSelectorTerm, PodSpec } from './v1.ts'

/** Whether a node has what a Pod requires of its labels: its nodeSelector, and one of the terms of its node affinity. */
export function fitsNode(spec: PodSpec, node: Node): boolean {
  const labels = node.metadata.labels ?? {}
  for (const [key, value] of Object.entries(spec.nodeSelector ?? {})) if (labels[key] !== value) return false
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || required.nodeSelectorTerms.some((term) => meetsTerm(term, node))
}

/** Whether a node meets all conditions of a term; one without conditions meets nothing. */
export function meetsTerm({ matchExpressions = [], matchFields = [] }: NodeSelectorTerm, { metadata }: Node): boolean {
  if (matchExpressions.length + matchFields.length === 0) return false
  return (
    meets(matchExpressions.map(requirementOf), metadata.labels) &&
    meets(matchFields.map(requirementOf), { 'metadata.name': metadata.name })
  )
}

const OPERATORS: Readonly<Record<string, Requirement['op']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: 'absent',
  Gt: 'gt',
  Lt: 'lt',
}

function requirementOf({ key, operator, values = [] }: NodeSelectorRequirement): Requirement {
  return { key, op: OPERATORS[operator] ?? 'in', values }
}
