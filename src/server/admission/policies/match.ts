import type { MatchResources, NamedRuleWithOperations } from '../../../api/admissionregistration/v1.ts'
import type { Attempt, ObjectReader } from '../admission.ts'
import { matchesNamespace, matchesObject, matchesRule } from '../webhooks/match.ts'

/** Policies are never asked about policies: a bad one could not be taken away any more. */
const EXEMPT: ReadonlySet<string> = new Set([
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
])

/** Nor about questions that are answered and not stored. */
const QUESTIONS: ReadonlySet<string> = new Set(['authentication.k8s.io', 'authorization.k8s.io'])

export function isExempt({ kind }: Attempt): boolean {
  return QUESTIONS.has(kind.group) || (kind.group === 'admissionregistration.k8s.io' && EXEMPT.has(kind.plural))
}

/** Whether an attempt is one of those that a policy or a binding is about; without any word on it, it is. */
export function matchesResources(match: MatchResources | undefined, attempt: Attempt, reader: ObjectReader): boolean {
  if (match === undefined) return true
  const { resourceRules = [], excludeResourceRules = [] } = match
  if (resourceRules.length > 0 && !resourceRules.some((rule) => matchesNamed(rule, attempt))) return false
  if (excludeResourceRules.some((rule) => matchesNamed(rule, attempt))) return false
  return matchesObject(match, attempt) && matchesNamespace(match, attempt, reader)
}

function matchesNamed(rule: NamedRuleWithOperations, attempt: Attempt): boolean {
  if (!matchesRule(rule, attempt)) return false
  const { resourceNames = [] } = rule
  return (
    resourceNames.length === 0 || resourceNames.includes(attempt.target.name || attempt.object?.metadata.name || '')
  )
}
