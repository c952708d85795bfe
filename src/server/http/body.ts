import type { Readable } from 'node:stream'
import { WherryError } from '../../lib/errors.ts'

/** What upstream's server takes, too. */
export const BODY_BYTES_MAX = 3 * 1024 * 1024

/** Collects a body; rejects with `too-large` as soon as that is known, and with `timeout` when the sender has gone. */
export function readBody(request: Readable & { headers: object }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const announced = Number((request.headers as Record<string, unknown>)['content-length'] ?? 0)
    if (announced > BODY_BYTES_MAX) {
      request.resume()
      reject(tooLarge())
      return
    }
    const chunks: Buffer[] = []
    let length = 0
    const take = (chunk: Buffer): void => {
      length += chunk.length
      if (length > BODY_BYTES_MAX) {
        request.off('data', take)
        request.resume()
        reject(tooLarge())
      } else {
        chunks.push(chunk)
      }
    }
    request.on('data', take)
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)))
    // After its end this comes too late to matter.
    request.once('close', () => reject(new WherryError('timeout', 'the request ended before its body did')))
    if (request.destroyed && !request.readableEnded)
      reject(new WherryError('timeout', 'the request ended before its body did'))
  })
}

function tooLarge(): WherryError {
  return new WherryError('too-large', `Request entity too large: limit is ${BODY_BYTES_MAX}`)
}
