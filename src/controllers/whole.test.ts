import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { makeDeployment, makePodSpec, makeTemplate } from '../../test/cluster/makers.ts'
import { schedulePods } from '../../test/cluster/schedule-pods.ts'
import { simulation } from '../../test/cluster/simulated-nodes.ts'
import { DaemonSets } from '../api/apps/daemon-set.ts'
import { Deployments } from '../api/apps/deployment.ts'
import { StatefulSets } from '../api/apps/stateful-set.ts'
import { CronJobs } from '../api/batch/cron-job.ts'
import { Jobs } from '../api/batch/job.ts'
import { Namespaces } from '../api/core/namespace.ts'
import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import { ReplicationControllers } from '../api/core/replication-controller.ts'
import { ResourceQuotas } from '../api/core/resource-quota.ts'
import { Services } from '../api/core/service.ts'
import { EndpointSlices } from '../api/discovery/endpoint-slice.ts'
import { PodDisruptionBudgets } from '../api/policy/pod-disruption-budget.ts'
import { ClusterRoles } from '../api/rbac/cluster-role.ts'
import { allControllers } from './all.ts'
import { isReady } from './pods.ts'

const controllers = () =>
  allControllers({ authority: { certificate: 'PEM', key: '' }, clusterCidr: '10.244.0.0/16', nodeMask: 24 })

/** One of everything that controllers act on, in a namespace of its own. */
async function populate(cluster: TestCluster, namespace: string): Promise<void> {
  const metadata = (name: string) => ({ name, namespace })
  const selector = (app: string) => ({ matchLabels: { app } })
  const done = {
    metadata: { annotations: { [simulation.exitCode]: '0' } },
    spec: makePodSpec({ restartPolicy: 'Never' }),
  }
  await cluster.create(Namespaces, { metadata: { name: namespace } })
  await cluster.settle()
  await cluster.create(Deployments, { ...makeDeployment('web', 3), metadata: metadata('web') })
  await cluster.create(Services, {
    metadata: metadata('web'),
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  })
  await cluster.create(PodDisruptionBudgets, {
    metadata: metadata('web'),
    spec: { maxUnavailable: 1, selector: selector('web') },
  })
  await cluster.create(ResourceQuotas, { metadata: metadata('all'), spec: { hard: { pods: '100' } } })
  await cluster.create(ReplicationControllers, {
    metadata: metadata('old'),
    spec: { selector: { app: 'old' }, template: makeTemplate('old') },
  })
  await cluster.create(DaemonSets, {
    metadata: metadata('log'),
    spec: { selector: selector('log'), template: makeTemplate('log') },
  })
  await cluster.create(StatefulSets, {
    metadata: metadata('db'),
    spec: { serviceName: 'db', replicas: 2, selector: selector('db'), template: makeTemplate('db') },
  })
  await cluster.create(Jobs, { metadata: metadata('once'), spec: { template: done, ttlSecondsAfterFinished: 60 } })
  await cluster.create(CronJobs, {
    metadata: metadata('often'),
    spec: { schedule: '* * * * *', jobTemplate: { spec: { template: done } } },
  })
}

describe('the whole control plane', () => {
  it('runs everything with no more than the rights of its parts', async (t) => {
    const cluster = await startCluster(t, {
      whole: true,
      controllers: controllers(),
      programs: [schedulePods],
      nodes: 3,
    })
    await populate(cluster, 'app')
    await cluster.advance(90_000)
    const pods = (await cluster.list(Pods, 'app')).filter(isReady)
    const byOwner = Object.groupBy(pods, (pod) => pod.metadata.labels!['app']!)
    assert.deepEqual(
      Object.entries(byOwner)
        .map(([app, of]) => `${app} ${of!.length}`)
        .toSorted(),
      ['db 2', 'log 3', 'old 1', 'web 3'],
    )
    assert.equal((await cluster.get(Deployments, 'web', 'app')).status.availableReplicas, 3)
    assert.equal((await cluster.list(EndpointSlices, 'app'))[0]!.endpoints.length, 3)
    assert.equal((await cluster.get(PodDisruptionBudgets, 'web', 'app')).status.disruptionsAllowed, 1)
    assert.equal((await cluster.get(ResourceQuotas, 'all', 'app')).status.used!['pods'], '9')
    assert.equal(await cluster.find(Jobs, 'once', 'app'), undefined, 'it has gone a minute after its end')
    assert.equal((await cluster.list(Jobs, 'app')).length, 1)
    for (const node of await cluster.list(Nodes))
      assert.deepEqual([node.spec.taints, typeof node.spec.podCIDR], [undefined, 'string'])
    assert.ok((await cluster.get(ClusterRoles, 'admin')).rules!.length > 0)
    assert.deepEqual(cluster.complaints, [])
  })

  it('moves Pods off a node that has died', async (t) => {
    const cluster = await startCluster(t, {
      whole: true,
      controllers: controllers(),
      programs: [schedulePods],
      nodes: 3,
    })
    await cluster.create(Deployments, makeDeployment('web', 6))
    await cluster.advance(15_000)
    cluster.nodes.kill('node-2')
    await cluster.advance(400_000)
    const running = (await cluster.list(Pods)).filter(
      (pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod),
    )
    assert.equal(running.length, 6)
    assert.ok(running.every((pod) => pod.spec.nodeName !== 'node-2'))
    assert.deepEqual(cluster.complaints, [])
  })

  it('leaves nothing of a namespace that is deleted', async (t) => {
    const cluster = await startCluster(t, {
      whole: true,
      controllers: controllers(),
      programs: [schedulePods],
      nodes: 2,
    })
    await populate(cluster, 'app')
    await cluster.advance(30_000)
    await cluster.delete(Namespaces, await cluster.get(Namespaces, 'app'))
    await cluster.advance(60_000)
    assert.equal(await cluster.find(Namespaces, 'app'), undefined)
    assert.deepEqual(await cluster.list(Pods, 'app'), [])
    assert.deepEqual(cluster.complaints, [])
  })
})
