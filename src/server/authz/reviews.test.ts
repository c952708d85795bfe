import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ClusterRoleBindings } from '../../api/rbac/cluster-role-binding.ts'
import { ClusterRoles } from '../../api/rbac/cluster-role.ts'
import { RoleBindings } from '../../api/rbac/role-binding.ts'
import { Identity } from '../authn/identity.ts'
import { firstOf, mastersAuthorizer } from './authorize.ts'
import { pathRule, rule } from './default-rules.ts'
import { Objects } from './objects.test-helper.ts'
import { Rbac } from './rbac.ts'
import { questionOf, reviewAccess, reviewOwnAccess, reviewRules } from './reviews.ts'

function setUp(): { rbac: Rbac; authorizer: Rbac['authorizer'] } {
  const objects = new Objects()
  const rbac = new Rbac(objects)
  const bind = (name: string) => ({
    roleRef: { apiGroup: '', kind: 'ClusterRole', name },
    subjects: [{ kind: 'Group', name: 'devs' }],
  })
  objects.set(ClusterRoles, { metadata: { name: 'pods' }, rules: [rule('get', '', 'pods')] })
  objects.set(ClusterRoles, { metadata: { name: 'paths' }, rules: [pathRule('get', '/x/*')] })
  objects.set(RoleBindings, { metadata: { name: 'b', namespace: 'n' }, ...bind('pods') })
  objects.set(ClusterRoleBindings, { metadata: { name: 'c' }, ...bind('paths') })
  return { rbac, authorizer: firstOf([mastersAuthorizer, rbac.authorizer]) }
}

const getPods = { resourceAttributes: { verb: 'get', resource: 'pods', namespace: 'n' } }

describe('reviewAccess', () => {
  it('answers for a user and their groups', () => {
    const { authorizer } = setUp()
    assert.deepEqual(reviewAccess({ ...getPods, user: 'jane', groups: ['devs'] }, authorizer), {
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "b/n" of ClusterRole "pods" to Group "devs"',
    })
    assert.deepEqual(reviewAccess({ ...getPods, user: 'jane' }, authorizer), { allowed: false })
    assert.equal(reviewAccess({ ...getPods, user: 'x', groups: ['system:masters'] }, authorizer).allowed, true)
  })

  it('answers about paths', () => {
    const { authorizer } = setUp()
    const path = (path: string): boolean =>
      reviewAccess({ nonResourceAttributes: { verb: 'get', path }, groups: ['devs'] }, authorizer).allowed
    assert.deepEqual([path('/x/y'), path('/y')], [true, false])
  })

  it('refuses a question about nobody, nothing or two things', () => {
    const { authorizer } = setUp()
    assert.throws(() => reviewAccess(getPods, authorizer), /user or group/)
    assert.throws(() => reviewAccess({ user: 'jane' }, authorizer), /exactly one/)
    assert.throws(
      () => reviewAccess({ user: 'jane', ...getPods, nonResourceAttributes: {} }, authorizer),
      /exactly one/,
    )
  })
})

describe('reviewOwnAccess', () => {
  it('answers for whoever asks', () => {
    const { authorizer } = setUp()
    assert.equal(reviewOwnAccess(getPods, Identity.of('jane', ['devs']), authorizer).allowed, true)
    assert.equal(reviewOwnAccess(getPods, Identity.of('jane', []), authorizer).allowed, false)
  })
})

describe('questionOf', () => {
  it('carries field selectors over, raw or parsed', () => {
    const ask = (fieldSelector: object) =>
      questionOf({ resourceAttributes: { verb: 'list', resource: 'pods', fieldSelector } })
    const parsed = ask({ requirements: [{ key: 'spec.nodeName', operator: 'In', values: ['a'] }] })
    assert.equal(parsed.resource && parsed.fieldSelector, 'spec.nodeName=a')
    const raw = ask({ rawSelector: 'a=b' })
    assert.equal(raw.resource && raw.fieldSelector, 'a=b')
  })
})

describe('reviewRules', () => {
  it('lists what somebody holds in a namespace', () => {
    const { rbac } = setUp()
    const jane = Identity.of('jane', ['devs'])
    assert.deepEqual(reviewRules(jane, 'n', rbac), {
      resourceRules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
      nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/x/*'] }],
      incomplete: false,
    })
    assert.deepEqual(reviewRules(jane, 'other', rbac).resourceRules, [])
    assert.deepEqual(reviewRules(Identity.of('root', ['system:masters']), 'n', rbac).resourceRules, [
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
    ])
    assert.throws(() => reviewRules(jane, '', rbac), /no namespace/)
  })
})
