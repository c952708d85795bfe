import type { Readable } from 'node:stream'
import { WherryError } from '../../lib/errors.ts'

/** What upstream's server takes, too. */
export const BODY_BYTES_MAX = 3 * 1024 * 1024

/** How long a body may take to arrive. */
const BODY_TIME_MS = 60_000

/** Collects a body; rejects with `too-large` as soon as that is known, and with `timeout` when it does not arrive. */
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
    let isOver = false
    const fail = (error: WherryError): void => {
      isOver = true
      clearTimeout(timer)
      reject(error)
    }
    const timer = setTimeout(() => fail(new WherryError('timeout', 'the body did not arrive in time')), BODY_TIME_MS)
    const take = (chunk: Buffer): void => {
      length += chunk.length
      if (length <= BODY_BYTES_MAX) {
        chunks.push(chunk)
        return
      }
      request.off('data', take)
      request.resume()
      fail(tooLarge())
    }
    request.on('data', take)
    request.once('end', () => {
      isOver = true
      clearTimeout(timer)
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length))
    })
    const gone = (): void => {
      if (!isOver) fail(new WherryError('timeout', 'the request ended before its body did'))
    }
    request.once('close', gone)
    if (request.destroyed && !request.readableEnded) gone()
  })
}

function tooLarge(): WherryError {
  return new WherryError('too-large', `Request entity too large: limit is ${BODY_BYTES_MAX}`)
}
