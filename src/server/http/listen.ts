import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse, Http2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { ApiRequest, ApiResponse, ApiServer } from '../api-server.ts'
import { readBody } from './body.ts'
import { socketSink } from './sink.ts'

export interface ListenOptions {
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  readonly tls: TlsOptions
}

/** PEM texts. */
export interface TlsOptions {
  readonly cert: string | Buffer
  readonly key: string | Buffer
  /** Client certificates that this authority signed are believed; others are as good as none. */
  readonly clientCa: string | Buffer
}

export interface Listener {
  readonly host: string
  readonly port: number
  /** New connections see the new certificate. */
  setTls(tls: TlsOptions): void
  /** Takes no new requests, lets those under way finish for `graceMs`, then closes what is left. */
  close(graceMs?: number): Promise<void>
}

/** Puts the API on a port: HTTP/1.1 and HTTP/2 over TLS, and upgrades to WebSocket and SPDY. */
export async function listen(api: ApiServer, { host, port, tls }: ListenOptions): Promise<Listener> {
  const server = createSecureServer({
    ...secureContext(tls),
    allowHTTP1: true,
    requestCert: true,
    // Authentication decides what a certificate is worth, not the handshake: tokens come without one.
    rejectUnauthorized: false,
    settings: { maxConcurrentStreams: 1000, initialWindowSize: 256 * 1024 },
  })
  limitSlowClients(server)
  const sockets = track(server)
  server.on('request', (request, response) => void answer(api, request, response))
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // The other side may vanish at any time; whoever takes the socket over adds a listener of its own.
    socket.on('error', () => socket.destroy())
    void api.upgrade(toApiRequest(request, new AbortController().signal), socket, head)
  })
  server.on('sessionError', () => {})
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const address = server.address() as AddressInfo
  return {
    host: address.address,
    port: address.port,
    setTls: (next) => server.setSecureContext(secureContext(next)),
    close: (graceMs = 5000) => shutDown(server, sockets, graceMs),
  }
}

function secureContext({ cert, key, clientCa }: TlsOptions): {
  cert: string | Buffer
  key: string | Buffer
  ca: string | Buffer
  minVersion: 'TLSv1.2'
} {
  return { cert, key, ca: clientCa, minVersion: 'TLSv1.2' }
}

/** Headers must come soon; a connection that says nothing between two requests may stay for a while. */
function limitSlowClients(server: Http2SecureServer): void {
  // The properties are those of an HTTP/1.1 server, which serves the connections that do not speak HTTP/2.
  Object.assign(server, { headersTimeout: 30_000, requestTimeout: 0, keepAliveTimeout: 120_000 })
}

interface Connections {
  readonly sockets: Set<TLSSocket>
  readonly sessions: Set<Http2Session>
}

function track(server: Http2SecureServer): Connections {
  const connections: Connections = { sockets: new Set(), sessions: new Set() }
  server.on('secureConnection', (socket: TLSSocket) => {
    // Small writes of a watch must not wait for an acknowledgement.
    socket.setNoDelay(true)
    connections.sockets.add(socket)
    socket.once('close', () => connections.sockets.delete(socket))
  })
  server.on('session', (session: Http2Session) => {
    connections.sessions.add(session)
    session.once('close', () => connections.sessions.delete(session))
  })
  return connections
}

async function shutDown(server: Http2SecureServer, { sockets, sessions }: Connections, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const session of sessions) session.close()
  const timer = setTimeout(() => {
    for (const socket of sockets) socket.destroy()
  }, graceMs)
  // Idle HTTP/1.1 connections would be waited for; there is no way to ask which are idle, and clients reconnect.
  for (const socket of sockets) if (idle(socket)) socket.destroy()
  await closed
  clearTimeout(timer)
}

const busy = new WeakMap<object, number>()

function idle(socket: TLSSocket): boolean {
  return socket.alpnProtocol !== 'h2' && (busy.get(socket) ?? 0) === 0
}

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

async function answer(api: ApiServer, request: Request, response: Response): Promise<void> {
  const gone = new AbortController()
  const socket = socketOf(request)
  busy.set(socket, (busy.get(socket) ?? 0) + 1)
  response.on('close', () => {
    busy.set(socket, (busy.get(socket) ?? 1) - 1)
    gone.abort()
  })
  response.on('error', () => gone.abort())
  request.on('error', () => gone.abort())
  // The two kinds of responses differ in nothing that is used here; a union of them cannot be called.
  send(response as ServerResponse, await api.handle(toApiRequest(request, gone.signal)), request.method === 'HEAD')
}

function send(response: ServerResponse, { status, headers, body }: ApiResponse, headOnly: boolean): void {
  if (response.destroyed || response.writableEnded) return
  if (typeof body === 'function') {
    response.writeHead(status, headers as Record<string, string | string[]>)
    if (headOnly) response.end()
    else body(socketSink(response))
    return
  }
  let length = 0
  for (const part of body) length += part.length
  response.writeHead(status, { ...(headers as Record<string, string | string[]>), 'content-length': length })
  if (headOnly || body.length === 0) {
    response.end()
    return
  }
  for (let i = 0; i < body.length - 1; i++) response.write(body[i]!)
  response.end(body.at(-1)!)
}

function toApiRequest(request: Request, signal: AbortSignal): ApiRequest {
  const clientCertificate = verifiedCertificate(socketOf(request))
  return {
    method: request.method ?? 'GET',
    url: request.url ?? '/',
    headers: request.headers,
    body: () => readBody(request, signal),
    signal,
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
  }
}

function socketOf(request: Request): TLSSocket {
  // In HTTP/2 `request.socket` is a costly proxy; the session knows the real one.
  return ('stream' in request ? sessionSocket(request) : request.socket) as TLSSocket
}

function sessionSocket(request: Http2ServerRequest): object {
  return request.stream.session?.socket ?? request.socket
}

const certificates = new WeakMap<object, Buffer | null>()

/** The certificate of a connection, the same buffer for each of its requests, so that it is read and judged once. */
function verifiedCertificate(socket: TLSSocket): Buffer | undefined {
  let certificate = certificates.get(socket)
  if (certificate === undefined) {
    certificate = socket.authorized ? (socket.getPeerX509Certificate()?.raw ?? null) : null
    certificates.set(socket, certificate)
  }
  return certificate ?? undefined
}
