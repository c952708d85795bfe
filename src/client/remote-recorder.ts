import type { Clock } from '../lib/clock.ts'
import type { Decision, Recorder } from '../lib/decisions.ts'
import type { Logger } from '../lib/log.ts'
import type { Client } from './client.ts'

export interface RemoteRecorderOptions {
  readonly client: Client
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Decisions wait at most this long for company. */
const GATHER_MS = 200
const BATCH_MAX = 1_000
/** How many are kept while the server does not answer; the oldest go first. */
const KEPT_MAX = 10_000
const RETRY_MS = 2_000

/** Sends decisions to the server that keeps them, in batches, behind the caller's back. */
export function remoteRecorder({ client, clock, log, signal }: RemoteRecorderOptions): Recorder {
  let waiting: Decision[] = []
  let sending = false
  let lost = 0

  const send = async (): Promise<void> => {
    while (waiting.length > 0 && !signal.aborted) {
      const batch = waiting.slice(0, BATCH_MAX)
      try {
        const { status, body } = await client.raw({
          method: 'POST',
          path: '/apis/wherry.dev/v1/decisions',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(batch),
        })
        // What is refused would be refused again.
        if (status >= 400 && status < 500)
          log.warn('decisions were refused', { status, answer: body.toString('utf8').slice(0, 300) })
        if (status >= 500) throw new Error(`status ${status}`)
        waiting = waiting.slice(batch.length)
        if (lost > 0) log.warn('decisions were lost while the server did not answer', { lost })
        lost = 0
      } catch {
        await clock.sleep(RETRY_MS, signal)
      }
    }
  }

  return {
    record(decision) {
      waiting.push(decision)
      if (waiting.length > KEPT_MAX) {
        waiting.shift()
        lost++
      }
      if (sending) return
      sending = true
      clock.after(
        GATHER_MS,
        () =>
          void send()
            .catch(() => {})
            .finally(() => (sending = false)),
      )
    },
  }
}
