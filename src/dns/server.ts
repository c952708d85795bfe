import { createSocket } from 'node:dgram'
import { createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Caches } from '../client/cache.ts'
import type { Clock } from '../lib/clock.ts'
import type { Logger } from '../lib/log.ts'
import { clusterNames } from './cluster-names.ts'
import { respond, type Resolver, ttlOf } from './respond.ts'
import { forwardTo, readNameServers } from './upstream.ts'

export interface DnsOptions {
  readonly caches: Caches
  /** As in `cluster.local`. */
  readonly domain: string
  /** Where to listen, by UDP and TCP. */
  readonly listen: readonly { readonly address: string; readonly port: number }[]
  /** Addresses that are this server under other names, so that it never asks itself. */
  readonly own?: readonly string[]
  readonly resolvConf?: string
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

const TCP_IDLE_MS = 10_000
const TCP_CONNECTIONS_MAX = 256

/** Answers the cluster's names, and forwards all others. Resolves when it listens; ends with the signal. */
export async function runDns(options: DnsOptions): Promise<{ readonly ended: Promise<void> }> {
  const { caches, clock, domain, listen, log, own = [], signal } = options
  const names = clusterNames(caches)
  await names.synced()
  const text = await readFile(options.resolvConf ?? '/etc/resolv.conf', 'utf8').catch(() => '')
  const servers = readNameServers(text, [...own, ...listen.map(({ address }) => address)])
  const resolver: Resolver = { names, domain, upstream: forwardTo(servers, { clock, ttlOf }) }
  const answer = (query: Buffer, transport: 'udp' | 'tcp'): Promise<Buffer | undefined> =>
    respond(query, resolver, transport).catch((error: unknown) => {
      log.error('a question could not be answered', { error })
      return undefined
    })
  const closing = await Promise.all(
    listen.flatMap((place) => [listenUdp(place, answer, log), listenTcp(place, answer, log)]),
  )
  const ended = once(signal, 'abort')
    .then(() => Promise.all(closing.map((close) => close())))
    .then(() => {})
  return { ended: signal.aborted ? Promise.all(closing.map((close) => close())).then(() => {}) : ended }
}

type Answering = (query: Buffer, transport: 'udp' | 'tcp') => Promise<Buffer | undefined>
type Close = () => Promise<void>

async function listenUdp(
  { address, port }: { address: string; port: number },
  answer: Answering,
  log: Logger,
): Promise<Close> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  socket.on('message', (query, from) => {
    void answer(query, 'udp').then((message) => message && socket.send(message, from.port, from.address))
  })
  socket.bind(port, address)
  await once(socket, 'listening')
  socket.on('error', (error) => log.warn('DNS socket', { error }))
  return () => new Promise((resolve) => socket.close(() => resolve()))
}

async function listenTcp(
  { address, port }: { address: string; port: number },
  answer: Answering,
  log: Logger,
): Promise<Close> {
  const connections = new Set<Socket>()
  const server: Server = createServer((socket) => {
    connections.add(socket)
    socket.setTimeout(TCP_IDLE_MS, () => socket.destroy())
    socket.on('close', () => connections.delete(socket))
    socket.on('error', () => socket.destroy())
    void serveStream(socket, answer)
  })
  server.maxConnections = TCP_CONNECTIONS_MAX
  server.listen(port, address)
  await once(server, 'listening')
  server.on('error', (error) => log.warn('DNS listener', { error }))
  return () => {
    for (const socket of connections) socket.destroy()
    return new Promise((resolve) => server.close(() => resolve()))
  }
}

/** Messages over a stream carry their length in two bytes (RFC 1035, 4.2.2); they are answered in order. */
async function serveStream(socket: Socket, answer: Answering): Promise<void> {
  let received: Buffer = Buffer.alloc(0)
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received = Buffer.concat([received, chunk])
      while (received.length >= 2 && received.length >= 2 + received.readUInt16BE(0)) {
        const end = 2 + received.readUInt16BE(0)
        const message = await answer(received.subarray(2, end), 'tcp')
        received = received.subarray(end)
        if (message === undefined) continue
        const length = Buffer.alloc(2)
        length.writeUInt16BE(message.length)
        socket.write(Buffer.concat([length, message]))
      }
    }
  } catch {
    // The other side went away.
  }
  socket.destroy()
}
