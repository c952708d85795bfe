/** Where time comes from. Controllers and the scheduler see only this, so a test can hand them an hour in a millisecond. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `run` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, run: () => void): () => void
  /** Resolves after `delayMs`; rejects with the signal's reason when it fires first. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>
}

function sleepWith(after: Clock['after']): Clock['sleep'] {
  return (delayMs, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const onAbort = (): void => {
        cancel()
        reject(signal?.reason)
      }
      const cancel = after(delayMs, () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      })
      signal?.addEventListener('abort', onAbort, { once: true })
    })
}

function afterReally(delayMs: number, run: () => void): () => void {
  // A Node timer holds at most 2^31-1 ms; a longer delay is taken in steps.
  const step = Math.min(delayMs, 0x7fff_ffff)
  let timer = setTimeout(() => {
    if (delayMs <= step) run()
    else cancelRest = afterReally(delayMs - step, run)
  }, step)
  let cancelRest: (() => void) | undefined
  return () => {
    clearTimeout(timer)
    cancelRest?.()
  }
}

/** The machine's own clock. */
export const realClock: Clock = {
  now: () => Date.now(),
  after: afterReally,
  sleep: sleepWith(afterReally),
}

interface Alarm {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

/** A clock that stands still until it is told to advance: an hour passes as fast as its work can be done. */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  #alarms: Alarm[] = []

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#now = startMs
  }

  now(): number {
    return this.#now
  }

  after(delayMs: number, run: () => void): () => void {
    const alarm: Alarm = { at: this.#now + Math.max(0, delayMs), order: this.#order++, run }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm)
    }
  }

  readonly sleep: Clock['sleep'] = sleepWith((delayMs, run) => this.after(delayMs, run))

  /** When the next alarm rings, in milliseconds since the epoch; undefined when none is set. */
  nextAlarm(): number | undefined {
    return this.#next()?.at
  }

  /** Lets `ms` pass. Alarms ring in order; `settle` runs after each, so that the work it woke is done before the next. */
  async advance(ms: number, settle: () => Promise<void> = flushPromises): Promise<void> {
    const end = this.#now + ms
    await settle()
    for (let alarm = this.#next(); alarm !== undefined && alarm.at <= end; alarm = this.#next()) {
      this.#now = Math.max(this.#now, alarm.at)
      this.#alarms = this.#alarms.filter((other) => other !== alarm)
      alarm.run()
      await settle()
    }
    this.#now = end
  }

  #next(): Alarm | undefined {
    let next: Alarm | undefined
    for (const alarm of this.#alarms) {
      if (next === undefined || alarm.at < next.at || (alarm.at === next.at && alarm.order < next.order)) next = alarm
    }
    return next
  }
}

/** Lets everything that is ready to run in this process run once. */
export function flushPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
