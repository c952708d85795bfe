import assert from 'node:assert/strict'
import { request } from 'node:https'
import { connect } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { after, before, describe, it } from 'node:test'
import { WebSocket } from 'ws'
import { issueCertificate } from '../../src/lib/pki.ts'
import type { KeyPair } from '../../src/lib/pki.ts'
import { SpdyClient } from '../../src/node/server/spdy.ts'
import { insideLab } from '../network/lab.ts'
import { busybox, startWorld, until } from './world.ts'
import type { World } from './world.ts'

if (insideLab(import.meta.filename)) {
  describe("the agent's server", () => {
    let world: World
    let client: KeyPair
    before(async () => {
      world = await startWorld()
      client = await certificate('apiserver')
      const script =
        'echo one; echo two >&2; mkdir /w; echo page > /w/index.html; httpd -p 127.0.0.1:8080 -h /w; trap "exit 0" TERM; while read line; do echo "read $line"; done; sleep 1000 & wait'
      await world.createPod('talks', {
        containers: [{ name: 'app', image: busybox, stdin: true, command: ['sh', '-c', script] }],
      })
      await world.eventually('talks', (pod) => pod.status.phase === 'Running')
    })
    after(() => world[Symbol.asyncDispose]())

    const certificate = (commonName: string): Promise<KeyPair> =>
      issueCertificate(world.authority, { commonName, usages: ['client'], days: 1, now: Date.now() } as Parameters<
        typeof issueCertificate
      >[1])
    const tls = (pair: KeyPair | undefined) => ({
      ca: world.authority.certificate,
      ...(pair && { cert: pair.certificate, key: pair.key }),
    })

    const get = (path: string, pair: KeyPair | 'nobody' = client): Promise<{ status: number; body: string }> =>
      new Promise((resolve, reject) => {
        const asking = request(
          {
            host: '127.0.0.1',
            port: world.agent.port,
            path,
            ...tls(pair === 'nobody' ? undefined : pair),
            agent: false,
          },
          (response) => {
            let body = ''
            response.setEncoding('utf8').on('data', (text: string) => (body += text))
            response.on('end', () => resolve({ status: response.statusCode ?? 0, body }))
          },
        )
        asking.on('error', reject).end()
      })

    interface Channels {
      readonly ws: WebSocket
      readonly output: Record<number, string>
      readonly closed: Promise<void>
    }
    const open = (path: string, protocols: string[]): Promise<Channels> =>
      new Promise((resolve, reject) => {
        const ws = new WebSocket(`wss://127.0.0.1:${world.agent.port}${path}`, protocols, tls(client))
        const output: Record<number, string> = {}
        ws.on('message', (raw: Buffer) => {
          const channel = raw[0]!
          output[channel] = (output[channel] ?? '') + raw.subarray(1).toString()
        })
        const closed = new Promise<void>((end) => ws.on('close', () => end()))
        ws.on('error', reject)
        ws.on('open', () => resolve({ ws, output, closed }))
      })
    const exec = (command: string[], streams: string, protocols = ['v5.channel.k8s.io']): Promise<Channels> =>
      open(
        `/exec/default/talks/app?${command.map((word) => `command=${encodeURIComponent(word)}`).join('&')}&${streams}`,
        protocols,
      )

    it('lets nobody in but those it was told of', async () => {
      assert.equal((await get('/healthz', 'nobody')).body, 'ok')
      assert.equal((await get('/pods', 'nobody')).status, 401)
      assert.equal((await get('/pods', await certificate('somebody'))).status, 403)
      assert.match((await get('/pods')).body, /"talks"/)
    })

    it('serves logs, whole and in part', async () => {
      await until(() => Promise.resolve(world.log('talks').includes('two')))
      assert.deepEqual(await get('/containerLogs/default/talks/app?tailLines=2&stream=Stderr'), {
        status: 200,
        body: 'two\n',
      })
      assert.match(
        (await get('/containerLogs/default/talks/app?timestamps=true')).body,
        /^\d{4}-\d\d-\d\dT\S+Z (one|two)\n/,
      )
      const missing = await get('/containerLogs/default/talks/none')
      assert.equal(missing.status, 400)
      assert.match(missing.body, /container none is not valid for pod talks/)
      assert.match(
        (await get('/containerLogs/default/talks/app?previous=true')).body,
        /previous terminated container \\"app\\" in pod \\"talks\\" not found/,
      )
      assert.equal((await get('/containerLogs/default/none/app')).status, 404)
    })

    it('runs a command, with its input to the end, its streams apart, and its exit code', async () => {
      const { ws, output, closed } = await exec(['sh', '-c', 'cat; echo oops >&2; exit 7'], 'input=1&output=1&error=1')
      ws.send(Buffer.concat([Buffer.of(0), Buffer.from('hello')]))
      // Nothing more comes: `cat` ends by itself.
      ws.send(Buffer.of(255, 0))
      await closed
      assert.equal(output[1], 'hello')
      assert.equal(output[2], 'oops\n')
      const status = JSON.parse(output[3]!) as {
        status: string
        details: { causes: { reason: string; message: string }[] }
      }
      assert.equal(status.status, 'Failure')
      assert.deepEqual(status.details.causes, [{ reason: 'ExitCode', message: '7' }])
    })

    it('carries much output through a slow reader whole', async () => {
      const { ws, output, closed } = await exec(
        ['sh', '-c', 'dd if=/dev/zero bs=1M count=20 2>/dev/null | tr "\\0" x'],
        'output=1',
      )
      ws.pause()
      setTimeout(() => ws.resume(), 300)
      await closed
      assert.equal(output[1]?.length, 20 << 20)
      assert.equal((JSON.parse(output[3]!) as { status: string }).status, 'Success')
    })

    it('gives a terminal the size that it is told', async () => {
      const { ws, output, closed } = await exec(['sh'], 'input=1&output=1&tty=1', ['v4.channel.k8s.io'])
      ws.send(Buffer.concat([Buffer.of(4), Buffer.from('{"Width":77,"Height":22}')]))
      await until(async () => {
        ws.send(Buffer.concat([Buffer.of(0), Buffer.from('stty size\n')]))
        return Promise.resolve((output[1] ?? '').includes('22 77'))
      })
      ws.send(Buffer.concat([Buffer.of(0), Buffer.from('exit\n')]))
      await closed
    })

    it('attaches to a container that runs', async () => {
      const { ws, output } = await open('/attach/default/talks/app?input=1&output=1', ['v5.channel.k8s.io'])
      ws.send(Buffer.concat([Buffer.of(0), Buffer.from('a line\n')]))
      await until(() => Promise.resolve((output[1] ?? '').includes('read a line')))
      ws.close()
    })

    it('says what is wrong before it changes the protocol', async () => {
      await assert.rejects(exec(['x'], ''), /400/)
      await assert.rejects(open('/exec/default/none/app?command=x&output=1', ['v5.channel.k8s.io']), /404/)
      await assert.rejects(exec(['x'], 'output=1', ['unheard.of']), /400/)
    })

    /** Asks for another protocol and returns the socket with the answer's head. */
    const takeOver = (
      path: string,
      headers: readonly string[],
    ): Promise<{ socket: TLSSocket; head: string; rest: Buffer }> =>
      new Promise((resolve, reject) => {
        const socket = connect({ host: '127.0.0.1', port: world.agent.port, ...tls(client) }, () => {
          socket.write([`GET ${path} HTTP/1.1`, 'Host: agent', 'Connection: Upgrade', ...headers, '', ''].join('\r\n'))
        })
        socket.on('error', reject)
        socket.once('data', (data: Buffer) => {
          const end = data.indexOf('\r\n\r\n') + 4
          resolve({ socket, head: data.toString('latin1', 0, end), rest: data.subarray(end) })
        })
      })

    /** Fetches the page of the server in the pod through a connection on which SPDY is spoken. */
    const fetchPage = async (connection: Pick<TLSSocket, 'on' | 'write'>, rest: Buffer): Promise<void> => {
      let page = ''
      const spdy = new SpdyClient(connection as TLSSocket, rest, {
        data: (_id, data) => (page += data.toString()),
        end: () => {},
      })
      spdy.open({ streamtype: 'error', port: '8080', requestid: '0' })
      const stream = spdy.open({ streamtype: 'data', port: '8080', requestid: '0' })
      spdy.write(stream, Buffer.from('GET / HTTP/1.0\r\n\r\n'))
      await until(() => Promise.resolve(page.includes('page')))
    }

    it("joins a client that speaks the runtime's own protocol with it", async () => {
      const { socket, head } = await takeOver('/exec/default/talks/app?command=true&output=1', [
        'Upgrade: SPDY/3.1',
        'X-Stream-Protocol-Version: v4.channel.k8s.io',
      ])
      assert.match(head, /^HTTP\/1\.1 101 /)
      assert.match(head, /X-Stream-Protocol-Version: v4\.channel\.k8s\.io/i)
      socket.destroy()
    })

    it("forwards a port to a server that listens on the pod's loopback only", async () => {
      const { socket, rest } = await takeOver('/portForward/default/talks', [
        'Upgrade: SPDY/3.1',
        'X-Stream-Protocol-Version: portforward.k8s.io',
      ])
      await fetchPage(socket, rest)
      socket.destroy()
    })

    it('forwards a port through the messages of a WebSocket', async () => {
      const { socket, head, rest } = await takeOver('/portForward/default/talks', [
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
        'Sec-WebSocket-Protocol: SPDY/3.1+portforward.k8s.io',
      ])
      assert.match(head, /Sec-WebSocket-Protocol: SPDY\/3\.1\+portforward\.k8s\.io/)
      await fetchPage(framed(socket), rest)
      socket.destroy()
    })

    it('tells what is used', async () => {
      const summary = JSON.parse((await get('/stats/summary')).body) as {
        pods: { podRef: { name: string }; memory: { workingSetBytes: number } }[]
      }
      assert.ok(summary.pods.find(({ podRef }) => podRef.name === 'talks')!.memory.workingSetBytes > 0)
      assert.match(
        (await get('/metrics/resource')).body,
        /container_memory_working_set_bytes\{container="app",namespace="default",pod="talks"\} \d+/,
      )
      assert.match((await get('/metrics')).body, /^kubelet_running_pods [1-9]/m)
    })
  })
}

/** A connection in the messages of a WebSocket, which the client library does not open under such a name. */
function framed(socket: TLSSocket): Pick<TLSSocket, 'on' | 'write'> {
  let seen = Buffer.alloc(0)
  const listeners: ((chunk: Buffer) => void)[] = []
  socket.on('data', (chunk: Buffer) => {
    seen = Buffer.concat([seen, chunk])
    while (seen.length >= 2) {
      const short = seen[1]! & 127
      const begin = short === 126 ? 4 : 2
      if (seen.length < begin) return
      const length = short === 126 ? seen.readUInt16BE(2) : short
      if (seen.length < begin + length) return
      const payload = seen.subarray(begin, begin + length)
      listeners.forEach((listener) => listener(payload))
      seen = seen.subarray(begin + length)
    }
  })
  return {
    on: (_event: string, listener: (chunk: Buffer) => void) => listeners.push(listener),
    // Masked, as clients must, with a mask that changes nothing.
    write: (data: Buffer) => socket.write(Buffer.concat([Buffer.of(0x82, 0x80 | data.length, 0, 0, 0, 0), data])),
  } as unknown as TLSSocket
}
