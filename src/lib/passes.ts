import type { Clock } from './clock.ts'

export interface PassesOptions<K> {
  /** Takes in the newest state of what `keys` name. When it throws, the same keys come again, later. */
  readonly run: (keys: ReadonlySet<K>) => Promise<void>
  readonly onError: (error: unknown) => void
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly retryDelayMsMin?: number
  readonly retryDelayMsMax?: number
}

/**
 * Runs a function whenever something was marked as changed, never twice at the same time; what is marked meanwhile is
 * the next pass. There is no delay: changes gather only while a pass is under way.
 */
export class Passes<K> {
  readonly #options: PassesOptions<K>
  #marked = new Set<K>()
  #running: Promise<void> = Promise.resolve()
  #active = false
  #requested = 0
  #done = 0
  #waiting: { readonly target: number; readonly resolve: () => void }[] = []

  constructor(options: PassesOptions<K>) {
    this.#options = options
  }

  mark(key: K): void {
    this.#marked.add(key)
    this.#requested++
    if (this.#active || this.#options.signal.aborted) return
    this.#active = true
    this.#running = this.#run()
  }

  /** Resolves when everything that was marked before this call has been taken in; rejects when the signal fires first. */
  settled(signal?: AbortSignal): Promise<void> {
    if (this.#done === this.#requested) return Promise.resolve()
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const onAbort = (): void => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter)
        reject(signal?.reason)
      }
      const waiter = {
        target: this.#requested,
        resolve: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      this.#waiting.push(waiter)
      signal?.addEventListener('abort', onAbort, { once: true })
    })
  }

  /** Resolves when no pass is under way; after the signal has fired no other begins. */
  ended(): Promise<void> {
    return this.#running
  }

  async #run(): Promise<void> {
    const { run, onError, clock, signal, retryDelayMsMin = 100, retryDelayMsMax = 5_000 } = this.#options
    let retryDelayMs = retryDelayMsMin
    // A turn later, so that what is marked together is one pass.
    await Promise.resolve()
    while (this.#marked.size > 0 && !signal.aborted) {
      const keys = this.#marked
      const target = this.#requested
      this.#marked = new Set()
      try {
        await run(keys)
        retryDelayMs = retryDelayMsMin
        this.#done = target
        const reached = this.#waiting.filter((waiter) => waiter.target <= target)
        this.#waiting = this.#waiting.filter((waiter) => waiter.target > target)
        for (const { resolve } of reached) resolve()
      } catch (error) {
        for (const key of keys) this.#marked.add(key)
        onError(error)
        await clock.sleep(retryDelayMs, signal).catch(() => {})
        retryDelayMs = Math.min(retryDelayMs * 2, retryDelayMsMax)
      }
    }
    // In the same turn as the last look at what is marked: nothing can be marked in between and be forgotten.
    this.#active = false
  }
}
