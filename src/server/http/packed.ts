import { constants, createGzip } from 'node:zlib'
import type { ApiResponse, Sink } from '../api-server.ts'

/** The same answer, packed with gzip on Node's threads while it is sent. */
export function packed({ status, headers, body }: ApiResponse): ApiResponse {
  return {
    status,
    headers: { ...headers, 'content-encoding': 'gzip', vary: 'Accept-Encoding' },
    body: (sink) => {
      const through = gzipSink(sink)
      if (typeof body === 'function') {
        body(through)
        return
      }
      for (const part of body) through.write(part)
      through.end()
    },
  }
}

function gzipSink(sink: Sink): Sink {
  const gzip = createGzip({ level: constants.Z_BEST_SPEED })
  gzip.on('data', (chunk: Buffer) => {
    if (!sink.write(chunk)) gzip.pause()
  })
  gzip.once('end', () => sink.end())
  sink.onDrain(() => gzip.resume())
  sink.onClose(() => gzip.destroy())
  return {
    write: (chunk) => !gzip.destroyed && gzip.write(chunk),
    end: () => void gzip.end(),
    backlogBytes: () => gzip.writableLength + sink.backlogBytes(),
    onDrain: (run) => void gzip.on('drain', run),
    onClose: (run) => sink.onClose(run),
  }
}
