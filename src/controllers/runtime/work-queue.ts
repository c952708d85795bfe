import { backoffMs } from '../../lib/backoff.ts'
import type { BackoffOptions } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'

export interface WorkQueueOptions {
  readonly clock: Clock
  readonly random: Random
  /** How many keys are worked on at the same time. */
  readonly concurrency: number
  /** Does the work for one key. What it throws is given to `onError`, and the key is tried again after a back-off. */
  readonly work: (key: string) => Promise<void>
  readonly onError: (key: string, error: unknown, failures: number) => void
  readonly backoff?: BackoffOptions
}

const BACKOFF: BackoffOptions = { baseMs: 5, maxMs: 60_000, jitter: 0.2 }

/**
 * Keys waiting to be worked on. A key waits once however often it is added, is never worked on twice at the same time,
 * and is worked on again when it was added meanwhile. Its size is bounded by the number of distinct keys.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions
  readonly #waiting = new Set<string>()
  readonly #running = new Map<string, { again: boolean }>()
  readonly #delayed = new Map<string, { readonly at: number; readonly cancel: () => void }>()
  readonly #failures = new Map<string, number>()
  #idle: PromiseWithResolvers<void> | undefined
  #pumping = false
  #closed = false

  constructor(options: WorkQueueOptions) {
    this.#options = options
  }

  /** Keys that wait for their turn now. */
  get depth(): number {
    return this.#waiting.size
  }

  /** Whether nothing waits and nothing runs; what is delayed does not count. */
  get isIdle(): boolean {
    return this.#waiting.size === 0 && this.#running.size === 0
  }

  add(key: string): void {
    if (this.#closed) return
    const running = this.#running.get(key)
    if (running !== undefined) {
      running.again = true
      return
    }
    this.#waiting.add(key)
    this.#pumpSoon()
  }

  /** Adds the key after a while, unless it is worked on before. Of several delays the earliest holds. */
  addAfter(key: string, delayMs: number): void {
    if (this.#closed) return
    const { clock } = this.#options
    const at = clock.now() + Math.max(0, delayMs)
    const delayed = this.#delayed.get(key)
    if (delayed !== undefined && delayed.at <= at) return
    delayed?.cancel()
    const cancel = clock.after(delayMs, () => {
      this.#delayed.delete(key)
      this.add(key)
    })
    this.#delayed.set(key, { at, cancel })
  }

  /** Drops what waits and resolves when what runs has ended. */
  async close(): Promise<void> {
    this.#closed = true
    this.#waiting.clear()
    for (const { cancel } of this.#delayed.values()) cancel()
    this.#delayed.clear()
    if (this.#running.size === 0) return
    this.#idle ??= Promise.withResolvers()
    await this.#idle.promise
  }

  /** Work never begins inside a call of `add`: that is often a watch handler, which must not run a controller's code. */
  #pumpSoon(): void {
    if (this.#pumping) return
    this.#pumping = true
    queueMicrotask(() => {
      this.#pumping = false
      this.#pump()
    })
  }

  #pump(): void {
    for (const key of this.#waiting) {
      if (this.#running.size >= this.#options.concurrency) return
      this.#waiting.delete(key)
      void this.#run(key)
    }
  }

  async #run(key: string): Promise<void> {
    const running = { again: false }
    this.#running.set(key, running)
    // A delay asked for earlier has done its duty; the work asks for a new one if it still wants it.
    this.#delayed.get(key)?.cancel()
    this.#delayed.delete(key)
    try {
      await this.#options.work(key)
      this.#failures.delete(key)
    } catch (error) {
      const failures = (this.#failures.get(key) ?? 0) + 1
      this.#failures.set(key, failures)
      this.#options.onError(key, error, failures)
      this.addAfter(key, backoffMs(failures, this.#options.backoff ?? BACKOFF, this.#options.random))
    } finally {
      this.#running.delete(key)
      if (running.again) this.add(key)
      if (this.#running.size === 0) this.#idle?.resolve()
      this.#pumpSoon()
    }
  }
}
