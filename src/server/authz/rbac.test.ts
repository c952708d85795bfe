import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ClusterRoleBindings } from '../../api/rbac/cluster-role-binding.ts'
import { ClusterRoles } from '../../api/rbac/cluster-role.ts'
import { RoleBindings } from '../../api/rbac/role-binding.ts'
import { Roles } from '../../api/rbac/role.ts'
import type { Subject } from '../../api/rbac/v1.ts'
import { isWherryError } from '../../lib/errors.ts'
import { Identity } from '../authn/identity.ts'
import { authorizeBy, firstOf, mastersAuthorizer } from './authorize.ts'
import { Permit } from './permit.ts'
import { Objects } from './objects.test-helper.ts'
import { ask } from './question.ts'
import { Rbac } from './rbac.ts'
import { rule } from './default-rules.ts'
import type { Target } from '../request.ts'

const jane = Identity.of('jane', ['devs'])
const user = (name: string): Subject => ({ kind: 'User', name })
const clusterRole = (name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name })
const readPods = [rule('get list', '', 'pods')]

function may(rbac: Rbac, identity: Identity, verb: string, namespace: string): boolean {
  return rbac.authorizer(identity, ask(verb, { plural: 'pods', namespace })).decision === 'allow'
}

describe('Rbac', () => {
  it('gives a ClusterRole everywhere or in a namespace, as it is bound', () => {
    const objects = new Objects()
    const rbac = new Rbac(objects)
    objects.set(ClusterRoles, { metadata: { name: 'reader' }, rules: readPods })
    objects.set(RoleBindings, {
      metadata: { name: 'b', namespace: 'x' },
      roleRef: clusterRole('reader'),
      subjects: [user('jane')],
    })
    assert.deepEqual(
      ['x', 'y', ''].map((namespace) => may(rbac, jane, 'get', namespace)),
      [true, false, false],
    )
    objects.set(ClusterRoleBindings, {
      metadata: { name: 'b' },
      roleRef: clusterRole('reader'),
      subjects: [{ kind: 'Group', name: 'devs' }],
    })
    assert.deepEqual(
      ['x', 'y', ''].map((namespace) => may(rbac, jane, 'list', namespace)),
      [true, true, true],
    )
    assert.equal(may(rbac, jane, 'delete', 'x'), false)
    assert.equal(may(rbac, Identity.of('john', []), 'get', 'x'), false)
  })

  it('knows what was there before it began', () => {
    const objects = new Objects()
    objects.set(Roles, { metadata: { name: 'reader', namespace: 'x' }, rules: readPods })
    objects.set(RoleBindings, {
      metadata: { name: 'b', namespace: 'x' },
      roleRef: { apiGroup: '', kind: 'Role', name: 'reader' },
      subjects: [user('jane')],
    })
    assert.equal(may(new Rbac(objects), jane, 'get', 'x'), true)
  })

  it('follows every change of roles, bindings and subjects', () => {
    const objects = new Objects()
    const rbac = new Rbac(objects)
    const binding = { metadata: { name: 'b' }, roleRef: clusterRole('reader') }
    objects.set(ClusterRoleBindings, { ...binding, subjects: [user('jane')] })
    assert.equal(may(rbac, jane, 'get', 'x'), false)
    objects.set(ClusterRoles, { metadata: { name: 'reader' }, rules: readPods })
    assert.equal(may(rbac, jane, 'get', 'x'), true)
    objects.set(ClusterRoles, { metadata: { name: 'reader' }, rules: [rule('list', '', 'pods')] })
    assert.equal(may(rbac, jane, 'get', 'x'), false)
    objects.set(ClusterRoles, { metadata: { name: 'reader' }, rules: readPods })
    objects.set(ClusterRoleBindings, { ...binding, subjects: [user('john')] })
    assert.equal(may(rbac, jane, 'get', 'x'), false)
    objects.set(ClusterRoleBindings, { ...binding, subjects: [user('jane'), user('john')] })
    assert.equal(may(rbac, jane, 'get', 'x'), true)
    objects.remove(ClusterRoleBindings, { name: 'b' })
    assert.equal(may(rbac, jane, 'get', 'x'), false)
  })

  it('finds ServiceAccounts, by default those of the binding’s namespace', () => {
    const objects = new Objects()
    const rbac = new Rbac(objects)
    objects.set(ClusterRoles, { metadata: { name: 'reader' }, rules: readPods })
    objects.set(RoleBindings, {
      metadata: { name: 'b', namespace: 'x' },
      roleRef: clusterRole('reader'),
      subjects: [{ kind: 'ServiceAccount', name: 'robot' }],
    })
    assert.equal(may(rbac, Identity.of('system:serviceaccount:x:robot', []), 'get', 'x'), true)
    assert.equal(may(rbac, Identity.of('system:serviceaccount:y:robot', []), 'get', 'x'), false)
  })

  it('says by what it allows, and which role it misses', () => {
    const objects = new Objects()
    const rbac = new Rbac(objects)
    objects.set(ClusterRoles, { metadata: { name: 'reader' }, rules: readPods })
    objects.set(RoleBindings, {
      metadata: { name: 'b', namespace: 'x' },
      roleRef: clusterRole('reader'),
      subjects: [user('jane')],
    })
    objects.set(RoleBindings, {
      metadata: { name: 'c', namespace: 'x' },
      roleRef: clusterRole('gone'),
      subjects: [user('jane')],
    })
    assert.deepEqual(rbac.authorizer(jane, ask('get', { plural: 'pods', namespace: 'x' })), {
      decision: 'allow',
      reason: 'RBAC: allowed by RoleBinding "b/x" of ClusterRole "reader" to User "jane"',
    })
    assert.deepEqual(rbac.authorizer(jane, ask('delete', { plural: 'pods', namespace: 'x' })), {
      decision: 'no-opinion',
      reason: 'RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found',
    })
  })

  it('reads no list to rule', () => {
    const objects = new Objects()
    const rbac = new Rbac(objects)
    const { lists } = objects
    for (let i = 0; i < 10; i++) may(rbac, Identity.of(`user-${i}`, []), 'get', 'x')
    assert.equal(objects.lists, lists)
  })
})

describe('authorizeBy', () => {
  const rbac = new Rbac(new Objects())
  const authorize = authorizeBy(firstOf([mastersAuthorizer, rbac.authorizer]))
  const target = (about: Parameters<typeof ask>[1], verb = 'get'): Target => ask(verb, about) as Target

  it('lets masters do everything', () => {
    const root = Identity.of('root', ['system:masters'])
    assert.ok(Permit.is(authorize(root, target({ plural: 'secrets', namespace: 'x' }))))
    assert.ok(Permit.is(authorize(root, { resource: false, verb: 'delete', path: '/anything' })))
  })

  it('refuses in the words that clients know', () => {
    const refusals: readonly [Target, string][] = [
      [
        target({ plural: 'pods', namespace: 'x', name: 'p' }),
        'pods "p" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "x"',
      ],
      [
        target({ plural: 'deployments', group: 'apps', namespace: 'x', subresource: 'scale', name: 'd' }),
        'deployments.apps "d" is forbidden: User "jane" cannot get resource "deployments/scale" in API group "apps" in the namespace "x"',
      ],
      [
        target({ plural: 'nodes' }, 'list'),
        'nodes is forbidden: User "jane" cannot list resource "nodes" in API group "" at the cluster scope',
      ],
      [{ resource: false, verb: 'get', path: '/metrics' }, 'forbidden: User "jane" cannot get path "/metrics"'],
    ]
    for (const [aim, message] of refusals) {
      assert.throws(
        () => authorize(jane, aim),
        (error) => isWherryError(error, 'forbidden') && error.message === message,
        message,
      )
    }
  })
})
