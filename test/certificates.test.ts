import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from 'node:tls'
import { Nodes } from '../src/api/core/node.ts'
import { Pods } from '../src/api/core/pod.ts'
import { Services } from '../src/api/core/service.ts'
import { credentialFiles, SERVER_CLIENT_NAME } from '../src/cli/machine/credentials.ts'
import type { CredentialFiles, PairFiles } from '../src/cli/machine/credentials.ts'
import type { Client } from '../src/client/client.ts'
import { httpClient } from '../src/client/http-client.ts'
import type { HttpClient } from '../src/client/http-client.ts'
import { loadKubeconfig } from '../src/client/kubeconfig.ts'
import { realClock } from '../src/lib/clock.ts'
import { isWherryError } from '../src/lib/errors.ts'
import { KeptPair } from '../src/lib/kept-pair.ts'
import { silentLogger } from '../src/lib/log.ts'
import { expiryOf, issueCertificate } from '../src/lib/pki.ts'
import type { CertificateRequest, KeyPair } from '../src/lib/pki.ts'
import { keepNodeCertificates } from '../src/node/certificates.ts'
import type { PodManager } from '../src/node/pods/pod-manager.ts'
import type { Runtime } from '../src/node/runtime/runtime.ts'
import { startAgentServer } from '../src/node/server/agent-server.ts'
import { TestServer } from './bench/test-server.ts'

/** Long enough for a slow machine to start a server and to answer a request for a certificate. */
const LIFE_SECONDS = 12
const NODE = 'bench'
const NODE_REQUEST = {
  commonName: `system:node:${NODE}`,
  organizations: ['system:nodes'],
  names: [NODE, '127.0.0.1'],
  usages: ['client', 'server'],
} as const

/** The real server, and what an agent has to do with it, all with certificates that end after a few seconds. */
describe('a cluster that outlives its certificates', () => {
  const stop = new AbortController()
  const { signal } = stop
  const log = silentLogger
  const [clock, random] = [realClock, Math.random]
  let server: TestServer
  let files: CredentialFiles
  let authority: KeyPair
  let admin: Client
  let node: HttpClient
  let asClient: KeptPair
  let asServer: KeptPair
  let ended: Promise<unknown>

  const makeShort = async ({ certificate, key }: PairFiles, request: Omit<CertificateRequest, 'days' | 'now'>) => {
    const pair = await issueCertificate(authority, { ...request, days: LIFE_SECONDS / 86_400, now: Date.now() })
    writeFileSync(certificate, pair.certificate)
    writeFileSync(key, pair.key)
    return pair
  }

  before(async () => {
    server = await TestServer.prepare()
    files = credentialFiles(server.layout)
    const read = (path: string): string => readFileSync(path, 'utf8')
    authority = { certificate: read(files.authority.certificate), key: read(files.authority.key) }
    const ca = authority.certificate
    await makeShort(files.server.made, { commonName: 'kube-apiserver', names: ['127.0.0.1'], usages: ['server'] })
    await makeShort(files.serverClient.made, { commonName: SERVER_CLIENT_NAME, usages: ['client'] })
    await server.start()
    admin = httpClient({ ...(await loadKubeconfig(server.layout.kubeconfig)), fieldManager: 'test' })

    const own = files.node(NODE)
    await makeShort(own.asClient.made, NODE_REQUEST)
    asClient = new KeptPair({ authority: ca, ...own.asClient })
    asServer = new KeptPair({ authority: ca, ...own.asServer })
    node = nodeClient(() => asClient.current())
    asClient.onChange(() => node.renew())
    const agent = await startAgentServer({
      port: 0,
      host: '127.0.0.1',
      tls: () => ({ cert: asServer.current().certificate, key: asServer.current().key, ca }),
      clientNames: [SERVER_CLIENT_NAME],
      manager: { find: () => undefined } as unknown as PodManager,
      runtime: {} as Runtime,
      nodeName: NODE,
      clock,
      log,
      signal,
    })
    asServer.onChange(() => agent.renewTls())
    await node.create(Nodes, {
      metadata: { name: NODE },
      status: {
        addresses: [{ type: 'InternalIP', address: '127.0.0.1' }],
        daemonEndpoints: { kubeletEndpoint: { Port: agent.port } },
      },
    })
    const names = [NODE, '127.0.0.1']
    const options = { client: node, clock, random, log, signal, nodeName: NODE, names, asClient, asServer }
    ended = Promise.all([keepNodeCertificates(options), agent.ended])
  })

  after(async () => {
    stop.abort()
    await ended
    await Promise.all([node.close(), admin.close()])
    await server[Symbol.asyncDispose]()
  })

  const nodeClient = (pair: () => KeyPair): HttpClient =>
    httpClient({
      server: `https://127.0.0.1:${server.endpoint.port}`,
      tls: () => ({ ca: authority.certificate, ...pair() }),
      fieldManager: 'node',
    })

  it('loses no event of a watch, refuses nobody, and shows new certificates to whoever comes', async () => {
    const first = asClient.current()
    const [shownFirst, endMs] = [await certificateShown(), expiryOf(first.certificate)]
    const [seen, watchEnd] = [[] as string[], new AbortController()]
    const { resourceVersion } = await admin.list(Services, { namespace: 'default' })
    const watched = (async () => {
      const query = { namespace: 'default', resourceVersion, signal: AbortSignal.any([signal, watchEnd.signal]) }
      for await (const event of node.watch(Services, query)) {
        if (event.type !== 'BOOKMARK') seen.push(event.object.metadata.name)
      }
    })()

    const made: string[] = []
    while (Date.now() < endMs + 1000 || (await certificateShown()) === shownFirst || made.length < 50) {
      const name = `s-${made.length}`
      await admin.create(Services, {
        metadata: { namespace: 'default', name },
        spec: { clusterIP: 'None', ports: [{ port: 80 }] },
      })
      made.push(name)
      assert.equal((await node.get(Nodes, { name: NODE })).metadata.name, NODE)
      await sleep(100)
    }
    await eventually(() => seen.length >= made.length)
    assert.deepEqual(seen, made, 'one watch tells them all, in order')
    watchEnd.abort()
    await watched

    assert.ok(expiryOf(asClient.current().certificate) > endMs)
    assert.ok(expiryOf(asServer.current().certificate) > endMs)
    const late = nodeClient(() => first)
    await assert.rejects(late.get(Nodes, { name: NODE }), (error) =>
      isWherryError(error, 'forbidden', 'unauthenticated'),
    )
    await late.close()
  })

  it('lets the server and the agent know each other by their new certificates', async () => {
    await eventually(async () => {
      const pod = { metadata: { namespace: 'default', name: 'p' }, spec: { nodeName: NODE, containers: [CONTAINER] } }
      await admin.create(Pods, pod)
      return true
    })
    const { status, body } = await admin.raw({ method: 'GET', path: '/api/v1/namespaces/default/pods/p/log' })
    assert.equal(status, 404, body.toString())
    assert.match(body.toString(), /pod \\"p_default\\" not found/, 'as the agent says it')
  })

  it('begins anew with what it had at the end', async () => {
    const shown = await certificateShown()
    await server.stop()
    await server.start()
    assert.equal(await certificateShown(), shown)
    const pair = new KeptPair({ authority: authority.certificate, ...files.node(NODE).asClient })
    assert.deepEqual(pair.current(), asClient.current())
  })

  /** The certificate that a new connection gets; throws unless it holds now. */
  const certificateShown = (): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ ...server.endpoint, secureContext: server.endpoint.tls }, () => {
        resolve(socket.getPeerX509Certificate()!.fingerprint256)
        socket.destroy()
      })
      socket.on('error', reject)
    })
})

const CONTAINER = { name: 'c', image: 'test.local/nothing:1' }

async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 30_000; ; await sleep(20)) {
    const done = await Promise.resolve()
      .then(holds)
      .catch((error: unknown) => {
        if (Date.now() > deadline) throw error
        return false
      })
    if (done) return
    assert.ok(Date.now() < deadline, 'it did not come to pass')
  }
}
