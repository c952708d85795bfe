import { connect as connectHttp2, constants } from 'node:http2'
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import type { Socket } from 'node:net'
import { WherryError } from '../../lib/errors.ts'
import type { ErrorCode } from '../../lib/errors.ts'

/** How a call failed, in gRPC's numbers. */
export const GrpcStatus = {
  ok: 0,
  cancelled: 1,
  unknown: 2,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  resourceExhausted: 8,
  unimplemented: 12,
  unavailable: 14,
} as const

const errorCodes: Readonly<Record<number, ErrorCode>> = {
  3: 'invalid',
  4: 'timeout',
  5: 'not-found',
  6: 'already-exists',
  7: 'forbidden',
  9: 'conflict',
  11: 'invalid',
  12: 'method-not-allowed',
  14: 'unavailable',
  16: 'unauthenticated',
}

/** A call that the other side, or the way to it, refused. `status` is gRPC's number. */
export class GrpcError extends WherryError {
  readonly status: number

  constructor(status: number, message: string, cause?: unknown) {
    super(errorCodes[status] ?? 'internal', message, cause === undefined ? {} : { cause })
    this.status = status
  }
}

export interface CallOptions {
  readonly deadlineMs?: number
  readonly signal?: AbortSignal | undefined
}

/** Where a gRPC server listens. */
export type GrpcAddress =
  | { readonly socketPath: string }
  | { readonly host: string; readonly port: number; readonly localAddress?: string }

/** A connection that is opened when first used, and again after it broke. Calls share it. */
export interface GrpcChannel {
  /** One request, one answer. */
  unary(path: string, request: Uint8Array, options?: CallOptions): Promise<Buffer>
  /** One request, many answers; ends when the server ends it or the signal fires, throws when it breaks. */
  stream(path: string, request: Uint8Array, options?: CallOptions): AsyncIterable<Buffer>
  close(): void
}

/** gRPC without TLS, over HTTP/2 as Node has it. */
export function grpcChannel(address: GrpcAddress): GrpcChannel {
  let session: ClientHttp2Session | undefined

  const opened = (): ClientHttp2Session => {
    if (session !== undefined && !session.closed && !session.destroyed) return session
    const next = connectHttp2('http://localhost', {
      createConnection: () => openSocket(address),
      settings: { initialWindowSize: 4 << 20, enablePush: false },
    })
    next.on('connect', () => next.setLocalWindowSize(16 << 20))
    // What fails on a session fails on each of its calls as well, which is where it is answered.
    next.on('error', () => {})
    next.on('goaway', () => {
      if (session === next) session = undefined
    })
    // Calls hold the process; an idle connection does not.
    next.unref()
    session = next
    return next
  }

  const request = (path: string, body: Uint8Array, deadlineMs: number | undefined): ClientHttp2Stream => {
    const stream = opened().request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...(deadlineMs === undefined ? {} : { 'grpc-timeout': timeoutHeader(deadlineMs) }),
    })
    stream.end(frame(body))
    return stream
  }

  const once = (path: string, body: Uint8Array, options: CallOptions): Promise<Buffer> =>
    new Promise((resolve, reject) => {
      if (options.signal?.aborted) {
        reject(options.signal.reason)
        return
      }
      const stream = request(path, body, options.deadlineMs)
      const settle = watchCall(stream, options)
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      settle.then(() => {
        const [message] = new Unframer().push(Buffer.concat(chunks))
        if (message === undefined) reject(new GrpcError(GrpcStatus.unknown, `${path}: no message in the answer`))
        else resolve(message)
      }, reject)
    })

  return {
    async unary(path, body, options = {}) {
      try {
        return await once(path, body, options)
      } catch (error) {
        // The other side went away before it saw the request: nothing was done, so it is asked again.
        if (!(error instanceof GrpcError) || !isRefused(error.cause)) throw error
        session = undefined
        return await once(path, body, options)
      }
    },

    async *stream(path, body, options = {}) {
      options.signal?.throwIfAborted()
      const stream = request(path, body, options.deadlineMs)
      const settle = watchCall(stream, options)
      settle.catch(() => {})
      const messages = new Unframer()
      try {
        for await (const chunk of stream) yield* messages.push(chunk as Buffer)
      } catch (error) {
        await settle
        throw error
      } finally {
        stream.close(constants.NGHTTP2_CANCEL)
      }
      await settle
    },

    close() {
      session?.destroy()
      session = undefined
    },
  }
}

function isRefused(cause: unknown): boolean {
  return cause instanceof Error && cause.message.includes('NGHTTP2_REFUSED_STREAM')
}

/** Node's timers hold no more than this, and fire at once when they are asked to. */
const timerMsMax = 2 ** 31 - 1

/** A length of time as gRPC writes it: at most eight digits and a unit. */
export function timeoutHeader(ms: number): string {
  if (ms < 1e8) return `${Math.ceil(ms)}m`
  return ms < 1e11 ? `${Math.ceil(ms / 1000)}S` : '99999999S'
}

function openSocket(address: GrpcAddress): Socket {
  return 'socketPath' in address ? connectSocket({ path: address.socketPath }) : connectSocket(address)
}

/** Resolves when the call ended well, rejects with what it ended with: status, broken connection, deadline or signal. */
function watchCall(stream: ClientHttp2Stream, { deadlineMs, signal }: CallOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    let status: number | undefined
    let message = ''
    const note = (headers: Record<string, unknown>): void => {
      if (headers['grpc-status'] !== undefined) {
        status = Number(headers['grpc-status'])
        message = decodeMessage(String(headers['grpc-message'] ?? ''))
      } else if (headers[':status'] !== undefined && headers[':status'] !== 200) {
        status = GrpcStatus.unavailable
        message = `HTTP status ${String(headers[':status'])}`
      }
    }
    const abort = (): void => {
      reject(signal?.reason)
      stream.close(constants.NGHTTP2_CANCEL)
    }
    const timer =
      deadlineMs === undefined
        ? undefined
        : setTimeout(
            () => {
              reject(new GrpcError(GrpcStatus.deadlineExceeded, `no answer within ${deadlineMs / 1000} s`))
              stream.close(constants.NGHTTP2_CANCEL)
            },
            Math.min(deadlineMs, timerMsMax),
          )
    signal?.addEventListener('abort', abort, { once: true })
    stream.on('response', note)
    stream.on('trailers', note)
    stream.on('error', (error) => reject(new GrpcError(GrpcStatus.unavailable, error.message, error)))
    stream.on('close', () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      if (status === GrpcStatus.ok) resolve()
      else reject(new GrpcError(status ?? GrpcStatus.unavailable, message || 'the connection was closed'))
    })
  })
}

function decodeMessage(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function frame(message: Uint8Array): Buffer {
  const framed = Buffer.alloc(5 + message.length)
  framed.writeUInt32BE(message.length, 1)
  framed.set(message, 5)
  return framed
}

/** Cuts a byte stream into messages: a byte of flags and four of length stand before each. */
class Unframer {
  #rest: Buffer = Buffer.alloc(0)

  push(chunk: Buffer): Buffer[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const messages: Buffer[] = []
    while (this.#rest.length >= 5) {
      const end = 5 + this.#rest.readUInt32BE(1)
      if (this.#rest.length < end) break
      messages.push(this.#rest.subarray(5, end))
      this.#rest = this.#rest.subarray(end)
    }
    return messages
  }
}
