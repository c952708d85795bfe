import { Heap } from './heap.ts'

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
  /** Undefined once it is cancelled: it stays in the heap until its time, or until many have gathered. */
  run: (() => void) | undefined
}

/** A clock that stands still until it is told to advance: an hour passes as fast as its work can be done. */
export class VirtualClock implements Clock {
  #now: number
  #order = 0
  #alarms = newAlarms()
  #cancelled = 0

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
      if (alarm.run === undefined) return
      alarm.run = undefined
      this.#cancelled++
      if (this.#cancelled > 1000 && this.#cancelled * 2 > this.#alarms.size) this.#sweep()
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
      // What is due at the same moment rings together: only a later moment has to wait for the work of an earlier one.
      for (let due: Alarm | undefined = alarm; due !== undefined && due.at <= this.#now; due = this.#next()) {
        this.#alarms.pop()
        const run = due.run!
        due.run = undefined
        run()
      }
      await settle()
    }
    this.#now = end
  }

  #next(): Alarm | undefined {
    for (let alarm = this.#alarms.peek(); alarm !== undefined; alarm = this.#alarms.peek()) {
      if (alarm.run !== undefined) return alarm
      this.#alarms.pop()
      this.#cancelled--
    }
    return undefined
  }

  #sweep(): void {
    const kept = newAlarms()
    for (let alarm = this.#next(); alarm !== undefined; alarm = this.#next()) kept.push(this.#alarms.pop()!)
    this.#alarms = kept
    this.#cancelled = 0
  }
}

function newAlarms(): Heap<Alarm> {
  return new Heap<Alarm>((a, b) => a.at < b.at || (a.at === b.at && a.order < b.order))
}

/** Lets everything that is ready to run in this process run once. */
export function flushPromises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
