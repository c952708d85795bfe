import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ResourceQuotas } from '../../api/core/resource-quota.ts'
import { objectReader } from '../rest/object-reader.ts'
import { statusWriter } from '../rest/status-writer.ts'
import type { TestServer } from '../server.test-helper.ts'
import { makeConfigMap, makePod, startTestServer } from '../server.test-helper.ts'
import type { AdmissionPlugin } from './admission.ts'
import { resourceQuota } from './resource-quota.ts'

const PODS = '/api/v1/namespaces/default/pods'
const MAPS = '/api/v1/namespaces/default/configmaps'
const QUOTAS = '/api/v1/namespaces/default/resourcequotas'
const merge = { 'content-type': 'application/merge-patch+json' }

/** A server with one quota, counted already. */
async function startLimited(hard: Record<string, string>, spec: object = {}): Promise<TestServer> {
  const admission: AdmissionPlugin[] = []
  const server = await startTestServer({ admission })
  const { store, clock, send } = server
  await send(`POST ${QUOTAS}`, { metadata: { name: 'quota' }, spec: { hard, ...spec } })
  const used = Object.fromEntries(Object.keys(hard).map((name) => [name, '0']))
  await send(`PATCH ${QUOTAS}/quota/status`, { status: { hard, used } }, merge)
  admission.push(resourceQuota(objectReader(store), clock, statusWriter(store)))
  return server
}

const used = async ({ api }: TestServer): Promise<unknown> =>
  (await api.get(ResourceQuotas, { namespace: 'default', name: 'quota' })).status.used

const asking = (cpu: string): object => ({
  containers: [{ name: 'main', image: 'i', resources: { requests: { cpu } } }],
})

describe('resourceQuota', () => {
  it('charges what is created, and refuses what is too much', async () => {
    const server = await startLimited({ pods: '2', cpu: '1' })
    const { send } = server
    assert.equal((await send(`POST ${PODS}`, makePod('a', asking('600m')))).status, 201)
    const refused = await send(`POST ${PODS}`, makePod('b', asking('500m')))
    assert.equal(refused.status, 403)
    assert.match(
      refused.json.message,
      /pods "b" is forbidden: exceeded quota: quota, requested: cpu=500m, used: cpu=600m, limited: cpu=1 /,
    )
    assert.deepEqual(await used(server), { pods: '1', cpu: '600m' })
    assert.equal((await send(`POST ${PODS}`, makePod('c', asking('400m')))).status, 201)
    assert.deepEqual(await used(server), { pods: '2', cpu: '1' })
  })

  it('lets through no more than fit, however many come at once', async () => {
    const server = await startLimited({ configmaps: '3' })
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => server.send(`POST ${MAPS}`, makeConfigMap(`m${i}`))),
    )
    assert.equal(answers.filter(({ status }) => status === 201).length, 3)
    assert.deepEqual(await used(server), { configmaps: '3' })
  })

  it('charges nothing for a name that is taken, nor for a dry run', async () => {
    const server = await startLimited({ configmaps: '5' })
    await server.send(`POST ${MAPS}`, makeConfigMap('a'))
    assert.equal((await server.send(`POST ${MAPS}`, makeConfigMap('a'))).status, 409)
    assert.equal((await server.send(`POST ${MAPS}?dryRun=All`, makeConfigMap('b'))).status, 201)
    assert.deepEqual(await used(server), { configmaps: '1' })
  })

  it('wants to know how much, where that is limited', async () => {
    const { send } = await startLimited({ 'requests.memory': '1Gi', 'limits.cpu': '1' })
    const { json } = await send(`POST ${PODS}`, makePod('a'))
    assert.match(json.message, /failed quota: quota: must specify limits.cpu for: main; requests.memory for: main$/)
  })

  it('looks only at the Pods of its scope', async () => {
    const server = await startLimited({ pods: '1' }, { scopes: ['BestEffort'] })
    assert.equal((await server.send(`POST ${PODS}`, makePod('a', asking('1')))).status, 201)
    assert.deepEqual(await used(server), { pods: '0' })
    assert.equal((await server.send(`POST ${PODS}`, makePod('b'))).status, 201)
    assert.equal((await server.send(`POST ${PODS}`, makePod('c'))).status, 403)
  })

  it('charges a Service for what it grows by', async () => {
    const server = await startLimited({ services: '2', 'services.nodeports': '1' })
    const path = '/api/v1/namespaces/default/services'
    const ports = [{ port: 80, name: 'a' }]
    await server.send(`POST ${path}`, { metadata: { name: 's' }, spec: { ports } })
    assert.equal((await server.send(`PATCH ${path}/s`, { spec: { type: 'NodePort' } }, merge)).status, 200)
    assert.deepEqual(await used(server), { services: '1', 'services.nodeports': '1' })
    const two = { spec: { ports: [...ports, { port: 81, name: 'b' }] } }
    assert.equal((await server.send(`PATCH ${path}/s`, two, merge)).status, 403)
  })

  it('asks nothing of what takes nothing, even where too much is taken already', async () => {
    const server = await startLimited({ 'services.loadbalancers': '0', services: '5' })
    const status = { used: { 'services.loadbalancers': '2', services: '2' } }
    await server.send(`PATCH ${QUOTAS}/quota/status`, { status }, merge)
    const plain = { metadata: { name: 's' }, spec: { ports: [{ port: 80 }] } }
    assert.equal((await server.send('POST /api/v1/namespaces/default/services', plain)).status, 201)
    assert.deepEqual(await used(server), { 'services.loadbalancers': '2', services: '3' })
  })

  it('waits until a quota has been counted', async () => {
    const server = await startLimited({ pods: '1' })
    await server.send(`PATCH ${QUOTAS}/quota/status`, { status: { hard: null, used: null } }, merge)
    assert.match(
      (await server.send(`POST ${PODS}`, makePod('a'))).json.message,
      /status unknown for quota: quota, resources: pods$/,
    )
  })
})
