import { connect as connectTcp } from 'node:net'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import type { ApiRequest, ApiResponse, RequestHeaders } from '../api-server.ts'
import { passedHeaders, tlsOptions, unreachable } from './forward.ts'
import type { Destination } from './node-connection.ts'

/**
 * Joins a client that wants to speak something else than HTTP with whoever it wants to speak to: the request goes on as
 * it is, and from then on bytes go both ways and nobody looks into them.
 */
export async function tunnel(
  request: ApiRequest,
  socket: Duplex,
  head: Buffer,
  destination: Destination,
): Promise<void> {
  const other = await connect(destination)
  other.write(requestHead(request, destination))
  if (head.length > 0) other.write(head)
  join(socket, other)
}

function connect(destination: Destination): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const { protocol, host, port, tls } = destination
    const isTls = protocol === 'https'
    const other = isTls
      ? connectTls({ host, port, ...tlsOptions(tls), ALPNProtocols: ['http/1.1'] })
      : connectTcp({ host, port })
    other.setNoDelay(true)
    const fail = (cause: unknown): void => {
      other.destroy()
      reject(unreachable(destination, cause))
    }
    other.once('error', fail)
    other.once(isTls ? 'secureConnect' : 'connect', () => {
      other.off('error', fail)
      resolve(other)
    })
  })
}

function join(one: Duplex, other: Duplex): void {
  const end = (): void => {
    one.destroy()
    other.destroy()
  }
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    from.on('error', end)
    from.on('close', end)
    from.pipe(to)
  }
}

function requestHead(request: ApiRequest, { host, port, path, headers: more }: Destination): string {
  const { headers } = request
  const lines = [`${request.method} ${path} HTTP/1.1`, `host: ${host.includes(':') ? `[${host}]` : host}:${port}`]
  for (const [name, value] of Object.entries({ ...passedHeaders(headers), ...upgradeHeaders(headers), ...more })) {
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${name}: ${one}`)
  }
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** A browser can only send its token as the name of a protocol, which is nobody else's business. */
const BEARER_PROTOCOL = 'base64url.bearer.authorization.k8s.io.'

function upgradeHeaders(headers: RequestHeaders): Record<string, string> {
  const upgrade = String(headers['upgrade'] ?? 'websocket')
  const protocols = headers['sec-websocket-protocol']
  if (protocols === undefined) return { connection: 'Upgrade', upgrade }
  const passed = String(protocols)
    .split(',')
    .map((one) => one.trim())
    .filter((one) => !one.startsWith(BEARER_PROTOCOL))
  return { connection: 'Upgrade', upgrade, 'sec-websocket-protocol': passed.join(', ') }
}

/** Answers on a socket that was to be taken over, and closes it. */
export function refuseOn(socket: Duplex, { status, headers, body }: ApiResponse): void {
  const bytes = typeof body === 'function' ? Buffer.alloc(0) : Buffer.concat(body)
  const lines = [
    // The reason may be empty (RFC 9112); the module that knows them all would slow down every start.
    `HTTP/1.1 ${status} `,
    'connection: close',
    `content-length: ${bytes.length}`,
  ]
  for (const [name, value] of Object.entries(headers)) {
    for (const one of typeof value === 'string' ? [value] : value) lines.push(`${name}: ${one}`)
  }
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), bytes]))
}
