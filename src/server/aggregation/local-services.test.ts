import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { silentLogger } from '../../lib/log.ts'
import { objectReader } from '../rest/object-reader.ts'
import type { TestServer } from '../server.test-helper.ts'
import { startTestServer } from '../server.test-helper.ts'
import { keepLocalServices } from './local-services.ts'

const SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices'
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const merge = { 'content-type': 'application/merge-patch+json' }

async function startKeeping(): Promise<TestServer> {
  const server = await startTestServer()
  await keepLocalServices({ reader: objectReader(server.store), api: server.api, log: silentLogger })
  return server
}

const definition = (plural: string, versions: string[]): object => ({
  metadata: { name: `${plural}.example.com` },
  spec: {
    group: 'example.com',
    scope: 'Cluster',
    names: { plural, kind: plural },
    versions: versions.map((name, index) => ({
      name,
      served: true,
      storage: index === 0,
      schema: { openAPIV3Schema: { type: 'object' } },
    })),
  },
})

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await new Promise(setImmediate)
}

const custom = async ({ send }: TestServer): Promise<string[]> => {
  await settle()
  const { items } = (await send(`GET ${SERVICES}`)).json
  return items.map((one: any) => one.metadata.name).filter((name: string) => name.endsWith('.example.com'))
}

describe('keepLocalServices', () => {
  it('makes one for each version that is built in, available from the beginning', async () => {
    const { send } = await startKeeping()
    const { items } = (await send(`GET ${SERVICES}`)).json
    const names = items.map((one: any) => one.metadata.name)
    assert.ok(names.includes('v1.') && names.includes('v1.apps') && names.includes('v2.autoscaling'))
    assert.ok(!names.includes('v1.apiregistration.k8s.io'))
    const apps = items.find((one: any) => one.metadata.name === 'v1.apps')
    assert.deepEqual(apps.spec, { group: 'apps', version: 'v1', groupPriorityMinimum: 17_800, versionPriority: 15 })
    assert.equal(apps.status.conditions[0].reason, 'Local')
  })

  it('makes anew what is deleted, and leaves alone where a built-in version is moved to', async () => {
    const { send } = await startKeeping()
    const { uid } = (await send(`GET ${SERVICES}/v1.apps`)).json.metadata
    await send(`DELETE ${SERVICES}/v1.apps`)
    await settle()
    const again = (await send(`GET ${SERVICES}/v1.apps`)).json
    assert.notEqual(again.metadata.uid, uid)
    await send(`PATCH ${SERVICES}/v1.batch`, { spec: { versionPriority: 7 } }, merge)
    await settle()
    assert.equal((await send(`GET ${SERVICES}/v1.batch`)).json.spec.versionPriority, 7)
  })

  it('follows the definitions of custom resources', async () => {
    const server = await startKeeping()
    const { send } = server
    await send(`POST ${DEFINITIONS}`, definition('as', ['v1', 'v2']))
    await send(`POST ${DEFINITIONS}`, definition('bs', ['v2']))
    assert.deepEqual(await custom(server), ['v1.example.com', 'v2.example.com'])
    await send(`PATCH ${SERVICES}/v1.example.com`, { spec: { versionPriority: 7 } }, merge)
    await settle()
    assert.equal((await send(`GET ${SERVICES}/v1.example.com`)).json.spec.versionPriority, 100)
    await send(`DELETE ${DEFINITIONS}/as.example.com`)
    await server.clock.advance(1000)
    assert.deepEqual(await custom(server), ['v2.example.com'])
    await send(`DELETE ${DEFINITIONS}/bs.example.com`)
    await server.clock.advance(1000)
    assert.deepEqual(await custom(server), [])
  })
})
