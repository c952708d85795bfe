import { backoffMs } from './backoff.ts'
import type { Clock } from './clock.ts'
import type { Logger } from './log.ts'
import { dueAt, expiryOf } from './pki.ts'
import type { Random } from './random.ts'

export interface Renewal {
  /** Whose certificate it is, for the log. */
  readonly what: string
  /** The certificate in use, in PEM; asked anew each time. */
  readonly certificate: () => string
  /** Gets another one and puts it to use. */
  readonly renew: () => Promise<void>
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
}

const RETRY = { baseMs: 5_000, maxMs: 60_000, jitter: 0.5 }
/** A clock may be set: it looks this often in any case. */
const LOOK_EVERY_MS = 12 * 3_600_000
/** A new certificate may be due at once, when its authority will not last long: it is not asked for without a pause. */
const PAUSE_MS = { min: 1_000, max: 60_000 }

/** Renews a certificate whenever two thirds of its life are over, until the signal fires. */
export async function keepRenewed({ what, certificate, renew, clock, random, log, signal }: Renewal): Promise<void> {
  // Those that were made together need not be renewed together: each waits for up to a tenth of the time that is left.
  const share = random() / 10
  const waitMs = (): number => {
    const due = dueAt(certificate())
    return due + (expiryOf(certificate()) - due) * share - clock.now()
  }
  for (let failures = 0; !signal.aborted;) {
    let pauseMs = Math.min(waitMs(), LOOK_EVERY_MS)
    if (pauseMs <= 0) {
      try {
        await renew()
        failures = 0
        const leftMs = expiryOf(certificate()) - clock.now()
        pauseMs = Math.min(Math.max(leftMs / 2, PAUSE_MS.min), PAUSE_MS.max)
        log.info('a certificate has been renewed', { certificate: what, leftMs })
      } catch (error) {
        if (signal.aborted) return
        failures++
        pauseMs = backoffMs(failures, RETRY, random)
        log.warn('a certificate could not be renewed', { certificate: what, failures, error })
      }
    }
    await clock.sleep(pauseMs, signal).catch(() => {})
  }
}
