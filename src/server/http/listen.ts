import type { IncomingMessage, ServerResponse } from 'node:http'
import { createSecureServer } from 'node:http2'
import type { Http2SecureServer, Http2ServerRequest, Http2ServerResponse, Http2Session } from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { ApiRequest, ApiResponse, ApiServer, RequestHeaders } from '../api-server.ts'
import { readBody } from './body.ts'
import { packed } from './packed.ts'
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
    void api.upgrade(new SocketRequest(request, peerOf(request.socket as TLSSocket), new Departure()), socket, head)
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

function idle(socket: TLSSocket): boolean {
  return socket.alpnProtocol !== 'h2' && peerOf(socket).underWay === 0
}

type Request = IncomingMessage | Http2ServerRequest
type Response = ServerResponse | Http2ServerResponse

async function answer(api: ApiServer, request: Request, response: Response): Promise<void> {
  const peer = peerOf(socketOf(request))
  const departure = new Departure()
  peer.underWay++
  response.on('close', () => {
    peer.underWay--
    departure.happen()
  })
  response.on('error', () => departure.happen())
  request.on('error', () => departure.happen())
  const answered = await api.handle(new SocketRequest(request, peer, departure))
  // The two kinds of responses differ in nothing that is used here; a union of them cannot be called.
  send(
    response as ServerResponse,
    isWorthPacking(answered, request) ? packed(answered) : answered,
    request.method === 'HEAD',
    request as IncomingMessage,
  )
}

/** A client on this machine is only slowed down by it, and so is the server. */
function isWorthPacking({ compressible, body, status, headers }: ApiResponse, request: Request): boolean {
  if (compressible !== true || status !== 200 || headers['content-encoding'] !== undefined) return false
  if (typeof body !== 'function' && (body[0]?.length ?? 0) < PACKED_BYTES_MIN) return false
  if (!/\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))) return false
  return !isLoopback(socketOf(request).remoteAddress ?? '')
}

const PACKED_BYTES_MIN = 128 * 1024

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.')
}

/** The caller has gone away. Few ask for the signal, and making and firing one costs as much as reading a request. */
class Departure {
  #controller: AbortController | undefined
  #hasHappened = false

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      if (this.#hasHappened) this.#controller.abort()
    }
    return this.#controller.signal
  }

  happen(): void {
    this.#hasHappened = true
    this.#controller?.abort()
  }
}

function send(
  response: ServerResponse,
  { status, headers, body }: ApiResponse,
  headOnly: boolean,
  request: IncomingMessage,
): void {
  if (response.destroyed || response.writableEnded) return
  if (typeof body === 'function') {
    const { bytes } = body
    const sized = bytes === undefined ? headers : { ...headers, 'content-length': String(bytes) }
    response.writeHead(status, sized as Record<string, string | string[]>)
    if (headOnly) response.end()
    else body(socketSink(response))
    return
  }
  let length = 0
  for (const part of body) length += part.length
  response.writeHead(status, { ...(headers as Record<string, string | string[]>), 'content-length': length })
  if (headOnly || length === 0) {
    response.end()
    return
  }
  const bytes = body.length === 1 ? body[0] : Buffer.concat(body, length)
  if (request.httpVersionMajor > 1 || request.complete) response.end(bytes)
  else answerEarly(response, bytes!, request)
}

const LINGER_MS = 5_000

/** An answer that comes before the body has arrived: a connection that is closed now would take the answer with it (RFC 9112, 9.6). */
function answerEarly(response: ServerResponse, bytes: Buffer, request: IncomingMessage): void {
  response.write(bytes)
  const end = (): void => {
    clearTimeout(timer)
    response.end()
  }
  const timer = setTimeout(end, LINGER_MS)
  request.once('end', end)
  request.once('close', end)
  request.resume()
}

class SocketRequest implements ApiRequest {
  readonly method: string
  readonly url: string
  readonly headers: RequestHeaders
  readonly clientCertificate: Buffer | undefined
  readonly #request: Request
  readonly #departure: Departure

  constructor(request: Request, { certificate }: Peer, departure: Departure) {
    this.method = request.method ?? 'GET'
    this.url = request.url ?? '/'
    this.headers = request.headers
    this.clientCertificate = certificate
    this.#request = request
    this.#departure = departure
  }

  body(): Promise<Buffer> {
    return readBody(this.#request)
  }

  get signal(): AbortSignal {
    return this.#departure.signal
  }
}

function socketOf(request: Request): TLSSocket {
  // In HTTP/2 `request.socket` is a costly proxy; the session knows the real one.
  return ('stream' in request ? sessionSocket(request) : request.socket) as TLSSocket
}

function sessionSocket(request: Http2ServerRequest): object {
  return request.stream.session?.socket ?? request.socket
}

/** Who is at the other end of a connection. */
interface Peer {
  /** The verified certificate, the same buffer for each request, so that it is read and judged once. */
  readonly certificate: Buffer | undefined
  /** How many of its requests are being answered. */
  underWay: number
}

const peers = new WeakMap<TLSSocket, Peer>()

function peerOf(socket: TLSSocket): Peer {
  let peer = peers.get(socket)
  if (peer === undefined) {
    peer = { certificate: socket.authorized ? socket.getPeerX509Certificate()?.raw : undefined, underWay: 0 }
    peers.set(socket, peer)
  }
  return peer
}
