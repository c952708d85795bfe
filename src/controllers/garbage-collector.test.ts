import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { crashAtEveryWrite } from '../../test/cluster/crash.ts'
import { makeDeployment } from '../../test/cluster/makers.ts'
import { Deployments } from '../api/apps/deployment.ts'
import { ReplicaSets } from '../api/apps/replica-set.ts'
import { ConfigMaps } from '../api/core/config-map.ts'
import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import type { ConfigMap } from '../api/core/v1.ts'
import type { OwnerReference } from '../api/meta/v1.ts'
import type { Draft } from '../api/meta/schema.ts'
import { deploymentController } from './deployment.ts'
import { garbageCollector } from './garbage-collector.ts'
import { judge } from './garbage-collector/graph.ts'
import type { OwnerState } from './garbage-collector/graph.ts'
import { replicaSetController } from './replica-set.ts'

const ownedBy = (owner: ConfigMap, blocks = false): Draft<OwnerReference> => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name: owner.metadata.name,
  uid: owner.metadata.uid,
  ...(blocks && { blockOwnerDeletion: true }),
})

const makeMap = (
  cluster: TestCluster,
  name: string,
  owners: Draft<OwnerReference>[] = [],
  finalizers: string[] = [],
): Promise<ConfigMap> => cluster.create(ConfigMaps, { metadata: { name, ownerReferences: owners, finalizers } })

async function names(cluster: TestCluster): Promise<string[]> {
  return (await cluster.list(ConfigMaps)).map((map) => map.metadata.name)
}

const start = (t: Parameters<typeof startCluster>[0]): Promise<TestCluster> =>
  startCluster(t, { controllers: [garbageCollector] })

describe('garbageCollector', () => {
  it('deletes what was owned by what is gone, over generations', async (t) => {
    const cluster = await start(t)
    const owner = await makeMap(cluster, 'owner')
    const child = await makeMap(cluster, 'child', [ownedBy(owner)])
    await makeMap(cluster, 'grandchild', [ownedBy(child)])
    await makeMap(cluster, 'stranger')
    await cluster.settle()
    assert.equal((await names(cluster)).length, 4)
    await cluster.delete(ConfigMaps, owner)
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['stranger'])
    assert.ok(cluster.decisions.some((one) => one.reason === 'OwnerGone' && one.about.name === 'child'))
    assert.deepEqual(cluster.complaints, [])
  })

  it('deletes what was made for an owner that is already gone', async (t) => {
    const cluster = await start(t)
    const owner = await makeMap(cluster, 'owner')
    await cluster.delete(ConfigMaps, owner)
    await makeMap(cluster, 'owner')
    await makeMap(cluster, 'late', [ownedBy(owner)])
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['owner'], 'another one of the same name is no owner')
  })

  it('deletes at its start what lost its owner while nobody looked', async (t) => {
    const cluster = await startCluster(t, { controllers: [] })
    const owner = await makeMap(cluster, 'owner')
    await makeMap(cluster, 'child', [ownedBy(owner)])
    await makeMap(cluster, 'kept', [ownedBy(await makeMap(cluster, 'other'))])
    await cluster.delete(ConfigMaps, owner)
    await cluster.restart([garbageCollector])
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['kept', 'other'])
  })

  it('keeps what has another owner that lives, without the reference to the dead one', async (t) => {
    const cluster = await start(t)
    const [a, b] = [await makeMap(cluster, 'a'), await makeMap(cluster, 'b')]
    await makeMap(cluster, 'child', [ownedBy(a), ownedBy(b)])
    await cluster.delete(ConfigMaps, a)
    await cluster.settle()
    const child = await cluster.get(ConfigMaps, 'child')
    assert.deepEqual(
      child.metadata.ownerReferences?.map((owner) => owner.name),
      ['b'],
    )
  })

  it('keeps a foreground owner until everything that blocks it is gone', async (t) => {
    const cluster = await start(t)
    const owner = await makeMap(cluster, 'owner')
    await makeMap(cluster, 'blocker', [ownedBy(owner, true)], ['test/hold'])
    await makeMap(cluster, 'bystander', [ownedBy(owner)], ['test/hold'])
    await cluster.delete(ConfigMaps, owner, { propagationPolicy: 'Foreground' })
    await cluster.settle()
    assert.ok((await cluster.get(ConfigMaps, 'blocker')).metadata.deletionTimestamp !== undefined)
    assert.ok((await names(cluster)).includes('owner'))
    await cluster.patch(ConfigMaps, { name: 'blocker' }, { metadata: { finalizers: [] } })
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['bystander'])
    assert.ok((await cluster.get(ConfigMaps, 'bystander')).metadata.deletionTimestamp !== undefined)
  })

  it('keeps what another living owner has when one of them waits for its dependents', async (t) => {
    const cluster = await start(t)
    const [a, b] = [await makeMap(cluster, 'a'), await makeMap(cluster, 'b')]
    await makeMap(cluster, 'shared', [ownedBy(a, true), ownedBy(b)])
    await makeMap(cluster, 'own', [ownedBy(a, true)])
    await cluster.delete(ConfigMaps, a, { propagationPolicy: 'Foreground' })
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['b', 'shared'])
    const shared = await cluster.get(ConfigMaps, 'shared')
    assert.deepEqual(
      shared.metadata.ownerReferences?.map((owner) => owner.name),
      ['b'],
    )
  })

  it('lets the dependents of an orphaning owner go', async (t) => {
    const cluster = await start(t)
    const owner = await makeMap(cluster, 'owner')
    for (const name of ['x', 'y']) await makeMap(cluster, name, [ownedBy(owner)])
    await cluster.delete(ConfigMaps, owner, { propagationPolicy: 'Orphan' })
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['x', 'y'])
    for (const map of await cluster.list(ConfigMaps)) assert.equal(map.metadata.ownerReferences, undefined)
  })

  it('is not stopped by owners that wait for each other in a circle', async (t) => {
    const cluster = await start(t)
    const maps = [await makeMap(cluster, 'a'), await makeMap(cluster, 'b'), await makeMap(cluster, 'c')]
    for (const [index, map] of maps.entries()) {
      const owner = maps[(index + 2) % 3]!
      await cluster.patch(ConfigMaps, map, { metadata: { ownerReferences: [ownedBy(owner, true)] } })
    }
    await cluster.settle()
    await cluster.delete(ConfigMaps, maps[0]!, { propagationPolicy: 'Foreground' })
    await cluster.advance(60_000)
    assert.deepEqual(await names(cluster), [])
  })

  it('takes an owner in another namespace for gone', async (t) => {
    const cluster = await start(t)
    const owner = await cluster.create(ConfigMaps, { metadata: { name: 'far', namespace: 'kube-system' } })
    await makeMap(cluster, 'child', [ownedBy(owner)])
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['far'])
  })

  it('deletes nothing because of an owner of a kind that nobody knows', async (t) => {
    const cluster = await start(t)
    await makeMap(cluster, 'child', [{ apiVersion: 'nobody.example/v1', kind: 'Thing', name: 'x', uid: 'u' }])
    await cluster.advance(120_000)
    assert.deepEqual(await names(cluster), ['child'])
  })

  it('follows owners without a namespace', async (t) => {
    const cluster = await start(t)
    const node = await cluster.create(Nodes, { metadata: { name: 'n' } })
    await makeMap(cluster, 'child', [{ apiVersion: 'v1', kind: 'Node', name: 'n', uid: node.metadata.uid }])
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['child'])
    await cluster.delete(Nodes, node)
    await cluster.settle()
    assert.deepEqual(await names(cluster), [])
  })

  for (const propagationPolicy of ['Background', 'Foreground'] as const) {
    it(`takes down a Deployment with all that hangs on it, ${propagationPolicy}`, async (t) => {
      const controllers = [garbageCollector, deploymentController, replicaSetController]
      const cluster = await startCluster(t, { controllers })
      await cluster.create(Deployments, makeDeployment('web', 20))
      await cluster.settle()
      assert.equal((await cluster.list(Pods)).length, 20)
      await cluster.delete(Deployments, await cluster.get(Deployments, 'web'), { propagationPolicy })
      await cluster.advance(5000)
      for (const kind of [Deployments, ReplicaSets, Pods]) assert.deepEqual(await cluster.list(kind as typeof Pods), [])
    })
  }

  it('ends as it should wherever it is cut off', (t) =>
    crashAtEveryWrite(t, {
      controllers: () => [garbageCollector],
      lifeMs: 5000,
      async arrange(cluster) {
        const foreground = await makeMap(cluster, 'foreground')
        await makeMap(cluster, 'blocker', [ownedBy(foreground, true)])
        const orphaning = await makeMap(cluster, 'orphaning')
        await makeMap(cluster, 'orphan', [ownedBy(orphaning)])
        await cluster.delete(ConfigMaps, foreground, { propagationPolicy: 'Foreground' })
        await cluster.delete(ConfigMaps, orphaning, { propagationPolicy: 'Orphan' })
        const gone = await makeMap(cluster, 'gone')
        await makeMap(cluster, 'leftover', [ownedBy(gone)])
        await cluster.delete(ConfigMaps, gone)
      },
      async check(cluster) {
        assert.deepEqual(await names(cluster), ['orphan'])
        assert.equal((await cluster.get(ConfigMaps, 'orphan')).metadata.ownerReferences, undefined)
      },
    }))
})

describe('judge', () => {
  const makeObject = (owners: string[], finalizers: string[] = []): ConfigMap =>
    ({
      metadata: { ownerReferences: owners.map((uid) => ({ uid, name: uid, kind: 'K', apiVersion: 'v1' })), finalizers },
    }) as unknown as ConfigMap
  const states = (of: Record<string, OwnerState>): Map<string, OwnerState> => new Map(Object.entries(of))
  const waiting = { metadata: { deletionTimestamp: 'x', finalizers: ['foregroundDeletion'] } } as ConfigMap

  it('keeps what nobody owns, and what all of its owners keep', () => {
    assert.deepEqual(judge(makeObject([]), states({}), []), { act: 'keep' })
    assert.deepEqual(judge(makeObject(['a']), states({ a: 'there' }), []), { act: 'keep' })
  })

  it('takes away the references to those that do not', () => {
    const object = makeObject(['a', 'b', 'c'])
    const verdict = judge(object, states({ a: 'there', b: 'gone', c: 'waiting' }), [])
    assert.deepEqual(verdict, { act: 'detach', uids: ['b', 'c'] })
  })

  it('passes the waiting on to what has dependents itself', () => {
    const of = states({ a: 'waiting' })
    assert.deepEqual(judge(makeObject(['a']), of, []), { act: 'delete', policy: 'Background', unblock: false })
    assert.deepEqual(judge(makeObject(['a']), of, [makeObject([])]), {
      act: 'delete',
      policy: 'Foreground',
      unblock: false,
    })
    assert.deepEqual(judge(makeObject(['a']), of, [waiting]), { act: 'delete', policy: 'Foreground', unblock: true })
  })

  it('keeps the policy that an object has by its finalizers', () => {
    const of = states({ a: 'gone' })
    assert.equal((judge(makeObject(['a'], ['orphan']), of, []) as { policy: string }).policy, 'Orphan')
    assert.equal((judge(makeObject(['a'], ['foregroundDeletion']), of, []) as { policy: string }).policy, 'Foreground')
  })
})
