import { connect } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders, SecureClientSessionOptions } from 'node:http2'
import { WherryError } from '../lib/errors.ts'
import type { RawRequest, StreamResponse } from './client.ts'

/** What a connection shows of itself and expects of the server: PEM texts. */
export interface TlsMaterial {
  readonly ca?: string
  readonly certificate?: string
  readonly key?: string
  /** The name that the server's certificate must carry, when it is not that of the address. */
  readonly serverName?: string
  readonly insecureSkipVerify?: boolean
}

export interface Http2Options {
  /** As in `https://10.0.0.1:6443`; `http://` speaks HTTP/2 without TLS. */
  readonly server: string
  /** Asked at each connect, so that a renewed certificate is taken up. */
  readonly tls: () => TlsMaterial
}

const CONNECT_TIMEOUT_MS = 10_000
const PING_EVERY_MS = 15_000
const PING_TIMEOUT_MS = 15_000
const ATTEMPTS = 3

/**
 * Requests over one HTTP/2 connection, which is opened when it is needed, opened anew when it was lost, and does not
 * keep the process alive while nothing is asked. A connection that has gone silent is found out by pings.
 */
export class Http2Connection {
  readonly #options: Http2Options
  #session: Promise<ClientHttp2Session> | undefined
  /** Those that take no new requests, until their last stream has ended. */
  readonly #retired = new Set<ClientHttp2Session>()
  #closed = false

  constructor(options: Http2Options) {
    this.#options = options
  }

  /** The answer with its body still arriving. Throws `unavailable` when the server cannot be reached. */
  async request(request: RawRequest): Promise<StreamResponse> {
    for (let attempt = 1; ; attempt++) {
      request.signal?.throwIfAborted()
      try {
        return await send(await this.#open(), request)
      } catch (error) {
        if (request.signal?.aborted) throw error
        // Only what the server has certainly not looked at is sent again.
        if (attempt < ATTEMPTS && isUnprocessed(error)) continue
        throw unreachable(this.#options.server, error)
      }
    }
  }

  /** Ends the connection; the next request opens another one. Requests under way fail. */
  async reconnect(): Promise<void> {
    const session = await this.#session?.catch(() => undefined)
    this.#session = undefined
    session?.destroy()
    for (const retired of this.#retired) retired.destroy()
  }

  /**
   * What `tls` gives has changed: requests from now on go to a connection that shows it. Those under way, and watches, end
   * in their own time on the connection that they have.
   */
  renew(): void {
    const opening = this.#session
    this.#session = undefined
    opening?.then(
      (session) => {
        this.#retired.add(session)
        session.once('close', () => this.#retired.delete(session))
        session.close()
      },
      // Whoever waits for this connection has been told.
      () => {},
    )
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.reconnect()
  }

  #open(): Promise<ClientHttp2Session> {
    if (this.#closed) throw new WherryError('unavailable', 'the client is closed')
    this.#session ??= this.#connect()
    return this.#session
  }

  #connect(): Promise<ClientHttp2Session> {
    const { ca, certificate, key, serverName, insecureSkipVerify } = this.#options.tls()
    const options: SecureClientSessionOptions = {
      ...(ca !== undefined && { ca }),
      ...(certificate !== undefined && { cert: certificate }),
      ...(key !== undefined && { key }),
      ...(serverName !== undefined && { servername: serverName }),
      ...(insecureSkipVerify === true && { rejectUnauthorized: false }),
      // Objects and watches are large next to the 64 KiB that a stream may send unasked.
      settings: { initialWindowSize: 4 * 1024 * 1024, enablePush: false },
    }
    const opening = new Promise<ClientHttp2Session>((resolve, reject) => {
      const session = connect(this.#options.server, options)
      const timer = setTimeout(() => session.destroy(new Error('no answer in time')), CONNECT_TIMEOUT_MS)
      const forget = (): void => {
        clearTimeout(timer)
        if (this.#session === opening) this.#session = undefined
      }
      session.once('connect', () => {
        clearTimeout(timer)
        session.setLocalWindowSize(16 * 1024 * 1024)
        session.unref()
        watchOver(session)
        resolve(session)
      })
      // After a GOAWAY the streams under way end in peace, and new ones go to a new connection.
      session.once('goaway', forget)
      session.on('error', (error) => {
        forget()
        reject(error)
      })
      session.once('close', () => {
        forget()
        reject(new Error('the connection was closed'))
      })
    })
    return opening
  }
}

/** Pings while the session lives, and ends it when no answer comes. The timers do not hold the process. */
function watchOver(session: ClientHttp2Session): void {
  let deadline: NodeJS.Timeout | undefined
  const interval = setInterval(() => {
    if (deadline !== undefined || session.destroyed) return
    deadline = setTimeout(() => session.destroy(new Error('the server does not answer')), PING_TIMEOUT_MS)
    deadline.unref()
    session.ping(() => {
      clearTimeout(deadline)
      deadline = undefined
    })
  }, PING_EVERY_MS)
  interval.unref()
  session.once('close', () => {
    clearInterval(interval)
    clearTimeout(deadline)
  })
}

function send(
  session: ClientHttp2Session,
  { method, path, headers, body, signal }: RawRequest,
): Promise<StreamResponse> {
  return new Promise((resolve, reject) => {
    const stream = session.request(
      { ...headers, ':method': method, ':path': path },
      { endStream: body === undefined, ...(signal !== undefined && { signal }) },
    )
    hold(session, stream)
    stream.once('error', reject)
    stream.once('close', () => reject(new Error('the connection was closed before an answer came')))
    stream.once('response', (answer) => {
      resolve({ status: answer[':status'] ?? 0, headers: plainHeaders(answer), body: stream as AsyncIterable<Buffer> })
    })
    if (body !== undefined) stream.end(body)
  })
}

/** An idle session does not keep the process alive, one with a stream does. */
function hold(session: ClientHttp2Session, stream: ClientHttp2Stream): void {
  const open = openStreams.get(session) ?? 0
  openStreams.set(session, open + 1)
  if (open === 0) session.ref()
  stream.once('close', () => {
    const left = (openStreams.get(session) ?? 1) - 1
    openStreams.set(session, left)
    if (left === 0 && !session.destroyed) session.unref()
  })
}

const openStreams = new WeakMap<ClientHttp2Session, number>()

function plainHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const plain: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(':') || value === undefined) continue
    plain[name] = Array.isArray(value) ? value.join(', ') : String(value)
  }
  return plain
}

function isUnprocessed(error: unknown): boolean {
  const { code, message = '' } = error as { code?: string; message?: string }
  if (code === 'ERR_HTTP2_INVALID_SESSION' || code === 'ERR_HTTP2_GOAWAY_SESSION') return true
  return code === 'ERR_HTTP2_STREAM_ERROR' && message.includes('NGHTTP2_REFUSED_STREAM')
}

function unreachable(server: string, error: unknown): unknown {
  if (error instanceof WherryError) return error
  const { code, message = String(error) } = error as { code?: string; message?: string }
  const isTrust = code !== undefined && /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_TLS|ERR_SSL/.test(code)
  return new WherryError('unavailable', `the server at ${server} cannot be reached: ${message}`, {
    cause: error,
    hint: isTrust
      ? 'its certificate does not fit this kubeconfig: is it the right cluster?'
      : 'is the cluster running? `wherry status` tells',
  })
}
