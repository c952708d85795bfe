import type { Client, RawRequest, StreamResponse } from './client.ts'
import { Http2Connection } from './http2-connection.ts'
import type { TlsMaterial } from './http2-connection.ts'
import { jsonClient } from './json-client.ts'

export interface HttpClientOptions {
  /** As in `https://10.0.0.1:6443`. */
  readonly server: string
  /** A function is asked at each connect, so that renewed certificates are taken up. */
  readonly tls: TlsMaterial | (() => TlsMaterial)
  /** A bearer token; a function is asked for each request. */
  readonly token?: string | (() => string | undefined)
  /** Names this program in managedFields. */
  readonly fieldManager: string
  /** Names this program in the server's log. */
  readonly userAgent?: string
}

/** A client that holds a connection. */
export interface HttpClient extends Client {
  /** Takes up renewed certificates: requests and watches that begin from now on show them, those under way go on. */
  renew(): void
}

/** The client of a program in another process or on another machine: JSON over one HTTP/2 connection. */
export function httpClient(options: HttpClientOptions): HttpClient {
  const { server, tls, token, fieldManager, userAgent = fieldManager } = options
  const connection = new Http2Connection({ server, tls: typeof tls === 'function' ? tls : () => tls })

  const stream = (request: RawRequest): Promise<StreamResponse> => {
    const bearer = typeof token === 'function' ? token() : token
    const headers = {
      'user-agent': userAgent,
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      ...request.headers,
    }
    return connection.request({ ...request, headers })
  }
  const client = jsonClient({ stream, fieldManager, close: () => connection.close() })
  return { ...client, renew: () => connection.renew() }
}
