import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigMaps } from '../../api/core/config-map.ts'
import { flushPromises } from '../../lib/clock.ts'
import type { ObjectEvent } from '../api-server.ts'
import type { Entry } from '../../store/store.ts'
import { makeConfigMap, makePod, startTestServer } from '../server.test-helper.ts'
import type { FeedEvent } from './feed.ts'
import { watchStream } from './watch-stream.ts'

const MAPS = '/api/v1/namespaces/default/configmaps'
const PODS = '/api/v1/namespaces/default/pods'

const summary = (events: any[]): string[] =>
  events.map(({ type, object }) => `${type} ${object.metadata?.name ?? object.reason}`)

describe('watch', () => {
  it('tells every change after a version, with the object as it is then', async () => {
    const { send, watch } = await startTestServer()
    const { metadata } = (await send(`GET ${MAPS}`)).json
    const seen = await watch(`${MAPS}?watch=true&resourceVersion=${metadata.resourceVersion}`)
    const created = (await send(`POST ${MAPS}`, makeConfigMap('a'))).json
    const changed = (await send(`PUT ${MAPS}/a`, makeConfigMap('a', { key: '2' }))).json
    await send(`DELETE ${MAPS}/a`)
    const events = seen.events()
    assert.deepEqual(summary(events), ['ADDED a', 'MODIFIED a', 'DELETED a'])
    assert.deepEqual(events[0].object, created)
    assert.deepEqual(events[1].object, changed)
    assert.ok(Number(events[2].object.metadata.resourceVersion) > Number(changed.metadata.resourceVersion))
    assert.deepEqual(events[2].object.data, { key: '2' })
  })

  it('begins with what is there when no version is named', async () => {
    const { send, watch } = await startTestServer()
    await send(`POST ${MAPS}`, makeConfigMap('a'))
    const seen = await watch(`${MAPS}?watch=true`)
    await send(`POST ${MAPS}`, makeConfigMap('b'))
    assert.deepEqual(summary(seen.events()), ['ADDED a', 'ADDED b'])
  })

  it('catches up from a version of the past', async () => {
    const { send, watch } = await startTestServer()
    const { metadata } = (await send(`GET ${MAPS}`)).json
    await send(`POST ${MAPS}`, makeConfigMap('a'))
    await send(`DELETE ${MAPS}/a`)
    const seen = await watch(`${MAPS}?watch=true&resourceVersion=${metadata.resourceVersion}`)
    await flushPromises()
    assert.deepEqual(summary(seen.events()), ['ADDED a', 'DELETED a'])
  })

  it('says that the past is forgotten', async () => {
    const { send, watch, store } = await startTestServer()
    const { metadata } = (await send(`GET ${MAPS}`)).json
    await send(`POST ${MAPS}`, makeConfigMap('a'))
    await send(`DELETE ${MAPS}/a`)
    await store.compact(store.revision())
    const seen = await watch(`${MAPS}?watch=true&resourceVersion=${metadata.resourceVersion}`)
    assert.deepEqual(summary(seen.events()), ['ERROR Expired'])
    assert.equal(seen.events()[0].object.code, 410)
    assert.equal(seen.isEnded(), true)
  })

  it('shows what enters and leaves a selection', async () => {
    const { send, watch } = await startTestServer()
    const seen = await watch(`${MAPS}?watch=true&labelSelector=app%3Dweb`)
    const labeled = (app: string): object => ({ ...makeConfigMap('a'), metadata: { name: 'a', labels: { app } } })
    await send(`POST ${MAPS}`, labeled('db'))
    await send(`PUT ${MAPS}/a`, labeled('web'))
    await send(`PUT ${MAPS}/a`, { ...labeled('web'), data: {} })
    const left = (await send(`PUT ${MAPS}/a`, labeled('db'))).json
    await send(`DELETE ${MAPS}/a`)
    const events = seen.events()
    assert.deepEqual(summary(events), ['ADDED a', 'MODIFIED a', 'DELETED a'])
    // The object as it was last chosen, at the version at which it left.
    assert.equal(events[2].object.metadata.labels.app, 'web')
    assert.equal(events[2].object.metadata.resourceVersion, left.metadata.resourceVersion)
  })

  it('tells each node of its own pods', async () => {
    const { send, watch } = await startTestServer()
    const watches = []
    for (const node of ['n1', 'n2', ''])
      watches.push(await watch(`${PODS}?watch=true&fieldSelector=spec.nodeName%3D${node}`))
    const bind = (name: string, node: string): unknown =>
      send(`POST ${PODS}/${name}/binding`, { metadata: { name }, target: { kind: 'Node', name: node } })
    await send(`POST ${PODS}`, makePod('a'))
    await send(`POST ${PODS}`, makePod('b', { nodeName: 'n2' }))
    await bind('a', 'n1')
    await send(`DELETE ${PODS}/a`, { gracePeriodSeconds: 0 })
    assert.deepEqual(
      watches.map((one) => summary(one.events())),
      [['ADDED a', 'DELETED a'], ['ADDED b'], ['ADDED a', 'DELETED a']],
    )
  })

  it('sends a listing and marks its end', async () => {
    const { send, watch } = await startTestServer()
    await send(`POST ${MAPS}`, makeConfigMap('a'))
    const seen = await watch(
      `${MAPS}?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true`,
    )
    const [first, mark] = seen.events()
    assert.equal(first.type, 'ADDED')
    assert.equal(mark.type, 'BOOKMARK')
    assert.equal(mark.object.kind, 'ConfigMap')
    assert.equal(mark.object.metadata.annotations['k8s.io/initial-events-end'], 'true')
    assert.equal(mark.object.metadata.resourceVersion, first.object.metadata.resourceVersion)
    assert.equal((await send(`GET ${MAPS}?watch=true&sendInitialEvents=true`)).status, 422)
  })

  it('tells a quiet watch how far it has come, and ends it in time', async () => {
    const { send, watch, clock, store } = await startTestServer()
    const seen = await watch(`${MAPS}?watch=true&resourceVersion=1&allowWatchBookmarks=true&timeoutSeconds=100`)
    await send(`POST ${PODS}`, makePod('p'))
    await clock.advance(61_000)
    const [mark] = seen.events()
    assert.equal(mark.type, 'BOOKMARK')
    assert.equal(mark.object.metadata.resourceVersion, String(store.revision()))
    assert.equal(seen.isEnded(), false)
    await clock.advance(40_000)
    assert.equal(seen.isEnded(), true)
  })

  it('waits for a slow reader, and loses nothing', async () => {
    const { send, watch } = await startTestServer()
    const seen = await watch(`${MAPS}?watch=true&resourceVersion=1`)
    seen.block()
    for (const name of ['a', 'b', 'c', 'd']) await send(`POST ${MAPS}`, makeConfigMap(name))
    assert.equal(seen.events().length, 1)
    seen.unblock()
    assert.deepEqual(summary(seen.events()), ['ADDED a', 'ADDED b', 'ADDED c', 'ADDED d'])
  })

  it('gives up on a reader that does not read', () => {
    let isEnded = false
    const frames = {
      event: () => Buffer.from('x'),
      batch: () => Buffer.from('x'),
      bookmark: () => Buffer.from('b'),
      error: () => Buffer.from('e'),
    }
    const watcher = watchStream(frames, {
      write: () => false,
      end: () => (isEnded = true),
      backlogBytes: () => 0,
      onDrain: () => {},
      onClose: () => {},
    })
    const event: FeedEvent = { type: 'ADDED', entry: {} as Entry }
    watcher.events([event])
    watcher.events(Array.from({ length: 20_000 }, () => event))
    assert.equal(isEnded, false)
    watcher.events([event])
    assert.equal(isEnded, true)
  })

  it('speaks protobuf and tables', async () => {
    const { send, watch } = await startTestServer()
    const protobuf = await watch(`${MAPS}?watch=true`, { accept: 'application/vnd.kubernetes.protobuf' })
    assert.equal(protobuf.headers['content-type'], 'application/vnd.kubernetes.protobuf;stream=watch')
    const table = await watch(`${MAPS}?watch=true`, { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' })
    await send(`POST ${MAPS}`, makeConfigMap('a'))
    await send(`POST ${MAPS}`, makeConfigMap('b'))
    const bytes = Buffer.concat(protobuf.chunks)
    assert.equal(bytes.subarray(4 + bytes.readUInt32BE(0)).readUInt32BE(0) > 0, true)
    assert.match(bytes.toString('latin1'), /ADDED/)
    const events = table.events()
    assert.deepEqual(
      events.map(({ object }) => object.rows[0].cells[0]),
      ['a', 'b'],
    )
    assert.deepEqual(
      events.map(({ object }) => object.columnDefinitions.length > 0),
      [true, false],
    )
  })

  it('hands frozen objects to watchers in this process, the same to all', async () => {
    const { api } = await startTestServer()
    const stop = new AbortController()
    const seen: ObjectEvent<object>[][] = [[], []]
    let ended = 0
    for (const list of seen) {
      await api.watch(ConfigMaps, {
        namespace: 'default',
        resourceVersion: '1',
        signal: stop.signal,
        onEvents: (events) => list.push(...events),
        onEnd: () => ended++,
      })
    }
    const created = await api.create(ConfigMaps, { metadata: { name: 'a', namespace: 'default' } })
    const objects = seen.map(([event]) => (event!.type === 'BOOKMARK' ? undefined : event!.object))
    assert.equal(objects[0], created)
    assert.equal(objects[1], created)
    assert.throws(() => {
      created.metadata.labels = {}
    }, TypeError)
    stop.abort()
    assert.equal(ended, 2)
  })
})
