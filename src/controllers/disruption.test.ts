import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { makeDeployment, makePod, makeTemplate } from '../../test/cluster/makers.ts'
import { simulation } from '../../test/cluster/simulated-nodes.ts'
import { Deployments } from '../api/apps/deployment.ts'
import { Pods } from '../api/core/pod.ts'
import type { Draft } from '../api/meta/schema.ts'
import { PodDisruptionBudgets } from '../api/policy/pod-disruption-budget.ts'
import type { PodDisruptionBudget } from '../api/policy/v1.ts'
import { isWherryError } from '../lib/errors.ts'
import { findCondition } from './conditions.ts'
import { deploymentController } from './deployment.ts'
import { disruptionController, staleDisruptionController } from './disruption.ts'
import { replicaSetController } from './replica-set.ts'

const start = (t: Parameters<typeof startCluster>[0]): Promise<TestCluster> =>
  startCluster(t, {
    controllers: [disruptionController(), staleDisruptionController, deploymentController, replicaSetController],
    nodes: { count: 1, stopMs: 5000 },
  })

async function deploy(cluster: TestCluster, replicas: number): Promise<void> {
  const template = makeTemplate('web', { spec: { nodeName: 'node-1' } })
  await cluster.create(Deployments, makeDeployment('web', replicas, { template }))
  await cluster.settle()
}

function makeBudget(spec: Draft<PodDisruptionBudget['spec']>): Draft<PodDisruptionBudget> {
  return { metadata: { name: 'web' }, spec: { selector: { matchLabels: { app: 'web' } }, ...spec } }
}

async function counts(cluster: TestCluster): Promise<number[]> {
  const { status } = await cluster.get(PodDisruptionBudgets, 'web')
  return [status.expectedPods, status.desiredHealthy, status.currentHealthy, status.disruptionsAllowed]
}

describe('disruptionController', () => {
  it('says how many Pods may go when some have to stay', async (t) => {
    const cluster = await start(t)
    await deploy(cluster, 3)
    await cluster.create(PodDisruptionBudgets, makeBudget({ minAvailable: 2 }))
    await cluster.settle()
    assert.deepEqual(await counts(cluster), [3, 2, 3, 1])
    const condition = findCondition(
      (await cluster.get(PodDisruptionBudgets, 'web')).status.conditions,
      'DisruptionAllowed',
    )
    assert.deepEqual([condition?.status, condition?.reason], ['True', 'SufficientPods'])
    const [pod] = await cluster.list(Pods)
    await cluster.patch(Pods, pod!, { status: { conditions: [{ type: 'Ready', status: 'False' }] } }, 'status')
    await cluster.settle()
    assert.deepEqual(await counts(cluster), [3, 2, 2, 0])
    assert.deepEqual(cluster.complaints, [])
  })

  it('takes shares of what the workload asks for, not of what is there', async (t) => {
    const cluster = await start(t)
    await deploy(cluster, 10)
    await cluster.create(PodDisruptionBudgets, makeBudget({ maxUnavailable: '25%' }))
    await cluster.settle()
    assert.deepEqual(await counts(cluster), [10, 7, 10, 3])
    await cluster.patch(Deployments, { name: 'web' }, { spec: { replicas: 4 } })
    await cluster.advance(10_000)
    assert.deepEqual(await counts(cluster), [4, 3, 4, 1])
  })

  it('lets evictions through one by one, and not those beyond', async (t) => {
    const cluster = await start(t)
    await deploy(cluster, 3)
    await cluster.create(PodDisruptionBudgets, makeBudget({ minAvailable: 2 }))
    await cluster.settle()
    const [first, second] = await cluster.list(Pods)
    const evict = (name: string): Promise<unknown> =>
      cluster.client.createSubresource(Pods, { namespace: 'default', name }, 'eviction', {
        metadata: { name, namespace: 'default' },
      })
    await evict(first!.metadata.name)
    await assert.rejects(evict(second!.metadata.name), (error) => isWherryError(error, 'too-many-requests'))
    await cluster.advance(6000)
    assert.deepEqual(await counts(cluster), [3, 2, 3, 1])
    await evict(second!.metadata.name)
  })

  it('counts a Pod again that was allowed to go and did not', async (t) => {
    const cluster = await start(t)
    await deploy(cluster, 2)
    const budget = await cluster.create(PodDisruptionBudgets, makeBudget({ minAvailable: 1 }))
    await cluster.settle()
    const [pod] = await cluster.list(Pods)
    const now = new Date(cluster.clock.now()).toISOString().replace('.000', '')
    await cluster.patch(
      PodDisruptionBudgets,
      budget,
      { status: { disruptedPods: { [pod!.metadata.name]: now } } },
      'status',
    )
    await cluster.settle()
    assert.deepEqual(await counts(cluster), [2, 1, 1, 0])
    await cluster.advance(125_000)
    assert.deepEqual(await counts(cluster), [2, 1, 2, 1])
  })

  it('expects nothing of Pods that nobody manages, when it needs to know a share', async (t) => {
    const cluster = await start(t)
    await cluster.create(Pods, makePod('bare', { metadata: { labels: { app: 'web' } }, spec: { nodeName: 'node-1' } }))
    await cluster.create(PodDisruptionBudgets, makeBudget({ maxUnavailable: 1 }))
    await cluster.settle()
    assert.deepEqual(await counts(cluster), [0, 0, 1, 0])
  })
})

describe('staleDisruptionController', () => {
  it('takes back what was said of a Pod that nobody has ended', async (t) => {
    const cluster = await start(t)
    await cluster.create(
      Pods,
      makePod('pod', { metadata: { annotations: { [simulation.ready]: 'true' } }, spec: { nodeName: 'node-1' } }),
    )
    await cluster.settle()
    const now = new Date(cluster.clock.now()).toISOString().replace('.000', '')
    const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'Test', lastTransitionTime: now }]
    await cluster.patch(Pods, { name: 'pod' }, { status: { conditions } }, 'status')
    await cluster.advance(119_000)
    assert.equal(findCondition((await cluster.get(Pods, 'pod')).status.conditions, 'DisruptionTarget')?.status, 'True')
    await cluster.advance(2000)
    assert.equal(findCondition((await cluster.get(Pods, 'pod')).status.conditions, 'DisruptionTarget')?.status, 'False')
  })
})
