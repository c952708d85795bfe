import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import type { Pod } from '../api/core/v1.ts'
import { seededRandom } from '../lib/random.ts'
import type { ClusterState } from './cluster-state.ts'
import { becauseOf, help, summary } from './explain.ts'
import { makeNode, makePod, makeState } from './make.test-helper.ts'
import { fittingWanted, planPlacement } from './plan.ts'
import { factsOf, requestsOf } from './pod-facts.ts'

const place = (pod: Pod, state: ClusterState) => planPlacement(factsOf(pod), state, 0, seededRandom(1))
const refused = (pod: Pod, state: ClusterState) => {
  const placement = place(pod, state)
  assert.equal(placement.node, undefined)
  return placement.node === undefined ? placement.refusals : []
}
const codes = (pod: Pod, state: ClusterState) => refused(pod, state).map(({ refusal }) => refusal.code)

describe('requestsOf', () => {
  it('takes the moment that needs most: init containers alone, beside the sidecars before them', () => {
    const container = (cpu: string, more = {}) => ({ name: 'x', resources: { requests: { cpu } }, ...more })
    const pod = makePod(
      'a',
      {},
      {
        containers: [container('100m'), container('200m')],
        initContainers: [
          container('50m', { restartPolicy: 'Always' }),
          container('700m'),
          container('10m', { restartPolicy: 'Always' }),
        ],
        overhead: { cpu: '5m' },
      },
    )
    assert.deepEqual(requestsOf(pod), { cpu: 755 })
  })
})

describe('planPlacement', () => {
  it('takes the node with the most room', () => {
    const state = makeState([makeNode('full'), makeNode('empty')], {
      full: [makePod('a', { cpu: '3', memory: '6Gi' })],
    })
    assert.equal(place(makePod('b', { cpu: '500m' }), state).node?.name, 'empty')
  })

  it('spreads the pods of one owner', () => {
    const owned = (name: string) => makePod(name, {}, {}, { ownerReferences: [{ uid: 'rs', controller: true }] })
    const state = makeState([makeNode('a'), makeNode('b'), makeNode('c')], { a: [owned('1')], b: [owned('2')] })
    assert.equal(place(owned('3'), state).node?.name, 'c')
  })

  it('refuses with numbers when a resource is short, and says what would fit', () => {
    const state = makeState([makeNode('node-1', { allocatable: { memory: '3891Mi' } })], {
      'node-1': [makePod('a', { memory: '2662Mi' })],
    })
    const pod = makePod('b', { memory: '4Gi' })
    const refusals = refused(pod, state)
    assert.equal(becauseOf(refusals, 1)[0]!.message, 'node-1   memory: asks for 4Gi, 1.2Gi of 3.7Gi is free')
    assert.match(help(factsOf(pod), refusals), /^a memory request of 1\.2Gi or less \(node-1 fits\)/)
    assert.equal(summary(refusals), '0/1 nodes are available: 1 Insufficient memory.')
  })

  it('keeps to taints, cordons, selectors and names', () => {
    const state = makeState([
      makeNode('tainted', { spec: { taints: [{ key: 'gpu', value: 'true', effect: 'NoSchedule' }] } }),
      makeNode('cordoned', { spec: { unschedulable: true } }),
      makeNode('plain'),
    ])
    assert.equal(place(makePod('a'), state).node?.name, 'plain')
    assert.deepEqual(codes(makePod('b', {}, { nodeSelector: { colour: 'green' } }), state), [
      'Taint',
      'Unschedulable',
      'NodeSelector',
    ])
    const tolerant = makePod(
      'c',
      {},
      { tolerations: [{ key: 'gpu', operator: 'Exists' }], nodeSelector: { 'kubernetes.io/hostname': 'tainted' } },
    )
    assert.equal(place(tolerant, state).node?.name, 'tainted')
  })

  it('gives a host port once for each address, and 0.0.0.0 is every address', () => {
    const withPort = (name: string, hostIP: string) =>
      makePod(name, {}, { containers: [{ name: 'c', ports: [{ hostPort: 80, containerPort: 80, hostIP }] }] })
    const state = makeState([makeNode('a')], { a: [withPort('x', '127.0.0.1')] })
    assert.equal(place(withPort('y', '127.0.0.2'), state).node?.name, 'a')
    assert.deepEqual(codes(withPort('z', '0.0.0.0'), state), ['HostPort'])
  })

  it('keeps pods apart and together by affinity, also against those that were there first', () => {
    const term = { labelSelector: { matchLabels: { app: 'db' } }, topologyKey: 'zone' }
    const away = { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
    const near = { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } }
    const nodes = [
      makeNode('a', { labels: { zone: '1' } }),
      makeNode('b', { labels: { zone: '1' } }),
      makeNode('c', { labels: { zone: '2' } }),
    ]
    const db = makePod('db', {}, away, { labels: { app: 'db' } })
    const state = makeState(nodes, { a: [db] })
    assert.equal(place(makePod('web', {}, away), state).node?.name, 'c')
    assert.notEqual(place(makePod('web', {}, near), state).node?.name, 'c')
    assert.equal(place(makePod('db2', {}, {}, { labels: { app: 'db' } }), state).node?.name, 'c')
    assert.ok(
      place(makePod('first', {}, near, { labels: { app: 'db' } }), makeState(nodes)).node,
      'the first of a group may begin anywhere',
    )
  })

  it('keeps the skew of a spread', () => {
    const spread = {
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'zone',
          whenUnsatisfiable: 'DoNotSchedule',
          labelSelector: { matchLabels: { app: 'web' } },
        },
      ],
    }
    const web = (name: string) => makePod(name, {}, spread, { labels: { app: 'web' } })
    const state = makeState(
      [
        makeNode('a', { labels: { zone: '1' } }),
        makeNode('b', { labels: { zone: '2' }, spec: { unschedulable: true } }),
      ],
      { a: [web('1')] },
    )
    assert.deepEqual(codes(web('2'), state), ['TopologySpread', 'Unschedulable'])
  })

  it('looks at enough nodes of a large cluster, and at all of a small one', () => {
    assert.deepEqual([5, 100, 500, 5000].map(fittingWanted), [5, 100, 230, 500])
  })

  it('never puts more on a node than it has, whatever comes in whatever order', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            cpu: fc.integer({ min: 1, max: 40 }),
            memory: fc.integer({ min: 1, max: 80 }),
            leaves: fc.boolean(),
          }),
          { maxLength: 60 },
        ),
        (steps) => {
          const state = makeState([makeNode('a'), makeNode('b')])
          const placed: Pod[] = []
          for (const [i, { cpu, memory, leaves }] of steps.entries()) {
            const gone = leaves ? placed.shift() : undefined
            if (gone !== undefined) state.removePod(gone.metadata.uid!)
            const pod = makePod(String(i), { cpu: `${cpu * 100}m`, memory: `${memory * 100}Mi` })
            const { node } = place(pod, state)
            if (node === undefined) continue
            state.assume(factsOf(pod), node.name)
            placed.push(pod)
          }
          for (const { requested, allocatable, pods } of state.nodes) {
            assert.ok(
              (requested['cpu'] ?? 0) <= allocatable['cpu']! && (requested['memory'] ?? 0) <= allocatable['memory']!,
            )
            const sum = [...pods.values()].reduce((total, { requests }) => total + (requests['cpu'] ?? 0), 0)
            assert.equal(sum, requested['cpu'] ?? 0)
          }
        },
      ),
      { numRuns: 50, seed: 1 },
    )
  })
})
