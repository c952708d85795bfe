import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import { crashAtEveryWrite } from '../../test/cluster/crash.ts'
import { makePod, makeReplicaSet, makeTemplate } from '../../test/cluster/makers.ts'
import { ReplicaSets } from '../api/apps/replica-set.ts'
import { Events } from '../api/core/event.ts'
import { Pods } from '../api/core/pod.ts'
import { ReplicationControllers } from '../api/core/replication-controller.ts'
import type { Pod } from '../api/core/v1.ts'
import { WherryError } from '../lib/errors.ts'
import { byDeletionRank, deletionCostAnnotation } from './pod-ranking.ts'
import { replicaSetController } from './replica-set.ts'
import { changesReplicas } from './replicas.ts'
import { replicationControllerController } from './replication-controller.ts'

const owners = (pod: Pod): string[] => (pod.metadata.ownerReferences ?? []).map((owner) => owner.name)

describe('changesReplicas', () => {
  const pod = { ...makePod('a', { metadata: { labels: { app: 'web' } } }), status: {} } as Pod
  const ready = (lastTransitionTime: string): Pod['status'] => ({
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime }],
  })

  it('lets go by what an owner does not count', () => {
    assert.equal(changesReplicas({ ...pod, spec: { ...pod.spec, nodeName: 'node-1' } }, pod), false)
    assert.equal(changesReplicas({ ...pod, status: { ...pod.status, phase: 'Running' } }, pod), false)
  })

  it('holds on to what it counts', () => {
    const changes: Pod[] = [
      { ...pod, metadata: { ...pod.metadata, labels: {} } },
      { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } },
      { ...pod, metadata: { ...pod.metadata, uid: 'another' } },
      { ...pod, status: { phase: 'Failed' } },
      { ...pod, status: ready('2026-01-01T00:00:00Z') },
    ]
    for (const changed of changes) assert.equal(changesReplicas(changed, pod), true)
    const [one, other] = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z'].map((at) => ({ ...pod, status: ready(at) }))
    assert.equal(changesReplicas(one, other), true)
    assert.equal(changesReplicas(undefined, pod), true)
    assert.equal(changesReplicas(pod, undefined), true)
  })
})

describe('replicaSetController', () => {
  it('makes as many Pods as are asked for, and says so', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController] })
    await cluster.create(ReplicaSets, makeReplicaSet('web', 3))
    await cluster.settle()
    const pods = await cluster.list(Pods)
    assert.equal(pods.length, 3)
    for (const pod of pods) {
      assert.match(pod.metadata.name, /^web-[a-z0-9]{5}$/)
      assert.deepEqual(owners(pod), ['web'])
      assert.equal(pod.metadata.labels?.['app'], 'web')
    }
    const { status } = await cluster.get(ReplicaSets, 'web')
    assert.deepEqual(status, { replicas: 3, fullyLabeledReplicas: 3, terminatingReplicas: 0, observedGeneration: 1 })
    assert.deepEqual(cluster.complaints, [])
  })

  it('counts Pods as ready when they are, and as available after minReadySeconds', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController], nodes: 1 })
    const template = makeTemplate('web', { spec: { nodeName: 'node-1' } })
    await cluster.create(ReplicaSets, makeReplicaSet('web', 2, { template, spec: { minReadySeconds: 30 } }))
    await cluster.settle()
    let { status } = await cluster.get(ReplicaSets, 'web')
    assert.equal(status.readyReplicas, 2)
    assert.equal(status.availableReplicas, undefined)
    await cluster.advance(29_000)
    status = (await cluster.get(ReplicaSets, 'web')).status
    assert.equal(status.availableReplicas, undefined)
    await cluster.advance(1_000)
    status = (await cluster.get(ReplicaSets, 'web')).status
    assert.equal(status.availableReplicas, 2)
  })

  it('replaces a Pod that was deleted, and one that has failed', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController] })
    await cluster.create(ReplicaSets, makeReplicaSet('web', 2))
    await cluster.settle()
    const [deleted, failed] = await cluster.list(Pods)
    await cluster.delete(Pods, deleted!, { gracePeriodSeconds: 0 })
    await cluster.patch(Pods, failed!, { status: { phase: 'Failed' } }, 'status')
    await cluster.settle()
    const active = (await cluster.list(Pods)).filter((pod) => pod.status.phase !== 'Failed')
    assert.equal(active.length, 2)
    assert.ok(!active.some((pod) => pod.metadata.uid === deleted!.metadata.uid))
  })

  it('does not wait for a Pod that takes its time to end, and counts it as terminating', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController], nodes: { count: 1, stopMs: 20_000 } })
    const template = makeTemplate('web', { spec: { nodeName: 'node-1' } })
    await cluster.create(ReplicaSets, makeReplicaSet('web', 1, { template }))
    await cluster.settle()
    const [pod] = await cluster.list(Pods)
    await cluster.delete(Pods, pod!)
    await cluster.settle()
    assert.equal((await cluster.list(Pods)).length, 2)
    const { status } = await cluster.get(ReplicaSets, 'web')
    assert.deepEqual([status.replicas, status.terminatingReplicas], [1, 1])
    await cluster.advance(21_000)
    assert.equal((await cluster.list(Pods)).length, 1)
  })

  it('adopts orphans that it selects, and counts them', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController] })
    await cluster.create(Pods, makePod('stray', { metadata: { labels: { app: 'web' } } }))
    await cluster.create(Pods, makePod('other', { metadata: { labels: { app: 'other' } } }))
    await cluster.create(ReplicaSets, makeReplicaSet('web', 2))
    await cluster.settle()
    assert.deepEqual(owners(await cluster.get(Pods, 'stray')), ['web'])
    assert.deepEqual(owners(await cluster.get(Pods, 'other')), [])
    assert.equal((await cluster.list(Pods)).length, 3)
  })

  it('lets go of a Pod whose labels it does not select any more, and replaces it', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController] })
    await cluster.create(ReplicaSets, makeReplicaSet('web', 1))
    await cluster.settle()
    const [pod] = await cluster.list(Pods)
    await cluster.patch(Pods, pod!, { metadata: { labels: { app: 'mine' } } })
    await cluster.settle()
    assert.deepEqual(owners(await cluster.get(Pods, pod!.metadata.name)), [])
    assert.equal((await cluster.list(Pods)).length, 2)
  })

  it('lets two of the same selector live side by side', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController] })
    await cluster.create(ReplicaSets, makeReplicaSet('web', 2))
    await cluster.create(ReplicaSets, {
      ...makeReplicaSet('web-2', 3),
      spec: makeReplicaSet('web', 3).spec!,
    })
    await cluster.settle()
    const byOwner = Object.groupBy(await cluster.list(Pods), (pod) => owners(pod)[0]!)
    assert.deepEqual([byOwner['web']?.length, byOwner['web-2']?.length], [2, 3])
  })

  it('removes what is too much when it is scaled in', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController] })
    await cluster.create(ReplicaSets, makeReplicaSet('web', 5))
    await cluster.settle()
    await cluster.patch(ReplicaSets, { name: 'web' }, { spec: { replicas: 2 } })
    await cluster.settle()
    assert.equal((await cluster.list(Pods)).length, 2)
    await cluster.patch(ReplicaSets, { name: 'web' }, { spec: { replicas: 0 } })
    await cluster.settle()
    assert.equal((await cluster.list(Pods)).length, 0)
  })

  it('makes five hundred at a time in growing batches', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController] })
    await cluster.create(ReplicaSets, makeReplicaSet('web', 1200))
    await cluster.settle()
    assert.equal((await cluster.list(Pods)).length, 1200)
  })

  it('stops at the first refusal, says so in a condition, and tries again', async (t) => {
    let allowed = 2
    const refusals: string[] = []
    const cluster = await startCluster(t, {
      controllers: [replicaSetController],
      admission: [
        {
          name: 'Quota',
          handles: (attempt) => attempt.operation === 'CREATE' && attempt.target.plural === 'pods',
          validate() {
            if (allowed-- > 0) return
            refusals.push('no')
            throw new WherryError('forbidden', 'exceeded quota')
          },
        },
      ],
    })
    await cluster.create(ReplicaSets, makeReplicaSet('web', 20))
    await cluster.settle()
    const [condition] = (await cluster.get(ReplicaSets, 'web')).status.conditions ?? []
    assert.deepEqual(
      [condition?.type, condition?.status, condition?.reason, condition?.message],
      ['ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota'],
    )
    assert.ok(refusals.length < 10, 'not all that are missing are tried each time')
    const events = await cluster.list(Events)
    assert.ok(events.some((event) => event.reason === 'FailedCreate' && event.type === 'Warning'))
    assert.ok(
      cluster.decisions.some((decision) => decision.reason === 'FailedCreate' && decision.verdict === 'refused'),
    )
    allowed = 100
    await cluster.advance(60_000)
    assert.equal((await cluster.list(Pods)).length, 20)
    assert.equal((await cluster.get(ReplicaSets, 'web')).status.conditions, undefined)
  })

  it('makes nothing more when it is being deleted', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController] })
    await cluster.create(ReplicaSets, {
      ...makeReplicaSet('web', 2),
      metadata: { name: 'web', finalizers: ['test/hold'] },
    })
    await cluster.settle()
    await cluster.delete(ReplicaSets, await cluster.get(ReplicaSets, 'web'))
    const [pod] = await cluster.list(Pods)
    await cluster.delete(Pods, pod!, { gracePeriodSeconds: 0 })
    await cluster.settle()
    assert.equal((await cluster.list(Pods)).length, 1)
  })

  it('counts the Events of one kind instead of repeating them', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicaSetController] })
    await cluster.create(ReplicaSets, makeReplicaSet('web', 40))
    await cluster.settle()
    const events = (await cluster.list(Events)).filter((event) => event.reason === 'SuccessfulCreate')
    assert.equal(events.length, 11, 'ten by name, the rest as one')
    const told = events.reduce((total, event) => total + event.count!, 0)
    assert.equal(told, 25, 'a burst is cut off')
    assert.ok(events.some((event) => event.message!.startsWith('(combined from similar events): Created pod: web-')))
  })

  it('ends as it should wherever it is cut off', (t) =>
    crashAtEveryWrite(t, {
      controllers: () => [replicaSetController],
      lifeMs: 60_000,
      async arrange(cluster) {
        await cluster.create(Pods, makePod('stray', { metadata: { labels: { app: 'web' } } }))
        await cluster.create(ReplicaSets, makeReplicaSet('web', 4))
        await cluster.create(ReplicaSets, makeReplicaSet('small', 0))
        for (const name of ['s1', 's2']) {
          await cluster.create(Pods, makePod(name, { metadata: { labels: { app: 'small' } } }))
        }
      },
      async check(cluster) {
        const pods = await cluster.list(Pods)
        assert.deepEqual(
          pods.map((pod) => owners(pod)),
          [['web'], ['web'], ['web'], ['web']],
        )
        assert.equal((await cluster.get(ReplicaSets, 'web')).status.replicas, 4)
        assert.equal((await cluster.get(ReplicaSets, 'small')).status.replicas, 0)
      },
    }))
})

describe('replicationControllerController', () => {
  it('does the same for a selector that is only a map', async (t) => {
    const cluster = await startCluster(t, { controllers: [replicationControllerController] })
    await cluster.create(ReplicationControllers, {
      metadata: { name: 'old' },
      spec: { replicas: 2, selector: { app: 'old' }, template: makeTemplate('old') },
    })
    await cluster.settle()
    assert.equal((await cluster.list(Pods)).length, 2)
    assert.equal((await cluster.get(ReplicationControllers, 'old')).status.replicas, 2)
    assert.deepEqual(cluster.complaints, [])
  })
})

describe('byDeletionRank', () => {
  const nowMs = Date.UTC(2026, 0, 1, 12)
  interface Facts {
    node?: string
    phase?: Pod['status']['phase']
    readyForS?: number
    cost?: string
    restarts?: number
    ageS?: number
  }
  const ago = (seconds: number): string => new Date(nowMs - seconds * 1000).toISOString()
  const makeRanked = (name: string, facts: Facts = {}): Pod => {
    const { node = 'n1', phase = 'Running', readyForS = 100, cost, restarts = 0, ageS = 200 } = facts
    return {
      metadata: {
        name,
        uid: name,
        creationTimestamp: ago(ageS),
        annotations: cost === undefined ? {} : { [deletionCostAnnotation]: cost },
      },
      spec: { nodeName: node, containers: [] },
      status: {
        phase,
        conditions: readyForS < 0 ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: ago(readyForS) }],
        containerStatuses: [{ restartCount: restarts }],
      },
    } as unknown as Pod
  }
  const order = (pods: Pod[], crowding: (pod: Pod) => number = () => 1): string[] =>
    byDeletionRank(pods, { nowMs, crowding }).map((pod) => pod.metadata.name)

  it('takes what is not placed, not running or not ready first', () => {
    const ready = makeRanked('ready')
    assert.deepEqual(order([ready, makeRanked('unready', { readyForS: -1 })]), ['unready', 'ready'])
    assert.deepEqual(order([ready, makeRanked('pending', { phase: 'Pending' })]), ['pending', 'ready'])
    assert.deepEqual(order([ready, makeRanked('unplaced', { node: '' })]), ['unplaced', 'ready'])
  })

  it('obeys the cost that a Pod says, and ignores nonsense', () => {
    const pods = [makeRanked('dear', { cost: '100' }), makeRanked('plain'), makeRanked('cheap', { cost: '-5' })]
    assert.deepEqual(order(pods), ['cheap', 'plain', 'dear'])
    assert.deepEqual(order([makeRanked('b', { cost: '+5' }), makeRanked('a', { cost: 'x' })]), ['a', 'b'])
  })

  it('thins out the node that has most of them', () => {
    const pods = [makeRanked('a', { node: 'n1' }), makeRanked('b', { node: 'n2' })]
    assert.deepEqual(
      order(pods, (pod) => (pod.spec.nodeName === 'n2' ? 3 : 1)),
      ['b', 'a'],
    )
  })

  it('takes the younger of two of different orders of age, else whoever comes first by uid', () => {
    assert.deepEqual(order([makeRanked('old', { readyForS: 5000 }), makeRanked('young', { readyForS: 5 })]), [
      'young',
      'old',
    ])
    assert.deepEqual(order([makeRanked('b', { readyForS: 100 }), makeRanked('a', { readyForS: 101 })]), ['a', 'b'])
    assert.deepEqual(order([makeRanked('calm'), makeRanked('restless', { restarts: 4 })]), ['restless', 'calm'])
  })
})
