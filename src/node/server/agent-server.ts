import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { SecureContextOptions, TLSSocket } from 'node:tls'
import { statusOf } from '../../api/meta/status.ts'
import type { Clock } from '../../lib/clock.ts'
import { isWherryError, WherryError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import type { PodManager } from '../pods/pod-manager.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { serveLog, serveLogOverWebSocket } from './serve-log.ts'
import { serveExec, servePortForward } from './serve-streams.ts'
import { agentMetrics, resourceMetrics, summary } from './stats.ts'

/** PEM. */
export interface AgentTls {
  readonly cert: string | Buffer
  readonly key: string | Buffer
  /** Who vouches for clients. */
  readonly ca: string | Buffer
}

export interface AgentServerOptions {
  readonly port: number
  readonly host?: string
  /** Asked at the start, and when certificates have been renewed. */
  readonly tls: () => AgentTls
  /** Common names of the clients that may come in, beside members of system:masters. */
  readonly clientNames: readonly string[]
  readonly manager: PodManager
  readonly runtime: Runtime
  readonly nodeName: string
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

export interface AgentServer {
  readonly port: number
  /** What `tls` gives has changed: new connections see it, those that are open go on. */
  renewTls(): void
  readonly ended: Promise<void>
}

/** Serves logs, streams and statistics of this node's pods to the API server, and to nobody else. */
export async function startAgentServer(options: AgentServerOptions): Promise<AgentServer> {
  const { port, host = '0.0.0.0', tls, signal, log } = options
  const server = createServer({
    ...secureContext(tls()),
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  })
  server.on('request', (request, response) => void answer(options, request, response))
  server.on(
    'upgrade',
    (request: IncomingMessage, socket: Duplex, head: Buffer) => void upgrade(options, request, socket, head),
  )
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new WherryError('unavailable', `the agent cannot listen on port ${port}: ${cause.message}`, { cause })),
    )
    server.listen(port, host, resolve)
  })
  server.on('error', (error) => log.error('the agent server failed', { error }))
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      server.close(() => resolve())
      server.closeAllConnections()
    }
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
  return {
    port: (server.address() as AddressInfo).port,
    renewTls: () => server.setSecureContext(secureContext(tls())),
    ended,
  }
}

function secureContext(tls: AgentTls): SecureContextOptions {
  return { ...tls, minVersion: 'TLSv1.2' }
}

/** Throws unless the client has a certificate that lets it in. */
function admit(request: IncomingMessage, clientNames: readonly string[]): void {
  const socket = request.socket as TLSSocket
  if (!socket.authorized) throw new WherryError('unauthenticated', 'Unauthorized')
  const { CN, O } = socket.getPeerCertificate().subject as { CN?: string | string[]; O?: string | string[] }
  const names = [CN ?? []].flat()
  const groups = [O ?? []].flat()
  if (names.some((name) => clientNames.includes(name)) || groups.includes('system:masters')) return
  throw new WherryError('forbidden', `Forbidden: ${names[0] ?? 'nobody'} may not use the agent of this node`)
}

async function answer(options: AgentServerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { manager, runtime, clock, clientNames, nodeName, log } = options
  try {
    const url = new URL(request.url ?? '/', 'https://agent')
    const [first = '', ...rest] = parts(url)
    if (first === 'healthz') return text(response, 'ok')
    admit(request, clientNames)
    switch (first) {
      case 'containerLogs':
        return await serveLog(manager, rest, url.searchParams, clock, response)
      case 'pods':
      case 'runningpods':
        return json(response, {
          kind: 'PodList',
          apiVersion: 'v1',
          metadata: {},
          items: manager.workers().map(({ pod }) => pod),
        })
      case 'stats':
        if (rest[0] === 'summary') return json(response, await summary({ nodeName, manager, runtime, clock }))
        break
      case 'metrics': {
        const metrics = rest.length === 0 ? agentMetrics : rest[0] === 'resource' ? resourceMetrics : undefined
        if (metrics === undefined) break
        return text(response, await metrics({ nodeName, manager, runtime, clock }), 'text/plain; version=0.0.4')
      }
      case 'exec':
      case 'attach':
      case 'portForward':
        throw new WherryError('bad-request', 'Upgrade request required')
    }
    throw new WherryError('not-found', `the agent has nothing at ${url.pathname}`)
  } catch (error) {
    if (!isWherryError(error)) log.warn('a request to the agent failed', { url: request.url, error })
    refuse(response, error)
  }
}

async function upgrade(
  options: AgentServerOptions,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const { manager, runtime, clientNames, clock, log } = options
  socket.on('error', () => {})
  try {
    admit(request, clientNames)
    const url = new URL(request.url ?? '/', 'https://agent')
    const [first = '', ...rest] = parts(url)
    const client = { request, socket, head, query: url.searchParams }
    if (first === 'exec' || first === 'attach') return await serveExec(first, { manager, runtime }, rest, client)
    if (first === 'portForward') return await servePortForward({ manager, runtime }, rest, client)
    if (first === 'containerLogs') return await serveLogOverWebSocket(manager, rest, clock, client)
    throw new WherryError('not-found', `the agent has nothing at ${url.pathname}`)
  } catch (error) {
    if (!isWherryError(error)) log.warn('a stream of the agent failed', { url: request.url, error })
    const status = statusOf(error)
    const body = JSON.stringify(status)
    socket.end(
      `HTTP/1.1 ${status.code} ${status.reason}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    )
  }
}

function parts(url: URL): string[] {
  return url.pathname
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent)
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const status = statusOf(error)
  response.writeHead(status.code ?? 500, { 'content-type': 'application/json' })
  response.end(JSON.stringify(status))
}

function text(response: ServerResponse, body: string, type = 'text/plain'): void {
  response.writeHead(200, { 'content-type': type })
  response.end(body)
}

function json(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
