import assert from 'node:assert/strict'
import { createServer } from 'node:http2'
import type { Http2Server, ServerHttp2Session, ServerHttp2Stream, IncomingHttpHeaders } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { ConfigMaps } from '../api/core/config-map.ts'
import { Pods } from '../api/core/pod.ts'
import { isWherryError } from '../lib/errors.ts'
import { readAll } from './bytes.ts'
import { httpClient } from './http-client.ts'
import type { HttpClient } from './http-client.ts'

interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: any
}

type Answer = (stream: ServerHttp2Stream, seen: Seen) => void

/** A server on loopback that answers as the test says, and the client that speaks to it. */
async function startServer(
  t: TestContext,
  answer: Answer,
): Promise<{ client: HttpClient; seen: Seen[]; sessions: Set<ServerHttp2Session> }> {
  const seen: Seen[] = []
  const sessions = new Set<ServerHttp2Session>()
  const server: Http2Server = createServer()
  server.on('session', (session) => {
    sessions.add(session)
    session.on('close', () => sessions.delete(session))
    session.on('error', () => {})
  })
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    stream.on('error', () => {})
    void readAll(stream as unknown as AsyncIterable<Buffer>).then((bytes) => {
      const body = bytes.length === 0 ? undefined : JSON.parse(bytes.toString())
      const request = { method: headers[':method']!, path: headers[':path']!, headers, body }
      seen.push(request)
      answer(stream, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const client = httpClient({
    server: `http://127.0.0.1:${port}`,
    tls: {},
    token: () => 'secret',
    fieldManager: 'test',
  })
  t.after(async () => {
    await client.close()
    for (const session of sessions) session.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  return { client, seen, sessions }
}

function json(stream: ServerHttp2Stream, status: number, value: object): void {
  stream.respond({ ':status': status, 'content-type': 'application/json' })
  stream.end(JSON.stringify(value))
}

describe('httpClient', () => {
  it('says each verb in a path, a query and a body', async (t) => {
    const { client, seen } = await startServer(t, (stream) =>
      json(stream, 200, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'ns' } }),
    )
    const ref = { namespace: 'ns', name: 'a' }
    const map = await client.get(ConfigMaps, ref)
    await client.create(ConfigMaps, { metadata: { ...ref } }, { dryRun: true })
    await client.update(ConfigMaps, map)
    await client.updateStatus(ConfigMaps, map, { fieldManager: 'other' })
    await client.patch(ConfigMaps, ref, { data: { x: '1' } }, { type: 'strategic', subresource: 'status' })
    await client.patch(ConfigMaps, ref, { data: {} }, { type: 'apply', force: true })
    assert.equal(await client.delete(ConfigMaps, ref, { propagationPolicy: 'Foreground' }), undefined)
    assert.deepEqual(
      seen.map(({ method, path }) => `${method} ${path}`),
      [
        'GET /api/v1/namespaces/ns/configmaps/a',
        'POST /api/v1/namespaces/ns/configmaps?fieldManager=test&dryRun=All',
        'PUT /api/v1/namespaces/ns/configmaps/a?fieldManager=test',
        'PUT /api/v1/namespaces/ns/configmaps/a/status?fieldManager=other',
        'PATCH /api/v1/namespaces/ns/configmaps/a/status?fieldManager=test',
        'PATCH /api/v1/namespaces/ns/configmaps/a?fieldManager=test&force=true',
        'DELETE /api/v1/namespaces/ns/configmaps/a',
      ],
    )
    assert.deepEqual(seen[1]!.body, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'ns', name: 'a' } })
    assert.equal(seen[4]!.headers['content-type'], 'application/strategic-merge-patch+json')
    assert.equal(seen[5]!.headers['content-type'], 'application/apply-patch+yaml')
    assert.equal(seen[6]!.body.propagationPolicy, 'Foreground')
    assert.equal(seen[0]!.headers.authorization, 'Bearer secret')
  })

  it('completes the objects of a list', async (t) => {
    const { client, seen } = await startServer(t, (stream) =>
      json(stream, 200, {
        kind: 'PodList',
        metadata: { resourceVersion: '7', continue: 'more' },
        items: [{ metadata: { name: 'a' } }],
      }),
    )
    const list = await client.list(Pods, { labelSelector: 'app in (a,b)', limit: 1 })
    assert.equal(seen[0]!.path, '/api/v1/pods?labelSelector=app+in+%28a%2Cb%29&limit=1')
    assert.equal(list.resourceVersion, '7')
    assert.equal(list.continue, 'more')
    const [pod] = list.items
    assert.deepEqual([pod!.apiVersion, pod!.kind, pod!.spec.containers, pod!.status], ['v1', 'Pod', [], {}])
  })

  it('tells a deleted object from one that is held', async (t) => {
    const metadata: Record<string, unknown> = { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' }
    const { client } = await startServer(t, (stream) => json(stream, 200, { apiVersion: 'v1', kind: 'Pod', metadata }))
    assert.equal(await client.delete(Pods, { namespace: 'ns', name: 'a' }), undefined)
    metadata['deletionGracePeriodSeconds'] = 30
    assert.equal((await client.delete(Pods, { namespace: 'ns', name: 'a' }))?.metadata.name, 'a')
  })

  it('turns a Status into an error with its code and details', async (t) => {
    const { client } = await startServer(t, (stream) =>
      json(stream, 409, {
        kind: 'Status',
        status: 'Failure',
        reason: 'AlreadyExists',
        message: 'pods "a" already exists',
        code: 409,
        details: { name: 'a', kind: 'pods' },
      }),
    )
    await assert.rejects(client.create(Pods, { metadata: { namespace: 'ns', name: 'a' } }), (error) => {
      assert.ok(isWherryError(error, 'already-exists'))
      assert.equal(error.message, 'pods "a" already exists')
      assert.equal(error.details?.name, 'a')
      return true
    })
  })

  it('yields the events of a watch, whatever the pieces in which they come, until an error is sent', async (t) => {
    const lines = [
      { type: 'ADDED', object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'ä', resourceVersion: '5' } } },
      {
        type: 'BOOKMARK',
        object: { metadata: { resourceVersion: '6', annotations: { 'k8s.io/initial-events-end': 'true' } } },
      },
      { type: 'ERROR', object: { kind: 'Status', reason: 'Expired', code: 410, message: 'too old' } },
    ]
    const { client, seen } = await startServer(t, (stream) => {
      stream.respond({ ':status': 200 })
      const bytes = Buffer.from(lines.map((line) => JSON.stringify(line) + '\n').join(''))
      const send = (at: number): void => {
        if (at >= bytes.length) stream.end()
        else stream.write(bytes.subarray(at, at + 37), () => send(at + 37))
      }
      send(0)
    })
    const told: string[] = []
    const watching = async (): Promise<void> => {
      const query = { namespace: 'ns', sendInitialEvents: true, signal: new AbortController().signal }
      for await (const event of client.watch(Pods, query)) {
        told.push(
          event.type === 'BOOKMARK' ? `${event.resourceVersion} ${event.initialEventsEnd}` : event.object.metadata.name,
        )
      }
    }
    await assert.rejects(watching(), (error) => isWherryError(error, 'expired'))
    assert.deepEqual(told, ['ä', '6 true'])
    assert.match(
      seen[0]!.path,
      /^\/api\/v1\/namespaces\/ns\/pods\?watch=true&allowWatchBookmarks=true&sendInitialEvents=true/,
    )
  })

  it('ends a watch without an error when its signal fires', async (t) => {
    const { client } = await startServer(t, (stream) => {
      stream.respond({ ':status': 200 })
      stream.write(JSON.stringify({ type: 'ADDED', object: { metadata: { name: 'a' } } }) + '\n')
    })
    const stop = new AbortController()
    const names: string[] = []
    for await (const event of client.watch(Pods, { signal: stop.signal })) {
      if (event.type !== 'BOOKMARK') names.push(event.object.metadata.name)
      stop.abort()
    }
    assert.deepEqual(names, ['a'])
  })

  it('connects again after the connection was lost', async (t) => {
    const { client, sessions } = await startServer(t, (stream) => json(stream, 200, { metadata: { name: 'a' } }))
    await client.get(Pods, { namespace: 'ns', name: 'a' })
    const [session] = sessions
    const closed = new Promise<void>((resolve) => session!.once('close', resolve))
    session!.destroy()
    await closed
    assert.equal((await client.get(Pods, { namespace: 'ns', name: 'a' })).metadata.name, 'a')
  })

  it('begins anew on another connection when it is renewed, and lets a watch go on where it is', async (t) => {
    let send: ((name: string) => void) | undefined
    const { client, sessions } = await startServer(t, (stream, { path }) => {
      if (!path.includes('watch=')) return json(stream, 200, { metadata: { name: 'a' } })
      stream.respond({ ':status': 200 })
      send = (name) =>
        name === ''
          ? stream.end()
          : stream.write(JSON.stringify({ type: 'ADDED', object: { metadata: { name } } }) + '\n')
      send('first')
    })
    const names: string[] = []
    const closed = Promise.withResolvers<void>()
    for await (const event of client.watch(Pods, { signal: new AbortController().signal })) {
      if (event.type === 'BOOKMARK') continue
      names.push(event.object.metadata.name)
      if (names.length > 1) continue
      client.renew()
      client.renew()
      await Promise.all([1, 2, 3].map(() => client.get(Pods, { namespace: 'ns', name: 'a' })))
      assert.equal(sessions.size, 2)
      for (const session of sessions) session.once('close', () => closed.resolve())
      send!('second')
      send!('')
    }
    assert.deepEqual(names, ['first', 'second'])
    await closed.promise
    assert.equal(sessions.size, 1)
  })

  it('lets requests through that wait for a connection while it is renewed', async (t) => {
    const { client } = await startServer(t, (stream) => json(stream, 200, { metadata: { name: 'a' } }))
    const asked = [1, 2, 3].map(() => client.get(Pods, { namespace: 'ns', name: 'a' }))
    client.renew()
    asked.push(client.get(Pods, { namespace: 'ns', name: 'a' }))
    for (const { metadata } of await Promise.all(asked)) assert.equal(metadata.name, 'a')
  })

  it('says that nobody answers, and at which address', async () => {
    const client = httpClient({ server: 'http://127.0.0.1:1', tls: {}, fieldManager: 'test' })
    await assert.rejects(client.get(Pods, { namespace: 'ns', name: 'a' }), (error) => {
      assert.ok(isWherryError(error, 'unavailable'))
      assert.match(error.message, /http:\/\/127\.0\.0\.1:1/)
      return true
    })
    await client.close()
  })
})
