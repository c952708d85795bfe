import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { WherryError } from '../../lib/errors.ts'

const headBytesMax = 64 * 1024

/** A connection on which the runtime speaks SPDY. */
export interface RuntimeStream {
  readonly socket: Socket
  /** What came behind the answer's head. */
  readonly head: Buffer
  /** The answer's head as it came, for a client that asked for the same. */
  readonly answer: Buffer
}

/** Opens the stream that the runtime offers at a URL, in a version of the streams' protocol that it knows. */
export function openRuntimeStream(url: string, versions: readonly string[]): Promise<RuntimeStream> {
  const { hostname, port, pathname, search } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) })
    socket.setNoDelay(true)
    let seen: Buffer = Buffer.alloc(0)
    const fail = (cause: unknown): void => {
      socket.destroy()
      reject(
        new WherryError(
          'internal',
          `the runtime's stream does not open: ${cause instanceof Error ? cause.message : String(cause)}`,
          { cause },
        ),
      )
    }
    const read = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk])
      const end = seen.indexOf('\r\n\r\n')
      if (end < 0) {
        if (seen.length > headBytesMax) fail(new Error('its answer is too long'))
        return
      }
      const answer = seen.subarray(0, end + 4)
      const status = Number(/^HTTP\/1\.[01] (\d+)/.exec(answer.toString('latin1'))?.[1])
      if (status !== 101) return fail(new Error(`it answers ${status}: ${seen.subarray(end + 4).toString()}`))
      socket.off('data', read)
      socket.off('error', fail)
      socket.off('close', closed)
      socket.pause()
      resolve({ socket, answer, head: seen.subarray(end + 4) })
    }
    const closed = (): void => fail(new Error('it was closed'))
    socket.on('error', fail)
    socket.on('close', closed)
    socket.on('data', read)
    const lines = [
      `POST ${pathname}${search} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      'Connection: Upgrade',
      'Upgrade: SPDY/3.1',
      ...versions.map((version) => `X-Stream-Protocol-Version: ${version}`),
      'Content-Length: 0',
    ]
    socket.write(`${lines.join('\r\n')}\r\n\r\n`)
  })
}
