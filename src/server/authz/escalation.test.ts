import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ClusterRoleBindings } from '../../api/rbac/cluster-role-binding.ts'
import { ClusterRoles } from '../../api/rbac/cluster-role.ts'
import { RoleBindings } from '../../api/rbac/role-binding.ts'
import { Roles } from '../../api/rbac/role.ts'
import type { PolicyRule } from '../../api/rbac/v1.ts'
import type { Kind } from '../../api/meta/kind.ts'
import type { Attempt } from '../admission/admission.ts'
import { Identity } from '../authn/identity.ts'
import type { ResourceTarget } from '../request.ts'
import { rule } from './default-rules.ts'
import { escalationGuard } from './escalation.ts'
import { Objects } from './objects.test-helper.ts'
import { Rbac } from './rbac.ts'

const jane = Identity.of('jane', [])
const RBAC = 'rbac.authorization.k8s.io'

/** Jane holds `rules` in namespace x, or everywhere. */
function guardFor(rules: PolicyRule[], everywhere = false) {
  const objects = new Objects()
  const rbac = new Rbac(objects)
  objects.set(ClusterRoles, { metadata: { name: 'janes' }, rules })
  objects.set(ClusterRoles, { metadata: { name: 'secret-reader' }, rules: [rule('get', '', 'secrets')] })
  const binding = {
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: 'janes' },
    subjects: [{ kind: 'User', name: 'jane' }],
  }
  if (everywhere) objects.set(ClusterRoleBindings, { metadata: { name: 'b' }, ...binding })
  else objects.set(RoleBindings, { metadata: { name: 'b', namespace: 'x' }, ...binding })
  const plugin = escalationGuard(rbac, rbac.authorizer)
  return (kind: Kind<any>, object: object, old?: object, identity = jane): void => {
    const namespace = kind.namespaced ? 'x' : ''
    const complete = (value: any): any => value && { ...value, metadata: { name: 'new', namespace } }
    const attempt = {
      operation: old === undefined ? 'CREATE' : 'UPDATE',
      kind,
      target: {
        resource: true,
        verb: 'create',
        group: kind.group,
        version: 'v1',
        plural: kind.plural,
        subresource: '',
        namespace,
        name: 'new',
      } as ResourceTarget,
      identity,
      object: complete(object),
      old: complete(old),
    } as Attempt
    assert.ok(plugin.handles(attempt))
    void plugin.validate!(attempt)
  }
}

const secrets = { rules: [rule('get', '', 'secrets')] }
const bindSecrets = (kind = 'ClusterRole', name = 'secret-reader'): object => ({
  roleRef: { apiGroup: RBAC, kind, name },
  subjects: [],
})

describe('escalationGuard', () => {
  it('lets nobody write a role with more than they hold', () => {
    const write = guardFor([rule('get list', '', 'pods')])
    write(Roles, { rules: [rule('get', '', 'pods')] })
    assert.throws(
      () => write(Roles, secrets),
      /attempting to grant RBAC permissions not currently held:\n{APIGroups:\[""\], Resources:\["secrets"\], Verbs:\["get"\]}/,
    )
    assert.throws(
      () => write(ClusterRoles, { rules: [rule('get', '', 'pods')] }),
      /not currently held/,
      'what is held in a namespace is not held everywhere',
    )
  })

  it('lets them bind only a role that they hold', () => {
    guardFor([rule('get list', '', 'secrets')])(RoleBindings, bindSecrets())
    const write = guardFor([rule('get list', '', 'secrets')])
    assert.throws(() => write(ClusterRoleBindings, bindSecrets()), /not currently held/)
    assert.throws(() => guardFor([])(RoleBindings, bindSecrets()), /not currently held/)
    assert.throws(
      () => guardFor([])(RoleBindings, bindSecrets('Role', 'none')),
      /roles.rbac.authorization.k8s.io "none" not found/,
    )
  })

  it('lets the verbs escalate and bind have their way', () => {
    guardFor([rule('escalate', RBAC, 'roles')])(Roles, secrets)
    guardFor([rule('bind', RBAC, 'clusterroles', 'secret-reader')])(RoleBindings, bindSecrets())
    assert.throws(
      () => guardFor([rule('bind', RBAC, 'clusterroles', 'other')])(RoleBindings, bindSecrets()),
      /not currently held/,
    )
  })

  it('lets masters write what they like', () => {
    guardFor([])(ClusterRoles, secrets, undefined, Identity.of('root', ['system:masters']))
  })

  it('lets a change pass that gives nothing', () => {
    guardFor([])(Roles, secrets, secrets)
    guardFor([])(RoleBindings, bindSecrets(), bindSecrets())
    assert.throws(() => guardFor([])(Roles, secrets, { rules: [] }), /not currently held/)
  })

  it('takes a role that aggregates for one that may hold everything', () => {
    const aggregating = { rules: [], aggregationRule: { clusterRoleSelectors: [] } }
    assert.throws(() => guardFor([rule('get', '', 'pods')], true)(ClusterRoles, aggregating), /not currently held/)
    guardFor([rule('*', '*', '*'), { verbs: ['*'], nonResourceURLs: ['*'] }], true)(ClusterRoles, aggregating)
  })
})
