import type { Clock } from '../lib/clock.ts'
import { backoffMs } from '../lib/backoff.ts'
import { Heap } from '../lib/heap.ts'
import type { Random } from '../lib/random.ts'
import type { RefusalCode } from './filter/filter.ts'

/** A pod that waits for a node. */
export interface Waiting {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  priority: number
  attempts: number
  /** When it first asked for a node, in milliseconds since the epoch: of equals, who waited longer goes first. */
  readonly since: number
}

interface Item {
  readonly pod: Waiting
  where: 'active' | 'backoff' | 'unschedulable' | 'working'
  /** What refused it last: only what changes one of these can help. */
  codes: ReadonlySet<RefusalCode>
  cancel: (() => void) | undefined
  /** Something that may help happened while it was being looked at. */
  moved: boolean
}

const BACKOFF = { baseMs: 1_000, maxMs: 10_000, jitter: 0.1 }
/** Whatever was missed: a pod is looked at again after this long. */
const FLUSH_MS = 5 * 60_000

/** Pods that wait: the most important first, those that failed after a pause, and only when something changed that may help. */
export class SchedulingQueue {
  readonly #clock: Clock
  readonly #random: Random
  readonly #items = new Map<string, Item>()
  readonly #active = new Heap<Item>(
    (a, b) => a.pod.priority > b.pod.priority || (a.pod.priority === b.pod.priority && a.pod.since < b.pod.since),
  )
  #wake: (() => void) | undefined
  /** The signal that already wakes whoever waits: one that lives as long as the process gets one listener. */
  #heeded: AbortSignal | undefined

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  get size(): number {
    return this.#items.size
  }

  /** Whether somebody could be looked at now. */
  get hasActive(): boolean {
    return this.#peek() !== undefined
  }

  /** A pod that is new, or has changed: it is looked at as soon as its turn comes. */
  add(pod: Pick<Waiting, 'uid' | 'namespace' | 'name' | 'priority'>): void {
    const item = this.#items.get(pod.uid)
    if (item === undefined) {
      const fresh: Item = {
        pod: { ...pod, attempts: 0, since: this.#clock.now() },
        where: 'active',
        codes: new Set(),
        cancel: undefined,
        moved: false,
      }
      this.#items.set(pod.uid, fresh)
      this.#push(fresh)
      return
    }
    item.pod.priority = pod.priority
    if (item.where === 'working') item.moved = true
    else if (item.where === 'unschedulable') this.#activate(item)
  }

  remove(uid: string): void {
    const item = this.#items.get(uid)
    if (item === undefined) return
    item.cancel?.()
    this.#items.delete(uid)
  }

  /** The next to look at; the caller then says `placed` or `failed`. */
  pop(): Waiting | undefined {
    const item = this.#peek()
    if (item === undefined) return undefined
    this.#active.pop()
    item.where = 'working'
    item.moved = false
    item.pod.attempts++
    return item.pod
  }

  /** It has a node: nobody waits any more. */
  placed(uid: string): void {
    this.remove(uid)
  }

  /**
   * It stays, until something changes that has to do with `codes`, or anything where there are none, as when there is no
   * node at all. Undefined: it is tried again after a pause.
   */
  failed(uid: string, codes: ReadonlySet<RefusalCode> | undefined): void {
    const item = this.#items.get(uid)
    if (item === undefined) return
    item.codes = codes ?? new Set()
    if (item.moved || codes === undefined) {
      this.#backOff(item)
      return
    }
    item.where = 'unschedulable'
    item.cancel = this.#clock.after(FLUSH_MS, () => this.#activate(item))
  }

  /** Something changed that may help those that were refused for one of these reasons; undefined: for any. */
  changed(codes: readonly RefusalCode[] | undefined): void {
    for (const item of this.#items.values()) {
      const concerned = codes === undefined || item.codes.size === 0 || codes.some((code) => item.codes.has(code))
      if (!concerned) continue
      if (item.where === 'working') item.moved = true
      else if (item.where === 'unschedulable') this.#backOff(item)
    }
  }

  /** Resolves when there is somebody to look at, or the signal fires. */
  async waitActive(signal: AbortSignal): Promise<void> {
    if (this.hasActive || signal.aborted) return
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#wake = resolve
    if (this.#heeded !== signal) signal.addEventListener('abort', () => this.#wake?.(), { once: true })
    this.#heeded = signal
    await promise
  }

  /** Those that were removed or moved stay in the heap until they come up. */
  #peek(): Item | undefined {
    for (let item = this.#active.peek(); item !== undefined; item = this.#active.peek()) {
      if (item.where === 'active' && this.#items.get(item.pod.uid) === item) return item
      this.#active.pop()
    }
    return undefined
  }

  #backOff(item: Item): void {
    item.cancel?.()
    item.where = 'backoff'
    item.cancel = this.#clock.after(backoffMs(item.pod.attempts, BACKOFF, this.#random), () => this.#activate(item))
  }

  #activate(item: Item): void {
    if (this.#items.get(item.pod.uid) !== item) return
    item.cancel?.()
    item.cancel = undefined
    item.where = 'active'
    this.#push(item)
  }

  #push(item: Item): void {
    this.#active.push(item)
    this.#wake?.()
    this.#wake = undefined
  }
}
