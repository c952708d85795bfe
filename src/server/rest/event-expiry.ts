import type { Event } from '../../api/core/v1.ts'
import { Events } from '../../api/core/event.ts'
import type { Kind } from '../../api/meta/kind.ts'
import { parseTime } from '../../api/meta/time.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Store } from '../../store/store.ts'
import { resourceOf } from './resource.ts'
import { storedObject } from './stored.ts'

/** Events tell what happened lately; nobody deletes them, so that time has to. */
const LIFETIME_MS = 3_600_000

const SWEEP_INTERVAL_MS = 60_000

/** How many are removed at once: they share a commit, and nobody waits behind them for long. */
const SWEEP_MAX = 500

const resource = resourceOf(Events as unknown as Kind)

/** Removes events an hour after they were last seen, until the answer is called. */
export function expireEvents(store: Store, clock: Clock): () => void {
  let cancel = (): void => {}
  let isOver = false
  const sweep = async (): Promise<void> => {
    const expired = store
      .list(resource.prefix)
      .entries.filter((entry) => lastSeenMs(storedObject(entry) as Event) <= clock.now() - LIFETIME_MS)
      .slice(0, SWEEP_MAX)
    await Promise.all(
      expired.map(({ key, modRevision }) => store.write({ key, value: undefined, expected: modRevision })),
    ).catch(() => {
      // The store refuses writes: whoever owns it knows.
    })
    if (isOver) return
    // What was too much for one turn is gone in the next ones.
    cancel = clock.after(expired.length === SWEEP_MAX ? 1000 : SWEEP_INTERVAL_MS, () => void sweep())
  }
  cancel = clock.after(SWEEP_INTERVAL_MS, () => void sweep())
  return () => {
    isOver = true
    cancel()
  }
}

/** When an event was last seen, whichever way its reporter says so. */
export function lastSeenMs({ metadata, lastTimestamp, eventTime, series }: Event): number {
  const times = [metadata.creationTimestamp, lastTimestamp, eventTime, series?.lastObservedTime]
  return Math.max(
    ...times.map((time) => (typeof time === 'string' ? parseTime(time) : NaN)).filter((ms) => !Number.isNaN(ms)),
  )
}
