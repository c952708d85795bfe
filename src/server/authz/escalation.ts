import { ClusterRoleBindings } from '../../api/rbac/cluster-role-binding.ts'
import { ClusterRoles } from '../../api/rbac/cluster-role.ts'
import { RoleBindings } from '../../api/rbac/role-binding.ts'
import { Roles } from '../../api/rbac/role.ts'
import type { KubeObject } from '../../api/meta/kind.ts'
import type { ClusterRole, ClusterRoleBinding, Role, RoleBinding } from '../../api/rbac/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import type { AdmissionPlugin, Attempt } from '../admission/admission.ts'
import type { Identity } from '../authn/identity.ts'
import { MASTERS } from './authorize.ts'
import type { Authorizer } from './permit.ts'
import { ask } from './question.ts'
import type { Rbac } from './rbac.ts'
import { uncovered } from './rules.ts'
import type { Rule } from './rules.ts'

const GROUP = 'rbac.authorization.k8s.io'
const ROLE_PLURALS = new Set([Roles.plural, ClusterRoles.plural])
const BINDING_PLURALS = new Set([RoleBindings.plural, ClusterRoleBindings.plural])

/**
 * Keeps everybody from giving, to themselves or to others, what they do not have: a role may hold only what its writer
 * holds, and a binding may give only such a role, unless the verbs `escalate` or `bind` say that they may.
 */
export function escalationGuard(rbac: Rbac, authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'RBACEscalation',
    handles: ({ target, operation }) =>
      target.group === GROUP &&
      target.subresource === '' &&
      (operation === 'CREATE' || operation === 'UPDATE') &&
      (ROLE_PLURALS.has(target.plural) || BINDING_PLURALS.has(target.plural)),
    validate(attempt) {
      if (attempt.identity.groups.includes(MASTERS)) return
      if (ROLE_PLURALS.has(attempt.target.plural)) guardRole(attempt, rbac, authorizer)
      else guardBinding(attempt, rbac, authorizer)
    },
  }
}

function guardRole({ target, identity, object, old }: Attempt, rbac: Rbac, authorizer: Authorizer): void {
  const role = object as KubeObject as Role | ClusterRole
  const before = old as KubeObject | undefined as ClusterRole | undefined
  const { namespace = '', name } = role.metadata
  if (before !== undefined && sameRole(before, role as ClusterRole)) return
  const may = authorizer(identity, ask('escalate', { ...target, namespace, name }))
  if (may.decision === 'allow') return
  // A role that aggregates is filled with whatever carries its labels: whoever writes it must hold everything.
  const everything: Rule[] = [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    { verbs: ['*'], nonResourceURLs: ['*'] },
  ]
  const wanted = 'aggregationRule' in role && role.aggregationRule !== undefined ? everything : (role.rules ?? [])
  const missing = missingFor(identity, rbac, namespace, wanted)
  if (missing.length > 0) throw refusal(target.plural, name, identity, missing)
}

function guardBinding({ target, identity, object, old }: Attempt, rbac: Rbac, authorizer: Authorizer): void {
  const binding = object as KubeObject as RoleBinding | ClusterRoleBinding
  const before = old as KubeObject | undefined as RoleBinding | undefined
  const { namespace = '', name } = binding.metadata
  if (
    before !== undefined &&
    JSON.stringify([before.subjects, before.roleRef]) === JSON.stringify([binding.subjects, binding.roleRef])
  ) {
    return
  }
  const { roleRef } = binding
  const plural = roleRef.kind === 'Role' ? Roles.plural : ClusterRoles.plural
  const may = authorizer(identity, ask('bind', { group: GROUP, version: 'v1', plural, namespace, name: roleRef.name }))
  if (may.decision === 'allow') return
  const rules = rbac.rulesOf(roleRef, namespace)
  if (rules === undefined) {
    const what = `${plural}.${GROUP} ${JSON.stringify(roleRef.name)} not found`
    throw new WherryError('not-found', what, { details: { name: roleRef.name, group: GROUP, kind: plural } })
  }
  const missing = missingFor(identity, rbac, namespace, rules)
  if (missing.length > 0) throw refusal(target.plural, name, identity, missing)
}

function sameRole(before: ClusterRole, after: ClusterRole): boolean {
  return (
    JSON.stringify([before.rules ?? [], before.aggregationRule]) ===
    JSON.stringify([after.rules ?? [], after.aggregationRule])
  )
}

function missingFor(identity: Identity, rbac: Rbac, namespace: string, wanted: readonly Rule[]): Rule[] {
  return uncovered(rbac.rightsOf(identity, namespace).rules, wanted)
}

function refusal(plural: string, name: string, identity: Identity, missing: readonly Rule[]): WherryError {
  const user = `user ${JSON.stringify(identity.username)} (groups=${JSON.stringify(identity.groups)})`
  const message = `${user} is attempting to grant RBAC permissions not currently held:\n${missing.map(shown).join('\n')}`
  return new WherryError('forbidden', `${plural}.${GROUP} ${JSON.stringify(name)} is forbidden: ${message}`, {
    details: { name, group: GROUP, kind: plural },
  })
}

/** `{APIGroups:["apps"], Resources:["deployments"], Verbs:["get"]}` */
function shown(rule: Rule): string {
  const parts = [
    ['APIGroups', rule.apiGroups],
    ['Resources', rule.resources],
    ['ResourceNames', rule.resourceNames],
    ['NonResourceURLs', rule.nonResourceURLs],
    ['Verbs', rule.verbs],
  ] as const
  const given = parts.filter(([, list]) => list !== undefined && list.length > 0)
  return `{${given.map(([name, list]) => `${name}:${JSON.stringify(list)}`).join(', ')}}`
}
