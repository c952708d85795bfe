import { dns1123Label, qualifiedName, validLabelValue } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import { validateSelector } from '../../meta/validate-labels.ts'
import { positive } from '../../meta/validate-numbers.ts'
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinityTerm,
  Toleration,
  TopologySpreadConstraint,
} from '../v1.ts'

/** Checks which taints a Pod bears with. */
export function validateTolerations(tolerations: readonly Toleration[] = [], field: string, problems: Problems): void {
  for (const [i, { key = '', operator, value = '', effect, tolerationSeconds }] of tolerations.entries()) {
    const path = `${field}[${i}]`
    if (key !== '') problems.invalidBy(qualifiedName(key), `${path}.key`, key)
    else if (operator !== 'Exists') {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'
      problems.invalid(`${path}.operator`, operator ?? '', detail)
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      problems.invalid(`${path}.effect`, effect ?? '', "effect must be 'NoExecute' when `tolerationSeconds` is set")
    }
    if (operator === 'Exists') {
      if (value !== '') problems.invalid(`${path}.operator`, value, "value must be empty when `operator` is 'Exists'")
    } else if (operator === 'Lt' || operator === 'Gt') {
      problems.notSupported(`${path}.operator`, operator, ['Equal', 'Exists'])
    } else {
      const wrong = validLabelValue(value)
      if (wrong.length > 0) problems.invalid(`${path}.operator`, value, wrong.join(';'))
    }
  }
}

/** Checks near what a Pod wants to be, and far from what. */
export function validateAffinity(affinity: Affinity | undefined, field: string, problems: Problems): void {
  if (affinity === undefined) return
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity
  const required = 'requiredDuringSchedulingIgnoredDuringExecution'
  const preferred = 'preferredDuringSchedulingIgnoredDuringExecution'
  if (nodeAffinity !== undefined) {
    const path = `${field}.nodeAffinity`
    const selector = nodeAffinity[required]
    if (selector !== undefined) {
      const terms = `${path}.${required}.nodeSelectorTerms`
      if (selector.nodeSelectorTerms.length === 0) problems.required(terms, 'must have at least one node selector term')
      selector.nodeSelectorTerms.forEach((term, i) => validateNodeTerm(term, `${terms}[${i}]`, problems, true))
    }
    for (const [i, { weight, preference }] of (nodeAffinity[preferred] ?? []).entries()) {
      validateWeight(weight, `${path}.${preferred}[${i}]`, problems)
      validateNodeTerm(preference, `${path}.${preferred}[${i}].preference`, problems, false)
    }
  }
  for (const [name, one] of [
    ['podAffinity', podAffinity],
    ['podAntiAffinity', podAntiAffinity],
  ] as const) {
    const path = `${field}.${name}`
    for (const [i, term] of (one?.[required] ?? []).entries())
      validatePodTerm(term, `${path}.${required}[${i}]`, problems)
    for (const [i, { weight, podAffinityTerm }] of (one?.[preferred] ?? []).entries()) {
      validateWeight(weight, `${path}.${preferred}[${i}]`, problems)
      validatePodTerm(podAffinityTerm, `${path}.${preferred}[${i}].podAffinityTerm`, problems)
    }
  }
}

function validateWeight(weight: number, field: string, problems: Problems): void {
  if (weight <= 0 || weight > 100) problems.invalid(`${field}.weight`, weight, 'must be in the range 1-100')
}

/** Checks one alternative of a node selector. */
export function validateNodeTerm(
  term: NodeSelectorTerm,
  field: string,
  problems: Problems,
  checksValues: boolean,
): void {
  for (const [i, requirement] of (term.matchExpressions ?? []).entries()) {
    const path = `${field}.matchExpressions[${i}]`
    validateRequirement(requirement, path, problems)
    if (!checksValues) continue
    requirement.values?.forEach((value, j) => problems.invalidBy(validLabelValue(value), `${path}.values[${j}]`, value))
  }
  for (const [i, { key, operator, values = [] }] of (term.matchFields ?? []).entries()) {
    const path = `${field}.matchFields[${i}]`
    if (operator !== 'In' && operator !== 'NotIn') {
      problems.invalid(`${path}.operator`, operator, 'not a valid selector operator')
    } else if (values.length !== 1) {
      problems.required(
        `${path}.values`,
        "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
      )
    }
    if (key !== 'metadata.name') problems.invalid(`${path}.key`, key, 'not a valid field selector key')
  }
}

function validateRequirement(
  { key, operator, values = [] }: NodeSelectorRequirement,
  path: string,
  problems: Problems,
): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) problems.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      problems.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
    }
  } else if (values.length !== 1) {
    problems.required(`${path}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'")
  }
  if (key !== '') problems.invalidBy(qualifiedName(key), `${path}.key`, key)
}

function validatePodTerm(term: PodAffinityTerm, field: string, problems: Problems): void {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey, matchLabelKeys, mismatchLabelKeys } = term
  validateSelector(labelSelector, `${field}.labelSelector`, problems)
  validateSelector(namespaceSelector, `${field}.namespaceSelector`, problems)
  for (const name of namespaces) problems.invalidBy(dns1123Label(name), `${field}.namespace`, name)
  if (topologyKey !== '') problems.invalidBy(qualifiedName(topologyKey), `${field}.topologyKey`, topologyKey)
  for (const [name, keys] of [
    ['matchLabelKeys', matchLabelKeys],
    ['mismatchLabelKeys', mismatchLabelKeys],
  ] as const) {
    if (keys !== undefined && keys.length > 0 && labelSelector === undefined) {
      problems.forbidden(`${field}.${name}`, 'must not be specified when labelSelector is not set')
    }
    keys?.forEach((key, i) => problems.invalidBy(qualifiedName(key), `${field}.${name}[${i}]`, key))
  }
}

/** Checks how evenly Pods are to be spread. */
export function validateSpread(
  constraints: readonly TopologySpreadConstraint[] = [],
  field: string,
  problems: Problems,
): void {
  const seen = new Set<string>()
  for (const [i, constraint] of constraints.entries()) {
    const path = `${field}[${i}]`
    const { maxSkew, topologyKey, whenUnsatisfiable, minDomains, labelSelector, matchLabelKeys = [] } = constraint
    positive(maxSkew, `${path}.maxSkew`, problems)
    const pair = `{${topologyKey}, ${whenUnsatisfiable}}`
    if (seen.has(pair)) problems.duplicate(`${path}.{topologyKey, whenUnsatisfiable}`, pair)
    seen.add(pair)
    positive(minDomains, `${path}.minDomains`, problems)
    if (minDomains !== undefined && whenUnsatisfiable !== 'DoNotSchedule') {
      const detail = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`
      problems.invalid(`${path}.minDomains`, minDomains, detail)
    }
    validateSelector(labelSelector, `${path}.labelSelector`, problems)
    matchLabelKeys.forEach((key, j) => problems.invalidBy(qualifiedName(key), `${path}.matchLabelKeys[${j}]`, key))
  }
}
