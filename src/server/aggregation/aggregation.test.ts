import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:https'
import type { Server } from 'node:https'
import type { IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { duplexPair } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, describe, it } from 'node:test'
import type { TLSSocket } from 'node:tls'
import { inProcessClient } from '../../client/in-process.ts'
import { untypedKind } from '../../client/untyped-kind.ts'
import { createAuthority, issueCertificate } from '../../lib/pki.ts'
import { Identity } from '../authn/identity.ts'
import type { TestServer } from '../server.test-helper.ts'
import { startTestServer } from '../server.test-helper.ts'

const SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices'
const NAME = 'v1alpha1.wardle.example.com'
const ROOT = '/apis/wardle.example.com/v1alpha1'
const merge = { 'content-type': 'application/merge-patch+json' }
const aggregated = { accept: 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList' }

const RESOURCES = {
  kind: 'APIResourceList',
  groupVersion: 'wardle.example.com/v1alpha1',
  resources: [
    { name: 'flunders', singularName: 'flunder', namespaced: true, kind: 'Flunder', verbs: ['get', 'list', 'watch'] },
    { name: 'flunders/status', singularName: '', namespaced: true, kind: 'Flunder', verbs: ['get'] },
  ],
}

const OPENAPI = {
  paths: {
    [`${ROOT}/flunders`]: { get: { responses: { 200: { schema: { $ref: '#/definitions/io.k8s.Status' } } } } },
    '/apis/other/v1/things': {},
  },
  definitions: { 'io.k8s.Status': { description: 'theirs' }, unused: {} },
}

interface Asked {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly peer: string | undefined
  readonly body: string
}

/** A server as it stands behind this one, with what it was asked. */
interface Backend {
  readonly server: Server
  readonly port: number
  readonly caBundle: string
  readonly frontProxy: { readonly cert: string; readonly key: string }
  readonly asked: Asked[]
  isBroken: boolean
}

async function startBackend(): Promise<Backend> {
  const now = Date.now()
  const [authority, frontAuthority] = await Promise.all([
    createAuthority('backend-ca', 1, now),
    createAuthority('front-ca', 1, now),
  ])
  const own = await issueCertificate(authority, {
    commonName: 'backend',
    names: ['backend.default.svc'],
    usages: ['server'],
    days: 1,
    now,
  })
  const front = await issueCertificate(frontAuthority, { commonName: 'front', usages: ['client'], days: 1, now })
  const server = createServer({
    cert: own.certificate,
    key: own.key,
    ca: frontAuthority.certificate,
    requestCert: true,
  })
  const asked: Asked[] = []
  server.on('request', async (request, response) => {
    const { method = '', url = '', headers } = request
    const peer = (request.socket as TLSSocket).getPeerCertificate()?.subject?.CN
    const isKnown = (request.socket as TLSSocket).authorized
    asked.push({ method, url, headers, peer: isKnown ? String(peer) : undefined, body: await text(request) })
    const answer = (status: number, value: object): void => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-backend': 'yes' })
      response.end(JSON.stringify(value))
    }
    if (backend.isBroken) answer(500, {})
    else if (url === ROOT) answer(200, RESOURCES)
    else if (url === '/openapi/v2') answer(200, OPENAPI)
    else if (url === `/openapi/v3${ROOT}`) answer(200, { openapi: '3.0.0', info: { title: 'theirs' } })
    else if (url.includes('watch=1')) {
      response.write(`${JSON.stringify({ type: 'ADDED', object: {} })}\n`)
    } else if (method === 'POST') answer(201, { kind: 'Flunder', metadata: { name: 'made' } })
    else answer(200, { kind: 'FlunderList', metadata: { resourceVersion: '7' }, items: [{ metadata: { name: 'a' } }] })
  })
  server.on('upgrade', (request, socket) => {
    const who = String(request.headers['x-remote-user'])
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\r\n${who}`)
    socket.pipe(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const backend: Backend = {
    server,
    port: (server.address() as AddressInfo).port,
    caBundle: Buffer.from(authority.certificate).toString('base64'),
    frontProxy: { cert: front.certificate, key: front.key },
    asked,
    isBroken: false,
  }
  return backend
}

/** Waits for what happens by itself; the clock of the server stands still. */
async function eventually<T>(look: () => Promise<T>, isIt: (found: T) => boolean): Promise<T> {
  for (let i = 0; ; i++) {
    const found = await look()
    if (isIt(found)) return found
    if (i === 500) assert.fail(`it never came to that: ${JSON.stringify(found)}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

describe('API services of other servers', () => {
  let backend: Backend
  before(async () => {
    backend = await startBackend()
  })
  after(() => {
    backend.server.closeAllConnections()
    backend.server.close()
  })

  const conditionOf = async ({ send }: TestServer): Promise<any> =>
    (await send(`GET ${SERVICES}/${NAME}`)).json.status.conditions?.find((one: any) => one.type === 'Available')

  const apiService = (more: object = {}): object => ({
    metadata: { name: NAME },
    spec: {
      group: 'wardle.example.com',
      version: 'v1alpha1',
      service: { namespace: 'default', name: 'backend', port: backend.port },
      caBundle: backend.caBundle,
      groupPriorityMinimum: 2000,
      versionPriority: 200,
      ...more,
    },
  })

  async function startRegistered(): Promise<TestServer> {
    backend.isBroken = false
    const server = await startTestServer({ frontProxy: () => backend.frontProxy })
    const { send } = server
    assert.equal((await send(`POST ${SERVICES}`, apiService())).status, 201)
    await eventually(
      () => conditionOf(server),
      (one) => one?.reason === 'ServiceNotFound',
    )
    // One that has its address elsewhere: no endpoint may be on this machine.
    const service = { metadata: { name: 'backend' }, spec: { type: 'ExternalName', externalName: 'localhost' } }
    assert.equal((await send('POST /api/v1/namespaces/default/services', service)).status, 201)
    await eventually(
      () => conditionOf(server),
      (one) => one?.status === 'True',
    )
    backend.asked.length = 0
    return server
  }

  it('become available when they can be asked, and say why not', async () => {
    const server = await startRegistered()
    const { send, clock } = server
    const condition = await conditionOf(server)
    assert.deepEqual([condition.reason, condition.message], ['Passed', 'all checks passed'])
    backend.isBroken = true
    await clock.advance(30_000)
    const broken = await eventually(
      () => conditionOf(server),
      (one) => one.status === 'False',
    )
    assert.equal(broken.reason, 'FailedDiscoveryCheck')
    const url = `https://localhost:${backend.port}${ROOT}`
    assert.equal(broken.message, `failing or missing response from ${url}: bad status from ${url}: 500`)
    const refused = await send(`GET ${ROOT}/namespaces/default/flunders`)
    assert.equal(refused.status, 503)
    assert.match(refused.json.message, /^service unavailable/)
    const { items } = (await send('GET /apis', undefined, aggregated)).json
    const group = items.find((one: any) => one.metadata.name === 'wardle.example.com')
    assert.equal(group.versions[0].freshness, 'Stale')
    assert.equal(group.versions[0].resources[0].resource, 'flunders', 'what was known stays')
    backend.isBroken = false
    await clock.advance(30_000)
    await eventually(
      () => conditionOf(server),
      (one) => one.status === 'True',
    )
    await send(`PATCH ${SERVICES}/${NAME}`, { spec: { caBundle: null } }, merge)
    const distrusted = await eventually(
      () => conditionOf(server),
      (one) => one.status === 'False',
    )
    assert.match(distrusted.message, /: unable to verify the first certificate$/)
    await server.server.close()
  })

  it('are asked with the word of this server for who asks', async () => {
    const { send, server } = await startRegistered()
    const answer = await send(
      `POST ${ROOT}/namespaces/default/flunders?fieldManager=x`,
      { kind: 'Flunder' },
      {
        authorization: 'Bearer secret',
        'x-remote-user': 'somebody-else',
        'x-remote-extra-scopes': 'all',
        'impersonate-user': 'me',
      },
    )
    assert.equal(answer.status, 201)
    assert.equal(answer.json.metadata.name, 'made')
    assert.equal(answer.headers['x-backend'], 'yes')
    const [{ headers, peer, url, body }] = backend.asked as [Asked]
    assert.equal(url, `${ROOT}/namespaces/default/flunders?fieldManager=x`)
    assert.equal(body, '{"kind":"Flunder"}')
    assert.equal(peer, 'front')
    assert.equal(headers['x-remote-user'], 'admin')
    assert.equal(headers['x-remote-group'], 'system:masters, system:authenticated')
    for (const name of ['authorization', 'x-remote-extra-scopes', 'impersonate-user'])
      assert.equal(headers[name], undefined)
    await server.close()
  })

  it('stream what they have to say', async () => {
    const { watch, server } = await startRegistered()
    const stream = await watch(`${ROOT}/flunders?watch=1`)
    await eventually(
      async () => stream.events(),
      (events) => events.length === 1,
    )
    assert.equal(stream.isEnded(), false)
    stream.close()
    await server.close()
  })

  it('may speak something else than HTTP', async () => {
    const { server } = await startRegistered()
    const [near, far] = duplexPair()
    const headers = { connection: 'Upgrade', upgrade: 'websocket' }
    const request = { method: 'GET', url: `${ROOT}/namespaces/default/flunders/a/attach`, headers }
    await server.upgrade(
      { ...request, body: async () => Buffer.alloc(0), signal: new AbortController().signal },
      far,
      Buffer.alloc(0),
    )
    near.write('echo')
    let heard = ''
    for await (const chunk of near) {
      heard += String(chunk)
      if (heard.endsWith('echo')) break
    }
    assert.match(heard, /^HTTP\/1.1 101 [^]*adminecho$/)
    await server.close()
  })

  it('are found among all others, in the order of their priorities', async () => {
    const { send, server } = await startRegistered()
    const { groups } = (await send('GET /apis')).json
    const names = groups.map((one: any) => one.name)
    assert.deepEqual(names.slice(0, 2), ['apiregistration.k8s.io', 'apps'])
    assert.equal(names.at(-1), 'wardle.example.com')
    assert.deepEqual((await send('GET /apis/wardle.example.com')).json.preferredVersion, {
      groupVersion: 'wardle.example.com/v1alpha1',
      version: 'v1alpha1',
    })
    assert.deepEqual((await send(`GET ${ROOT}`)).json, RESOURCES)
    await send(`PATCH ${SERVICES}/${NAME}`, { spec: { groupPriorityMinimum: 17_790 } }, merge)
    const { items } = (await send('GET /apis', undefined, aggregated)).json
    assert.equal(items[2].metadata.name, 'wardle.example.com')
    assert.deepEqual(items[2].versions, [
      {
        version: 'v1alpha1',
        freshness: 'Current',
        resources: [
          {
            resource: 'flunders',
            responseKind: { group: 'wardle.example.com', version: 'v1alpha1', kind: 'Flunder' },
            scope: 'Namespaced',
            singularResource: 'flunder',
            verbs: ['get', 'list', 'watch'],
            subresources: [
              {
                subresource: 'status',
                responseKind: { group: 'wardle.example.com', version: 'v1alpha1', kind: 'Flunder' },
                verbs: ['get'],
              },
            ],
          },
        ],
      },
    ])
    await send(`DELETE ${SERVICES}/${NAME}`)
    assert.equal((await send('GET /apis/wardle.example.com')).status, 404)
    assert.equal((await send(`GET ${ROOT}/flunders`)).status, 404)
    await server.close()
  })

  it('are described beside all others', async () => {
    const { send, server } = await startRegistered()
    const { paths, definitions } = (await send('GET /openapi/v2')).json
    assert.deepEqual(paths[`${ROOT}/flunders`].get.responses[200].schema, { $ref: '#/definitions/io.k8s.Status' })
    assert.deepEqual(definitions['io.k8s.Status'], { description: 'theirs' })
    assert.equal(paths['/apis/other/v1/things'], undefined)
    assert.equal(definitions['unused'], undefined)
    const index = (await send('GET /openapi/v3')).json.paths
    const document = await send(`GET ${index['apis/wardle.example.com/v1alpha1'].serverRelativeURL}`)
    assert.equal(document.json.info.title, 'theirs')
    await server.close()
  })

  it('are reached by callers in this process as well', async () => {
    const { server } = await startRegistered()
    const client = inProcessClient(server, Identity.of('collector', []), 'collector')
    const kind = untypedKind({
      group: 'wardle.example.com',
      version: 'v1alpha1',
      plural: 'flunders',
      kind: 'Flunder',
      namespaced: true,
      verbs: ['list'],
    })
    const { items } = await client.list(kind)
    assert.deepEqual([items[0]!.metadata.name, items[0]!.kind], ['a', 'Flunder'])
    assert.equal(backend.asked.at(-1)!.headers['x-remote-user'], 'collector')
    await server.close()
  })

  it('are checked when they are written', async () => {
    const { send, server } = await startTestServer()
    const { json } = await send(`POST ${SERVICES}`, {
      metadata: { name: 'x' },
      spec: { version: 'v1', group: 'example.com', groupPriorityMinimum: 0, versionPriority: 2000, caBundle: 'eA==' },
    })
    assert.deepEqual(
      json.details.causes.map((one: any) => one.field),
      ['metadata.name', 'spec.groupPriorityMinimum', 'spec.versionPriority', 'spec.caBundle'],
    )
    await server.close()
  })
})
