import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { untypedKind } from '../../client/untyped-kind.ts'
import { WherryError } from '../../lib/errors.ts'
import type { TestServer } from '../server.test-helper.ts'
import { startTestServer } from '../server.test-helper.ts'

const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const DEFINITION = `${DEFINITIONS}/doors.stable.example.com`
const V1 = '/apis/stable.example.com/v1/namespaces/default/doors'
const V2 = '/apis/stable.example.com/v2/namespaces/default/doors'
const merge = { 'content-type': 'application/merge-patch+json' }
const apply = { 'content-type': 'application/apply-patch+yaml' }

const text = { type: 'string' }

const version = (name: string, properties: object, storage: boolean, fields: string[]): object => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: { type: 'object', properties } },
  selectableFields: fields.map((jsonPath) => ({ jsonPath })),
})

const versions = (stored: 'v1' | 'v2'): object[] => [
  version('v1', { hostPort: text, color: { ...text, default: 'red' } }, stored === 'v1', ['.hostPort']),
  version('v2', { host: text, port: text, color: text }, stored === 'v2', ['.host', '.port']),
]

const definition = (conversion: object): object => ({
  metadata: { name: 'doors.stable.example.com' },
  spec: {
    group: 'stable.example.com',
    scope: 'Namespaced',
    names: { plural: 'doors', kind: 'Door' },
    versions: versions('v1'),
    conversion,
  },
})

const byHook = (more: object = {}): object => ({
  strategy: 'Webhook',
  webhook: {
    clientConfig: { url: 'https://hooks.example.com/convert' },
    conversionReviewVersions: ['v1', 'v1beta1'],
    ...more,
  },
})

const door = (version: 'v1' | 'v2', name: string, fields: object): object => ({
  apiVersion: `stable.example.com/${version}`,
  kind: 'Door',
  metadata: { name },
  ...fields,
})

/** Splits and joins `hostPort`, as upstream's example does. */
function convertDoor({ hostPort, host, port, ...object }: any, apiVersion: string): any {
  if (apiVersion.endsWith('/v2')) {
    const [first, second] = (hostPort ?? '').split(':')
    return { ...object, apiVersion, ...(first ? { host: first } : {}), ...(second ? { port: second } : {}) }
  }
  return { ...object, apiVersion, ...(host === undefined ? {} : { hostPort: `${host}:${port ?? ''}` }) }
}

interface Doors extends TestServer {
  /** The requests so far. */
  readonly asked: any[]
  /** What is done with an answer's converted objects before it is sent. */
  answer: (objects: any[]) => object | Promise<object>
}

async function startDoors(conversion: object = byHook()): Promise<Doors> {
  const asked: any[] = []
  const server = await startTestServer({
    callHook: async (client, body) => {
      assert.equal(client.url, 'https://hooks.example.com/convert')
      const review = JSON.parse(body)
      asked.push(review)
      const { uid, objects, desiredAPIVersion } = review.request
      const answer = await doors.answer(objects.map((object: any) => convertDoor(object, desiredAPIVersion)))
      return JSON.stringify({ ...review, request: undefined, response: { uid, ...answer } })
    },
  })
  const doors: Doors = {
    ...server,
    asked,
    answer: (convertedObjects) => ({ convertedObjects, result: { status: 'Success' } }),
  }
  const { status, text } = await server.send(`POST ${DEFINITIONS}`, definition(conversion))
  assert.equal(status, 201, text)
  return doors
}

const turns = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await new Promise(setImmediate)
}

describe('a custom resource that somebody converts', () => {
  it('is stored in one version, and read and written in all', async () => {
    const { send, asked } = await startDoors()
    const { json: made, status } = await send(`POST ${V2}`, door('v2', 'a', { host: 'h', port: '80' }))
    assert.equal(status, 201)
    assert.deepEqual(
      [made.apiVersion, made.host, made.port, made.hostPort],
      ['stable.example.com/v2', 'h', '80', undefined],
    )
    assert.equal((await send(`GET ${V1}/a`)).json.hostPort, 'h:80')
    assert.equal(asked[0].apiVersion, 'apiextensions.k8s.io/v1')
    assert.equal(asked[0].request.desiredAPIVersion, 'stable.example.com/v1')
    await send(`PUT ${V2}/a`, { ...made, port: '81' })
    assert.equal((await send(`PATCH ${V1}/a`, { hostPort: 'x:82' }, merge)).json.hostPort, 'x:82')
    const { json } = await send(`PATCH ${V2}/a`, { host: 'y' }, merge)
    assert.deepEqual([json.host, json.port, json.metadata.uid], ['y', '82', made.metadata.uid])
    const { status: applied, text } = await send(`PATCH ${V2}/b?fieldManager=x`, door('v2', 'b', { host: 'b' }), apply)
    assert.equal(applied, 201, text)
    assert.equal((await send(`GET ${V1}/b`)).json.hostPort, 'b:')
    assert.equal((await send(`DELETE ${V2}/b`)).status, 200)
    assert.deepEqual((await send(`GET ${DEFINITION}`)).json.status.storedVersions, ['v1'])
  })

  it('asks nobody in the version in which it is stored', async () => {
    const { send, asked, watch } = await startDoors()
    await send(`POST ${V1}`, door('v1', 'a', { hostPort: 'h:80' }))
    await send(`PATCH ${V1}/a`, { hostPort: 'h:81' }, merge)
    await send(`GET ${V1}`)
    const stream = await watch(`${V1}?watch=1`)
    await turns()
    assert.equal(stream.events().length, 1)
    stream.close()
    assert.equal(asked.length, 0)
  })

  it('is listed with one question for all, whichever version each is stored in', async () => {
    const { send, asked } = await startDoors()
    await send(`POST ${V1}`, door('v1', 'a', { hostPort: 'a:80' }))
    await send(`POST ${V1}`, door('v1', 'b', { hostPort: 'b:80' }))
    const { json: now } = await send(`GET ${DEFINITION}`)
    await send(`PUT ${DEFINITION}`, { ...now, spec: { ...now.spec, versions: versions('v2') } })
    await send(`POST ${V2}`, door('v2', 'c', { host: 'c', port: '80' }))
    asked.length = 0
    const { json } = await send(`GET ${V2}`)
    assert.deepEqual(
      json.items.map((one: any) => [one.apiVersion, one.host, one.port, one.color]),
      [
        ['stable.example.com/v2', 'a', '80', 'red'],
        ['stable.example.com/v2', 'b', '80', 'red'],
        ['stable.example.com/v2', 'c', '80', undefined],
      ],
    )
    assert.deepEqual(
      asked.map(({ request }) => request.objects.map((one: any) => one.metadata.name)),
      [['a', 'b']],
    )
    await send(`GET ${V2}`)
    assert.equal(asked.length, 1, 'what is known is not asked for again')
    const { json: first } = await send(`GET ${V1}`)
    assert.deepEqual(
      first.items.map((one: any) => one.hostPort),
      ['a:80', 'b:80', 'c:80'],
    )
  })

  it('moves to the stored version of today when it is written, even unchanged', async () => {
    const { send, asked } = await startDoors()
    await send(`POST ${V1}`, door('v1', 'a', { hostPort: 'a:80' }))
    const { json: now } = await send(`GET ${DEFINITION}`)
    const { json: next } = await send(`PUT ${DEFINITION}`, { ...now, spec: { ...now.spec, versions: versions('v2') } })
    assert.deepEqual(next.status.storedVersions, ['v1', 'v2'])
    const { json: before } = await send(`GET ${V2}/a`)
    const { json: after } = await send(`PUT ${V2}/a`, before)
    assert.notEqual(after.metadata.resourceVersion, before.metadata.resourceVersion)
    asked.length = 0
    assert.equal((await send(`GET ${V2}/a`)).json.host, 'a')
    assert.equal(asked.length, 0)
  })

  it('is watched in the order in which it changed, however long each conversion takes', async () => {
    const doors = await startDoors()
    const { send, watch } = doors
    await send(`POST ${V1}`, door('v1', 'a', { hostPort: 'a:1' }))
    const slow = Promise.withResolvers<void>()
    const { answer } = doors
    doors.answer = async (objects) => {
      if (objects[0].port === '1') await slow.promise
      return answer(objects)
    }
    const stream = await watch(
      `${V2}?watch=1&allowWatchBookmarks=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan`,
    )
    await send(`PATCH ${V1}/a`, { hostPort: 'a:2' }, merge)
    await send(`DELETE ${V1}/a`)
    await turns()
    assert.deepEqual(stream.events(), [])
    slow.resolve()
    await turns()
    assert.deepEqual(
      stream.events().map((one) => [one.type, one.object.apiVersion, one.object.port]),
      [
        ['ADDED', 'stable.example.com/v2', '1'],
        ['BOOKMARK', 'stable.example.com/v2', undefined],
        ['MODIFIED', 'stable.example.com/v2', '2'],
        ['DELETED', 'stable.example.com/v2', '2'],
      ],
    )
    stream.close()
  })

  it('is told to callers in this process before their watch has begun', async () => {
    const { send, api } = await startDoors()
    await send(`POST ${V1}`, door('v1', 'a', { hostPort: 'a:1' }))
    const about = { group: 'stable.example.com', version: 'v2', plural: 'doors', kind: 'Door', namespaced: true }
    const kind = untypedKind({ ...about, verbs: ['list', 'watch'] })
    const told: unknown[] = []
    const stop = new AbortController()
    const tell = (events: Iterable<any>): void => {
      for (const { type, object } of events) told.push([type, object?.apiVersion, object?.host])
    }
    await api.watch(kind, { sendInitialEvents: true, signal: stop.signal, onEvents: tell, onEnd: () => {} })
    const first = ['ADDED', 'stable.example.com/v2', 'a']
    assert.deepEqual(told, [first, ['BOOKMARK', undefined, undefined]])
    const { items } = await api.list(kind)
    assert.equal((items[0] as any).port, '1')
    assert.ok(Object.isFrozen(items[0]))
    stop.abort()
  })

  it('is chosen by the fields of each version', async () => {
    const { send, watch } = await startDoors()
    const beginning = `watch=1&resourceVersion=${(await send(`GET ${V2}`)).json.metadata.resourceVersion}`
    const byHost = await watch(`${V2}?${beginning}&fieldSelector=host%3Dh`)
    const byBoth = await watch(`${V2}?${beginning}&fieldSelector=host%3Dh,port%3D80`)
    const joined = await watch(`${V1}?${beginning}&fieldSelector=hostPort%3Dh%3A80`)
    await send(`POST ${V2}`, door('v2', 'a', { host: 'h', port: '80' }))
    await send(`POST ${V2}`, door('v2', 'b', { host: 'h', port: '81' }))
    await send(`POST ${V2}`, door('v2', 'c', { host: 'i' }))
    const names = async (path: string): Promise<string[]> =>
      (await send(`GET ${path}`)).json.items.map((one: any) => one.metadata.name)
    assert.deepEqual(await names(`${V2}?fieldSelector=host%3Dh`), ['a', 'b'])
    assert.deepEqual(await names(`${V2}?fieldSelector=host%3Dh,port%3D80`), ['a'])
    assert.deepEqual(await names(`${V1}?fieldSelector=hostPort%3Dh%3A81`), ['b'])
    assert.equal((await send(`GET ${V1}?fieldSelector=host%3Dh`)).status, 400)
    await send(`DELETE ${V2}?fieldSelector=host%3Dh,port%3D80`)
    await send(`PATCH ${V2}/b`, { host: 'i' }, merge)
    await turns()
    const told = (stream: typeof byHost): string[] =>
      stream.events().map(({ type, object }) => `${type} ${object.metadata.name} ${object.host ?? object.hostPort}`)
    assert.deepEqual(told(byHost), ['ADDED a h', 'ADDED b h', 'DELETED a h', 'DELETED b h'])
    assert.deepEqual(told(byBoth), ['ADDED a h', 'DELETED a h'])
    assert.deepEqual(told(joined), ['ADDED a h:80', 'DELETED a h:80'])
    for (const stream of [byHost, byBoth, joined]) stream.close()
  })

  it('keeps its metadata but for labels and annotations', async () => {
    const doors = await startDoors()
    const { send, answer } = doors
    await send(`POST ${V1}`, {
      ...door('v1', 'a', { hostPort: 'a:1' }),
      metadata: { name: 'a', finalizers: ['x.io/y'] },
    })
    doors.answer = (objects) =>
      answer(
        objects.map((one) => ({
          ...one,
          metadata: { name: 'a', namespace: 'default', uid: one.metadata.uid, labels: { is: 'new' } },
        })),
      )
    const { metadata } = (await send(`GET ${V2}/a`)).json
    assert.deepEqual([metadata.labels, metadata.finalizers, metadata.generation], [{ is: 'new' }, ['x.io/y'], 1])
    assert.equal((await send(`GET ${V2}?labelSelector=is%3Dnew`)).json.items.length, 1)
  })

  it('cannot be read when the answer is none, which is said as Kubernetes does', async () => {
    const doors = await startDoors()
    const { send, answer } = doors
    await send(`POST ${V1}`, door('v1', 'a', { hostPort: 'a:1' }))
    const what = 'conversion webhook for stable.example.com/v1, Kind=Door'
    const problems: [typeof answer, string][] = [
      [() => ({ result: { status: 'Failed', message: 'no' } }), `${what} failed: no`],
      [() => ({ result: {} }), `${what} failed: response.result.status was '', not 'Success'`],
      [() => answer([]), `${what} returned 0 objects, expected 1`],
      [
        (objects) => answer([{ ...objects[0], apiVersion: 'stable.example.com/v1' }]),
        `${what} returned invalid converted object at index 0: invalid groupVersion (expected stable.example.com/v2, received stable.example.com/v1)`,
      ],
      [
        (objects) => answer([{ ...objects[0], metadata: { ...objects[0].metadata, name: 'b' } }]),
        `${what} returned invalid converted object at index 0: must have the same name: a != b`,
      ],
      [
        (objects) => answer([{ ...objects[0], metadata: { ...objects[0].metadata, labels: { 'not ok': 1 } } }]),
        `${what} returned invalid metadata in object at index 0: metadata.labels[not ok] must be a string, but is number in converted object`,
      ],
      [
        () => {
          throw new WherryError('internal', 'Post "https://hooks.example.com/convert?timeout=30s": refused')
        },
        `${what} failed: Post "https://hooks.example.com/convert?timeout=30s": refused`,
      ],
    ]
    for (const [wrong, message] of problems) {
      doors.answer = wrong
      const { status, json } = await send(`GET ${V2}/a`)
      assert.deepEqual([status, json.message], [500, message])
    }
    doors.answer = problems[0]![0]
    assert.equal((await send(`GET ${V2}`)).status, 500)
    assert.equal((await send(`POST ${V2}`, door('v2', 'b', { host: 'b' }))).status, 500)
    assert.equal((await send(`GET ${V1}/b`)).status, 404)
    const stream = await doors.watch(`${V2}?watch=1`)
    await turns()
    assert.deepEqual([stream.events()[0].type, stream.events()[0].object.message], ['ERROR', `${what} failed: no`])
    assert.ok(stream.isEnded())
    doors.answer = answer
    assert.equal((await send(`GET ${V2}/a`)).json.host, 'a')
  })

  it('goes with its definition although nobody converts any more', async () => {
    const doors = await startDoors()
    const { send, clock } = doors
    await send(`POST ${V1}`, door('v1', 'a', { hostPort: 'a:1' }))
    const { json: now } = await send(`GET ${DEFINITION}`)
    await send(`PUT ${DEFINITION}`, { ...now, spec: { ...now.spec, versions: versions('v2') } })
    await send(`POST ${V2}`, door('v2', 'b', { host: 'b' }))
    doors.answer = () => ({ result: { status: 'Failed', message: 'gone' } })
    await send(`DELETE ${DEFINITION}`)
    await turns()
    await clock.advance(500)
    await turns()
    assert.equal((await send(`GET ${DEFINITION}`)).status, 404)
  })

  it('asks in the older form who knows only that', async () => {
    const { send, asked } = await startDoors(byHook({ conversionReviewVersions: ['v1beta1'] }))
    await send(`POST ${V2}`, door('v2', 'a', { host: 'a' }))
    assert.equal(asked[0].apiVersion, 'apiextensions.k8s.io/v1beta1')
  })

  it('loses what the other version does not know where nobody converts', async () => {
    const { send, asked } = await startDoors({ strategy: 'None' })
    await send(`POST ${V1}`, door('v1', 'a', { hostPort: 'a:1', color: 'blue' }))
    const { json } = await send(`GET ${V2}/a`)
    assert.deepEqual([json.apiVersion, json.color, json.hostPort], ['stable.example.com/v2', 'blue', undefined])
    assert.equal(asked.length, 0)
  })

  it('is read from where it was stored before each object carried its version', async () => {
    const { send, store } = await startDoors()
    await send(`POST ${V1}`, door('v1', 'a', { hostPort: 'a:1' }))
    const { entries } = store.list('/registry/doors.stable.example.com/')
    const { key, value, modRevision } = entries[0]!
    const old = Buffer.from(value.toString().replace('example.com/v1', 'example.com/stored'))
    assert.notDeepEqual(old, value)
    await store.write({ key, value: old, expected: modRevision })
    assert.equal((await send(`GET ${V1}/a`)).json.apiVersion, 'stable.example.com/v1')
    assert.equal((await send(`GET ${V2}/a`)).json.host, 'a')
  })

  it('ends watches when its definition becomes another one', async () => {
    const { send, watch } = await startDoors()
    const stream = await watch(`${V1}?watch=1`)
    await send(`PATCH ${DEFINITION}`, { metadata: { labels: { a: 'b' } } }, merge)
    assert.equal(stream.isEnded(), false)
    await send(`PATCH ${DEFINITION}`, { spec: { names: { shortNames: ['d'] } } }, merge)
    await turns()
    assert.equal(stream.isEnded(), true)
  })
})

describe('the conversion of a definition', () => {
  it('is checked', async () => {
    const { send } = await startTestServer()
    const caused = async (conversion: object): Promise<string[]> => {
      const { status, json } = await send(`POST ${DEFINITIONS}`, definition(conversion))
      assert.equal(status, 422)
      return json.details.causes.map((one: any) => `${one.field}: ${one.message}`)
    }
    assert.deepEqual(await caused({ strategy: 'Magic' }), [
      'spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook"',
    ])
    assert.deepEqual(await caused({ strategy: 'Webhook' }), [
      'spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook',
      'spec.conversion.conversionReviewVersions: Required value',
    ])
    assert.deepEqual(await caused({ ...byHook(), strategy: 'None' }), [
      'spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook',
      'spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook',
    ])
    assert.deepEqual(await caused(byHook({ conversionReviewVersions: ['v2', 'v2'] })), [
      'spec.conversion.conversionReviewVersions[1]: Invalid value: "v2": duplicate version',
      'spec.conversion.conversionReviewVersions: Invalid value: ["v2","v2"]: must include at least one of v1, v1beta1',
    ])
    assert.deepEqual(await caused(byHook({ clientConfig: { url: 'http://x', caBundle: 'eA==' } })), [
      `spec.conversion.webhookClientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]`,
      'spec.conversion.webhookClientConfig.caBundle: Invalid value: "eA==": unable to load root certificates: unable to parse bytes as PEM block',
    ])
  })
})

describe('the selectable fields of a definition', () => {
  it('are checked', async () => {
    const { send } = await startTestServer()
    const wrong = definition({ strategy: 'None' }) as any
    const paths = ['.hostPort', '.hostPort', '', 'x', '.metadata.name', '.nothing']
    wrong.spec.versions[0].selectableFields = paths.map((jsonPath) => ({ jsonPath }))
    const { json } = await send(`POST ${DEFINITIONS}`, wrong)
    const field = 'spec.versions[0].selectableFields'
    assert.deepEqual(
      json.details.causes.map((one: any) => [one.field, one.reason]),
      [
        [`${field}[2].jsonPath`, 'FieldValueRequired'],
        [`${field}[1].jsonPath`, 'FieldValueDuplicate'],
        [`${field}[3].jsonPath`, 'FieldValueInvalid'],
        [`${field}[4].jsonPath`, 'FieldValueInvalid'],
        [`${field}[5].jsonPath`, 'FieldValueInvalid'],
      ],
    )
    const names = 'abcdefghi'.split('')
    const many = definition({ strategy: 'None' }) as any
    many.spec.versions[0].schema.openAPIV3Schema.properties = Object.fromEntries(names.map((name) => [name, text]))
    many.spec.versions[0].selectableFields = names.map((name) => ({ jsonPath: `.${name}` }))
    assert.equal(
      (await send(`POST ${DEFINITIONS}`, many)).json.details.causes[0].message,
      'Too many: 9: must have at most 8 items',
    )
  })
})
