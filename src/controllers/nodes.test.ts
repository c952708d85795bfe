import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { crashAtEveryWrite } from '../../test/cluster/crash.ts'
import { makePod } from '../../test/cluster/makers.ts'
import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import type { Node, Pod, PodSpec } from '../api/core/v1.ts'
import type { Draft } from '../api/meta/schema.ts'
import { findCondition } from './conditions.ts'
import { firstFree, nodeIpamController } from './node-ipam.ts'
import { nodeLifecycleController } from './node-lifecycle.ts'
import { podGarbageCollector } from './pod-gc.ts'
import { taintEvictionController } from './taint-eviction.ts'

const lifecycle = () => [nodeLifecycleController(), taintEvictionController()]

const taintsOf = (node: Node): string[] =>
  (node.spec.taints ?? []).map(({ key, effect }) => `${key.split('/')[1]}:${effect}`)
const readyOf = (object: Node | Pod): string | undefined => findCondition(object.status.conditions, 'Ready')?.status

/** What admission adds to Pods that say nothing of it themselves. */
const tolerations = (seconds: number): PodSpec['tolerations'] =>
  ['not-ready', 'unreachable'].map((name) => ({
    key: `node.kubernetes.io/${name}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: seconds,
  }))

const makeBound = (name: string, spec: Draft<PodSpec> = {}): Draft<Pod> =>
  makePod(name, { spec: { nodeName: 'node-1', ...spec } })

const start = (t: Parameters<typeof startCluster>[0], nodes = 3): Promise<TestCluster> =>
  startCluster(t, { controllers: lifecycle(), nodes })

describe('nodeLifecycleController', () => {
  it('leaves nodes alone that renew their leases', async (t) => {
    const cluster = await start(t)
    await cluster.advance(600_000)
    for (const node of await cluster.list(Nodes)) assert.deepEqual([readyOf(node), taintsOf(node)], ['True', []])
    assert.deepEqual(cluster.complaints, [])
  })

  it('takes nothing for known of a node that has been silent for 40 seconds', async (t) => {
    const cluster = await start(t)
    await cluster.create(Pods, makeBound('web', { tolerations: tolerations(300) }))
    await cluster.advance(15_000)
    cluster.nodes.kill('node-1')
    await cluster.advance(30_000)
    assert.equal(readyOf(await cluster.get(Nodes, 'node-1')), 'True')
    await cluster.advance(20_000)
    const node = await cluster.get(Nodes, 'node-1')
    const ready = findCondition(node.status.conditions, 'Ready')!
    assert.deepEqual(
      [ready.status, ready.reason, ready.message],
      ['Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'],
    )
    assert.deepEqual(taintsOf(node), ['unreachable:NoSchedule', 'unreachable:NoExecute'])
    assert.equal(readyOf(await cluster.get(Pods, 'web')), 'False', 'no Service leads to its Pods any more')
    assert.equal(readyOf(await cluster.get(Nodes, 'node-2')), 'True')
  })

  it('evicts its Pods after as long as they tolerate that', async (t) => {
    const cluster = await start(t)
    await cluster.create(Pods, makeBound('patient', { tolerations: tolerations(300) }))
    await cluster.create(Pods, makeBound('hasty', { tolerations: tolerations(10) }))
    await cluster.create(Pods, makeBound('intolerant'))
    await cluster.create(Pods, makeBound('daemon', { tolerations: [{ operator: 'Exists' }] }))
    await cluster.advance(15_000)
    cluster.nodes.kill('node-1')
    const leaving = async () =>
      (await cluster.list(Pods))
        .filter((pod) => pod.metadata.deletionTimestamp !== undefined)
        .map((pod) => pod.metadata.name)
    await cluster.advance(37_000)
    assert.deepEqual(await leaving(), ['intolerant'])
    await cluster.advance(12_000)
    assert.deepEqual(await leaving(), ['hasty', 'intolerant'])
    await cluster.advance(300_000)
    assert.deepEqual(await leaving(), ['hasty', 'intolerant', 'patient'])
    const target = findCondition((await cluster.get(Pods, 'hasty')).status.conditions, 'DisruptionTarget')
    assert.equal(target?.reason, 'DeletionByTaintManager')
  })

  it('takes everything back when the node is there again', async (t) => {
    const cluster = await start(t)
    await cluster.create(Pods, makeBound('patient', { tolerations: tolerations(300) }))
    await cluster.advance(15_000)
    cluster.nodes.kill('node-1')
    await cluster.advance(100_000)
    await cluster.nodes.revive('node-1')
    await cluster.advance(600_000)
    const node = await cluster.get(Nodes, 'node-1')
    assert.deepEqual([readyOf(node), taintsOf(node)], ['True', []])
    assert.equal((await cluster.get(Pods, 'patient')).metadata.deletionTimestamp, undefined)
  })

  it('marks a node that says itself that it is not ready, or short of something', async (t) => {
    const cluster = await start(t)
    const node = await cluster.get(Nodes, 'node-1')
    const conditions = node.status.conditions!.map((condition) =>
      condition.type === 'Ready'
        ? { ...condition, status: 'False' }
        : condition.type === 'DiskPressure'
          ? { ...condition, status: 'True' }
          : condition,
    )
    await cluster.patch(Nodes, node, { status: { conditions } }, 'status')
    await cluster.settle()
    assert.deepEqual(taintsOf(await cluster.get(Nodes, 'node-1')), [
      'not-ready:NoSchedule',
      'disk-pressure:NoSchedule',
      'not-ready:NoExecute',
    ])
    await cluster.patch(
      Nodes,
      { name: 'node-2' },
      { spec: { unschedulable: true, taints: [{ key: 'own', effect: 'NoSchedule' }] } },
    )
    await cluster.settle()
    assert.deepEqual(
      (await cluster.get(Nodes, 'node-2')).spec.taints!.map(({ key }) => key),
      ['own', 'node.kubernetes.io/unschedulable'],
    )
  })

  it('evicts nothing when all nodes seem to be gone: then it is rather the network', async (t) => {
    const cluster = await start(t)
    await cluster.create(Pods, makeBound('web'))
    await cluster.advance(15_000)
    for (const name of cluster.nodes.names) cluster.nodes.kill(name)
    await cluster.advance(1_800_000)
    assert.equal((await cluster.get(Pods, 'web')).metadata.deletionTimestamp, undefined)
    assert.deepEqual(taintsOf(await cluster.get(Nodes, 'node-1')), ['unreachable:NoSchedule'])
    await cluster.nodes.revive('node-2')
    await cluster.nodes.revive('node-3')
    await cluster.advance(60_000)
    assert.deepEqual(taintsOf(await cluster.get(Nodes, 'node-1')), ['unreachable:NoSchedule', 'unreachable:NoExecute'])
  })

  it('ends as it should wherever it is cut off', (t) =>
    crashAtEveryWrite(t, {
      controllers: lifecycle,
      cluster: { nodes: 2 },
      lifeMs: 120_000,
      async arrange(cluster) {
        await cluster.create(Pods, makeBound('web'))
        await cluster.settle()
        cluster.nodes.kill('node-1')
      },
      async check(cluster) {
        const node = await cluster.get(Nodes, 'node-1')
        assert.deepEqual(
          [readyOf(node), ...taintsOf(node)],
          ['Unknown', 'unreachable:NoSchedule', 'unreachable:NoExecute'],
        )
        assert.ok((await cluster.get(Pods, 'web')).metadata.deletionTimestamp !== undefined)
      },
    }))
})

describe('taintEvictionController', () => {
  it('forgives when the taint goes in time', async (t) => {
    const cluster = await startCluster(t, { controllers: [taintEvictionController()], nodes: 1 })
    await cluster.create(
      Pods,
      makeBound('web', {
        tolerations: [{ key: 'evict', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }],
      }),
    )
    await cluster.patch(Nodes, { name: 'node-1' }, { spec: { taints: [{ key: 'evict', effect: 'NoExecute' }] } })
    await cluster.advance(20_000)
    assert.ok(cluster.decisions.some((one) => one.reason === 'ToleratesTaintForNow'))
    await cluster.patch(Nodes, { name: 'node-1' }, { spec: { taints: [] } })
    await cluster.advance(60_000)
    assert.equal((await cluster.list(Pods)).length, 1)
    await cluster.patch(Nodes, { name: 'node-1' }, { spec: { taints: [{ key: 'evict', effect: 'NoExecute' }] } })
    await cluster.advance(29_000)
    assert.equal((await cluster.list(Pods)).length, 1, 'the time begins anew')
    await cluster.advance(2000)
    assert.equal((await cluster.list(Pods)).length, 0)
  })
})

describe('podGarbageCollector', () => {
  it('ends the Pods of a node that is gone, after a while', async (t) => {
    const cluster = await startCluster(t, { controllers: [podGarbageCollector], nodes: 2 })
    await cluster.create(Pods, { ...makeBound('lost'), metadata: { name: 'lost', finalizers: ['test/hold'] } })
    await cluster.create(Pods, makeBound('there', { nodeName: 'node-2' }))
    await cluster.settle()
    cluster.nodes.kill('node-1')
    await cluster.delete(Nodes, await cluster.get(Nodes, 'node-1'))
    await cluster.advance(30_000)
    assert.equal((await cluster.get(Pods, 'lost')).metadata.deletionTimestamp, undefined)
    await cluster.advance(60_000)
    const lost = await cluster.get(Pods, 'lost')
    assert.equal(lost.status.phase, 'Failed')
    assert.equal(findCondition(lost.status.conditions, 'DisruptionTarget')?.reason, 'DeletionByPodGC')
    assert.ok(lost.metadata.deletionTimestamp !== undefined)
    assert.equal((await cluster.get(Pods, 'there')).metadata.deletionTimestamp, undefined)
    assert.deepEqual(cluster.complaints, [])
  })
})

describe('nodeIpamController', () => {
  const range = { clusterCidr: '10.244.0.0/16', nodeMask: 24 }

  it('gives each node a part of its own, also those of the same moment', async (t) => {
    const cluster = await startCluster(t, { controllers: [nodeIpamController(range)], nodes: 20 })
    const parts = (await cluster.list(Nodes)).map((node) => node.spec.podCIDR!)
    assert.equal(new Set(parts).size, 20)
    assert.ok(parts.includes('10.244.0.0/24') && parts.includes('10.244.19.0/24'))
    assert.deepEqual((await cluster.get(Nodes, 'node-1')).spec.podCIDRs, [
      (await cluster.get(Nodes, 'node-1')).spec.podCIDR,
    ])
  })

  it('gives the part of a node that is gone to the next one, and says when there is none', async (t) => {
    const small = { clusterCidr: '10.244.0.0/23', nodeMask: 24 }
    const cluster = await startCluster(t, { controllers: [nodeIpamController(small)], nodes: 2 })
    await cluster.create(Nodes, { metadata: { name: 'third' } })
    await cluster.settle()
    assert.equal((await cluster.get(Nodes, 'third')).spec.podCIDR, undefined)
    assert.ok(cluster.decisions.some((one) => one.reason === 'CIDRNotAvailable'))
    await cluster.delete(Nodes, await cluster.get(Nodes, 'node-1'))
    await cluster.advance(31_000)
    assert.match((await cluster.get(Nodes, 'third')).spec.podCIDR!, /^10\.244\.[01]\.0\/24$/)
  })

  it('ends as it should wherever it is cut off', (t) =>
    crashAtEveryWrite(t, {
      controllers: () => [nodeIpamController(range)],
      cluster: { nodes: 3 },
      lifeMs: 1000,
      arrange: async () => {},
      async check(cluster) {
        const parts = (await cluster.list(Nodes)).map((node) => node.spec.podCIDR)
        assert.equal(new Set(parts).size, 3)
        assert.ok(!parts.includes(undefined))
      },
    }))

  it('finds the first part that nothing touches', () => {
    assert.equal(firstFree(range, []), '10.244.0.0/24')
    assert.equal(firstFree(range, ['10.244.0.0/24', '10.244.2.0/24']), '10.244.1.0/24')
    assert.equal(firstFree(range, ['10.244.0.0/22', '10.244.4.128/25']), '10.244.5.0/24')
    assert.equal(firstFree({ clusterCidr: '10.0.0.0/24', nodeMask: 25 }, ['10.0.0.0/25', '10.0.0.128/25']), undefined)
  })
})
