import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { makeDeployment, makePodSpec, makeTemplate } from '../../test/cluster/makers.ts'
import { simulation } from '../../test/cluster/simulated-nodes.ts'
import { Deployments } from '../api/apps/deployment.ts'
import { CronJobs } from '../api/batch/cron-job.ts'
import { Jobs } from '../api/batch/job.ts'
import { Namespaces } from '../api/core/namespace.ts'
import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import { Services } from '../api/core/service.ts'
import { EndpointSlices } from '../api/discovery/endpoint-slice.ts'
import { allControllers } from './all.ts'

const controllers = () =>
  allControllers({ authority: { certificate: 'PEM', key: '' }, clusterCidr: '10.244.0.0/16', nodeMask: 24 })
const spec = makePodSpec({ nodeName: 'node-1' })

async function populate(cluster: TestCluster): Promise<void> {
  await cluster.create(
    Deployments,
    makeDeployment('web', 3, { template: makeTemplate('web', { spec: { nodeName: 'node-1' } }) }),
  )
  await cluster.create(Services, {
    metadata: { name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
  })
  const annotations = { [simulation.exitCode]: '0' }
  const job = { template: { metadata: { annotations }, spec: { ...spec, restartPolicy: 'Never' as const } } }
  await cluster.create(Jobs, { metadata: { name: 'once' }, spec: { ...job, completions: 2 } })
  await cluster.create(CronJobs, {
    metadata: { name: 'often' },
    spec: { schedule: '*/10 * * * *', jobTemplate: { spec: job } },
  })
}

describe('allControllers', () => {
  it('work side by side, and say nothing when there is nothing to do', async (t) => {
    const cluster = await startCluster(t, { controllers: controllers(), nodes: 2 })
    await populate(cluster)
    await cluster.advance(60_000)
    assert.equal((await cluster.get(Deployments, 'web')).status.availableReplicas, 3)
    const [slice] = await cluster.list(EndpointSlices)
    assert.equal(slice!.endpoints.length, 3)
    assert.equal((await cluster.get(Jobs, 'once')).status.succeeded, 2)
    assert.equal((await cluster.get(Nodes, 'node-2')).spec.podCIDR?.endsWith('.0/24'), true)
    const writes = new Map<string, number>()
    await cluster.restart(controllers(), {
      afterWrite: (verb, { plural }) =>
        void writes.set(`${verb} ${plural}`, (writes.get(`${verb} ${plural}`) ?? 0) + 1),
    })
    await cluster.settle()
    writes.delete('create events')
    writes.delete('patch events')
    assert.deepEqual([...writes], [], 'a restart changes nothing')
    await cluster.advance(3_540_000)
    assert.equal((await cluster.list(Jobs)).length, 4, 'an hour of the CronJob, less what its history lets go')
    assert.deepEqual(cluster.complaints, [])
  })

  it('leave nothing of a namespace that is deleted', async (t) => {
    const cluster = await startCluster(t, { controllers: controllers(), nodes: 1 })
    await cluster.create(Namespaces, { metadata: { name: 'app' } })
    await cluster.settle()
    const template = makeTemplate('web', { spec: { nodeName: 'node-1' } })
    const deployment = makeDeployment('web', 5, { template })
    await cluster.create(Deployments, { ...deployment, metadata: { ...deployment.metadata, namespace: 'app' } })
    await cluster.settle()
    assert.equal((await cluster.list(Pods, 'app')).length, 5)
    await cluster.delete(Namespaces, await cluster.get(Namespaces, 'app'))
    await cluster.advance(60_000)
    assert.equal(await cluster.find(Namespaces, 'app'), undefined)
    assert.deepEqual(await cluster.list(Pods), [])
    assert.deepEqual(cluster.complaints, [])
  })
})
