import type { ClientRequest, IncomingMessage } from 'node:http'
import type { ConnectionOptions } from 'node:tls'
import { WherryError } from '../../lib/errors.ts'
import type { ApiRequest, ApiResponse, RequestHeaders, Sink } from '../api-server.ts'
import type { Destination } from './node-connection.ts'
import { rewriteHtml } from './rewrite-html.ts'

/** Headers that are between two neighbours, or between the client and this server, and go no further. */
const OWN_HEADERS = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'host',
  'authorization',
  'content-length',
  'http2-settings',
])

/** Headers by which one server tells another who asks: only this one says so. */
const WHO = /^(impersonate-|x-remote-(user|uid|group|extra-))/

/** The headers that are passed on; HTTP/2 and impersonation keep theirs to themselves. */
export function passedHeaders(headers: RequestHeaders): Record<string, string | string[]> {
  const passed: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':') || OWN_HEADERS.has(name) || WHO.test(name)) continue
    passed[name] = typeof value === 'string' ? value : [...value]
  }
  return passed
}

/** How a destination is talked to over TLS. */
export function tlsOptions(tls: Destination['tls']): ConnectionOptions {
  // A pod's own certificate says nothing to the cluster: who may talk to the pod has been decided already.
  return tls === undefined ? { rejectUnauthorized: false } : { ...tls }
}

/** Passes a request on and its answer back, as it comes. `rewrite` may change where the answer and its links point to. */
export async function forward(
  request: ApiRequest,
  destination: Destination,
  rewrite: (location: string) => string = (location) => location,
): Promise<ApiResponse> {
  const hasBody = !['GET', 'HEAD'].includes(request.method)
  const body = hasBody ? await request.body() : undefined
  const response = await ask(request, destination, body)
  const headers: Record<string, string | string[]> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined && !OWN_HEADERS.has(name)) headers[name] = value
  }
  if (response.headers.location !== undefined) headers['location'] = rewrite(response.headers.location)
  const status = response.statusCode ?? 502
  if (isPage(response)) return { status, headers, body: [Buffer.from(rewriteHtml(await textOf(response), rewrite))] }
  return { status, headers, body: (sink) => pump(response, sink) }
}

/** Pages up to this size get other links; larger ones are passed on as they are. */
const PAGE_BYTES_MAX = 1024 * 1024

function isPage({ headers }: IncomingMessage): boolean {
  const length = headers['content-length']
  return (
    /^text\/html\b/.test(headers['content-type'] ?? '') &&
    headers['content-encoding'] === undefined &&
    length !== undefined &&
    Number(length) <= PAGE_BYTES_MAX
  )
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

const KEEP_ALIVE_MS = 30_000

/** Sends a request on; resolves with the head of the answer, rejects with `unavailable` when there is none. */
export async function ask(
  request: Pick<ApiRequest, 'method' | 'headers' | 'signal'>,
  destination: Destination,
  body: Buffer | undefined,
): Promise<IncomingMessage> {
  // Loaded when first needed: they would take a fifth of the time in which the server starts.
  const { request: send } = destination.protocol === 'https' ? await import('node:https') : await import('node:http')
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = send({
      host: destination.host,
      port: destination.port,
      path: destination.path,
      ...tlsOptions(destination.tls),
      method: request.method,
      headers: {
        ...passedHeaders(request.headers),
        ...destination.headers,
        ...(body === undefined ? {} : { 'content-length': body.length }),
      },
      signal: request.signal,
      ...(destination.isFresh === true ? { agent: false } : {}),
    })
    // Whoever is gone without a word is noticed, also where nothing has been said for long, as in a watch.
    outgoing.once('socket', (socket) => socket.setKeepAlive(true, KEEP_ALIVE_MS))
    outgoing.once('response', resolve)
    outgoing.once('error', (cause) => reject(unreachable(destination, cause)))
    outgoing.end(body)
  })
}

export function unreachable({ protocol, host, port }: Destination, cause: unknown): WherryError {
  const why = cause instanceof Error ? reasonOf(cause) : String(cause)
  return new WherryError('unavailable', `error trying to reach service: ${protocol}://${host}:${port}: ${why}`, {
    cause,
  })
}

/** What went wrong, without the advice that Node adds for whoever starts it. */
export function reasonOf({ message }: Error): string {
  return message.replace(/; if the root CA is installed locally, .*$/, '')
}

/** Streams an answer no faster than its reader takes it, and ends it when the reader has gone. */
function pump(response: IncomingMessage, sink: Sink): void {
  response.on('data', (chunk: Buffer) => {
    if (!sink.write(chunk)) response.pause()
  })
  response.once('end', () => sink.end())
  response.once('error', () => sink.end())
  sink.onDrain(() => response.resume())
  sink.onClose(() => response.destroy())
}
