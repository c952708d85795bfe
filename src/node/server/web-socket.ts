import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import type { WebSocket } from 'ws'

/** A client that wants to speak something else than HTTP. */
export interface UpgradingClient {
  readonly request: IncomingMessage
  readonly socket: Duplex
  readonly head: Buffer
  readonly query: URLSearchParams
}

const messageBytesMax = 32 << 20
const pingEveryMs = 30_000

/** The protocols that a client of a WebSocket offers. */
export function offeredProtocols({ headers }: IncomingMessage): string[] {
  return (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
}

/** Whether the client asks for a WebSocket, and not for SPDY. */
export function wantsWebSocket({ headers }: IncomingMessage): boolean {
  return (headers.upgrade ?? '').toLowerCase() === 'websocket'
}

/** Answers the client's handshake. `protocol` is the one that was chosen; empty for none. */
export function acceptWebSocket({ request, socket, head }: UpgradingClient, protocol: string): Promise<WebSocket> {
  const server = new WebSocketServer({ noServer: true, maxPayload: messageBytesMax, perMessageDeflate: false })
  // The library refuses names with a slash, as Kubernetes has them: they are answered here.
  delete request.headers['sec-websocket-protocol']
  server.on('headers', (headers) => {
    if (protocol !== '') headers.push(`Sec-WebSocket-Protocol: ${protocol}`)
  })
  return new Promise((resolve) => {
    server.handleUpgrade(request, socket, head, (ws) => {
      // Something in between may forget a connection on which nothing is said.
      const ping = setInterval(() => ws.ping(), pingEveryMs)
      ws.on('close', () => clearInterval(ping))
      resolve(ws)
    })
  })
}
