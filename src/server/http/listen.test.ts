import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect as connectHttp2 } from 'node:http2'
import { createServer, request as httpsRequest } from 'node:https'
import type { RequestOptions } from 'node:https'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, it } from 'node:test'
import { Nodes } from '../../api/core/node.ts'
import { realClock } from '../../lib/clock.ts'
import { silentLogger } from '../../lib/log.ts'
import { createAuthority, issueCertificate } from '../../lib/pki.ts'
import type { CertificateRequest, KeyPair } from '../../lib/pki.ts'
import { generateKeyPairSync } from 'node:crypto'
import { memoryStore } from '../../store/memory.ts'
import type { AssembledServer } from '../assemble.ts'
import { assembleServer } from '../assemble.ts'
import type { Listener } from './listen.ts'
import { listen } from './listen.ts'

interface Place {
  readonly authority: KeyPair
  readonly admin: KeyPair
  readonly stranger: KeyPair
  readonly server: AssembledServer
  readonly listener: Listener
}

let place: Place

before(async () => {
  const now = Date.now()
  const authority = await createAuthority('test authority', 1, now)
  const other = await createAuthority('another authority', 1, now)
  const issue = (
    ca: KeyPair,
    commonName: string,
    more: Pick<CertificateRequest, 'usages' | 'names' | 'organizations'>,
  ): Promise<KeyPair> => issueCertificate(ca, { commonName, days: 1, now, ...more })
  const [serving, admin, stranger, client] = await Promise.all([
    issue(authority, 'server', { names: ['127.0.0.1', 'localhost'], usages: ['server'] }),
    issue(authority, 'admin', { organizations: ['system:masters'], usages: ['client'] }),
    issue(other, 'admin', { organizations: ['system:masters'], usages: ['client'] }),
    issue(authority, 'system:apiserver', { usages: ['client'] }),
  ])
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const server = await assembleServer({
    store: memoryStore(),
    clock: realClock,
    random: Math.random,
    log: silentLogger,
    release: '0.0.0-test',
    tokenKeys: [privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    issuer: 'https://kubernetes.default.svc',
    clientCa: authority.certificate,
    nodeClientTls: () => ({ cert: client.certificate, key: client.key, ca: authority.certificate }),
  })
  const listener = await listen(server.api, {
    host: '127.0.0.1',
    port: 0,
    tls: { cert: serving.certificate, key: serving.key, clientCa: authority.certificate },
  })
  place = { authority, admin, stranger, server, listener }
})

after(async () => {
  await place.listener.close(0)
  await place.server.close()
})

interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: IncomingMessage['headers']
}

function ask(
  path: string,
  options: RequestOptions & { body?: Buffer } = {},
  who: KeyPair | 'nobody' = place.admin,
): Promise<Answer> {
  const { body, ...rest } = options
  return new Promise((resolve, reject) => {
    const request = httpsRequest(
      {
        host: '127.0.0.1',
        port: place.listener.port,
        path,
        ca: place.authority.certificate,
        ...(who === 'nobody' ? {} : { cert: who.certificate, key: who.key }),
        agent: false,
        ...rest,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({ status: response.statusCode!, text: Buffer.concat(chunks).toString(), headers: response.headers }),
        )
        response.on('error', reject)
      },
    )
    request.on('error', reject)
    request.end(body)
  })
}

describe('listen', () => {
  it('knows who shows a certificate of the authority, and nobody else', async () => {
    const me = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
    const post = { method: 'POST', body: Buffer.from('{}'), headers: { 'content-type': 'application/json' } }
    assert.equal(JSON.parse((await ask(me, post)).text).status.userInfo.username, 'admin')
    assert.equal((await ask('/api/v1/pods', {}, place.stranger)).status, 403)
    assert.equal((await ask('/api/v1/pods', {}, 'nobody')).status, 403)
    assert.equal((await ask('/livez', {}, 'nobody')).text, 'ok')
    const forged = await ask('/api/v1/pods', { headers: { authorization: 'Bearer nonsense' } }, 'nobody')
    assert.equal(forged.status, 401)
  })

  it('speaks HTTP/2 on the same port, many requests on one connection', async () => {
    const session = connectHttp2(`https://127.0.0.1:${place.listener.port}`, {
      ca: place.authority.certificate,
      cert: place.admin.certificate,
      key: place.admin.key,
    })
    const get = async (path: string): Promise<any> => {
      const stream = session.request({ ':path': path })
      const chunks: Buffer[] = []
      for await (const chunk of stream) chunks.push(chunk as Buffer)
      return JSON.parse(Buffer.concat(chunks).toString())
    }
    const lists = await Promise.all(Array.from({ length: 20 }, () => get('/api/v1/namespaces')))
    for (const list of lists) assert.equal(list.items.length, 4)
    session.close()
    await once(session, 'close')
  })

  it('streams a watch as things happen', async () => {
    const events: string[] = []
    const request = httpsRequest({
      host: '127.0.0.1',
      port: place.listener.port,
      path: '/api/v1/namespaces/default/configmaps?watch=true&resourceVersion=1&fieldSelector=metadata.name%3Dwatched',
      ca: place.authority.certificate,
      cert: place.admin.certificate,
      key: place.admin.key,
      agent: false,
    })
    request.end()
    const [response] = (await once(request, 'response')) as [IncomingMessage]
    response.setEncoding('utf8')
    const map = Buffer.from(JSON.stringify({ metadata: { name: 'watched' } }))
    const headers = { 'content-type': 'application/json' }
    await ask('/api/v1/namespaces/default/configmaps', { method: 'POST', body: map, headers })
    await ask('/api/v1/namespaces/default/configmaps/watched', { method: 'DELETE' })
    for await (const text of response) {
      for (const line of String(text).split('\n')) if (line !== '') events.push(JSON.parse(line).type)
      if (events.length === 2) break
    }
    assert.deepEqual(events, ['ADDED', 'DELETED'])
    request.destroy()
  })

  it('refuses a body that is too large, said or unsaid', async () => {
    const body = Buffer.alloc(4 * 1024 * 1024, 'x')
    const headers = { 'content-type': 'application/json' }
    const post = { method: 'POST', body }
    const announced = await ask('/api/v1/namespaces/default/configmaps', {
      ...post,
      headers: { ...headers, 'content-length': body.length },
    })
    assert.equal(announced.status, 413)
    const chunked = await ask('/api/v1/namespaces/default/configmaps', {
      ...post,
      headers: { ...headers, 'transfer-encoding': 'chunked' },
    })
    assert.equal(chunked.status, 413)
    assert.equal(JSON.parse(chunked.text).reason, 'RequestEntityTooLarge')
  })

  it('lets its answer arrive while the body that it refused is still being sent', async () => {
    const body = Buffer.alloc(16 * 1024 * 1024, 'x')
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    for (let round = 0; round < 10; round++) {
      const { status } = await ask('/api/v1/namespaces/default/configmaps', { method: 'POST', body, headers })
      assert.equal(status, 413)
    }
  })

  it('answers a HEAD like a GET, without the body', async () => {
    const { status, text, headers } = await ask('/api/v1/namespaces/default', { method: 'HEAD' })
    assert.equal(status, 200)
    assert.equal(text, '')
    assert.ok(Number(headers['content-length']) > 0)
    assert.match(String(headers['audit-id']), /^[0-9a-f-]{36}$/)
  })
})

describe('streams', () => {
  it('go to the agent of the node, with the certificate of the server', async (t) => {
    const seen: { url: string; who: string; protocol: string | undefined }[] = []
    const serving = await issueCertificate(place.authority, {
      commonName: 'node',
      names: ['127.0.0.1'],
      days: 1,
      now: Date.now(),
      usages: ['server'],
    })
    const agent = createServer(
      { cert: serving.certificate, key: serving.key, ca: place.authority.certificate, requestCert: true },
      (request, response) => {
        seen.push({
          url: request.url!,
          who: (request.socket as any).getPeerCertificate().subject.CN,
          protocol: undefined,
        })
        response.writeHead(200, { 'content-type': 'text/plain' })
        response.end('a line\n')
      },
    )
    agent.on('upgrade', (request, socket, head) => {
      const protocol = request.headers['sec-websocket-protocol']
      seen.push({ url: request.url!, who: (request.socket as any).getPeerCertificate().subject.CN, protocol })
      socket.write('HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: Upgrade\r\n\r\n')
      socket.write(head)
      socket.pipe(socket)
    })
    agent.listen(0, '127.0.0.1')
    await once(agent, 'listening')
    t.after(() => agent.close())
    const api = place.server.api.as(place.server.master)
    const { port } = agent.address() as AddressInfo
    await api.create(Nodes, {
      metadata: { name: 'n1' },
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: port } },
      },
    })
    const account = Buffer.from(JSON.stringify({ metadata: { name: 'default' } }))
    const headers = { 'content-type': 'application/json' }
    await ask('/api/v1/namespaces/default/serviceaccounts', { method: 'POST', body: account, headers })
    const pod = { metadata: { name: 'p' }, spec: { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] } }
    const created = await ask('/api/v1/namespaces/default/pods', {
      method: 'POST',
      body: Buffer.from(JSON.stringify(pod)),
      headers,
    })
    assert.equal(created.status, 201, created.text)

    const log = await ask('/api/v1/namespaces/default/pods/p/log?tailLines=5&follow=false')
    assert.equal(log.text, 'a line\n')
    assert.deepEqual(seen.shift(), {
      url: '/containerLogs/default/p/c?follow=false&tailLines=5',
      who: 'system:apiserver',
      protocol: undefined,
    })
    assert.equal((await ask('/api/v1/namespaces/default/pods/p/log?container=x')).status, 400)

    const request = httpsRequest({
      host: '127.0.0.1',
      port: place.listener.port,
      path: '/api/v1/namespaces/default/pods/p/exec?command=echo&command=hi&stdin=true&stdout=true',
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-protocol': 'v5.channel.k8s.io, base64url.bearer.authorization.k8s.io.abc',
      },
      ca: place.authority.certificate,
      cert: place.admin.certificate,
      key: place.admin.key,
      agent: false,
    })
    request.end()
    const [response, socket] = (await once(request, 'upgrade')) as [IncomingMessage, NodeJS.ReadWriteStream]
    assert.equal(response.statusCode, 101)
    socket.write('there and back')
    const [echo] = (await once(socket, 'data')) as [Buffer]
    assert.equal(echo.toString(), 'there and back')
    socket.end()
    assert.deepEqual(seen.shift(), {
      url: '/exec/default/p/c?command=echo&command=hi&input=1&output=1',
      who: 'system:apiserver',
      protocol: 'v5.channel.k8s.io',
    })

    const missing = httpsRequest({
      host: '127.0.0.1',
      port: place.listener.port,
      path: '/api/v1/namespaces/default/pods/none/exec?command=ls',
      headers: { connection: 'Upgrade', upgrade: 'websocket' },
      ca: place.authority.certificate,
      cert: place.admin.certificate,
      key: place.admin.key,
      agent: false,
    })
    missing.end()
    const [refused] = (await once(missing, 'response')) as [IncomingMessage]
    assert.equal(refused.statusCode, 404)
    refused.resume()
  })
})
