import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Sink } from '../api-server.ts'

/** Writes a streamed answer to a connection. */
export function socketSink(response: ServerResponse | Http2ServerResponse): Sink {
  const writable = 'stream' in response ? response.stream : response
  const write = response.write as (chunk: Buffer) => boolean
  // A streamed answer begins with its head: a client that waits for events needs to know that it is connected.
  if ('flushHeaders' in response) response.flushHeaders()
  return {
    write: (chunk) => !response.destroyed && !response.writableEnded && write.call(response, chunk),
    end: () => void response.end(),
    backlogBytes: () => writable.writableLength,
    onDrain: (run) => void response.on('drain', run),
    onClose: (run) => void response.once('close', run),
  }
}
