import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { Attempt } from '../admission/admission.ts'
import { makeConfigMap, makePod, startTestServer } from '../server.test-helper.ts'

const MAPS = '/api/v1/namespaces/default/configmaps'
const PODS = '/api/v1/namespaces/default/pods'
const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

const deployment = {
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
  },
}

describe('create', () => {
  it('completes the object and answers it as it is stored', async () => {
    const { send } = await startTestServer()
    const created = await send(`POST ${MAPS}`, makeConfigMap('a'))
    assert.equal(created.status, 201)
    const { metadata } = created.json
    assert.equal(metadata.namespace, 'default')
    assert.match(metadata.uid, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    assert.equal(metadata.creationTimestamp, '2026-01-01T00:00:00Z')
    assert.match(metadata.resourceVersion, /^\d+$/)
    assert.equal(metadata.managedFields[0].operation, 'Update')
    assert.deepEqual((await send(`GET ${MAPS}/a`)).json, created.json)
  })

  it('does not take over what only the server sets', async () => {
    const { send } = await startTestServer()
    const metadata = {
      name: 'p',
      uid: 'mine',
      creationTimestamp: '2001-01-01T00:00:00Z',
      generation: 7,
      deletionTimestamp: '2001-01-01T00:00:00Z',
    }
    const { json } = await send(`POST ${PODS}`, {
      ...makePod('p', {}, metadata),
      status: { phase: 'Running', podIP: '1.2.3.4' },
    })
    assert.notEqual(json.metadata.uid, 'mine')
    assert.equal(json.metadata.creationTimestamp, '2026-01-01T00:00:00Z')
    assert.equal(json.metadata.generation, 1)
    assert.equal(json.metadata.deletionTimestamp, undefined)
    assert.deepEqual(json.status, { phase: 'Pending', qosClass: 'BestEffort' })
  })

  it('generates names that are free', async () => {
    const { send } = await startTestServer()
    const draft = { ...makeConfigMap(''), metadata: { generateName: 'web-' } }
    const names = new Set<string>()
    for (let i = 0; i < 5; i++) names.add((await send(`POST ${MAPS}`, draft)).json.metadata.name)
    assert.equal(names.size, 5)
    for (const name of names) assert.match(name, /^web-[a-z0-9]{5}$/)
  })

  it('refuses a second object of the same name', async () => {
    const { send } = await startTestServer()
    await send(`POST ${MAPS}`, makeConfigMap('a'))
    const { status, json } = await send(`POST ${MAPS}`, makeConfigMap('a'))
    assert.equal(status, 409)
    assert.equal(json.reason, 'AlreadyExists')
    assert.equal(json.message, 'configmaps "a" already exists')
    assert.deepEqual(json.details, { name: 'a', kind: 'configmaps' })
  })

  it('refuses what is wrong, each with the status that Kubernetes gives', async () => {
    const { send } = await startTestServer()
    const cases: [number, string, unknown, RegExp][] = [
      [
        422,
        `POST ${MAPS}`,
        makeConfigMap('Capital'),
        /^ConfigMap "Capital" is invalid: metadata.name: Invalid value: "Capital": a lowercase RFC 1123 subdomain/,
      ],
      [422, `POST ${MAPS}`, makeConfigMap('..'), /metadata.name/],
      [422, `POST ${MAPS}`, { metadata: {} }, /name or generateName is required/],
      [400, `POST ${MAPS}`, '{"kind":', /no JSON/],
      [400, `POST ${MAPS}`, '[]', /no object/],
      [
        400,
        `POST ${MAPS}`,
        { kind: 'Pod', metadata: { name: 'x' } },
        /Pod in version "v1" cannot be handled as a ConfigMap/,
      ],
      [400, `POST ${MAPS}`, { apiVersion: 'v2', kind: 'ConfigMap' }, /does not match the expected API version \(v1\)/],
      [400, `POST ${MAPS}`, { metadata: { name: 'x' }, data: { a: 1 } }, /cannot unmarshal number/],
      [
        400,
        `POST ${MAPS}`,
        { metadata: { name: 'x', namespace: 'other' } },
        /the namespace of the provided object does not match/,
      ],
      [400, `POST ${MAPS}`, { metadata: { name: 'x', resourceVersion: '1' } }, /resourceVersion should not be set/],
      [422, `POST ${MAPS}`, { metadata: { name: 'x', labels: { 'a b': 'c' } } }, /metadata.labels/],
      [422, `POST ${MAPS}`, { metadata: { name: 'x', finalizers: ['mine'] } }, /not fully qualified|fully qualified/],
      [422, `POST ${MAPS}?dryRun=Some`, makeConfigMap('x'), /dryRun/],
      [422, `POST ${MAPS}?fieldValidation=Lax`, makeConfigMap('x'), /fieldValidation/],
      [404, 'POST /api/v1/namespaces/default/nosuch', {}, /could not find the requested resource/],
      [404, 'POST /apis/nosuch/v1/things', {}, /could not find the requested resource/],
      [405, `PUT ${MAPS}`, makeConfigMap('x'), /does not allow this method/],
      [404, `GET ${MAPS}/Capital`, undefined, /configmaps "Capital" not found/],
      [400, `GET ${MAPS}/%2e%2e`, undefined, /may not be '..'/],
      [400, `GET ${MAPS}/a%00b`, undefined, /control characters/],
    ]
    for (const [status, line, body, message] of cases) {
      const answer = await send(line, body)
      assert.equal(answer.status, status, `${line} ${answer.text}`)
      assert.match(answer.json.message, message)
      assert.equal(answer.json.kind, 'Status')
      assert.equal(answer.json.code, status)
    }
    assert.equal((await send(`GET ${MAPS}`)).json.items.length, 0)
  })

  it('validates fields as it is asked to', async () => {
    const { send } = await startTestServer()
    const draft = { ...makeConfigMap('a'), spec: 1 }
    const strict = await send(`POST ${MAPS}?fieldValidation=Strict`, draft)
    assert.equal(strict.status, 400)
    assert.match(strict.json.message, /strict decoding error: unknown field "spec"/)
    const doubled = await send(
      `POST ${MAPS}?fieldValidation=Strict`,
      '{"metadata":{"name":"b"},"data":{"k":"1","k":"2"}}',
    )
    assert.match(doubled.json.message, /duplicate field "data.k"/)
    const warned = await send(`POST ${MAPS}`, draft)
    assert.equal(warned.status, 201)
    assert.deepEqual(warned.headers['warning'], ['299 - "unknown field \\"spec\\""'])
    const both = await send(`POST ${MAPS}?fieldValidation=Strict`, '{"x":1,"data":{"k":"1","k":"2"}}')
    assert.match(both.json.message, /strict decoding error: unknown field "x", duplicate field "data.k"$/)
    const ignored = await send(`POST ${MAPS}?fieldValidation=Ignore`, { ...draft, metadata: { name: 'c' } })
    assert.equal(ignored.headers['warning'], undefined)
  })

  it('stores nothing on a dry run', async () => {
    const { send, store } = await startTestServer()
    const before = store.revision()
    const { status, json } = await send(`POST ${MAPS}?dryRun=All`, makeConfigMap('a'))
    assert.equal(status, 201)
    assert.equal(json.metadata.name, 'a')
    assert.equal(store.revision(), before)
  })

  it('lets admission change and refuse objects', async () => {
    const seen: string[] = []
    const { send } = await startTestServer({
      admission: [
        {
          name: 'Labeler',
          handles: ({ target }) => target.plural === 'configmaps',
          mutate: ({ object }) => ({ ...object!, metadata: { ...object!.metadata, labels: { by: 'admission' } } }),
          validate({ operation, object, old }: Attempt) {
            seen.push(`${operation} ${object?.metadata.labels?.['by']} ${old?.metadata.name}`)
          },
        },
      ],
    })
    assert.deepEqual((await send(`POST ${MAPS}`, makeConfigMap('a'))).json.metadata.labels, { by: 'admission' })
    await send(`PUT ${MAPS}/a`, makeConfigMap('a', { new: 'data' }))
    await send(`DELETE ${MAPS}/a`)
    assert.deepEqual(seen, ['CREATE admission undefined', 'UPDATE admission a', 'DELETE undefined a'])
  })
})

describe('update', () => {
  it('refuses a state that is not the newest', async () => {
    const { send } = await startTestServer()
    const first = (await send(`POST ${MAPS}`, makeConfigMap('a'))).json
    const second = (await send(`PUT ${MAPS}/a`, { ...first, data: { key: '2' } })).json
    assert.notEqual(second.metadata.resourceVersion, first.metadata.resourceVersion)
    const stale = await send(`PUT ${MAPS}/a`, { ...first, data: { key: '3' } })
    assert.equal(stale.status, 409)
    assert.equal(
      stale.json.message,
      'Operation cannot be fulfilled on configmaps "a": the object has been modified; please apply your changes to the latest version and try again',
    )
    const forced = await send(`PUT ${MAPS}/a`, makeConfigMap('a', { key: '4' }))
    assert.equal(forced.status, 200)
    assert.deepEqual(forced.json.data, { key: '4' })
    assert.equal(forced.json.metadata.uid, first.metadata.uid)
  })

  it('writes nothing when nothing changes', async () => {
    const { send, store } = await startTestServer()
    const first = (await send(`POST ${MAPS}`, makeConfigMap('a'))).json
    const before = store.revision()
    const { json } = await send(`PUT ${MAPS}/a`, first)
    assert.deepEqual(json, first)
    assert.equal(store.revision(), before)
  })

  it('counts changes of what is wanted, and only those', async () => {
    const { send } = await startTestServer()
    const first = (await send(`POST ${DEPLOYMENTS}`, deployment)).json
    assert.equal(first.metadata.generation, 1)
    assert.equal(first.spec.replicas, 1)
    const labeled = (
      await send(`PUT ${DEPLOYMENTS}/web`, { ...first, metadata: { ...first.metadata, labels: { a: 'b' } } })
    ).json
    assert.equal(labeled.metadata.generation, 1)
    const scaled = (await send(`PUT ${DEPLOYMENTS}/web`, { ...labeled, spec: { ...labeled.spec, replicas: 3 } })).json
    assert.equal(scaled.metadata.generation, 2)
  })

  it('keeps spec and status apart', async () => {
    const { send } = await startTestServer()
    const first = (await send(`POST ${DEPLOYMENTS}`, deployment)).json
    const both = { ...first, spec: { ...first.spec, replicas: 9 }, status: { replicas: 4 } }
    const status = (await send(`PUT ${DEPLOYMENTS}/web/status`, both)).json
    assert.equal(status.spec.replicas, 1)
    assert.equal(status.status.replicas, 4)
    assert.equal(status.metadata.generation, 1)
    const { resourceVersion } = status.metadata
    const spec = (
      await send(`PUT ${DEPLOYMENTS}/web`, {
        ...both,
        metadata: { ...both.metadata, resourceVersion },
        status: { replicas: 7 },
      })
    ).json
    assert.equal(spec.spec.replicas, 9)
    assert.equal(spec.status.replicas, 4)
  })

  it('keeps metadata where a status may not change it', async () => {
    const { send } = await startTestServer()
    const path = '/apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'
    const draft = { metadata: { name: 'fs' }, spec: { priorityLevelConfiguration: { name: 'global-default' } } }
    const { status: created } = await send(`POST ${path}`, draft)
    assert.equal(created, 201)
    const { json, status } = await send(
      `PATCH ${path}/fs/status`,
      { metadata: { annotations: { a: 'b' } }, status: { conditions: [{ type: 'Dangling', status: 'False' }] } },
      { 'content-type': 'application/merge-patch+json' },
    )
    assert.equal(status, 200)
    assert.equal(json.status.conditions[0].type, 'Dangling')
    assert.equal(json.metadata.annotations, undefined)
    assert.equal(json.metadata.generation, 1)
    assert.equal(json.metadata.managedFields.length, 2)
  })

  it('refuses to make another object of it', async () => {
    const { send } = await startTestServer()
    await send(`POST ${MAPS}`, makeConfigMap('a'))
    assert.equal((await send(`PUT ${MAPS}/a`, makeConfigMap('b'))).status, 400)
    const other = { ...makeConfigMap('a'), metadata: { name: 'a', uid: 'another' } }
    const { status, json } = await send(`PUT ${MAPS}/a`, other)
    assert.equal(status, 409)
    assert.match(json.message, /Precondition failed: UID/)
  })

  it('creates what is not there for the kinds that Kubernetes does it for', async () => {
    const { send } = await startTestServer()
    assert.equal((await send(`PUT ${MAPS}/a`, makeConfigMap('a'))).status, 404)
    const endpoints = '/api/v1/namespaces/default/endpoints/web'
    assert.equal((await send(`PUT ${endpoints}`, { metadata: { name: 'web' } })).status, 201)
    const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/l'
    assert.equal((await send(`PUT ${lease}`, { metadata: { name: 'l' } })).status, 201)
    const { status, json } = await send(`PUT ${lease}`, { metadata: { name: 'l' }, spec: { holderIdentity: 'x' } })
    assert.equal(status, 422)
    assert.match(json.message, /must be specified for an update/)
  })
})

describe('patch', () => {
  const patch = (type: string): Record<string, string> => ({ 'content-type': `application/${type}` })

  it('knows all four kinds', async () => {
    const { send } = await startTestServer()
    await send(`POST ${MAPS}`, makeConfigMap('a', { one: '1', two: '2' }))
    const json = [{ op: 'replace', path: '/data/one', value: 'i' }]
    assert.deepEqual((await send(`PATCH ${MAPS}/a`, json, patch('json-patch+json'))).json.data, { one: 'i', two: '2' })
    const merge = { data: { two: null, three: '3' } }
    assert.deepEqual((await send(`PATCH ${MAPS}/a`, merge, patch('merge-patch+json'))).json.data, {
      one: 'i',
      three: '3',
    })
    const strategic = { data: { $retainKeys: ['one'], one: 'x' } }
    assert.deepEqual((await send(`PATCH ${MAPS}/a`, strategic, patch('strategic-merge-patch+json'))).json.data, {
      one: 'x',
    })
    const applied = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {four: "4"}\n'
    const answer = await send(`PATCH ${MAPS}/a?fieldManager=me`, applied, patch('apply-patch+yaml'))
    assert.equal(answer.status, 200)
    assert.deepEqual(answer.json.data, { four: '4', one: 'x' })
    assert.equal((await send(`PATCH ${MAPS}/a`, '{}', patch('json'))).status, 415)
  })

  it('merges lists of a pod by their keys', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p'))
    const conditions = (type: string): object => ({ status: { conditions: [{ type, status: 'True' }] } })
    await send(`PATCH ${PODS}/p/status`, conditions('Ready'), patch('strategic-merge-patch+json'))
    const { json } = await send(
      `PATCH ${PODS}/p/status`,
      conditions('Initialized'),
      patch('strategic-merge-patch+json'),
    )
    assert.deepEqual(json.status.conditions.map((one: { type: string }) => one.type).toSorted(), [
      'Initialized',
      'Ready',
    ])
  })

  it('creates by apply, and tells who owns what two want', async () => {
    const { send } = await startTestServer()
    const apply = (manager: string, value: string, more = ''): ReturnType<typeof send> =>
      send(
        `PATCH ${MAPS}/a?fieldManager=${manager}${more}`,
        { apiVersion: 'v1', kind: 'ConfigMap', data: { k: value } },
        patch('apply-patch+yaml'),
      )
    assert.equal((await apply('one', '1')).status, 201)
    const refused = await apply('two', '2')
    assert.equal(refused.status, 409)
    assert.match(refused.json.message, /conflict with "one"/)
    assert.equal((await apply('two', '2', '&force=true')).json.data.k, '2')
    assert.equal((await send(`PATCH ${MAPS}/a`, '{}', patch('apply-patch+yaml'))).status, 422)
  })

  it('succeeds for all who patch at the same time', async () => {
    const { send } = await startTestServer()
    await send(`POST ${MAPS}`, makeConfigMap('a', {}))
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
    await Promise.all(keys.map((key) => send(`PATCH ${MAPS}/a`, { data: { [key]: key } }, patch('merge-patch+json'))))
    assert.equal(Object.keys((await send(`GET ${MAPS}/a`)).json.data).length, 20)
  })

  it('honours the resourceVersion of a patch', async () => {
    const { send } = await startTestServer()
    const { metadata } = (await send(`POST ${MAPS}`, makeConfigMap('a'))).json
    const change = (resourceVersion: string): object => ({ metadata: { resourceVersion }, data: { key: 'new' } })
    assert.equal((await send(`PATCH ${MAPS}/a`, change('1'), patch('merge-patch+json'))).status, 409)
    assert.equal(
      (await send(`PATCH ${MAPS}/a`, change(metadata.resourceVersion), patch('merge-patch+json'))).status,
      200,
    )
  })
})
