import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { createServer as createTlsServer, Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { Services } from '../../src/api/core/service.ts'
import type { Service } from '../../src/api/core/v1.ts'
import { EndpointSlices } from '../../src/api/discovery/endpoint-slice.ts'
import type { EndpointSlice } from '../../src/api/discovery/v1.ts'
import { IngressClasses } from '../../src/api/networking/ingress-class.ts'
import { Ingresses } from '../../src/api/networking/ingress.ts'
import type { Ingress } from '../../src/api/networking/v1.ts'
import type { Client } from '../../src/client/client.ts'
import { type GatewayFiles, PASSED } from '../../src/gateway/config.ts'
import { filesIn, type Gateway, runGateway } from '../../src/gateway/gateway.ts'
import { runningPid } from '../../src/gateway/haproxy.ts'
import { busySessions, listServers, runtimeCommand } from '../../src/gateway/runtime-api.ts'
import { realClock } from '../../src/lib/clock.ts'
import { silentLogger } from '../../src/lib/log.ts'
import { createAuthority, issueCertificate, type KeyPair } from '../../src/lib/pki.ts'
import { fakeCaches } from '../../src/node/network/fake-caches.test-helper.ts'
import { get } from '../system/http.ts'
import { startLoad } from '../system/load.ts'
import { eventually } from '../system/system-cluster.ts'

const skip = spawnSync('haproxy', ['-v']).status === 0 ? false : 'haproxy is not installed'
/** Which process of HAProxy takes connections. */
async function workerOf({ runtimeSocket }: GatewayFiles): Promise<string | undefined> {
  return /^Pid: (\d+)/m.exec(await runtimeCommand(runtimeSocket, 'show info'))?.[1]
}

const [HTTP, HTTPS] = [18_780, 18_743]

describe('the gateway', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'wherry-gateway-'))
  // As a data directory is: HAProxy passes through it without root's rights.
  chmodSync(folder, 0o755)
  const files = filesIn(join(folder, 'gateway'))
  const caches = fakeCaches()
  let secret: object | undefined
  const client = {
    list: async () => ({ items: secret === undefined ? [] : [secret], resourceVersion: '1' }),
    watch: async function* (_: unknown, { signal }: { signal: AbortSignal }) {
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      yield* []
    },
    patch: async () => ({}),
    create: async () => ({}),
  } as unknown as Client
  let stop = new AbortController()
  let gateway: Gateway
  const start = async (): Promise<void> => {
    stop = new AbortController()
    gateway = await runGateway({
      client,
      caches,
      addresses: ['127.0.0.1'],
      publish: '127.0.0.1',
      httpPort: HTTP,
      httpsPort: HTTPS,
      dataDir: folder,
      clock: realClock,
      log: silentLogger,
      recorder: { record: () => {} },
      by: 'gateway',
      signal: stop.signal,
    })
  }

  const pods: { address: string; port: number; close(): Promise<void> }[] = []
  /** An application on a loopback address of its own; it ends at once when it is told to. */
  const startPod = async (
    address: string,
    text: string,
    port = 0,
  ): Promise<{ address: string; port: number; close(): Promise<void> }> => {
    const server = createServer(
      (request, answer) =>
        void setTimeout(
          () => answer.end(`${text} ${request.headers['x-forwarded-proto']}`),
          request.url === '/slow' ? 400 : 2,
        ),
    )
    await new Promise<void>((resolve) => server.listen(port, address, resolve))
    const pod = {
      address,
      port: (server.address() as AddressInfo).port,
      close: () =>
        new Promise<void>((resolve) => {
          server.close(() => resolve())
          server.closeAllConnections()
        }),
    }
    pods.push(pod)
    return pod
  }
  const metadata = (name: string): object => ({
    name,
    namespace: 'default',
    uid: name,
    creationTimestamp: '2026-01-01T00:00:00Z',
  })
  const putService = (name: string): void =>
    void caches.put(Services, {
      kind: 'Service',
      apiVersion: 'v1',
      metadata: metadata(name),
      spec: { ports: [{ name: 'http', port: 80 }] },
      status: { loadBalancer: {} },
    } as unknown as Service)
  const putEndpoints = (name: string, port: number, addresses: readonly string[]): void =>
    void caches.put(EndpointSlices, {
      kind: 'EndpointSlice',
      apiVersion: 'discovery.k8s.io/v1',
      metadata: { ...metadata(`${name}-1`), labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port, protocol: 'TCP' }],
      endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    } as unknown as EndpointSlice)
  const putIngress = (name: string, host: string, service: string, more: object = {}): void =>
    void caches.put(Ingresses, {
      kind: 'Ingress',
      apiVersion: 'networking.k8s.io/v1',
      metadata: metadata(name),
      spec: {
        rules: [
          {
            host,
            http: {
              paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: service, port: { number: 80 } } } }],
            },
          },
        ],
        ...more,
      },
      status: { loadBalancer: {} },
    } as unknown as Ingress)
  const ask = (host: string, path = '/') => get(`http://127.0.0.1:${HTTP}${path}`, { host })

  before(async () => {
    caches.put(IngressClasses, {
      kind: 'IngressClass',
      metadata: { name: 'wherry', uid: 'c', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
      spec: { controller: 'wherry.dev/gateway' },
    } as never)
    await start()
  })
  after(async () => {
    stop.abort()
    const pid = runningPid(files)
    if (pid !== undefined) process.kill(pid, 'SIGTERM')
    await eventually(() => assert.equal(runningPid(files), undefined), 10_000)
    for (const pod of pods) await pod.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('answers 404 for names that nobody serves', async () => {
    assert.equal((await ask('nobody.example')).status, 404)
  })

  it('serves a new Ingress, Service and endpoint without a reload', async () => {
    const { address, port } = await startPod('127.0.1.1', 'one')
    const before_ = runningPid(files)
    putService('web')
    putEndpoints('web', port, [address])
    putIngress('web', 'web.example', 'web')
    await gateway.settled()
    assert.deepEqual(await ask('WEB.example:80'), { status: 200, body: 'one http' })
    assert.ok(before_ !== undefined && runningPid(files) === before_)
  })

  it('leads a path elsewhere, and takes it away, without a reload', async () => {
    const worker = async (): Promise<string> =>
      /Pid: \d+/.exec(await runtimeCommand(files.runtimeSocket, 'show info'))![0]
    const before_ = await worker()
    const { address, port } = await startPod('127.0.1.2', 'two')
    putService('other')
    putEndpoints('other', port, [address])
    const paths = (first: string, second: string): object => ({
      rules: [
        {
          host: 'paths.example',
          http: {
            paths: [
              ['/', first],
              ['/a;b', second],
            ].map(([path, name]) => ({
              path,
              pathType: 'Exact',
              backend: { service: { name, port: { number: 80 } } },
            })),
          },
        },
      ],
    })
    const answers = async (): Promise<readonly (string | number)[]> =>
      (await Promise.all(['/', '/a;b'].map((path) => ask('paths.example', path)))).map(({ status, body }) =>
        status === 200 ? body : status,
      )
    for (const [first, second, expected] of [
      ['web', 'other', ['one http', 'two http']],
      ['other', 'other', ['two http', 'two http']],
      ['other', 'web', ['two http', 'one http']],
    ] as const) {
      putIngress('paths', 'paths.example', first, paths(first, second))
      await gateway.settled()
      assert.deepEqual(await answers(), expected)
    }
    caches.remove(Ingresses, caches.of(Ingresses).get({ namespace: 'default', name: 'paths' })!)
    await gateway.settled()
    assert.deepEqual(await answers(), [404, 404])
    assert.equal((await ask('web.example')).body, 'one http')
    assert.equal(await worker(), before_)
  })

  it('loses no request while endpoints come and go, when an endpoint ends only once it is drained', async () => {
    const port = pods[0]!.port
    const load = startLoad({
      host: '127.0.0.1',
      port: HTTP,
      headers: { host: 'web.example' },
      connections: 4,
      limit: 20_000,
      pauseMs: 1,
    })
    let current = pods[0]!
    const served = (count: number): Promise<void> => eventually(() => assert.ok(load.sent() >= count), 20_000, 5)
    for (let round = 0; round < 10; round++) {
      const next = await startPod(`127.0.1.${10 + round}`, `round-${round}`, port)
      putEndpoints('web', port, [current.address, next.address])
      await gateway.settled()
      putEndpoints('web', port, [next.address])
      await gateway.drained(current.address, AbortSignal.timeout(20_000))
      await current.close()
      current = next
      await served((round + 1) * 40)
    }
    const { sent, failures } = await load.stop()
    assert.deepEqual(failures, [])
    assert.ok(sent >= 400)
  })

  it('waits for a request that is under way', async () => {
    const leaving = pods.at(-1)!
    const order: string[] = []
    const slow = ask('web.example', '/slow').then((answer) => {
      order.push('answered')
      return answer
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    const next = await startPod('127.0.1.60', 'after', leaving.port)
    putEndpoints('web', leaving.port, [next.address])
    await gateway.drained(leaving.address, AbortSignal.timeout(10_000))
    order.push('drained')
    await leaving.close()
    assert.equal((await slow).status, 200)
    assert.deepEqual(order, ['answered', 'drained'])
  })

  it('shows the certificate of a host by its name', async () => {
    const authority = await createAuthority('test', 1, Date.now())
    const { certificate, key } = await issueCertificate(authority, {
      commonName: 'tls',
      names: ['tls.example'],
      usages: ['server'],
      days: 1,
      now: Date.now(),
    })
    const base64 = (text: string): string => Buffer.from(text).toString('base64')
    secret = {
      metadata: { name: 'cert', namespace: 'default' },
      data: { 'tls.crt': base64(certificate), 'tls.key': base64(key) },
    }
    putIngress('tls', 'tls.example', 'web', { tls: [{ hosts: ['tls.example'], secretName: 'cert' }] })
    const body = await eventually(
      () =>
        new Promise<string>((resolve, reject) => {
          const outgoing = httpsRequest(
            {
              host: '127.0.0.1',
              port: HTTPS,
              servername: 'tls.example',
              headers: { host: 'tls.example' },
              ca: authority.certificate,
              agent: false,
            },
            (answer) => {
              const chunks: Buffer[] = []
              answer.on('data', (chunk: Buffer) => chunks.push(chunk))
              answer.on('end', () => resolve(Buffer.concat(chunks).toString()))
            },
          )
          outgoing.on('error', reject)
          outgoing.end()
        }),
      10_000,
    )
    assert.equal(body, 'after https')
  })

  describe('with a LoadBalancer on its port for TLS', () => {
    let authority: KeyPair
    const apps: { address: string; close(): Promise<void> }[] = []
    /** An application that ends TLS itself. */
    const startApp = async (address: string, text: string, port = 0): Promise<number> => {
      const { certificate, key } = await issueCertificate(authority, {
        commonName: text,
        names: ['app.example'],
        usages: ['server'],
        days: 1,
        now: Date.now(),
      })
      const server = createTlsServer(
        { cert: certificate, key },
        (request, answer) => void setTimeout(() => answer.end(text), request.url === '/slow' ? 400 : 0),
      )
      await new Promise<void>((resolve) => server.listen(port, address, resolve))
      apps.push({
        address,
        close: () =>
          new Promise((resolve) => {
            server.close(() => resolve())
            server.closeIdleConnections()
          }),
      })
      return (server.address() as AddressInfo).port
    }
    const balancer = (name: string): Service =>
      ({
        kind: 'Service',
        apiVersion: 'v1',
        metadata: metadata(name),
        spec: { type: 'LoadBalancer', ports: [{ name: 'http', port: HTTPS }] },
        status: { loadBalancer: {} },
      }) as unknown as Service
    /** Asks for a host with the name of it, or another, in the first message of TLS; undefined sends none. */
    const askTls = (
      host: string,
      servername: string | undefined,
      agent: HttpsAgent | false = false,
      path = '/',
    ): Promise<string> =>
      new Promise((resolve, reject) => {
        const outgoing = httpsRequest(
          {
            host: '127.0.0.1',
            localAddress: '127.0.9.9',
            port: HTTPS,
            servername: servername ?? '',
            path,
            headers: { host },
            agent,
            rejectUnauthorized: false,
          },
          (answer) => {
            const chunks: Buffer[] = []
            answer.on('data', (chunk: Buffer) => chunks.push(chunk))
            answer.on('end', () => resolve(`${answer.statusCode} ${Buffer.concat(chunks).toString()}`))
          },
        )
        outgoing.on('error', reject)
        outgoing.end()
      })

    before(async () => {
      authority = await createAuthority('apps', 1, Date.now())
    })
    after(async () => {
      for (const name of ['tls-app', 'tls-next']) caches.remove(Services, balancer(name))
      await gateway.settled()
      for (const app of apps) await app.close()
    })

    it('passes on what no Ingress ends, with keep-alive, and loses nobody as it begins', async () => {
      const port = await startApp('127.0.2.1', 'app one')
      const agent = new HttpsAgent({ keepAlive: true, maxSockets: 1 })
      assert.equal(await askTls('tls.example', 'tls.example', agent), '200 after https')
      putEndpoints('tls-app', port, ['127.0.2.1'])
      caches.put(Services, balancer('tls-app'))
      await gateway.settled()
      assert.equal(await askTls('tls.example', 'tls.example', agent), '200 after https')
      agent.destroy()
      assert.equal(await askTls('app.example', 'app.example'), '200 app one')
      assert.equal(await askTls('127.0.0.1', undefined), '200 app one')
      assert.equal(await askTls('TLS.example', 'TLS.example'), '200 after https')
      // The connection is not the one for that host.
      assert.match(await askTls('app.example', 'tls.example'), /^421 /)
    })

    it('keeps the address of the client for what it ends', async () => {
      const seen = createServer((request, answer) =>
        answer.end(`${request.headers['x-forwarded-for']} ${request.headers['x-forwarded-port']}`),
      )
      await new Promise<void>((resolve) => seen.listen(0, '127.0.2.50', resolve))
      try {
        putService('seen')
        putEndpoints('seen', (seen.address() as AddressInfo).port, ['127.0.2.50'])
        putIngress('seen', 'seen.example', 'seen', { tls: [{ hosts: ['seen.example'] }] })
        await gateway.settled()
        assert.equal(await askTls('seen.example', 'seen.example'), `200 127.0.9.9 ${HTTPS}`)
      } finally {
        seen.close()
      }
    })

    it('loses no connection while endpoints change and HAProxy reads its configuration anew', async () => {
      const failures: string[] = []
      let sent = 0
      const stopped = new AbortController()
      const load = ['app.example', 'tls.example'].map(async (host) => {
        while (!stopped.signal.aborted) {
          const answer = await askTls(host, host).catch((error: Error) => error.message)
          if (!/^200 (app|after https)/.test(answer)) failures.push(`${host}: ${answer}`)
          sent++
        }
      })
      const pid = runningPid(files)
      try {
        const { port } = (await listServers(files.runtimeSocket)).find(({ backend }) => backend === PASSED)!
        for (let round = 0; round < 4; round++) {
          const [previous, address] = [apps.at(-1)!, `127.0.2.${10 + round}`]
          await startApp(address, `app ${address}`, port)
          putEndpoints('tls-app', port, [previous.address, address])
          await gateway.settled()
          putEndpoints('tls-app', port, [address])
          await gateway.drained(previous.address, AbortSignal.timeout(20_000))
          await previous.close()
          // A certificate that changes asks for a reload.
          const worker = await workerOf(files)
          const { certificate, key } = await issueCertificate(authority, {
            commonName: `round ${round}`,
            names: [`round-${round}.example`],
            usages: ['server'],
            days: 1,
            now: Date.now(),
          })
          secret = {
            metadata: { name: 'cert', namespace: 'default' },
            data: { 'tls.crt': btoa(certificate), 'tls.key': btoa(key) },
          }
          putIngress(`round-${round}`, `round-${round}.example`, 'web', { tls: [{ secretName: `cert-${round}` }] })
          await eventually(async () => assert.notEqual(await workerOf(files), worker), 20_000)
          await gateway.settled()
          const goal = sent + 20
          await eventually(() => assert.ok(sent >= goal), 20_000)
        }
      } finally {
        stopped.abort()
      }
      await Promise.all(load)
      assert.deepEqual(failures, [])
      assert.equal(runningPid(files), pid)
    })

    it('waits for what may be under way, but not for connections that a client keeps open, and leaves those open', async () => {
      const agent = new HttpsAgent({ keepAlive: true, maxSockets: 1 })
      const before_ = apps.at(-1)!
      const { port } = (await listServers(files.runtimeSocket)).find(({ backend }) => backend === PASSED)!
      assert.equal(await askTls('app.example', 'app.example', agent), `200 app ${before_.address}`)
      const order: string[] = []
      const slow = askTls('app.example', 'app.example', false, '/slow').then((answer) => {
        order.push(answer)
      })
      await eventually(
        async () => assert.notEqual((await busySessions(files.runtimeSocket, PASSED)).size, 0),
        10_000,
        5,
      )
      await startApp('127.0.2.30', 'app after', port)
      putEndpoints('tls-app', port, ['127.0.2.30'])
      await gateway.drained(before_.address, AbortSignal.timeout(20_000))
      order.push('drained')
      await slow
      assert.deepEqual(order, [`200 app ${before_.address}`, 'drained'])
      assert.equal(await askTls('app.example', 'app.example', agent), `200 app ${before_.address}`)
      assert.equal(await askTls('app.example', 'app.example'), '200 app after')
      agent.destroy()
      await before_.close()
    })

    it('gives the port to the next Service when the first one goes, without a reload', async () => {
      const port = await startApp('127.0.2.60', 'the next')
      putEndpoints('tls-next', port, ['127.0.2.60'])
      caches.put(Services, balancer('tls-next'))
      await gateway.settled()
      const worker = await workerOf(files)
      assert.match(await askTls('app.example', 'app.example'), /^200 app/)
      caches.remove(Services, balancer('tls-app'))
      await gateway.settled()
      assert.equal(await askTls('app.example', 'app.example'), '200 the next')
      caches.remove(Services, balancer('tls-next'))
      await gateway.settled()
      assert.match(await askTls('app.example', 'app.example'), /^404 /)
      assert.equal(await workerOf(files), worker)
    })
  })

  it('serves the same after the agent came back, and after HAProxy was killed', async () => {
    const pid = runningPid(files)!
    stop.abort()
    await gateway.ended
    assert.equal((await ask('web.example')).status, 200)
    await start()
    assert.equal(runningPid(files), pid)
    assert.equal((await ask('web.example')).status, 200)
    process.kill(pid, 'SIGKILL')
    await eventually(async () => {
      assert.notEqual(runningPid(files), pid)
      assert.equal((await ask('web.example')).status, 200)
    }, 15_000)
  })

  it('makes room for more Services than were planned for', async () => {
    const { port, address } = pods.at(-1)!
    for (let i = 0; i < 80; i++) {
      putService(`many-${i}`)
      putEndpoints(`many-${i}`, port, [address])
      putIngress(`many-${i}`, `many-${i}.example`, `many-${i}`)
    }
    await gateway.settled()
    for (const i of [0, 79]) assert.equal((await ask(`many-${i}.example`)).status, 200)
  })
})
