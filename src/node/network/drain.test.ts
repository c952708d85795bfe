import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Nodes } from '../../api/core/node.ts'
import type { Node, Pod } from '../../api/core/v1.ts'
import { EndpointSlices } from '../../api/discovery/endpoint-slice.ts'
import type { Client } from '../../client/client.ts'
import { flushPromises, VirtualClock } from '../../lib/clock.ts'
import { silentLogger } from '../../lib/log.ts'
import { LET_GO, openAcknowledgements } from './acknowledgements.ts'
import { openDrain } from './drain.ts'
import type { Answerer } from './drain.ts'
import { fakeCaches } from './fake-caches.test-helper.ts'
import { makePod, makeSlice } from './services/make.test-helper.ts'

/** A node `a` that watches how its pod 10.0.0.1 leaves, with others beside it. */
function setUp(t: { after(run: () => void): void }, otherNodes: readonly string[] = [], graceSeconds = 30) {
  const caches = fakeCaches()
  const clock = new VirtualClock()
  const stop = new AbortController()
  t.after(() => stop.abort())
  const patches: { readonly name: string; readonly revision: string }[] = []
  const client = {
    patch: async (_: unknown, { name }: { name: string }, body: any) =>
      void patches.push({ name, revision: body.metadata.annotations[LET_GO] }),
  } as unknown as Client
  const node = (name: string, until = '0', ready = 'True') =>
    caches.put(Nodes, {
      metadata: { name, uid: name, annotations: { [LET_GO]: until } },
      status: { conditions: [{ type: 'Ready', status: ready }] },
    } as unknown as Node)
  for (const name of ['a', ...otherNodes]) node(name)
  const common = { nodeName: 'a', clock, log: silentLogger, signal: stop.signal }
  const acknowledgements = openAcknowledgements({ ...common, client, nodes: caches.of(Nodes) })
  const answerers = new Set<Answerer>()
  const slices = caches.of(EndpointSlices)
  const drain = openDrain({ ...common, slices, answerers, acknowledgements })
  const endpoints = (...texts: string[]) => caches.put(EndpointSlices, makeSlice('web', texts))

  const pod: Pod = makePod('web', { containers: [] }, { podIP: '10.0.0.1' })
  Object.assign(pod.metadata, { uid: 'uid-10.0.0.1', deletionGracePeriodSeconds: graceSeconds })
  const drained = async () => {
    const state = { done: false }
    void drain.drained(pod, new AbortController().signal).then(() => (state.done = true))
    await flushPromises()
    return state
  }
  return { clock, node, endpoints, answerers, drained, patches }
}

describe('drained', () => {
  it('waits for nothing when the pod was never an endpoint', async (t) => {
    const { endpoints, drained } = setUp(t)
    endpoints('10.0.0.2@a')
    assert.equal((await drained()).done, true)
  })

  it('waits until the endpoint is said to terminate', async (t) => {
    const { endpoints, drained } = setUp(t)
    endpoints('10.0.0.1@a', '10.0.0.2@a')
    const state = await drained()
    assert.equal(state.done, false)
    endpoints('10.0.0.1@a~', '10.0.0.2@a')
    await flushPromises()
    assert.equal(state.done, true)
  })

  it('waits until the kernel and the gateway have let go, and for what is under way for a while only', async (t) => {
    const { clock, endpoints, answerers, drained } = setUp(t)
    const settled = Promise.withResolvers<void>()
    const asked: string[] = []
    answerers.add({
      settled: () => settled.promise,
      drained: (address) => {
        asked.push(address)
        return new Promise(() => {})
      },
    })
    endpoints('10.0.0.1@a')
    endpoints('10.0.0.1@a~')
    const state = await drained()
    assert.deepEqual([state.done, asked], [false, []])
    settled.resolve()
    await flushPromises()
    assert.deepEqual([state.done, asked], [false, ['10.0.0.1']])
    await clock.advance(5_000)
    assert.equal(state.done, true)
  })

  it('waits for the word of every other node that is ready', async (t) => {
    const { node, endpoints, drained } = setUp(t, ['b', 'c'])
    node('c', '0', 'False')
    endpoints('10.0.0.1@a')
    const revision = endpoints('10.0.0.1@a~')
    const state = await drained()
    node('b', `${Number(revision) - 1}`)
    await flushPromises()
    assert.equal(state.done, false)
    node('b', revision)
    await flushPromises()
    assert.equal(state.done, true)
  })

  it('gives up early enough to leave the pod a part of its grace period', async (t) => {
    const { clock, endpoints, drained } = setUp(t)
    endpoints('10.0.0.1@a')
    const state = await drained()
    await clock.advance(9_999)
    assert.equal(state.done, false)
    await clock.advance(1)
    assert.equal(state.done, true)
  })
})

describe('drained of a pod without a grace period', () => {
  it('waits for nothing', async (t) => {
    const { endpoints, drained } = setUp(t, [], 0)
    endpoints('10.0.0.1@a')
    assert.equal((await drained()).done, true)
  })
})

describe('acknowledgements', () => {
  it('are given for endpoints of other nodes, after they were let go of, and together when there are many', async (t) => {
    const { clock, endpoints, answerers, patches } = setUp(t, ['b'])
    const settled = Promise.withResolvers<void>()
    answerers.add({ settled: () => settled.promise, drained: async () => {} })
    endpoints('10.0.0.1@a', '10.0.0.2@b', '10.0.0.3@b')
    endpoints('10.0.0.2@b', '10.0.0.3@b')
    await flushPromises()
    assert.equal(patches.length, 0)
    endpoints('10.0.0.3@b')
    const revision = endpoints()
    await flushPromises()
    assert.equal(patches.length, 0)
    settled.resolve()
    await clock.advance(1_000)
    assert.equal(patches.at(-1)?.revision, revision)
    assert.ok(patches.every(({ name }) => name === 'a') && patches.length <= 2)
  })

  it('are not given where there is no other node', async (t) => {
    const { clock, endpoints, patches } = setUp(t)
    endpoints('10.0.0.1@a', '10.0.0.2@b')
    endpoints()
    await clock.advance(1_000)
    assert.deepEqual(patches, [])
  })
})
