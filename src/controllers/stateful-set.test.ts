import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { crashAtEveryWrite } from '../../test/cluster/crash.ts'
import { makeTemplate } from '../../test/cluster/makers.ts'
import { simulation } from '../../test/cluster/simulated-nodes.ts'
import { ControllerRevisions } from '../api/apps/controller-revision.ts'
import { StatefulSets } from '../api/apps/stateful-set.ts'
import type { StatefulSet } from '../api/apps/v1.ts'
import { PersistentVolumeClaims } from '../api/core/persistent-volume-claim.ts'
import { Pods } from '../api/core/pod.ts'
import type { PodTemplateSpec } from '../api/core/v1.ts'
import type { Draft } from '../api/meta/schema.ts'
import { garbageCollector } from './garbage-collector.ts'
import { isTerminating } from './pods.ts'
import { statefulSetController } from './stateful-set.ts'

function template(version: number, more: Record<string, string> = {}): Draft<PodTemplateSpec> {
  return makeTemplate('db', {
    annotations: more,
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image: `registry.test/db:${version}` }] },
  })
}

function makeSet(replicas: number, spec: Draft<StatefulSet['spec']> = {}): Draft<StatefulSet> {
  return {
    metadata: { name: 'db' },
    spec: { replicas, serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: template(1), ...spec },
  }
}

const start = (t: Parameters<typeof startCluster>[0]): Promise<TestCluster> =>
  startCluster(t, { controllers: [statefulSetController], nodes: { count: 1, startMs: 1000, stopMs: 1000 } })

async function names(cluster: TestCluster): Promise<string[]> {
  return (await cluster.list(Pods)).map((pod) => pod.metadata.name + (isTerminating(pod) ? '!' : '')).toSorted()
}

async function versions(cluster: TestCluster): Promise<string[]> {
  const pods = await cluster.list(Pods)
  return pods.map(({ metadata, spec }) => `${metadata.name}:${spec.containers[0]!.image!.split(':')[1]}`).toSorted()
}

const rollOut = (cluster: TestCluster, version: number, more: Record<string, string> = {}): Promise<unknown> =>
  cluster.patch(StatefulSets, { name: 'db' }, { spec: { template: template(version, more) } })

describe('statefulSetController', () => {
  it('makes Pods one after the other, each with its name', async (t) => {
    const cluster = await start(t)
    await cluster.create(StatefulSets, makeSet(3))
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['db-0'])
    await cluster.advance(1000)
    assert.deepEqual(await names(cluster), ['db-0', 'db-1'])
    await cluster.advance(2000)
    assert.deepEqual(await names(cluster), ['db-0', 'db-1', 'db-2'])
    const pod = await cluster.get(Pods, 'db-2')
    assert.deepEqual([pod.spec.hostname, pod.spec.subdomain], ['db-2', 'db'])
    assert.equal(pod.metadata.labels!['statefulset.kubernetes.io/pod-name'], 'db-2')
    assert.equal(pod.metadata.labels!['apps.kubernetes.io/pod-index'], '2')
    const { status } = await cluster.get(StatefulSets, 'db')
    const [revision] = await cluster.list(ControllerRevisions)
    assert.deepEqual(status, {
      observedGeneration: 1,
      replicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      currentReplicas: 3,
      updatedReplicas: 3,
      currentRevision: revision!.metadata.name,
      updateRevision: revision!.metadata.name,
      collisionCount: 0,
    })
    assert.equal(pod.metadata.labels!['controller-revision-hash'], revision!.metadata.name)
    assert.deepEqual(cluster.complaints, [])
  })

  it('scales in from the end, one after the other', async (t) => {
    const cluster = await start(t)
    await cluster.create(StatefulSets, makeSet(3))
    await cluster.advance(5000)
    await cluster.patch(StatefulSets, { name: 'db' }, { spec: { replicas: 1 } })
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['db-0', 'db-1', 'db-2!'])
    await cluster.advance(1000)
    assert.deepEqual(await names(cluster), ['db-0', 'db-1!'])
    await cluster.advance(1000)
    assert.deepEqual(await names(cluster), ['db-0'])
  })

  it('goes on in neither direction while a Pod is not healthy', async (t) => {
    const cluster = await start(t)
    await cluster.create(StatefulSets, makeSet(3, { template: template(1, { [simulation.ready]: 'false' }) }))
    await cluster.advance(60_000)
    assert.deepEqual(await names(cluster), ['db-0'])
    assert.ok(cluster.decisions.some((one) => one.message === 'it waits until db-0 is Running and Ready'))
    const healthy = [{ type: 'Ready', status: 'True' }]
    await cluster.patch(Pods, { name: 'db-0' }, { status: { conditions: healthy } }, 'status')
    await cluster.advance(60_000)
    assert.deepEqual(await names(cluster), ['db-0', 'db-1'])
    await cluster.patch(StatefulSets, { name: 'db' }, { spec: { replicas: 1 } })
    await cluster.advance(60_000)
    assert.deepEqual(await names(cluster), ['db-0'], 'the one that is not healthy itself may go')
  })

  it('does all at once when it is told that order does not matter', async (t) => {
    const cluster = await start(t)
    const never = template(1, { [simulation.ready]: 'false' })
    await cluster.create(StatefulSets, makeSet(3, { podManagementPolicy: 'Parallel', template: never }))
    await cluster.settle()
    assert.deepEqual(await names(cluster), ['db-0', 'db-1', 'db-2'])
    await cluster.patch(StatefulSets, { name: 'db' }, { spec: { replicas: 0 } })
    await cluster.settle()
    assert.deepEqual(await names(cluster), [])
  })

  it('makes a Pod that has failed anew under its name', async (t) => {
    const cluster = await start(t)
    await cluster.create(StatefulSets, makeSet(2))
    await cluster.advance(5000)
    const old = await cluster.get(Pods, 'db-0')
    await cluster.patch(Pods, old, { status: { phase: 'Failed' } }, 'status')
    await cluster.advance(5000)
    const replaced = await cluster.get(Pods, 'db-0')
    assert.notEqual(replaced.metadata.uid, old.metadata.uid)
    assert.deepEqual(await names(cluster), ['db-0', 'db-1'])
  })

  it('rolls a new template out from the end, and only then calls it the current one', async (t) => {
    const cluster = await start(t)
    await cluster.create(StatefulSets, makeSet(3))
    await cluster.advance(5000)
    const before = (await cluster.get(StatefulSets, 'db')).status.currentRevision
    await rollOut(cluster, 2)
    await cluster.advance(2500)
    assert.deepEqual(await versions(cluster), ['db-0:1', 'db-1:1', 'db-2:2'])
    let { status } = await cluster.get(StatefulSets, 'db')
    assert.equal(status.currentRevision, before)
    assert.notEqual(status.updateRevision, before)
    assert.deepEqual([status.currentReplicas, status.updatedReplicas], [1, 1])
    await cluster.advance(10_000)
    assert.deepEqual(await versions(cluster), ['db-0:2', 'db-1:2', 'db-2:2'])
    status = (await cluster.get(StatefulSets, 'db')).status
    assert.equal(status.currentRevision, status.updateRevision)
    await rollOut(cluster, 1)
    await cluster.advance(20_000)
    assert.deepEqual(await versions(cluster), ['db-0:1', 'db-1:1', 'db-2:1'])
    assert.equal((await cluster.get(StatefulSets, 'db')).status.currentRevision, before, 'the former version is back')
  })

  it('leaves what is below the partition at the former version, also when it is made anew', async (t) => {
    const cluster = await start(t)
    const updateStrategy = { type: 'RollingUpdate' as const, rollingUpdate: { partition: 2 } }
    await cluster.create(StatefulSets, makeSet(3, { updateStrategy }))
    await cluster.advance(5000)
    await rollOut(cluster, 2)
    await cluster.advance(20_000)
    assert.deepEqual(await versions(cluster), ['db-0:1', 'db-1:1', 'db-2:2'])
    await cluster.delete(Pods, await cluster.get(Pods, 'db-0'))
    await cluster.delete(Pods, await cluster.get(Pods, 'db-2'))
    await cluster.advance(20_000)
    assert.deepEqual(await versions(cluster), ['db-0:1', 'db-1:1', 'db-2:2'])
    await cluster.patch(StatefulSets, { name: 'db' }, { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } })
    await cluster.advance(20_000)
    assert.deepEqual(await versions(cluster), ['db-0:2', 'db-1:2', 'db-2:2'])
  })

  it('leaves old Pods alone until they are deleted, when told so', async (t) => {
    const cluster = await start(t)
    await cluster.create(StatefulSets, makeSet(2, { updateStrategy: { type: 'OnDelete' } }))
    await cluster.advance(5000)
    await rollOut(cluster, 2)
    await cluster.advance(10_000)
    assert.deepEqual(await versions(cluster), ['db-0:1', 'db-1:1'])
    await cluster.delete(Pods, await cluster.get(Pods, 'db-1'))
    await cluster.advance(10_000)
    assert.deepEqual(await versions(cluster), ['db-0:1', 'db-1:2'])
  })

  it('counts from where its ordinals begin', async (t) => {
    const cluster = await start(t)
    await cluster.create(StatefulSets, makeSet(2, { ordinals: { start: 5 } }))
    await cluster.advance(5000)
    assert.deepEqual(await names(cluster), ['db-5', 'db-6'])
  })

  describe('with storage', () => {
    const volumeClaimTemplates: Draft<StatefulSet['spec']['volumeClaimTemplates']> = [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ]
    const claims = async (cluster: TestCluster): Promise<string[]> =>
      (await cluster.list(PersistentVolumeClaims)).map(({ metadata }) => metadata.name).toSorted()

    it('gives each Pod a claim, and leaves it when the Pod goes', async (t) => {
      const cluster = await start(t)
      await cluster.create(StatefulSets, makeSet(2, { volumeClaimTemplates }))
      await cluster.advance(5000)
      assert.deepEqual(await claims(cluster), ['data-db-0', 'data-db-1'])
      const pod = await cluster.get(Pods, 'db-1')
      assert.equal(pod.spec.volumes!.find(({ name }) => name === 'data')!.persistentVolumeClaim!.claimName, 'data-db-1')
      await cluster.patch(StatefulSets, { name: 'db' }, { spec: { replicas: 1 } })
      await cluster.advance(5000)
      assert.deepEqual(await claims(cluster), ['data-db-0', 'data-db-1'])
      const [claim] = await cluster.list(PersistentVolumeClaims)
      assert.equal(claim!.metadata.ownerReferences, undefined)
      assert.equal(claim!.metadata.labels!['app'], 'db')
    })

    it('lets claims go with their Pod, and with the set, when told so', async (t) => {
      const cluster = await startCluster(t, {
        controllers: [statefulSetController, garbageCollector],
        nodes: { count: 1, startMs: 1000, stopMs: 1000 },
      })
      const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Delete' as const, whenScaled: 'Delete' as const }
      await cluster.create(StatefulSets, makeSet(2, { volumeClaimTemplates, persistentVolumeClaimRetentionPolicy }))
      await cluster.advance(5000)
      await cluster.patch(StatefulSets, { name: 'db' }, { spec: { replicas: 1 } })
      await cluster.advance(10_000)
      const left = await claims(cluster)
      assert.ok(left.includes('data-db-0'))
      assert.ok(!left.includes('data-db-1') || isGoing(await cluster.get(PersistentVolumeClaims, 'data-db-1')))
      await cluster.delete(StatefulSets, await cluster.get(StatefulSets, 'db'), { propagationPolicy: 'Background' })
      await cluster.advance(10_000)
      for (const claim of await cluster.list(PersistentVolumeClaims)) assert.ok(isGoing(claim))
    })
  })

  it('ends as it should wherever it is cut off', (t) =>
    crashAtEveryWrite(t, {
      controllers: () => [statefulSetController],
      cluster: { nodes: { count: 1, startMs: 100, stopMs: 100 } },
      lifeMs: 5000,
      async arrange(cluster) {
        await cluster.restart([statefulSetController])
        await cluster.create(StatefulSets, makeSet(2))
        await cluster.advance(1000)
        await cluster.restart([])
        await cluster.patch(StatefulSets, { name: 'db' }, { spec: { replicas: 3, template: template(2) } })
      },
      async check(cluster) {
        assert.deepEqual(await versions(cluster), ['db-0:2', 'db-1:2', 'db-2:2'])
        const { status } = await cluster.get(StatefulSets, 'db')
        assert.equal(status.currentRevision, status.updateRevision)
        assert.equal((await cluster.list(ControllerRevisions)).length, 2)
      },
    }))
})

/** Claims in use are held by a finalizer that other parts of a whole cluster take off. */
function isGoing({ metadata }: { metadata: { deletionTimestamp?: string } }): boolean {
  return metadata.deletionTimestamp !== undefined
}
