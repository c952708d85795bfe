import { Cron } from 'croner'
import { parseDuration } from '../../api/meta/time.ts'
import { WherryError } from '../../lib/errors.ts'

/** When something is to happen again and again. */
export interface Schedule {
  /** The first time after this one, in milliseconds; undefined when there is none any more. */
  next(afterMs: number): number | undefined
}

/** Reads five fields of cron, `@hourly` and the like, or `@every 1h30m`; throws `invalid` for anything else. */
export function parseSchedule(text: string, timeZone = 'Etc/UTC'): Schedule {
  const [, every] = /^@every\s+(\S+)$/.exec(text.trim()) ?? []
  if (every !== undefined) return everyDuration(text, every)
  try {
    // A question mark means the same as a star here; the library would take it for the present moment.
    const cron = new Cron(text.replaceAll('?', '*'), { mode: '5-part', timezone: timeZone, paused: true })
    // The time zone is looked at only now.
    cron.nextRun(new Date(0))
    return { next: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime() }
  } catch (cause) {
    throw new WherryError('invalid', `unparseable schedule: ${JSON.stringify(text)}: ${(cause as Error).message}`, {
      cause,
    })
  }
}

function everyDuration(text: string, duration: string): Schedule {
  const nanos = parseDuration(duration)
  if (nanos === undefined || nanos <= 0n)
    throw new WherryError('invalid', `unparseable schedule: ${JSON.stringify(text)}`)
  const periodMs = Math.max(1000, Math.floor(Number(nanos / 1_000_000_000n)) * 1000)
  return { next: (afterMs) => Math.floor(afterMs / 1000) * 1000 + periodMs }
}

/** The last time of a schedule that has come, and how many there were. */
export interface Missed {
  readonly lastMs: number | undefined
  /** Up to `MISSED_MAX`, beyond which it is not counted further. */
  readonly count: number
}

export const MISSED_MAX = 101

/** Pure. Which times fell between two moments, the second one included. */
export function missedTimes(schedule: Schedule, sinceMs: number, nowMs: number): Missed {
  let count = 0
  let lastMs: number | undefined
  let at = schedule.next(sinceMs)
  for (; at !== undefined && at <= nowMs && count < MISSED_MAX; at = schedule.next(at)) {
    lastMs = at
    count++
  }
  if (count < MISSED_MAX || at === undefined || at > nowMs) return { lastMs, count }
  // There are too many to go through: the last one is looked for backwards, in growing steps.
  for (let stepMs = 60_000; ; stepMs *= 2) {
    const first = schedule.next(Math.max(sinceMs, nowMs - stepMs))
    if (first === undefined || first > nowMs) continue
    lastMs = first
    for (let next = schedule.next(first); next !== undefined && next <= nowMs; next = schedule.next(next)) lastMs = next
    return { lastMs, count }
  }
}
