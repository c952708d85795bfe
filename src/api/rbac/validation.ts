import { dns1123Subdomain, pathSegmentName } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import { validateSelector } from '../meta/validate-labels.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, RoleRef, Subject } from './v1.ts'

const GROUP = 'rbac.authorization.k8s.io'

/** Checks the rights that a role gives in a namespace. */
export function validateRole({ rules = [] }: Role, problems: Problems): void {
  rules.forEach((rule, i) => validateRule(rule, `rules[${i}]`, problems, true))
}

/** Checks the rights that a role gives everywhere. */
export function validateClusterRole({ rules = [], aggregationRule }: ClusterRole, problems: Problems): void {
  rules.forEach((rule, i) => validateRule(rule, `rules[${i}]`, problems, false))
  if (aggregationRule === undefined) return
  const { clusterRoleSelectors = [] } = aggregationRule
  const field = 'aggregationRule.clusterRoleSelectors'
  if (clusterRoleSelectors.length === 0) {
    problems.required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil')
  }
  clusterRoleSelectors.forEach((selector, i) => validateSelector(selector, `${field}[${i}]`, problems))
}

function validateRule(rule: PolicyRule, field: string, problems: Problems, isNamespaced: boolean): void {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule
  if (verbs.length === 0) problems.required(`${field}.verbs`, 'verbs must contain at least one value')
  if (nonResourceURLs.length > 0) {
    if (isNamespaced) {
      const detail = 'namespaced rules cannot apply to non-resource URLs'
      problems.invalid(`${field}.nonResourceURLs`, nonResourceURLs, detail)
    }
    if (apiGroups.length > 0 || resources.length > 0 || resourceNames.length > 0) {
      const detail = 'rules cannot apply to both regular resources and non-resource URLs'
      problems.invalid(`${field}.nonResourceURLs`, nonResourceURLs, detail)
    }
    return
  }
  if (apiGroups.length === 0)
    problems.required(`${field}.apiGroups`, 'resource rules must supply at least one api group')
  if (resources.length === 0)
    problems.required(`${field}.resources`, 'resource rules must supply at least one resource')
}

/** Checks who gets a role in a namespace. */
export function validateRoleBinding({ roleRef, subjects = [] }: RoleBinding, problems: Problems): void {
  validateRoleRef(roleRef, ['ClusterRole', 'Role'], problems)
  subjects.forEach((subject, i) => validateSubject(subject, `subjects[${i}]`, problems, true))
}

/** Checks who gets a role everywhere. */
export function validateClusterRoleBinding({ roleRef, subjects = [] }: ClusterRoleBinding, problems: Problems): void {
  validateRoleRef(roleRef, ['ClusterRole'], problems)
  subjects.forEach((subject, i) => validateSubject(subject, `subjects[${i}]`, problems, false))
}

function validateRoleRef({ apiGroup, kind, name }: RoleRef, kinds: readonly string[], problems: Problems): void {
  if (apiGroup !== GROUP) problems.notSupported('roleRef.apiGroup', apiGroup, [GROUP])
  if (kind !== '' && !kinds.includes(kind)) problems.notSupported('roleRef.kind', kind, kinds)
  if (name !== '') problems.invalidBy(pathSegmentName(name), 'roleRef.name', name)
}

function validateSubject(subject: Subject, field: string, problems: Problems, isNamespaced: boolean): void {
  const { kind, name, apiGroup = '', namespace = '' } = subject
  if (kind === 'ServiceAccount') {
    if (name !== '') problems.invalidBy(dns1123Subdomain(name), `${field}.name`, name)
    if (apiGroup !== '') problems.notSupported(`${field}.apiGroup`, apiGroup, [''])
    if (!isNamespaced && namespace === '') problems.required(`${field}.namespace`)
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== GROUP) problems.notSupported(`${field}.apiGroup`, apiGroup, [GROUP])
  } else if (kind !== '') {
    problems.notSupported(`${field}.kind`, kind, ['Group', 'ServiceAccount', 'User'])
  }
}

/** Checks that a binding keeps its role: who may change whom it binds shall not choose another one. */
export function sameRole(next: { roleRef: RoleRef }, old: { roleRef: RoleRef }, problems: Problems): void {
  if (!sameJson(next.roleRef, old.roleRef)) problems.invalid('roleRef', next.roleRef, 'cannot change roleRef')
}
