import { observePod } from './observe.ts'
import type { Observed } from './observed.ts'
import type { PodServices } from './services.ts'

/** The runtime hears of a container's end before it says so itself; how soon to ask again. */
const lagMs = [5, 20, 50, 100, 200, 500, 1000]

/** What the runtime has of one pod: changed by those who change it, and asked for again when it may have changed by itself. */
export class PodObserver {
  readonly #services: PodServices
  readonly #uid: string
  readonly #wake: () => void
  readonly #expectedExits = new Map<string, number>()
  #observed: Observed
  #isStale = false

  constructor(services: PodServices, uid: string, observed: Observed, wake: () => void) {
    this.#services = services
    this.#uid = uid
    this.#observed = observed
    this.#wake = wake
  }

  get observed(): Observed {
    return this.#observed
  }

  /** Whether what is observed may be out of date. */
  get isStale(): boolean {
    return this.#isStale
  }

  invalidate(): void {
    this.#isStale = true
  }

  /** Something is said to have ended: until it shows, it is asked for again soon. */
  expectExit(id: string): void {
    this.#expectedExits.set(id, 0)
    this.#isStale = true
  }

  /** What somebody just did, without asking the runtime what it knows of it. */
  edit(change: (observed: Observed) => Observed): void {
    this.#observed = change(this.#observed)
  }

  /** Asks the runtime; returns what was observed before. */
  async refresh(): Promise<Observed> {
    const { runtime, podsDir } = this.#services
    const before = this.#observed
    this.#isStale = false
    try {
      const observed = await observePod(this.#uid, before, { runtime, podsDir })
      // What was made meanwhile may not be in the lists: they are asked for again.
      if (this.#observed !== before) this.#isStale = true
      else this.#observed = observed
    } catch (error) {
      this.#isStale = true
      throw error
    }
    this.#followExits()
    return before
  }

  #followExits(): void {
    const { containers, sandboxes } = this.#observed
    for (const [id, tries] of this.#expectedExits) {
      const goesOn =
        containers.some((container) => container.id === id && container.state === 'running') ||
        sandboxes.some((sandbox) => sandbox.id === id && sandbox.ready)
      const delayMs = lagMs[tries]
      if (!goesOn || delayMs === undefined) {
        this.#expectedExits.delete(id)
        continue
      }
      this.#expectedExits.set(id, tries + 1)
      this.#services.clock.after(delayMs, () => {
        this.#isStale = true
        this.#wake()
      })
    }
  }
}
