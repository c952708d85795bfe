import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { ClusterRoleBindings } from '../../api/rbac/cluster-role-binding.ts'
import { ClusterRoles } from '../../api/rbac/cluster-role.ts'
import { Roles } from '../../api/rbac/role.ts'
import { Identity } from '../authn/identity.ts'
import { Objects } from './objects.test-helper.ts'
import { ask } from './question.ts'
import { Rbac } from './rbac.ts'
import { reconcileDefaults } from './reconcile-defaults.ts'

type Api = Parameters<typeof reconcileDefaults>[0]

/** Applies what is asked of it, and counts. */
function apiOf(objects: Objects): Api & { writes: string[] } {
  const writes: string[] = []
  const put = async (verb: string, kind: Kind<any>, object: any): Promise<any> => {
    writes.push(`${verb} ${kind.plural} ${object.metadata.name}`)
    return objects.set(kind, structuredClone(object))
  }
  return {
    writes,
    list: async <T extends KubeObject>(kind: Kind<T>) => ({ items: objects.list<T>(kind), resourceVersion: '1' }),
    create: (kind, object) => put('create', kind, object),
    update: (kind, object) => put('update', kind, object),
    delete: async (kind, ref) => {
      writes.push(`delete ${kind.plural} ${ref.name}`)
      objects.remove(kind, ref)
      return undefined
    },
  }
}

describe('reconcileDefaults', () => {
  it('makes roles that let everybody do their part from the first moment', async () => {
    const objects = new Objects()
    const rbac = new Rbac(objects)
    await reconcileDefaults(apiOf(objects))
    const may = (who: Identity, verb: string, plural: string, more: object = {}): boolean =>
      rbac.authorizer(who, ask(verb, { plural, ...more })).decision === 'allow'
    const path = (who: Identity, path: string): boolean =>
      rbac.authorizer(who, { resource: false, verb: 'get', path }).decision === 'allow'
    const nobody = Identity.of('system:anonymous', ['system:unauthenticated'])
    const somebody = Identity.of('jane', ['system:authenticated'])
    assert.deepEqual(
      ['/healthz', '/livez', '/readyz', '/version', '/api', '/metrics'].map((p) => path(nobody, p)),
      [true, true, true, true, false, false],
    )
    assert.deepEqual(
      ['/api', '/apis/apps/v1', '/openapi/v3', '/openid/v1/jwks'].map((p) => path(somebody, p)),
      [true, true, true, false],
    )
    assert.equal(may(somebody, 'create', 'selfsubjectaccessreviews', { group: 'authorization.k8s.io' }), true)
    assert.equal(may(somebody, 'list', 'pods'), false)
    const scheduler = Identity.of('system:kube-scheduler', [])
    assert.deepEqual(
      [may(scheduler, 'create', 'pods', { subresource: 'binding' }), may(scheduler, 'create', 'pods')],
      [true, false],
    )
    for (const controllers of [
      'system:kube-controller-manager',
      'system:serviceaccount:kube-system:replicaset-controller',
    ]) {
      assert.equal(may(Identity.of(controllers, []), 'create', 'pods', { namespace: 'x' }), true)
    }
  })

  it('fills the roles that aggregate, each with what the next one holds', async () => {
    const objects = new Objects()
    await reconcileDefaults(apiOf(objects))
    const holds = (role: string, verb: string, plural: string): boolean =>
      objects
        .get(ClusterRoles, { name: role })!
        .rules.some((rule) => rule.verbs.includes(verb) && rule.resources?.includes(plural))
    assert.deepEqual(
      ['view', 'edit', 'admin'].map((role) => holds(role, 'list', 'pods')),
      [true, true, true],
    )
    assert.deepEqual(
      ['view', 'edit', 'admin'].map((role) => holds(role, 'create', 'pods')),
      [false, true, true],
    )
    assert.deepEqual(
      ['view', 'edit', 'admin'].map((role) => holds(role, 'get', 'secrets')),
      [false, true, true],
    )
    assert.deepEqual(
      ['view', 'edit', 'admin'].map((role) => holds(role, 'create', 'roles')),
      [false, false, true],
    )
  })

  it('changes nothing the second time', async () => {
    const objects = new Objects()
    const api = apiOf(objects)
    await reconcileDefaults(api)
    assert.ok(api.writes.length > 100)
    api.writes.length = 0
    await reconcileDefaults(api)
    assert.deepEqual(api.writes, [])
  })

  it('adds what was taken away, and leaves what was added', async () => {
    const objects = new Objects()
    const api = apiOf(objects)
    await reconcileDefaults(api)
    api.writes.length = 0
    const role = objects.get(ClusterRoles, { name: 'system:kube-dns' })!
    const extra = { verbs: ['get'], apiGroups: ['x'], resources: ['y'] }
    objects.set(ClusterRoles, {
      ...role,
      metadata: { name: 'system:kube-dns', labels: { mine: 'yes' } },
      rules: [extra],
    })
    const eve = { kind: 'User', name: 'eve' }
    objects.set(ClusterRoleBindings, {
      ...objects.get(ClusterRoleBindings, { name: 'cluster-admin' })!,
      subjects: [eve],
    })
    await reconcileDefaults(api)
    const after = objects.get(ClusterRoles, { name: 'system:kube-dns' })!
    assert.deepEqual(after.rules[0], extra)
    assert.ok(after.rules.some((rule) => rule.resources?.includes('services')))
    assert.deepEqual(after.metadata.labels, { mine: 'yes', 'kubernetes.io/bootstrapping': 'rbac-defaults' })
    assert.deepEqual(
      objects.get(ClusterRoleBindings, { name: 'cluster-admin' })!.subjects?.map(({ name }) => name),
      ['eve', 'system:masters'],
    )
    assert.deepEqual(api.writes.toSorted(), [
      'update clusterrolebindings cluster-admin',
      'update clusterroles system:kube-dns',
    ])
  })

  it('makes a binding anew that was bound to another role, which cannot be changed', async () => {
    const objects = new Objects()
    const api = apiOf(objects)
    objects.set(ClusterRoleBindings, {
      metadata: { name: 'system:discovery' },
      roleRef: { apiGroup: '', kind: 'ClusterRole', name: 'cluster-admin' },
    })
    await reconcileDefaults(api)
    assert.ok(api.writes.includes('delete clusterrolebindings system:discovery'))
    assert.equal(objects.get(ClusterRoleBindings, { name: 'system:discovery' })!.roleRef.name, 'system:discovery')
  })

  it('leaves alone what says so', async () => {
    const objects = new Objects()
    const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' }
    const namespace = 'kube-system'
    objects.set(ClusterRoles, { metadata: { name: 'system:kube-dns', annotations }, rules: [] })
    objects.set(Roles, {
      metadata: { name: 'extension-apiserver-authentication-reader', namespace, annotations },
      rules: [],
    })
    await reconcileDefaults(apiOf(objects))
    assert.deepEqual(objects.get(ClusterRoles, { name: 'system:kube-dns' })!.rules, [])
    assert.deepEqual(objects.get(Roles, { name: 'extension-apiserver-authentication-reader', namespace })!.rules, [])
  })
})
