import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { makeDeployment, makePod, makePodSpec } from '../../test/cluster/makers.ts'
import { Deployments } from '../api/apps/deployment.ts'
import { Jobs } from '../api/batch/job.ts'
import { ConfigMaps } from '../api/core/config-map.ts'
import { PersistentVolumeClaims } from '../api/core/persistent-volume-claim.ts'
import { Pods } from '../api/core/pod.ts'
import { ResourceQuotas } from '../api/core/resource-quota.ts'
import { Services } from '../api/core/service.ts'
import type { PodSpec, ResourceQuotaSpec } from '../api/core/v1.ts'
import type { Draft } from '../api/meta/schema.ts'
import { ClusterRoles } from '../api/rbac/cluster-role.ts'
import { clusterRoleAggregationController } from './cluster-role-aggregation.ts'
import { resourceQuotaController } from './resource-quota.ts'

const start = (t: Parameters<typeof startCluster>[0]): Promise<TestCluster> =>
  startCluster(t, {
    controllers: [
      resourceQuotaController({
        counted: [Pods, Services, PersistentVolumeClaims, ConfigMaps, ResourceQuotas, Deployments],
      }),
    ],
  })

async function limit(
  cluster: TestCluster,
  hard: Record<string, string>,
  more: Draft<ResourceQuotaSpec> = {},
): Promise<void> {
  await cluster.create(ResourceQuotas, { metadata: { name: 'quota' }, spec: { hard, ...more } })
}

async function used(cluster: TestCluster): Promise<unknown> {
  await cluster.advance(300_000)
  return (await cluster.get(ResourceQuotas, 'quota')).status.used
}

const asking = (requests: Record<string, string>, limits: Record<string, string> = {}): Draft<PodSpec> => ({
  containers: [{ name: 'main', image: 'main', resources: { requests, limits } }],
})

describe('resourceQuotaController', () => {
  it('adds up what Pods ask for, until they end', async (t) => {
    const cluster = await start(t)
    await limit(cluster, {
      pods: '5',
      cpu: '2',
      'requests.memory': '1Gi',
      'limits.cpu': '4',
      'requests.example.com/gpu': '3',
    })
    assert.deepEqual(await used(cluster), {
      pods: '0',
      cpu: '0',
      'requests.memory': '0',
      'limits.cpu': '0',
      'requests.example.com/gpu': '0',
    })
    await cluster.create(
      Pods,
      makePod('a', {
        spec: asking({ cpu: '250m', memory: '64Mi', 'example.com/gpu': '1' }, { cpu: '1', 'example.com/gpu': '1' }),
      }),
    )
    await cluster.create(Pods, makePod('b', { spec: asking({ cpu: '500m', memory: '64Mi' }) }))
    assert.deepEqual(await used(cluster), {
      pods: '2',
      cpu: '750m',
      'requests.memory': '128Mi',
      'limits.cpu': '1',
      'requests.example.com/gpu': '1',
    })
    await cluster.patch(Pods, { name: 'a' }, { status: { phase: 'Succeeded' } }, 'status')
    assert.deepEqual(await used(cluster), {
      pods: '1',
      cpu: '500m',
      'requests.memory': '64Mi',
      'limits.cpu': '0',
      'requests.example.com/gpu': '0',
    })
    await cluster.delete(Pods, await cluster.get(Pods, 'b'), { gracePeriodSeconds: 0 })
    assert.equal(((await used(cluster)) as Record<string, string>)['pods'], '0')
    assert.deepEqual((await cluster.get(ResourceQuotas, 'quota')).status.hard!['pods'], '5')
    assert.deepEqual(cluster.complaints, [])
  })

  it('counts objects by their kinds, in its own namespace alone', async (t) => {
    const cluster = await start(t)
    await limit(cluster, {
      configmaps: '9',
      'count/configmaps': '9',
      resourcequotas: '1',
      'count/deployments.apps': '2',
      'count/jobs.batch': '2',
    })
    await cluster.create(ConfigMaps, { metadata: { name: 'here' } })
    await cluster.create(ConfigMaps, { metadata: { name: 'there', namespace: 'kube-system' } })
    await cluster.create(Deployments, makeDeployment('web', 1))
    await cluster.create(Jobs, {
      metadata: { name: 'job' },
      spec: { template: { spec: makePodSpec({ restartPolicy: 'Never' }) } },
    })
    await cluster.advance(31_000)
    assert.deepEqual(await used(cluster), {
      configmaps: '1',
      'count/configmaps': '1',
      resourcequotas: '1',
      'count/deployments.apps': '1',
      'count/jobs.batch': '1',
    })
  })

  it('counts the ports of Services, and storage by its class', async (t) => {
    const cluster = await start(t)
    const gold = 'gold.storageclass.storage.k8s.io/requests.storage'
    await limit(cluster, {
      services: '9',
      'services.nodeports': '9',
      'services.loadbalancers': '9',
      'requests.storage': '9Gi',
      [gold]: '9Gi',
    })
    const ports = [
      { name: 'a', port: 80 },
      { name: 'b', port: 81 },
    ]
    await cluster.create(Services, { metadata: { name: 'node' }, spec: { type: 'NodePort', ports } })
    await cluster.create(Services, {
      metadata: { name: 'balanced' },
      spec: { type: 'LoadBalancer', ports, allocateLoadBalancerNodePorts: false },
    })
    for (const [name, storageClassName] of [
      ['plain', 'silver'],
      ['fine', 'gold'],
    ] as const) {
      const spec = {
        accessModes: ['ReadWriteOnce' as const],
        storageClassName,
        resources: { requests: { storage: '1Gi' } },
      }
      await cluster.create(PersistentVolumeClaims, { metadata: { name }, spec })
    }
    assert.deepEqual(await used(cluster), {
      services: '2',
      'services.nodeports': '2',
      'services.loadbalancers': '1',
      'requests.storage': '2Gi',
      [gold]: '1Gi',
    })
  })

  for (const [scope, name] of [
    ['BestEffort', 'idle'],
    ['NotBestEffort', 'busy'],
    ['Terminating', 'bounded'],
  ] as const) {
    it(`counts only the Pods of its scope ${scope}`, async (t) => {
      const cluster = await start(t)
      await limit(cluster, { pods: '5' }, { scopes: [scope] })
      if (scope !== 'NotBestEffort') await cluster.create(Pods, makePod('idle'))
      if (scope !== 'Terminating') await cluster.create(Pods, makePod('busy', { spec: asking({ cpu: '1' }) }))
      if (scope === 'Terminating')
        await cluster.create(Pods, makePod('bounded', { spec: { activeDeadlineSeconds: 60 } }))
      assert.ok(await cluster.find(Pods, name))
      assert.deepEqual(await used(cluster), { pods: '1' })
    })
  }
})

describe('clusterRoleAggregationController', () => {
  it('gathers the rules of the roles that it chooses, and follows them', async (t) => {
    const cluster = await startCluster(t, { controllers: [clusterRoleAggregationController] })
    const rule = (resource: string) => ({ apiGroups: [''], resources: [resource], verbs: ['get'] })
    await cluster.create(ClusterRoles, {
      metadata: { name: 'all' },
      aggregationRule: { clusterRoleSelectors: [{ matchLabels: { part: 'yes' } }] },
      rules: [],
    })
    for (const name of ['b', 'a']) {
      await cluster.create(ClusterRoles, { metadata: { name, labels: { part: 'yes' } }, rules: [rule(name)] })
    }
    await cluster.create(ClusterRoles, { metadata: { name: 'c' }, rules: [rule('c')] })
    await cluster.settle()
    const resources = async (): Promise<string[]> =>
      (await cluster.get(ClusterRoles, 'all')).rules!.flatMap((one) => one.resources ?? [])
    assert.deepEqual(await resources(), ['a', 'b'])
    await cluster.patch(ClusterRoles, { name: 'a' }, { metadata: { labels: { part: 'no' } } })
    await cluster.settle()
    assert.deepEqual(await resources(), ['b'])
  })
})
