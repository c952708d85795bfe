import assert from 'node:assert/strict'
import { it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import type { ApiResponse } from '../api-server.ts'
import { packed } from './packed.ts'

function gather({ body }: ApiResponse): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let drain = (): void => {}
    if (typeof body !== 'function') throw new TypeError('a packed answer is a stream')
    body({
      // A reader that is full after every piece.
      write(chunk) {
        chunks.push(chunk)
        setImmediate(drain)
        return false
      },
      end: () => resolve(Buffer.concat(chunks)),
      backlogBytes: () => 0,
      onDrain: (run) => void (drain = run),
      onClose: () => {},
    })
  })
}

it('packs pieces and streams alike, at the pace of the reader', async () => {
  const pieces = Array.from({ length: 40 }, (_, i) => Buffer.from(`${i},`.repeat(20_000)))
  const whole = Buffer.concat(pieces)
  const answer = packed({ status: 200, headers: { 'content-type': 'x' }, body: pieces })
  assert.equal(answer.headers['content-encoding'], 'gzip')
  assert.deepEqual(gunzipSync(await gather(answer)), whole)
  const streamed = packed({
    status: 200,
    headers: {},
    body: (sink) => {
      let next = 0
      const pump = (): void => {
        while (next < pieces.length) if (!sink.write(pieces[next++]!)) return
        sink.end()
      }
      sink.onDrain(pump)
      pump()
    },
  })
  assert.deepEqual(gunzipSync(await gather(streamed)), whole)
})
