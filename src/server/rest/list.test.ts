import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { decodeProtobuf } from '../../api/meta/protobuf.ts'
import { ConfigMapList } from '../../api/core/v1.ts'
import { makeConfigMap, makePod, startTestServer } from '../server.test-helper.ts'

const MAPS = '/api/v1/namespaces/default/configmaps'
const PODS = '/api/v1/namespaces/default/pods'

const names = (list: { items: { metadata: { name: string } }[] }): string[] =>
  list.items.map(({ metadata }) => metadata.name)

describe('list', () => {
  it('shows whole objects in the order of their names', async () => {
    const { send } = await startTestServer()
    for (const name of ['b', 'a', 'c']) await send(`POST ${MAPS}`, makeConfigMap(name))
    const { json } = await send(`GET ${MAPS}`)
    assert.equal(json.kind, 'ConfigMapList')
    assert.equal(json.apiVersion, 'v1')
    assert.deepEqual(names(json), ['a', 'b', 'c'])
    assert.deepEqual(json.items[0], (await send(`GET ${MAPS}/a`)).json)
    assert.deepEqual(names((await send('GET /api/v1/configmaps')).json), ['a', 'b', 'c'])
  })

  it('chooses events of either group by the fields that it names', async () => {
    const { send } = await startTestServer()
    const event = (name: string, reportingComponent: string): object => ({
      metadata: { name },
      involvedObject: { kind: 'Pod', name: 'p', namespace: 'default' },
      reportingComponent,
    })
    await send('POST /api/v1/namespaces/default/events', event('a', 'x'))
    await send('POST /api/v1/namespaces/default/events', event('b', 'y'))
    const core = await send('GET /api/v1/events?fieldSelector=reportingComponent=x')
    assert.deepEqual(names(core.json), ['a'])
    const own = '/apis/events.k8s.io/v1/events?fieldSelector='
    assert.deepEqual(names((await send(`GET ${own}reportingController=y`)).json), ['b'])
    assert.deepEqual(names((await send(`GET ${own}regarding.name=p,regarding.kind=Pod`)).json), ['a', 'b'])
  })

  it('is put together in pieces when it is large', async () => {
    const { send } = await startTestServer()
    for (let i = 0; i < 20; i++) await send(`POST ${MAPS}`, makeConfigMap(`m${i}`, { key: String(i).repeat(30_000) }))
    const { json } = await send(`GET ${MAPS}`)
    assert.equal(json.items.length, 20)
    assert.equal(json.items[0].data.key.length, 30_000)
  })

  it('pages through one state, whatever happens meanwhile', async () => {
    const { send } = await startTestServer()
    for (const name of ['a', 'b', 'c', 'd', 'e']) await send(`POST ${MAPS}`, makeConfigMap(name))
    const first = (await send(`GET ${MAPS}?limit=2`)).json
    assert.deepEqual(names(first), ['a', 'b'])
    assert.equal(first.metadata.remainingItemCount, 3)
    await send(`DELETE ${MAPS}/d`)
    await send(`POST ${MAPS}`, makeConfigMap('bb'))
    const next = (await send(`GET ${MAPS}?limit=2&continue=${first.metadata.continue}`)).json
    assert.deepEqual(names(next), ['c', 'd'])
    assert.equal(next.metadata.resourceVersion, first.metadata.resourceVersion)
    const last = (await send(`GET ${MAPS}?limit=2&continue=${next.metadata.continue}`)).json
    assert.deepEqual(names(last), ['e'])
    assert.equal(last.metadata.continue, undefined)
    assert.deepEqual(
      names(
        (await send(`GET ${MAPS}?resourceVersion=${first.metadata.resourceVersion}&resourceVersionMatch=Exact`)).json,
      ),
      ['a', 'b', 'c', 'd', 'e'],
    )
  })

  it('tells how to go on when the state is forgotten', async () => {
    const { send, store } = await startTestServer()
    for (const name of ['a', 'b', 'c']) await send(`POST ${MAPS}`, makeConfigMap(name))
    const first = (await send(`GET ${MAPS}?limit=1`)).json
    await send(`DELETE ${MAPS}/a`)
    await store.compact(store.revision())
    const expired = await send(`GET ${MAPS}?limit=1&continue=${first.metadata.continue}`)
    assert.equal(expired.status, 410)
    assert.equal(expired.json.reason, 'Expired')
    const rest = (await send(`GET ${MAPS}?continue=${expired.json.metadata.continue}`)).json
    assert.deepEqual(names(rest), ['b', 'c'])
    const exact = await send(`GET ${MAPS}?resourceVersion=2&resourceVersionMatch=Exact`)
    assert.equal(exact.status, 410)
  })

  it('selects by labels and fields', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('a', { nodeName: 'n1' }, { labels: { app: 'web' } }))
    await send(`POST ${PODS}`, makePod('b', {}, { labels: { app: 'db' } }))
    const chosen = async (query: string): Promise<string[]> => names((await send(`GET ${PODS}?${query}`)).json)
    assert.deepEqual(await chosen('labelSelector=app'), ['a', 'b'])
    assert.deepEqual(await chosen('labelSelector=app+in+(web)'), ['a'])
    assert.deepEqual(await chosen('fieldSelector=spec.nodeName%3Dn1'), ['a'])
    assert.deepEqual(await chosen('fieldSelector=spec.nodeName%3D'), ['b'])
    assert.deepEqual(await chosen('fieldSelector=metadata.name%3Db,status.phase%3DPending'), ['b'])
    assert.deepEqual(await chosen('fieldSelector=metadata.name!%3Db&labelSelector=app'), ['a'])
    const paged = (await send(`GET ${PODS}?labelSelector=app&limit=1`)).json
    assert.deepEqual(names(paged), ['a'])
    assert.equal(paged.metadata.remainingItemCount, undefined)
    const refused = await send(`GET ${PODS}?fieldSelector=spec.containers%3Dx`)
    assert.equal(refused.status, 400)
    assert.match(refused.json.message, /field label not supported: spec.containers/)
    assert.equal((await send(`GET ${PODS}?labelSelector=a%3D%3D%3Db`)).status, 400)
  })

  it('refuses versions that are no versions, or of the future', async () => {
    const { send } = await startTestServer()
    const future = await send(`GET ${MAPS}?resourceVersion=99999`)
    assert.equal(future.status, 504)
    assert.match(future.json.message, /Too large resource version: 99999/)
    assert.equal((await send(`GET ${MAPS}?resourceVersion=abc`)).status, 400)
    assert.equal((await send(`GET ${MAPS}?resourceVersionMatch=Exact`)).status, 422)
    assert.equal((await send(`GET ${MAPS}?continue=abc`)).status, 400)
    assert.equal((await send(`GET ${MAPS}?limit=-1`)).status, 400)
    assert.equal((await send(`GET ${MAPS}?resourceVersion=0`)).status, 200)
  })
})

describe('representations', () => {
  it('writes what the client takes', async () => {
    const { send } = await startTestServer()
    await send(`POST ${MAPS}`, makeConfigMap('a'))
    const list = (await send(`GET ${MAPS}`)).json
    const protobuf = await send(`GET ${MAPS}`, undefined, { accept: 'application/vnd.kubernetes.protobuf' })
    assert.equal(protobuf.headers['content-type'], 'application/vnd.kubernetes.protobuf')
    const decoded = decodeProtobuf(ConfigMapList, protobuf.bytes)
    assert.equal(decoded.kind, 'ConfigMapList')
    assert.equal(decoded.items[0]!.metadata.uid, list.items[0].metadata.uid)
    assert.equal(decoded.items[0]!.metadata.resourceVersion, list.items[0].metadata.resourceVersion)
    const yaml = await send(`GET ${MAPS}/a`, undefined, { accept: 'application/yaml' })
    assert.match(yaml.text, /^kind: ConfigMap\napiVersion: v1\n/)
    const pretty = await send(`GET ${MAPS}/a?pretty=true`)
    assert.match(pretty.text, /^\{\n {2}"kind": "ConfigMap",\n/)
    assert.equal((await send(`GET ${MAPS}/a`, undefined, { accept: 'text/html' })).status, 406)
  })

  it('reads what the client sends', async () => {
    const { send } = await startTestServer()
    const yaml = 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata: {key: "yes"}\n'
    assert.equal((await send(`POST ${MAPS}`, yaml, { 'content-type': 'application/yaml' })).status, 201)
    const protobuf = (await send(`GET ${MAPS}/a`, undefined, { accept: 'application/vnd.kubernetes.protobuf' })).bytes
    const put = await send(`PUT ${MAPS}/a`, protobuf, { 'content-type': 'application/vnd.kubernetes.protobuf' })
    assert.deepEqual(put.json.data, { key: 'yes' })
    assert.equal((await send(`POST ${MAPS}`, yaml, { 'content-type': 'text/plain' })).status, 415)
  })

  it('makes tables with the columns of the kind', async () => {
    const { send, clock } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p'))
    await clock.advance(125_000)
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io,application/json'
    const { json, headers } = await send(`GET ${PODS}`, undefined, { accept })
    assert.match(String(headers['content-type']), /as=Table/)
    assert.equal(json.kind, 'Table')
    assert.deepEqual(
      json.columnDefinitions.slice(0, 5).map((column: { name: string }) => column.name),
      ['Name', 'Ready', 'Status', 'Restarts', 'Age'],
    )
    assert.deepEqual(json.rows[0].cells.slice(0, 5), ['p', '0/1', 'Pending', '0', '2m5s'])
    assert.equal(json.rows[0].object.kind, 'PartialObjectMetadata')
    const whole = (await send(`GET ${PODS}/p?includeObject=Object`, undefined, { accept })).json
    assert.equal(whole.rows[0].object.kind, 'Pod')
  })

  it('shows metadata alone', async () => {
    const { send } = await startTestServer()
    await send(`POST ${PODS}`, makePod('p'))
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
    const { json } = await send(`GET ${PODS}`, undefined, { accept })
    assert.equal(json.kind, 'PartialObjectMetadataList')
    assert.deepEqual(Object.keys(json.items[0]), ['kind', 'apiVersion', 'metadata'])
  })
})
