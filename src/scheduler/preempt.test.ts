import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Pod } from '../api/core/v1.ts'
import { seededRandom } from '../lib/random.ts'
import type { ClusterState } from './cluster-state.ts'
import { makeNode, makePod, makeState } from './make.test-helper.ts'
import { planPlacement } from './plan.ts'
import { factsOf } from './pod-facts.ts'
import { planPreemption } from './preempt.ts'

function preempt(pod: Pod, state: ClusterState, budgets: readonly object[] = []) {
  const placement = planPlacement(factsOf(pod), state, 0, seededRandom(1))
  assert.equal(placement.node, undefined)
  return placement.node === undefined
    ? planPreemption(factsOf(pod), state, placement.refusals, budgets as never)
    : undefined
}
const pod = (name: string, cpu: string, priority: number, more: object = {}, labels: object = {}) =>
  makePod(name, { cpu }, { priority, ...more }, { labels })

describe('planPreemption', () => {
  it('takes the fewest and least important pods away', () => {
    const state = makeState([makeNode('a'), makeNode('b')], {
      a: [pod('a1', '2', 10), pod('a2', '1', 1), pod('a3', '1', 5)],
      b: [pod('b1', '2', 50), pod('b2', '2', 60)],
    })
    const found = preempt(pod('x', '1', 100), state)
    assert.deepEqual([found?.node.name, found?.victims.map(({ pod: { metadata } }) => metadata.name)], ['a', ['a2']])
  })

  it('takes nobody of the same or a higher priority, and nobody for a pod that never preempts', () => {
    const state = makeState([makeNode('a')], { a: [pod('a1', '4', 100)] })
    assert.equal(preempt(pod('x', '1', 100), state), undefined)
    assert.equal(preempt(pod('y', '1', 200, { preemptionPolicy: 'Never' }), state), undefined)
    assert.equal(preempt(pod('z', '1', 200), state)?.victims.length, 1)
  })

  it('does not try where taking pods away cannot help', () => {
    const state = makeState([makeNode('a')], { a: [pod('a1', '4', 1)] })
    assert.equal(preempt(pod('x', '5', 100), state), undefined)
    assert.equal(preempt(pod('y', '1', 100, { nodeSelector: { no: 'where' } }), state), undefined)
  })

  it('spares pods that a disruption budget protects', () => {
    const state = makeState([makeNode('a'), makeNode('b')], {
      a: [pod('a1', '4', 1, {}, { app: 'db' })],
      b: [pod('b1', '4', 2)],
    })
    const budget = {
      metadata: { namespace: 'default' },
      spec: { selector: { matchLabels: { app: 'db' } } },
      status: { disruptionsAllowed: 0 },
    }
    assert.equal(preempt(pod('x', '1', 100), state, [budget])?.node.name, 'b')
  })
})
