import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ask } from './question.ts'
import { allows, uncovered } from './rules.ts'
import type { Rule } from './rules.ts'

const pods: Rule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] }

describe('allows', () => {
  const table: readonly [string, Rule, ReturnType<typeof ask>, boolean][] = [
    ['the verb, group and resource', pods, ask('get', { plural: 'pods' }), true],
    ['a subresource that is named', pods, ask('get', { plural: 'pods', subresource: 'log' }), true],
    ['no other subresource', pods, ask('get', { plural: 'pods', subresource: 'exec' }), false],
    ['no other verb', pods, ask('delete', { plural: 'pods' }), false],
    ['no other group', pods, ask('get', { plural: 'pods', group: 'metrics.k8s.io' }), false],
    [
      'not the subresource of a resource',
      { ...pods, resources: ['pods'] },
      ask('get', { plural: 'pods', subresource: 'log' }),
      false,
    ],
    [
      'everything by stars',
      { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
      ask('x', { plural: 'y', subresource: 'z' }),
      true,
    ],
    [
      'a subresource of everything',
      { ...pods, resources: ['*/scale'] },
      ask('get', { plural: 'a', subresource: 'scale' }),
      true,
    ],
    [
      'not that of another name',
      { ...pods, resources: ['*/scale'] },
      ask('get', { plural: 'a', subresource: 'autoscale' }),
      false,
    ],
    [
      'not a resource that ends alike',
      { ...pods, resources: ['s/log'] },
      ask('get', { plural: 'pods', subresource: 'log' }),
      false,
    ],
    ['a name', { ...pods, resourceNames: ['a'] }, ask('get', { plural: 'pods', name: 'a' }), true],
    ['no other name', { ...pods, resourceNames: ['a'] }, ask('get', { plural: 'pods', name: 'b' }), false],
    ['no list, when names are given', { ...pods, resourceNames: ['a'] }, ask('list', { plural: 'pods' }), false],
  ]
  for (const [what, rule, question, expected] of table) {
    it(`covers ${what}`, () => assert.equal(allows(rule, question), expected))
  }

  it('covers paths, also by their beginning, and never resources by them', () => {
    const rule: Rule = { verbs: ['get'], nonResourceURLs: ['/healthz', '/api/*'] }
    const may = (path: string): boolean => allows(rule, { resource: false, verb: 'get', path })
    assert.deepEqual(['/healthz', '/healthz/x', '/api', '/api/v1'].map(may), [true, false, false, true])
    assert.equal(allows({ verbs: ['*'], nonResourceURLs: ['*'] }, ask('get', { plural: 'pods' })), false)
    assert.equal(
      allows({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }, { resource: false, verb: 'get', path: '/' }),
      false,
    )
  })
})

describe('uncovered', () => {
  const table: readonly [string, Rule[], Rule[], Rule[]][] = [
    ['nothing when the same is held', [pods], [pods], []],
    [
      'each verb and resource by itself',
      [pods],
      [{ ...pods, verbs: ['get', 'delete'], resources: ['pods'] }],
      [{ verbs: ['delete'], apiGroups: [''], resources: ['pods'] }],
    ],
    [
      'nothing when several rules together hold it',
      [
        { ...pods, verbs: ['get'] },
        { ...pods, verbs: ['list'] },
      ],
      [pods],
      [],
    ],
    [
      'everything where only a name is held',
      [{ ...pods, resourceNames: ['a'] }],
      [{ ...pods, verbs: ['get'], resources: ['pods'] }],
      [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }],
    ],
    ['nothing where a name of all is wanted', [pods], [{ ...pods, resourceNames: ['a'] }], []],
    [
      'a star, unless a star is held',
      [pods],
      [{ ...pods, resources: ['*'], verbs: ['get'] }],
      [{ verbs: ['get'], apiGroups: [''], resources: ['*'] }],
    ],
    [
      'no subresource under a star for it',
      [{ ...pods, resources: ['*/log'] }],
      [{ ...pods, resources: ['pods/log'] }],
      [],
    ],
    [
      'a path beyond the held ones',
      [{ verbs: ['get'], nonResourceURLs: ['/api/*'] }],
      [{ verbs: ['get'], nonResourceURLs: ['/api/v1', '/x'] }],
      [{ verbs: ['get'], nonResourceURLs: ['/x'] }],
    ],
  ]
  for (const [what, owned, wanted, expected] of table) {
    it(`names ${what}`, () => assert.deepEqual(uncovered(owned, wanted), expected))
  }
})
