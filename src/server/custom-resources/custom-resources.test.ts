import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TestServer } from '../server.test-helper.ts'
import { startTestServer } from '../server.test-helper.ts'

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const TABS = '/apis/stable.example.com/v1/namespaces/default/crontabs'
const merge = { 'content-type': 'application/merge-patch+json' }

const schema = {
  type: 'object',
  properties: {
    spec: {
      type: 'object',
      required: ['cron'],
      properties: {
        cron: { type: 'string', pattern: '^\\S+( \\S+){4}$' },
        replicas: { type: 'integer', minimum: 0, default: 1 },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        ports: {
          type: 'array',
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: { type: 'string' }, port: { type: 'integer' } } },
        },
      },
    },
    status: { type: 'object', properties: { replicas: { type: 'integer' }, selector: { type: 'string' } } },
  },
}

const version = (name: string, more: object = {}): object => ({
  name,
  served: true,
  storage: name === 'v1',
  schema: { openAPIV3Schema: schema },
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
  },
  additionalPrinterColumns: [{ name: 'Cron', type: 'string', jsonPath: '.spec.cron' }],
  selectableFields: [{ jsonPath: '.spec.cron' }],
  ...more,
})

const definition = (versions = [version('v1'), version('v1beta1')]): object => ({
  metadata: { name: 'crontabs.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'crontabs', kind: 'CronTab', shortNames: ['ct'] },
    versions,
  },
})

const tab = (name: string, spec: object = { cron: '* * * * *' }): object => ({
  apiVersion: 'stable.example.com/v1',
  kind: 'CronTab',
  metadata: { name },
  spec,
})

async function startDefined(): Promise<TestServer> {
  const server = await startTestServer()
  const { status, text } = await server.send(`POST ${DEFINITIONS}`, definition())
  assert.equal(status, 201, text)
  return server
}

describe('a definition', () => {
  it('is established as soon as it is there, and found in all ways', async () => {
    const { send } = await startTestServer()
    assert.equal((await send(`GET ${TABS}`)).status, 404)
    const { json } = await send(`POST ${DEFINITIONS}`, definition())
    assert.deepEqual(
      json.status.conditions.map((one: any) => [one.type, one.status]),
      [
        ['NamesAccepted', 'True'],
        ['Established', 'True'],
      ],
    )
    assert.deepEqual(json.status.storedVersions, ['v1'])
    assert.equal(json.status.acceptedNames.listKind, 'CronTabList')
    assert.deepEqual((await send(`GET ${TABS}`)).json.items, [])
    const group = (await send('GET /apis/stable.example.com')).json
    assert.deepEqual(
      group.versions.map((one: any) => one.version),
      ['v1', 'v1beta1'],
    )
    const { resources } = (await send('GET /apis/stable.example.com/v1')).json
    assert.deepEqual(
      resources.map((one: any) => one.name),
      ['crontabs', 'crontabs/status', 'crontabs/scale'],
    )
    const { definitions } = (await send('GET /openapi/v2')).json
    assert.equal(definitions['com.example.stable.v1.CronTab'].properties.spec.properties.cron.type, 'string')
    assert.match(
      definitions['com.example.stable.v1.CronTab'].properties.metadata.description,
      /^Standard object's metadata/,
    )
    const { components } = (await send('GET /openapi/v3/apis/stable.example.com/v1')).json
    assert.equal(components.schemas['com.example.stable.v1.CronTab'].properties.spec.properties.replicas.default, 1)
  })

  it('does not get a name that another one has', async () => {
    const { send } = await startDefined()
    const other = structuredClone(definition()) as any
    other.metadata.name = 'others.stable.example.com'
    other.spec.names = { plural: 'others', kind: 'Other', shortNames: ['ct'] }
    const { json } = await send(`POST ${DEFINITIONS}`, other)
    assert.deepEqual(
      json.status.conditions.map((one: any) => [one.type, one.status, one.reason]),
      [
        ['NamesAccepted', 'False', 'ShortNamesConflict'],
        ['Established', 'False', 'NotAccepted'],
      ],
    )
    assert.equal((await send('GET /apis/stable.example.com/v1/others')).status, 404)
  })

  it('is refused when it makes no sense', async () => {
    const { send } = await startTestServer()
    const wrong = structuredClone(definition([version('v1', { storage: false, schema: undefined })])) as any
    wrong.metadata.name = 'x.stable.example.com'
    const { status, json } = await send(`POST ${DEFINITIONS}`, wrong)
    assert.equal(status, 422)
    assert.deepEqual(
      json.details.causes.map((one: any) => one.field),
      ['metadata.name', 'spec.versions[0].schema.openAPIV3Schema', 'spec.versions'],
    )
  })

  it('takes its objects with it, and waits for those that have finalizers', async () => {
    const { send, clock } = await startDefined()
    await send(`POST ${TABS}`, tab('a'))
    await send(`POST ${TABS}`, { ...tab('b'), metadata: { name: 'b', finalizers: ['example.com/hold'] } })
    await send(`DELETE ${DEFINITIONS}/crontabs.stable.example.com`)
    const settle = async (): Promise<void> => {
      for (let i = 0; i < 5; i++) {
        await new Promise(setImmediate)
        await clock.advance(500)
      }
    }
    await settle()
    const { json } = await send(`GET ${TABS}`)
    assert.deepEqual(
      json.items.map((one: any) => one.metadata.name),
      ['b'],
    )
    const { status } = (await send(`GET ${DEFINITIONS}/crontabs.stable.example.com`)).json
    assert.equal(status.conditions.find((one: any) => one.type === 'Terminating').status, 'True')
    await send(`PATCH ${TABS}/b`, { metadata: { finalizers: null } }, merge)
    await settle()
    assert.equal((await send(`GET ${DEFINITIONS}/crontabs.stable.example.com`)).status, 404)
    assert.equal((await send(`GET ${TABS}`)).status, 404)
    assert.equal((await send('GET /apis/stable.example.com')).status, 404)
  })
})

describe('a custom resource', () => {
  it('is defaulted, pruned and validated by its schema', async () => {
    const { send } = await startDefined()
    const { json } = await send(`POST ${TABS}`, tab('a', { cron: '* * * * *', odd: 1, free: { x: { y: null } } }))
    assert.deepEqual(json.spec, { cron: '* * * * *', free: { x: { y: null } }, replicas: 1 })
    assert.equal(json.metadata.generation, 1)
    const strict = await send(`POST ${TABS}?fieldValidation=Strict`, {
      ...tab('b', { cron: '* * * * *', odd: 1 }),
      metadata: { name: 'b', strange: 1 },
    })
    assert.equal(strict.status, 400)
    assert.match(strict.json.message, /unknown field "metadata.strange", unknown field "spec.odd"$/)
    const wrong = await send(`POST ${TABS}`, tab('c', { cron: 'never', replicas: '3' }))
    assert.equal(wrong.status, 422)
    assert.deepEqual(
      wrong.json.details.causes.map((one: any) => [one.reason, one.field]),
      [
        ['FieldValueInvalid', 'spec.cron'],
        ['FieldValueInvalid', 'spec.replicas'],
      ],
    )
    const empty = await send(`POST ${TABS}`, tab('d', {}))
    assert.equal(empty.json.details.causes[0].reason, 'FieldValueRequired')
  })

  it('is the same in all its versions, in whichever it is stored', async () => {
    const { send, watch } = await startDefined()
    await send(`POST ${TABS}`, tab('a'))
    const beta = TABS.replace('/v1/', '/v1beta1/')
    assert.equal((await send(`GET ${beta}/a`)).json.apiVersion, 'stable.example.com/v1beta1')
    const { json: now } = await send(`GET ${DEFINITIONS}/crontabs.stable.example.com`)
    for (const one of now.spec.versions) one.storage = one.name === 'v1beta1'
    const updated = await send(`PUT ${DEFINITIONS}/crontabs.stable.example.com`, now)
    assert.deepEqual(updated.json.status.storedVersions, ['v1', 'v1beta1'])
    const { json } = await send(`GET ${TABS}`)
    assert.equal(json.items[0].apiVersion, 'stable.example.com/v1')
    const stream = await watch(`${beta}?watch=1`)
    await send(`PATCH ${TABS}/a`, { spec: { replicas: 2 } }, merge)
    await new Promise(setImmediate)
    assert.deepEqual(
      stream.events().map((one) => [one.type, one.object.apiVersion, one.object.spec.replicas]),
      [
        ['ADDED', 'stable.example.com/v1beta1', 1],
        ['MODIFIED', 'stable.example.com/v1beta1', 2],
      ],
    )
    stream.close()
  })

  it('has a status and a scale of its own', async () => {
    const { send } = await startDefined()
    const { json } = await send(`POST ${TABS}`, { ...tab('a'), status: { replicas: 9 } })
    assert.equal(json.status, undefined)
    const status = { status: { replicas: 3, selector: 'app=x' }, spec: { replicas: 8 } }
    const { json: shown } = await send(`PATCH ${TABS}/a/status`, status, merge)
    assert.equal(shown.spec.replicas, 1)
    assert.equal(shown.metadata.generation, 1)
    const { json: scale } = await send(`GET ${TABS}/a/scale`)
    assert.deepEqual([scale.spec, scale.status], [{ replicas: 1 }, { replicas: 3, selector: 'app=x' }])
    await send(`PATCH ${TABS}/a/scale`, { spec: { replicas: 5 } }, merge)
    const { json: scaled } = await send(`GET ${TABS}/a`)
    assert.equal(scaled.spec.replicas, 5)
    assert.equal(scaled.metadata.generation, 2)
  })

  it('is applied by the keys of its lists, and patched in no other way than JSON knows', async () => {
    const { send } = await startDefined()
    const apply = { 'content-type': 'application/apply-patch+yaml' }
    const port = (name: string): object => tab('a', { cron: '* * * * *', ports: [{ name, port: 1 }] })
    await send(`PATCH ${TABS}/a?fieldManager=x`, port('x'), apply)
    const { json } = await send(`PATCH ${TABS}/a?fieldManager=y`, port('y'), apply)
    assert.deepEqual(
      json.spec.ports.map((one: any) => one.name),
      ['x', 'y'],
    )
    const open = tab('b', { cron: '* * * * *', free: { text: 'x', list: [1] } })
    assert.equal((await send(`PATCH ${TABS}/b?fieldManager=x`, open, apply)).status, 201)
    const strategic = { 'content-type': 'application/strategic-merge-patch+json' }
    assert.equal((await send(`PATCH ${TABS}/a`, { spec: {} }, strategic)).status, 415)
  })

  it('is shown in its columns, chosen by its fields, and never in protobuf', async () => {
    const { send } = await startDefined()
    await send(`POST ${TABS}`, tab('a'))
    await send(`POST ${TABS}`, tab('b', { cron: '1 * * * *' }))
    const table = await send(`GET ${TABS}`, undefined, { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' })
    assert.deepEqual(
      table.json.columnDefinitions.map((one: any) => one.name),
      ['Name', 'Cron', 'Age'],
    )
    assert.equal(table.json.rows[1].cells[1], '1 * * * *')
    const chosen = await send(`GET ${TABS}?fieldSelector=${encodeURIComponent('spec.cron=1 * * * *')}`)
    assert.deepEqual(
      chosen.json.items.map((one: any) => one.metadata.name),
      ['b'],
    )
    const both = { accept: 'application/vnd.kubernetes.protobuf,application/json' }
    assert.equal((await send(`GET ${TABS}/a`, undefined, both)).headers['content-type'], 'application/json')
    const only = { accept: 'application/vnd.kubernetes.protobuf' }
    assert.equal((await send(`GET ${TABS}/a`, undefined, only)).status, 406)
  })
})
