import type { ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Sink } from '../api-server.ts'

/** Writes a streamed answer to a connection, whose head has been written. */
export function socketSink(response: ServerResponse | Http2ServerResponse): Sink {
  return 'stream' in response ? http2Sink(response) : http1Sink(response)
}

function http2Sink(response: Http2ServerResponse): Sink {
  const { stream } = response
  return {
    write: (chunk, onTaken) => !stream.destroyed && !stream.writableEnded && stream.write(chunk, onTaken),
    end: () => void response.end(),
    backlogBytes: () => stream.writableLength,
    onDrain: (run) => void stream.on('drain', run),
    onClose: (run) => void response.once('close', run),
  }
}

function http1Sink(response: ServerResponse): Sink {
  // A client that waits for events needs to know that it is connected; in HTTP/2 the head is out already.
  response.flushHeaders()
  const { socket } = response
  const isGone = (): boolean => response.destroyed || response.writableEnded
  if (socket === null || !response.chunkedEncoding) {
    return {
      write: (chunk, onTaken) => !isGone() && response.write(chunk, onTaken),
      end: () => void response.end(),
      backlogBytes: () => response.writableLength,
      onDrain: (run) => void response.on('drain', run),
      onClose: (run) => void response.once('close', run),
    }
  }
  return {
    // A chunk with its frame is one buffer, made once for all connections: it costs half of what three writes do.
    write: (chunk) => !isGone() && socket.write(framed(chunk)),
    end: () => void response.end(),
    backlogBytes: () => socket.writableLength,
    onDrain(run) {
      socket.on('drain', run)
      response.once('close', () => socket.off('drain', run))
    },
    onClose: (run) => void response.once('close', run),
  }
}

const frames = new WeakMap<Buffer, Buffer>()

/** A piece of a body in chunked transfer coding. */
function framed(chunk: Buffer): Buffer {
  let frame = frames.get(chunk)
  if (frame === undefined) {
    const size = chunk.length.toString(16)
    frame = Buffer.allocUnsafe(size.length + chunk.length + 4)
    frame.write(size, 0, 'latin1')
    frame.write('\r\n', size.length, 'latin1')
    chunk.copy(frame, size.length + 2)
    frame.write('\r\n', frame.length - 2, 'latin1')
    frames.set(chunk, frame)
  }
  return frame
}
