import type { Clock } from '../../lib/clock.ts'
import type { Deadline } from './stop-container.ts'

/** A deadline that can be brought forward, never put back. */
export class MovableDeadline implements Deadline {
  readonly #clock: Clock
  #at: number
  #moved = Promise.withResolvers<void>()

  constructor(clock: Clock, at: number) {
    this.#clock = clock
    this.#at = at
  }

  at(): number {
    return this.#at
  }

  /** Returns whether that was earlier than before. */
  bringForward(at: number): boolean {
    if (at >= this.#at) return false
    this.#at = at
    const moved = this.#moved
    this.#moved = Promise.withResolvers()
    moved.resolve()
    return true
  }

  async reached(signal: AbortSignal): Promise<void> {
    for (let left = this.#at - this.#clock.now(); left > 0 && !signal.aborted; left = this.#at - this.#clock.now()) {
      const stop = new AbortController()
      const asleep = this.#clock.sleep(left, AbortSignal.any([stop.signal, signal])).catch(() => {})
      await Promise.race([asleep, this.#moved.promise])
      stop.abort()
    }
  }
}
