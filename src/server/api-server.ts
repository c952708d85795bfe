import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { Identity } from './authn/identity.ts'

/**
 * The API server without its sockets. `http/listen.ts` puts it on a port; a client in the same process takes
 * `transport(identity)` and skips sockets and serialisation, but neither authorization nor admission (DESIGN.md,
 * decision 6).
 */
export interface ApiServer {
  /** Answers one request with bytes: what the sockets use. Never throws: errors are answers too. */
  handle(request: ApiRequest): Promise<ApiResponse>
  /** The API for callers in this process: it has the shape of the client's `Transport`. */
  transport(identity: Identity): InProcessTransport
  /** Ends all watches and streams; the store is its owner's to close. */
  close(): Promise<void>
}

/** A request as it came in, with a body that is read at most once and only when it is needed. */
export interface ApiRequest {
  readonly method: string
  /** Path with query, as in the request line. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Headers
  /** Rejects with `too-large` beyond the limit. */
  body(): Promise<Buffer>
  /** The verified client certificate, DER. */
  readonly clientCertificate?: Buffer
  /** Who sends it, where that is known without credentials: callers in this process. */
  readonly identity?: Identity
  /** Fires when the caller has gone away. */
  readonly signal: AbortSignal
}

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>

export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: ResponseBody
}

/** Bytes to be sent one after the other, or a stream that begins when the sink is there. */
export type ResponseBody = readonly Buffer[] | ((sink: Sink) => void)

/** Where a streamed answer goes. */
export interface Sink {
  /** False when what is waiting to be sent has grown beyond the connection's buffer. */
  write(chunk: Buffer): boolean
  end(): void
  /** Bytes that were written and not yet taken by the connection. */
  backlogBytes(): number
  onDrain(run: () => void): void
  /** Runs once when the other side is gone or `end` was called. */
  onClose(run: () => void): void
}

/** See `Transport` in src/client/transport.ts, whose promises it keeps. */
export interface InProcessTransport {
  call(call: InProcessCall): Promise<unknown>
  watch(call: InProcessWatch): AsyncIterable<ObjectEvent>
  raw(request: RawCall): Promise<{ status: number; headers: Record<string, string>; body: Buffer }>
  stream(request: RawCall): Promise<{ status: number; headers: Record<string, string>; body: AsyncIterable<Buffer> }>
  close(): Promise<void>
}

export interface InProcessCall {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection'
  readonly kind: Kind
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  /** The parameters of the query, as on the wire. */
  readonly query: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly patchType?: 'json' | 'merge' | 'strategic' | 'apply'
  readonly signal?: AbortSignal
}

export interface InProcessWatch {
  readonly kind: Kind
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
  readonly query: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

export type ObjectEvent =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: KubeObject }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }

export interface RawCall {
  readonly method: string
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array | string
  readonly signal?: AbortSignal
}
