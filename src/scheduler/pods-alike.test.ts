import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Pod } from '../api/core/v1.ts'
import { seededRandom } from '../lib/random.ts'
import type { ClusterState } from './cluster-state.ts'
import { makeNode, makePod, makeState } from './make.test-helper.ts'
import { planPlacement } from './plan.ts'
import { factsOf } from './pod-facts.ts'
import { PodsAlike } from './pods-alike.ts'

const owned = (name: string, requests: Record<string, string> = {}, more: object = {}): Pod =>
  makePod(name, requests, more, { ownerReferences: [{ uid: 'rs', controller: true }] })

/** As the scheduler does it: plans, and counts the pod where it goes. */
function place(plans: PodsAlike, pod: Pod, state: ClusterState): string | undefined {
  const { node } = plans.plan(factsOf(pod), state, 0, seededRandom(1))
  if (node !== undefined) state.assume(factsOf(pod), node.name)
  return node?.name
}

describe('PodsAlike', () => {
  it('fills nodes evenly with pods of one owner, and refuses for each node when all are full', () => {
    const nodes = ['a', 'b', 'c'].map((name) => makeNode(name, { allocatable: { cpu: '2' } }))
    const [plans, state] = [new PodsAlike(), makeState(nodes)]
    const names = Array.from({ length: 6 }, (_, i) => place(plans, owned(`p${i}`, { cpu: '1' }), state))
    assert.deepEqual(names.toSorted(), ['a', 'a', 'b', 'b', 'c', 'c'])
    const placement = plans.plan(factsOf(owned('late', { cpu: '1' })), state, 0, seededRandom(1))
    const codes = placement.node === undefined ? placement.refusals.map(({ refusal }) => refusal.code) : []
    assert.deepEqual(codes, ['InsufficientResource', 'InsufficientResource', 'InsufficientResource'])
  })

  it('notices nodes that come, change and go, and pods that leave', () => {
    const [plans, state] = [new PodsAlike(), makeState([makeNode('a', { allocatable: { pods: '2' } })])]
    const pods = ['1', '2'].map((name) => owned(name))
    for (const pod of pods) assert.equal(place(plans, pod, state), 'a')
    assert.equal(place(plans, owned('3'), state), undefined)
    state.removePod(pods[0]!.metadata.uid)
    assert.equal(place(plans, owned('4'), state), 'a')
    state.setNode(makeNode('b'))
    assert.equal(place(plans, owned('5'), state), 'b')
    state.setNode(makeNode('b', { spec: { unschedulable: true } }))
    assert.equal(place(plans, owned('6'), state), undefined)
    state.setNode(makeNode('a', { allocatable: { pods: '3' } }))
    assert.equal(place(plans, owned('7'), state), 'a')
    state.removeNode('a')
    state.setNode(makeNode('b'))
    assert.equal(place(plans, owned('8'), state), 'b')
  })

  it('heeds a pod that keeps others away, and comes while they are placed', () => {
    const [plans, state] = [new PodsAlike(), makeState([makeNode('a'), makeNode('b')])]
    for (const name of ['1', '2', '3'])
      place(plans, owned(name, {}, { nodeSelector: { 'kubernetes.io/hostname': 'a' } }), state)
    const term = { labelSelector: {}, topologyKey: 'kubernetes.io/hostname' }
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
    state.setPod(makePod('keeper', {}, { affinity, nodeName: 'b' }))
    for (const name of ['4', '5', '6']) assert.equal(place(plans, owned(name), state), 'a')
  })

  it('places as a look at every node by itself would', () => {
    const change = fc.record({
      what: fc.constantFrom('place', 'place', 'place', 'leave', 'cordon', 'taint', 'grow'),
      which: fc.nat(20),
      cpu: fc.constantFrom('100m', '1'),
      tolerates: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), fc.integer(), (changes, seed) => {
        const state = makeState(Array.from({ length: 7 }, (_, i) => makeNode(`n${i}`)))
        const [plans, placed] = [new PodsAlike(), [] as Pod[]]
        for (const [step, { what, which, cpu, tolerates }] of changes.entries()) {
          const node = `n${which % 7}`
          const soft = { key: 'soft', effect: 'PreferNoSchedule' }
          if (what === 'leave') state.removePod(placed[which % placed.length]?.metadata.uid ?? '')
          else if (what === 'cordon') state.setNode(makeNode(node, { spec: { unschedulable: which % 2 === 0 } }))
          else if (what === 'taint') state.setNode(makeNode(node, { spec: { taints: [soft] } }))
          else if (what === 'grow') state.setNode(makeNode(node, { allocatable: { cpu: '8' } }))
          else {
            const tolerations = tolerates ? [{ key: 'soft', operator: 'Exists' }] : []
            const pod = owned(`p${step}`, { cpu }, { tolerations })
            // A cluster this small is looked at as a whole by both, and the same chances lead to the same node.
            const expected = planPlacement(factsOf(pod), state, 0, seededRandom(seed))
            const actual = plans.plan(factsOf(pod), state, 0, seededRandom(seed))
            assert.equal(actual.node?.name, expected.node?.name)
            if (actual.node === undefined) continue
            state.assume(factsOf(pod), actual.node.name)
            placed.push(pod)
          }
        }
      }),
    )
  })
})
