import type { Clock } from '../../lib/clock.ts'

const retryMsFirst = 500
const retryMsMax = 30_000

/** What a worker has going on: one task at a time for each key, and a pause after one that failed. */
export class Tasks {
  readonly #running = new Set<string>()
  readonly #pauses = new Map<string, { readonly until: number; readonly count: number }>()
  readonly #clock: Clock
  readonly #failed: (key: string, error: unknown) => void
  readonly #ended: () => void

  /** `ended` is called after each task, `failed` before it for those that threw. */
  constructor(clock: Clock, failed: (key: string, error: unknown) => void, ended: () => void) {
    this.#clock = clock
    this.#failed = failed
    this.#ended = ended
  }

  /** Starts a task unless one of its key runs, or failed a moment ago. */
  launch(key: string, run: () => Promise<void>): void {
    if (this.#running.has(key) || (this.#pauses.get(key)?.until ?? 0) > this.#clock.now()) return
    this.#running.add(key)
    void this.#run(key, run)
  }

  has(key: string): boolean {
    return this.#running.has(key)
  }

  /** Whether any task runs whose key begins so. */
  some(prefix: string): boolean {
    for (const key of this.#running) if (key.startsWith(prefix)) return true
    return false
  }

  /** When, after `now`, the first of those that failed may be tried again. */
  nextRetry(now: number): number | undefined {
    const times = [...this.#pauses.values()].map(({ until }) => until).filter((until) => until > now)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  async #run(key: string, run: () => Promise<void>): Promise<void> {
    try {
      await run()
      this.#pauses.delete(key)
    } catch (error) {
      const count = (this.#pauses.get(key)?.count ?? 0) + 1
      const until = this.#clock.now() + Math.min(retryMsMax, retryMsFirst * 2 ** (count - 1))
      this.#pauses.set(key, { until, count })
      this.#failed(key, error)
    } finally {
      this.#running.delete(key)
      // A pause that is over and was not used again is of no interest any more.
      for (const [other, { until }] of this.#pauses)
        if (until < this.#clock.now() - retryMsMax) this.#pauses.delete(other)
      this.#ended()
    }
  }
}
