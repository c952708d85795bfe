import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { crashAtEveryWrite } from '../../test/cluster/crash.ts'
import { makeDeployment, makeTemplate } from '../../test/cluster/makers.ts'
import { simulation } from '../../test/cluster/simulated-nodes.ts'
import { Deployments } from '../api/apps/deployment.ts'
import { ReplicaSets } from '../api/apps/replica-set.ts'
import type { Deployment, ReplicaSet } from '../api/apps/v1.ts'
import { Events } from '../api/core/event.ts'
import { Pods } from '../api/core/pod.ts'
import type { PodTemplateSpec } from '../api/core/v1.ts'
import type { Draft } from '../api/meta/schema.ts'
import { findCondition } from './conditions.ts'
import { deploymentController } from './deployment.ts'
import { nextRevision, revisionAnnotation } from './deployment/replica-sets.ts'
import { replicaSetController } from './replica-set.ts'

const controllers = [deploymentController, replicaSetController]

/** Pods go straight to the one node there is: placing them is not what is tested here. */
function template(version: number, more: Record<string, string> = {}): Draft<PodTemplateSpec> {
  return makeTemplate('web', {
    annotations: more,
    spec: { nodeName: 'node-1', containers: [{ name: 'main', image: `registry.test/main:${version}` }] },
  })
}

const start = (t: Parameters<typeof startCluster>[0], stopMs = 0): Promise<TestCluster> =>
  startCluster(t, { controllers, nodes: { count: 1, startMs: 1000, stopMs } })

async function rollOut(cluster: TestCluster, version: number, more: Record<string, string> = {}): Promise<void> {
  await cluster.patch(Deployments, { name: 'web' }, { spec: { template: template(version, more) } })
}

const imageOf = (rs: ReplicaSet): string => rs.spec.template.spec.containers[0]!.image!.split(':')[1]!

/** The sizes of the ReplicaSets by the version of their image. */
async function sizes(cluster: TestCluster): Promise<Record<string, number>> {
  const sets = await cluster.list(ReplicaSets)
  return Object.fromEntries(sets.map((rs) => [imageOf(rs), rs.spec.replicas!] as const).toSorted())
}

function progress(deployment: Deployment): string | undefined {
  const condition = findCondition(deployment.status.conditions, 'Progressing')
  return condition && `${condition.status} ${condition.reason}`
}

describe('deploymentController', () => {
  it('makes a ReplicaSet named for its template, with revision and selector', async (t) => {
    const cluster = await start(t)
    await cluster.create(Deployments, makeDeployment('web', 3, { template: template(1) }))
    await cluster.advance(5000)
    const [rs] = await cluster.list(ReplicaSets)
    const hash = rs!.metadata.labels!['pod-template-hash']!
    assert.match(hash, /^[bcdfghjklmnpqrstvwxz2456789]{4,10}$/)
    assert.equal(rs!.metadata.name, `web-${hash}`)
    assert.deepEqual(rs!.spec.selector, { matchLabels: { app: 'web', 'pod-template-hash': hash } })
    assert.equal(rs!.metadata.annotations![revisionAnnotation], '1')
    const deployment = await cluster.get(Deployments, 'web')
    assert.equal(deployment.metadata.annotations![revisionAnnotation], '1')
    const { conditions, ...counts } = deployment.status
    assert.deepEqual(counts, {
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      terminatingReplicas: 0,
    })
    assert.equal(progress(deployment), 'True NewReplicaSetAvailable')
    assert.equal(findCondition(conditions, 'Available')?.reason, 'MinimumReplicasAvailable')
    assert.deepEqual(cluster.complaints, [])
  })

  it('rolls a new template out within the limits, and keeps the old ReplicaSet empty', async (t) => {
    const cluster = await start(t)
    const strategy = { type: 'RollingUpdate' as const, rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } }
    await cluster.create(Deployments, makeDeployment('web', 5, { template: template(1), spec: { strategy } }))
    await cluster.advance(5000)
    await rollOut(cluster, 2)
    const total: number[] = []
    const available: number[] = []
    await cluster.eventually(Deployments, ([deployment]) => {
      total.push(deployment!.status.replicas!)
      available.push(deployment!.status.availableReplicas!)
      assert.equal(progress(deployment!), 'True NewReplicaSetAvailable')
      assert.equal(deployment!.status.observedGeneration, 2)
      assert.equal(deployment!.status.updatedReplicas, 5)
      assert.equal(deployment!.status.replicas, 5)
    })
    assert.ok(Math.max(...total) <= 6, `never more than 6 of ${total.join()}`)
    assert.ok(Math.min(...available) >= 4, `never less than 4 available of ${available.join()}`)
    assert.deepEqual(await sizes(cluster), { 1: 0, 2: 5 })
    const events = (await cluster.list(Events)).filter((event) => event.reason === 'ScalingReplicaSet')
    assert.ok(events.some((event) => /^Scaled down replica set web-\w+ from 5 to 4$/.test(event.message!)))
  })

  it('goes back to a former template by its former ReplicaSet, under a new revision', async (t) => {
    const cluster = await start(t)
    await cluster.create(Deployments, makeDeployment('web', 2, { template: template(1) }))
    await cluster.advance(5000)
    await rollOut(cluster, 2)
    await cluster.advance(10_000)
    await rollOut(cluster, 1)
    await cluster.advance(10_000)
    assert.deepEqual(await sizes(cluster), { 1: 2, 2: 0 })
    const first = (await cluster.list(ReplicaSets)).find((rs) => imageOf(rs) === '1')!
    assert.equal(first.metadata.annotations![revisionAnnotation], '3')
    assert.equal(first.metadata.annotations!['deployment.kubernetes.io/revision-history'], '1')
    assert.equal((await cluster.get(Deployments, 'web')).metadata.annotations![revisionAnnotation], '3')
  })

  it('turns to a newer template in the middle of a rollout', async (t) => {
    const cluster = await start(t)
    await cluster.create(Deployments, makeDeployment('web', 4, { template: template(1) }))
    await cluster.advance(5000)
    await rollOut(cluster, 2, { [simulation.ready]: 'false' })
    await cluster.advance(5000)
    const stuck = await sizes(cluster)
    assert.ok(stuck[1]! >= 3 && stuck[2]! > 0, JSON.stringify(stuck))
    await rollOut(cluster, 3, { [simulation.ready]: 'true' })
    await cluster.advance(20_000)
    assert.deepEqual(await sizes(cluster), { 1: 0, 2: 0, 3: 4 })
  })

  it('ends everything old before it makes anything new, when it is to recreate', async (t) => {
    const cluster = await start(t, 5000)
    const spec = { strategy: { type: 'Recreate' as const } }
    await cluster.create(Deployments, makeDeployment('web', 3, { template: template(1), spec }))
    await cluster.advance(5000)
    await rollOut(cluster, 2)
    await cluster.advance(4000)
    assert.deepEqual(await sizes(cluster), { 1: 0 }, 'the old ones are still ending')
    assert.equal((await cluster.list(Pods)).length, 3)
    await cluster.advance(5000)
    assert.deepEqual(await sizes(cluster), { 1: 0, 2: 3 })
    assert.equal((await cluster.list(Pods)).length, 3)
  })

  it('scales old and new in proportion in the middle of a rollout', async (t) => {
    const cluster = await start(t)
    const strategy = { type: 'RollingUpdate' as const, rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } }
    await cluster.create(Deployments, makeDeployment('web', 10, { template: template(1), spec: { strategy } }))
    await cluster.advance(5000)
    await rollOut(cluster, 2, { [simulation.ready]: 'false' })
    await cluster.advance(5000)
    assert.deepEqual(await sizes(cluster), { 1: 8, 2: 5 })
    await cluster.patch(Deployments, { name: 'web' }, { spec: { replicas: 30 } })
    await cluster.settle()
    assert.deepEqual(await sizes(cluster), { 1: 20, 2: 13 })
  })

  it('changes nothing but the size while it is paused, and says so', async (t) => {
    const cluster = await start(t)
    await cluster.create(Deployments, makeDeployment('web', 2, { template: template(1) }))
    await cluster.advance(5000)
    await cluster.patch(Deployments, { name: 'web' }, { spec: { paused: true, template: template(2) } })
    await cluster.advance(5000)
    assert.deepEqual(await sizes(cluster), { 1: 2 })
    assert.equal(progress(await cluster.get(Deployments, 'web')), 'Unknown DeploymentPaused')
    await cluster.patch(Deployments, { name: 'web' }, { spec: { replicas: 3 } })
    await cluster.advance(5000)
    assert.deepEqual(await sizes(cluster), { 1: 3 })
    await cluster.patch(Deployments, { name: 'web' }, { spec: { paused: false } })
    await cluster.advance(10_000)
    assert.deepEqual(await sizes(cluster), { 1: 0, 2: 3 })
    assert.equal(progress(await cluster.get(Deployments, 'web')), 'True NewReplicaSetAvailable')
  })

  it('says that it has taken too long, at its deadline', async (t) => {
    const cluster = await start(t)
    const never = template(1, { [simulation.ready]: 'false' })
    const spec = { progressDeadlineSeconds: 60 }
    await cluster.create(Deployments, makeDeployment('web', 1, { template: never, spec }))
    await cluster.advance(58_000)
    assert.equal(progress(await cluster.get(Deployments, 'web')), 'True ReplicaSetUpdated')
    await cluster.advance(10_000)
    assert.equal(progress(await cluster.get(Deployments, 'web')), 'False ProgressDeadlineExceeded')
    assert.equal(cluster.decisions.at(-1)?.reason, 'ProgressDeadlineExceeded')
  })

  it('waits for minReadySeconds before it goes on', async (t) => {
    const cluster = await start(t)
    const spec = {
      minReadySeconds: 100,
      strategy: { type: 'RollingUpdate' as const, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    }
    await cluster.create(Deployments, makeDeployment('web', 2, { template: template(1), spec }))
    await cluster.advance(120_000)
    await rollOut(cluster, 2)
    await cluster.advance(90_000)
    assert.deepEqual(await sizes(cluster), { 1: 2, 2: 1 })
    await cluster.advance(300_000)
    assert.deepEqual(await sizes(cluster), { 1: 0, 2: 2 })
  })

  it('forgets what is beyond its history', async (t) => {
    const cluster = await start(t)
    await cluster.create(
      Deployments,
      makeDeployment('web', 1, { template: template(1), spec: { revisionHistoryLimit: 2 } }),
    )
    for (let version = 2; version <= 5; version++) {
      await cluster.advance(10_000)
      await rollOut(cluster, version)
    }
    await cluster.advance(10_000)
    assert.deepEqual(await sizes(cluster), { 3: 0, 4: 0, 5: 1 })
  })

  it('adopts a ReplicaSet that fits, and brings it to its size', async (t) => {
    const cluster = await start(t)
    await cluster.create(ReplicaSets, {
      metadata: { name: 'by-hand', labels: { app: 'web' } },
      spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template(1) },
    })
    await cluster.advance(5000)
    await cluster.create(Deployments, makeDeployment('web', 2, { template: template(1) }))
    await cluster.advance(5000)
    const sets = await cluster.list(ReplicaSets)
    assert.deepEqual(
      sets.map((rs) => rs.metadata.name),
      ['by-hand'],
    )
    assert.equal(sets[0]!.metadata.ownerReferences![0]!.name, 'web')
    assert.equal(sets[0]!.spec.replicas, 2)
  })

  it('takes another name when that of its template is taken', async (t) => {
    const cluster = await start(t)
    await cluster.create(Deployments, makeDeployment('web', 1, { template: template(1) }))
    await cluster.advance(5000)
    const [first] = await cluster.list(ReplicaSets)
    await cluster.delete(Deployments, await cluster.get(Deployments, 'web'), { propagationPolicy: 'Background' })
    await cluster.patch(ReplicaSets, first!, { metadata: { ownerReferences: [], labels: { app: 'other' } } })
    await cluster.create(Deployments, makeDeployment('web', 1, { template: template(1) }))
    await cluster.advance(5000)
    const names = (await cluster.list(ReplicaSets)).map((rs) => rs.metadata.name)
    assert.equal(names.length, 2)
    assert.equal((await cluster.get(Deployments, 'web')).status.collisionCount, 1)
  })

  it('shows the failure of its ReplicaSet', async (t) => {
    const cluster = await startCluster(t, {
      controllers,
      admission: [
        {
          name: 'Never',
          handles: (attempt) => attempt.operation === 'CREATE' && attempt.target.plural === 'pods',
          validate: () => {
            throw new Error('no Pods here')
          },
        },
      ],
    })
    await cluster.create(Deployments, makeDeployment('web', 1))
    await cluster.advance(1000)
    const { conditions } = (await cluster.get(Deployments, 'web')).status
    assert.equal(findCondition(conditions, 'ReplicaFailure')?.reason, 'FailedCreate')
    assert.equal(findCondition(conditions, 'Available')?.status, 'False')
  })

  it('ends as it should wherever it is cut off in a rollout', (t) =>
    crashAtEveryWrite(t, {
      controllers: () => controllers,
      cluster: { nodes: { count: 1, startMs: 1000 } },
      lifeMs: 9_000,
      async arrange(cluster) {
        await cluster.restart(controllers)
        await cluster.create(Deployments, makeDeployment('web', 1, { template: template(1) }))
        await cluster.advance(5000)
        await cluster.restart([])
        await rollOut(cluster, 2)
      },
      async check(cluster) {
        assert.deepEqual(await sizes(cluster), { 1: 0, 2: 1 })
        assert.equal((await cluster.list(Pods)).length, 1)
        const deployment = await cluster.get(Deployments, 'web')
        assert.equal(deployment.metadata.annotations![revisionAnnotation], '2')
        assert.equal(progress(deployment), 'True NewReplicaSetAvailable')
      },
    }))
})

describe('nextRevision', () => {
  it('counts exactly, however large the numbers are', () => {
    const numbered = (revision: string): any => ({ metadata: { annotations: { [revisionAnnotation]: revision } } })
    assert.equal(nextRevision([numbered('3546343826724305832'), numbered('7')]), 3546343826724305833n)
    assert.equal(nextRevision([numbered('nonsense')]), 1n)
  })
})
