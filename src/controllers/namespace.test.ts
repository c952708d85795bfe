import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../test/cluster/cluster.ts'
import type { TestCluster } from '../../test/cluster/cluster.ts'
import { crashAtEveryWrite } from '../../test/cluster/crash.ts'
import { makePodSpec } from '../../test/cluster/makers.ts'
import { ConfigMaps } from '../api/core/config-map.ts'
import { Namespaces } from '../api/core/namespace.ts'
import { Pods } from '../api/core/pod.ts'
import { Secrets } from '../api/core/secret.ts'
import { ServiceAccounts } from '../api/core/service-account.ts'
import type { Namespace } from '../api/core/v1.ts'
import { findCondition } from './conditions.ts'
import { namespaceController } from './namespace.ts'
import { rootCaController } from './root-ca.ts'
import { serviceAccountController } from './service-account.ts'

async function fill(cluster: TestCluster, options: { pod?: boolean; finalizers?: string[] } = {}): Promise<Namespace> {
  const namespace = await cluster.create(Namespaces, { metadata: { name: 'app' } })
  const { finalizers = [] } = options
  await cluster.create(ConfigMaps, { metadata: { namespace: 'app', name: 'settings', finalizers } })
  await cluster.create(Secrets, { metadata: { namespace: 'app', name: 'key' } })
  if (options.pod === true) {
    const spec = makePodSpec({ nodeName: 'node-1', terminationGracePeriodSeconds: 30 })
    await cluster.create(Pods, { metadata: { namespace: 'app', name: 'pod' }, spec })
  }
  return namespace
}

const conditionOf = (namespace: Namespace, type: string): string | undefined =>
  findCondition(namespace.status.conditions, type)?.message

describe('namespaceController', () => {
  it('empties a namespace that is deleted, and only that one', async (t) => {
    const cluster = await startCluster(t, { controllers: [namespaceController()] })
    await cluster.create(ConfigMaps, { metadata: { name: 'elsewhere' } })
    const namespace = await fill(cluster)
    await cluster.settle()
    assert.equal((await cluster.list(ConfigMaps)).length, 2)
    await cluster.delete(Namespaces, namespace)
    await cluster.settle()
    assert.equal(await cluster.find(Namespaces, 'app'), undefined)
    assert.deepEqual(
      (await cluster.list(ConfigMaps)).map((map) => map.metadata.name),
      ['elsewhere'],
    )
    assert.deepEqual(await cluster.list(Secrets), [])
    assert.deepEqual(cluster.complaints, [])
  })

  it('ends the Pods before it takes away what they may need', async (t) => {
    const cluster = await startCluster(t, { controllers: [namespaceController()], nodes: { count: 1, stopMs: 25_000 } })
    const namespace = await fill(cluster, { pod: true })
    await cluster.settle()
    await cluster.delete(Namespaces, namespace)
    await cluster.advance(20_000)
    const ending = await cluster.get(Namespaces, 'app')
    assert.equal(ending.status.phase, 'Terminating')
    assert.equal(
      conditionOf(ending, 'NamespaceContentRemaining'),
      'Some resources are remaining: pods. has 1 resource instances',
    )
    assert.equal((await cluster.list(Secrets, 'app')).length, 1)
    await cluster.advance(6000)
    assert.equal(await cluster.find(Namespaces, 'app'), undefined, 'the going of the last Pod is seen at once')
  })

  it('says which finalizers hold it', async (t) => {
    const cluster = await startCluster(t, { controllers: [namespaceController()] })
    const namespace = await fill(cluster, { finalizers: ['test/hold'] })
    await cluster.delete(Namespaces, namespace)
    await cluster.advance(5000)
    const held = await cluster.get(Namespaces, 'app')
    assert.equal(
      conditionOf(held, 'NamespaceContentRemaining'),
      'Some resources are remaining: configmaps. has 1 resource instances',
    )
    assert.equal(
      conditionOf(held, 'NamespaceFinalizersRemaining'),
      'Some content in the namespace has finalizers remaining: test/hold in 1 resource instances',
    )
    const decision = cluster.decisions.find((one) => one.reason === 'ContentRemains')
    assert.deepEqual(
      decision?.because.map((one) => one.message),
      ['1 configmaps are left', '1 objects are held by the finalizer test/hold'],
    )
    await cluster.patch(ConfigMaps, { namespace: 'app', name: 'settings' }, { metadata: { finalizers: [] } })
    await cluster.advance(20_000)
    assert.equal(await cluster.find(Namespaces, 'app'), undefined)
  })

  it('makes nothing new in a namespace that ends', async (t) => {
    const controllers = [serviceAccountController, rootCaController('PEM')]
    const cluster = await startCluster(t, { controllers })
    const namespace = await fill(cluster)
    await cluster.settle()
    await cluster.delete(Namespaces, namespace)
    await cluster.delete(ServiceAccounts, await cluster.get(ServiceAccounts, 'default', 'app'))
    await cluster.settle()
    assert.equal(await cluster.find(ServiceAccounts, 'default', 'app'), undefined)
    assert.deepEqual(cluster.complaints, [])
  })

  it('ends as it should wherever it is cut off', (t) =>
    crashAtEveryWrite(t, {
      controllers: () => [namespaceController()],
      counts: ({ plural }) => ['namespaces', 'configmaps', 'secrets'].includes(plural),
      lifeMs: 1000,
      async arrange(cluster) {
        await cluster.delete(Namespaces, await fill(cluster))
      },
      check: async (cluster) => assert.equal(await cluster.find(Namespaces, 'app'), undefined),
    }))
})

describe('serviceAccountController', () => {
  it('gives every namespace its default account, again when it was deleted', async (t) => {
    const cluster = await startCluster(t, { controllers: [serviceAccountController] })
    await cluster.create(Namespaces, { metadata: { name: 'app' } })
    await cluster.settle()
    const accounts = await cluster.list(ServiceAccounts)
    assert.deepEqual(
      accounts.map((account) => `${account.metadata.namespace}/${account.metadata.name}`),
      ['app/default', 'default/default', 'kube-node-lease/default', 'kube-system/default'],
    )
    assert.equal(accounts[0]!.metadata.ownerReferences, undefined)
    await cluster.delete(ServiceAccounts, accounts[0]!)
    await cluster.settle()
    const again = await cluster.get(ServiceAccounts, 'default', 'app')
    assert.notEqual(again.metadata.uid, accounts[0]!.metadata.uid)
  })
})

describe('rootCaController', () => {
  const get = (cluster: TestCluster) => cluster.get(ConfigMaps, 'kube-root-ca.crt', 'app')

  it('publishes the certificate in every namespace, and puts back what was changed or deleted', async (t) => {
    const cluster = await startCluster(t, { controllers: [rootCaController('PEM')] })
    await cluster.create(Namespaces, { metadata: { name: 'app' } })
    await cluster.settle()
    const map = await get(cluster)
    assert.deepEqual(map.data, { 'ca.crt': 'PEM' })
    await cluster.patch(ConfigMaps, map, { data: { 'ca.crt': 'FALSE', more: '1' } })
    await cluster.settle()
    assert.deepEqual((await get(cluster)).data, { 'ca.crt': 'PEM' })
    await cluster.delete(ConfigMaps, map)
    await cluster.settle()
    assert.deepEqual((await get(cluster)).data, { 'ca.crt': 'PEM' })
    assert.deepEqual(cluster.complaints, [])
  })

  it('takes up a new certificate at its start', async (t) => {
    const cluster = await startCluster(t, { controllers: [rootCaController('OLD')] })
    await cluster.create(Namespaces, { metadata: { name: 'app' } })
    await cluster.settle()
    await cluster.restart([rootCaController('NEW')])
    await cluster.settle()
    assert.deepEqual((await get(cluster)).data, { 'ca.crt': 'NEW' })
  })
})
