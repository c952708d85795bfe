import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { Deployments } from '../../apps/deployment.ts'
import { Pods } from '../../core/pod.ts'
import { PodDisruptionBudgets } from '../../policy/pod-disruption-budget.ts'
import { applyStrategicMerge } from './strategic-merge.ts'

const named = (...names: readonly string[]): { name: string }[] => names.map((name) => ({ name }))
const spec = (spec: object) => ({ spec })

describe('applyStrategicMerge', () => {
  const cases: [string, object, object, object][] = [
    [
      'merges list items by their key',
      spec({
        containers: [
          { name: 'a', image: '1' },
          { name: 'b', image: '1' },
        ],
      }),
      spec({ containers: [{ name: 'b', image: '2' }] }),
      spec({
        containers: [
          { name: 'a', image: '1' },
          { name: 'b', image: '2' },
        ],
      }),
    ],
    [
      'puts new items where the patch has them',
      spec({ containers: named('a', 'b') }),
      spec({ containers: named('c', 'a') }),
      spec({ containers: named('c', 'a', 'b') }),
    ],
    [
      'deletes an item that a directive names',
      spec({ containers: named('a', 'b') }),
      spec({ containers: [{ name: 'a', $patch: 'delete' }] }),
      spec({ containers: named('b') }),
    ],
    [
      'replaces a list on demand',
      spec({ containers: named('a', 'b') }),
      spec({ containers: [{ $patch: 'replace' }, { name: 'c' }] }),
      spec({ containers: named('c') }),
    ],
    [
      'replaces a list without a merge key',
      spec({ tolerations: [{ key: 'a' }] }),
      spec({ tolerations: [{ key: 'b' }] }),
      spec({ tolerations: [{ key: 'b' }] }),
    ],
    [
      'replaces a map on demand',
      { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { $patch: 'replace', b: '2' } } },
      { metadata: { labels: { b: '2' } } },
    ],
    [
      'empties a map on demand',
      { metadata: { labels: { a: '1' } } },
      { metadata: { labels: { $patch: 'delete' } } },
      { metadata: { labels: {} } },
    ],
    [
      'deletes keys by null',
      { metadata: { labels: { a: '1', b: '2' } } },
      { metadata: { labels: { a: null }, annotations: null } },
      { metadata: { labels: { b: '2' } } },
    ],
    [
      'unites lists of scalars',
      { metadata: { finalizers: ['x/a'] } },
      { metadata: { finalizers: ['x/b', 'x/a'] } },
      { metadata: { finalizers: ['x/b', 'x/a'] } },
    ],
    [
      'deletes scalars from a list',
      { metadata: { finalizers: ['x/a', 'x/b'] } },
      { metadata: { '$deleteFromPrimitiveList/finalizers': ['x/a'] } },
      { metadata: { finalizers: ['x/b'] } },
    ],
    [
      'orders a list as told',
      spec({ containers: named('a', 'b', 'c') }),
      spec({ '$setElementOrder/containers': named('c', 'a') }),
      spec({ containers: named('b', 'c', 'a') }),
    ],
    [
      'keeps only the keys of a union that are to be retained',
      spec({ volumes: [{ name: 'v', emptyDir: {} }] }),
      spec({ volumes: [{ name: 'v', $retainKeys: ['name', 'configMap'], configMap: { name: 'x' } }] }),
      spec({ volumes: [{ name: 'v', configMap: { name: 'x' } }] }),
    ],
    [
      'takes no directive into something new',
      spec({}),
      spec({
        volumes: [
          { name: 'v', $retainKeys: ['name', 'emptyDir'], emptyDir: {} },
          { name: 'w', $patch: 'delete' },
        ],
      }),
      spec({ volumes: [{ name: 'v', emptyDir: {} }] }),
    ],
  ]
  for (const [what, live, patch, expected] of cases) {
    it(what, () => {
      const before = structuredClone([live, patch])
      assert.deepEqual(applyStrategicMerge(Pods, live as {}, patch), expected)
      assert.deepEqual([live, patch], before)
    })
  }

  it('switches the strategy of a Deployment', () => {
    const live = spec({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } })
    const patch = spec({ strategy: { $retainKeys: ['type'], type: 'Recreate' } })
    assert.deepEqual(applyStrategicMerge(Deployments, live, patch), spec({ strategy: { type: 'Recreate' } }))
  })

  it('replaces the selector of a disruption budget, which must not be merged', () => {
    const live = spec({ selector: { matchLabels: { a: '1' } } })
    const patch = spec({ selector: { matchLabels: { b: '1' } } })
    assert.deepEqual(applyStrategicMerge(PodDisruptionBudgets, live, patch), patch)
  })

  const refused: [string, object, RegExp][] = [
    ['an item without its key', spec({ containers: [{ image: 'x' }] }), /does not contain declared merge key: name/],
    ['an unknown directive', spec({ $patch: 'smile' }), /unknown patch type: smile/],
    ['a key that is not to be retained', spec({ $retainKeys: ['a'], b: 1 }), /invalid patch format of retainKeys/],
    ['deletions that are no list', { metadata: { '$deleteFromPrimitiveList/finalizers': 'x' } }, /primitive list/],
    [
      'an order that the patch itself breaks',
      spec({ containers: named('a', 'b'), '$setElementOrder/containers': named('b', 'a') }),
      /doesn't match \$setElementOrder list/,
    ],
    ['a patch that is no object', [], /is an object/],
  ]
  for (const [what, patch, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => applyStrategicMerge(Pods, { metadata: {}, ...spec({ containers: named('a') }) }, patch),
        message,
      )
    })
  }

  it('gives the same when applied twice', () => {
    const container = fc.record(
      { name: fc.constantFrom('a', 'b', 'c'), image: fc.string(), args: fc.array(fc.string()) },
      { requiredKeys: ['name'] },
    )
    const pod = fc.record({
      metadata: fc.record({ finalizers: fc.uniqueArray(fc.constantFrom('x/a', 'x/b')) }, { requiredKeys: [] }),
      spec: fc.record(
        { containers: fc.uniqueArray(container, { selector: ({ name }) => name }) },
        { requiredKeys: [] },
      ),
    })
    fc.assert(
      fc.property(pod, pod, (live, patch) => {
        const once = applyStrategicMerge(Pods, live, patch)
        assert.deepEqual(applyStrategicMerge(Pods, once, patch), once)
      }),
    )
  })
})
