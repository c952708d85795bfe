import { Connection } from './connection.ts'
import type { Endpoint } from './endpoint.ts'

const LINE_FEED = 10

/** Begins a watch; each of its events is taken as the line that it is. Closing the connection ends it. */
export async function watchLines(endpoint: Endpoint, path: string, take: (line: Buffer) => void): Promise<Connection> {
  const connection = await Connection.open(endpoint)
  let rest: Buffer = Buffer.alloc(0)
  const onData = (piece: Buffer): void => {
    const data = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    let from = 0
    for (let end = data.indexOf(LINE_FEED); end >= 0; end = data.indexOf(LINE_FEED, from)) {
      take(data.subarray(from, end))
      from = end + 1
    }
    rest = data.subarray(from)
  }
  await new Promise<void>((resolve, reject) => {
    connection.request('GET', path, { onData, onHead: () => resolve() }).catch(reject)
  })
  return connection
}
