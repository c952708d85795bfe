import { WherryError } from '../lib/errors.ts'
import { endOfPrefix, SortedItems } from './sorted.ts'
import type { Entry, ListOptions, ListResult, StoreEvent } from './store.ts'

/** How much of the past a store keeps: whatever is over either limit is forgotten, oldest first. */
export interface HistoryLimits {
  readonly bytes: number
  readonly ageMs: number
}

/** Five minutes are what clients that page through a list, or reconnect a watch, may count on elsewhere too. */
export const defaultHistory: HistoryLimits = { bytes: 32 << 20, ageMs: 300_000 }

/** One change as it is applied: `value` is undefined for a delete. */
export interface Applied {
  readonly revision: number
  readonly key: string
  readonly value: Buffer | undefined
  readonly createRevision: number
  readonly decoded?: unknown
}

/** What a step of the past costs in memory beside the bytes that it holds. */
const EVENT_OVERHEAD_BYTES = 250

/** A key that exists, or did within the kept history. */
class Slot {
  readonly key: string
  entry: Entry | undefined = undefined
  newest: Step | undefined = undefined

  constructor(key: string) {
    this.key = key
  }
}

/** One step in the life of a key, linked to its neighbours so that the past can be read, and dropped, step by step. */
class Step implements StoreEvent {
  readonly type: 'put' | 'delete'
  readonly revision: number
  readonly entry: Entry
  readonly previous: Entry | undefined
  readonly slot: Slot
  readonly atMs: number
  older: Step | undefined
  newer: Step | undefined = undefined

  constructor(type: 'put' | 'delete', entry: Entry, previous: Entry | undefined, slot: Slot, atMs: number) {
    this.type = type
    this.revision = entry.modRevision
    this.entry = entry
    this.previous = previous
    this.slot = slot
    this.atMs = atMs
    this.older = slot.newest
  }

  get bytes(): number {
    return EVENT_OVERHEAD_BYTES + this.entry.key.length + (this.previous?.value.length ?? 0)
  }
}

/**
 * The committed state in memory: what every key is now, and what it was at each revision of the kept history. It knows
 * nothing of disks; whoever applies a change has made it durable.
 */
export class Committed {
  #slots = new Map<string, Slot>()
  #live = new SortedItems<Slot>()
  /** Keys that were deleted within the kept history. */
  #dead = new SortedItems<Slot>()
  #bytes = 0
  #revision = 0
  #compacted = 0
  #steps: Step[] = []
  /** Where the history begins in `#steps`; what is before it is cut off now and then. */
  #first = 0
  #historyBytes = 0

  get revision(): number {
    return this.#revision
  }

  get compacted(): number {
    return this.#compacted
  }

  get keys(): number {
    return this.#live.size
  }

  get bytes(): number {
    return this.#bytes
  }

  get historyEvents(): number {
    return this.#steps.length - this.#first
  }

  get historyBytes(): number {
    return this.#historyBytes
  }

  /** For a start from disk: revisions up to this one have been used, though nothing may be left of the last ones. */
  startAt(revision: number): void {
    this.#revision = Math.max(this.#revision, revision)
  }

  get(key: string): Entry | undefined {
    return this.#slots.get(key)?.entry
  }

  count(prefix: string): number {
    return this.#live.count(prefix, endOfPrefix(prefix))
  }

  list(prefix: string, { after, limit, revision }: ListOptions = {}): ListResult {
    const from = after === undefined || after < prefix ? prefix : after + '\0'
    const to = endOfPrefix(prefix)
    const max = limit === undefined || limit <= 0 ? Infinity : limit
    if (revision !== undefined && revision !== this.#revision) return this.#listAt(revision, from, to, max)
    const entries: Entry[] = []
    this.#live.walk(from, to, (slot) => {
      entries.push(slot.entry!)
      return entries.length < max
    })
    const last = entries.at(-1)
    const remaining = entries.length < max || last === undefined ? 0 : this.#live.count(last.key + '\0', to)
    return { entries, revision: this.#revision, remaining }
  }

  #listAt(revision: number, from: string, to: string | undefined, max: number): ListResult {
    if (revision > this.#revision) {
      throw new WherryError('timeout', `Too large resource version: ${revision}, current: ${this.#revision}`, {
        details: {
          retryAfterSeconds: 1,
          causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version', field: '' }],
        },
      })
    }
    this.#refuseForgotten(revision)
    const entries: Entry[] = []
    let remaining = 0
    const take = (slot: Slot): void => {
      const entry = entryAt(slot, revision)
      if (entry === undefined) return
      if (entries.length < max) entries.push(entry)
      else remaining++
    }
    const dead: Slot[] = []
    this.#dead.walk(from, to, (slot) => dead.push(slot) > 0)
    let nextDead = 0
    this.#live.walk(from, to, (slot) => {
      while (nextDead < dead.length && dead[nextDead]!.key < slot.key) take(dead[nextDead++]!)
      take(slot)
      return true
    })
    while (nextDead < dead.length) take(dead[nextDead++]!)
    return { entries, revision, remaining }
  }

  /** Changes after `revision` to keys that start with `prefix`, oldest first. */
  since(revision: number, prefix: string): StoreEvent[] {
    this.#refuseForgotten(revision)
    const events: StoreEvent[] = []
    for (let i = this.#firstAfter(revision); i < this.#steps.length; i++) {
      const step = this.#steps[i]!
      if (step.entry.key.startsWith(prefix)) events.push(step)
    }
    return events
  }

  #refuseForgotten(revision: number): void {
    if (revision >= this.#compacted) return
    throw new WherryError('expired', `too old resource version: ${revision} (${this.#compacted})`)
  }

  /** The index of the first step after `revision`. */
  #firstAfter(revision: number): number {
    let low = this.#first
    let high = this.#steps.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#steps[middle]!.revision <= revision) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Makes a change visible; the event says what was there before. A delete needs a key that exists. */
  apply({ key, value, revision, createRevision, decoded }: Applied, atMs: number): StoreEvent {
    let slot = this.#slots.get(key)
    const previous = slot?.entry
    if (slot === undefined) {
      slot = new Slot(key)
      this.#slots.set(key, slot)
      this.#live.add(slot)
    } else if (previous === undefined) {
      this.#dead.remove(key)
      this.#live.add(slot)
    }
    const entry: Entry = {
      key: slot.key,
      value: value === undefined ? previous!.value : alone(value),
      createRevision,
      modRevision: revision,
      decoded,
    }
    if (previous !== undefined) this.#bytes -= key.length + previous.value.length
    if (value === undefined) {
      slot.entry = undefined
      this.#live.remove(key)
      this.#dead.add(slot)
    } else {
      slot.entry = entry
      this.#bytes += key.length + value.length
    }
    const step = new Step(value === undefined ? 'delete' : 'put', entry, previous, slot, atMs)
    if (step.older !== undefined) step.older.newer = step
    slot.newest = step
    this.#steps.push(step)
    this.#historyBytes += step.bytes
    this.#revision = revision
    return step
  }

  /** The revision up to which history has to be forgotten to keep within the limits. */
  surplus(limits: HistoryLimits, nowMs: number): number {
    let bytes = this.#historyBytes
    let upTo = this.#compacted
    for (let i = this.#first; i < this.#steps.length; i++) {
      const step = this.#steps[i]!
      if (bytes <= limits.bytes && nowMs - step.atMs <= limits.ageMs) break
      bytes -= step.bytes
      upTo = step.revision
    }
    return upTo
  }

  /**
   * Forgets what was overwritten or deleted up to `revision`, and answers the revisions whose bytes nobody can ask for
   * any more.
   */
  compact(revision: number): number[] {
    const forgotten: number[] = []
    const upTo = Math.min(revision, this.#revision)
    if (upTo <= this.#compacted) return forgotten
    this.#compacted = upTo
    const end = this.#firstAfter(upTo)
    for (; this.#first < end; this.#first++) {
      const step = this.#steps[this.#first]!
      this.#historyBytes -= step.bytes
      if (step.previous !== undefined) forgotten.push(step.previous.modRevision)
      if (step.type === 'delete') forgotten.push(step.revision)
      this.#unlink(step)
    }
    if (this.#first > 1024 && this.#first * 2 > this.#steps.length) {
      this.#steps = this.#steps.slice(this.#first)
      this.#first = 0
    }
    return forgotten
  }

  #unlink(step: Step): void {
    if (step.newer !== undefined) {
      step.newer.older = undefined
      return
    }
    step.slot.newest = undefined
    if (step.slot.entry !== undefined) return
    this.#slots.delete(step.slot.key)
    this.#dead.remove(step.slot.key)
  }
}

/** What a key was at a revision that is still known. */
function entryAt(slot: Slot, revision: number): Entry | undefined {
  let oldest: Step | undefined
  for (let step = slot.newest; step !== undefined; step = step.older) {
    if (step.revision <= revision) return step.type === 'put' ? step.entry : undefined
    oldest = step
  }
  return oldest === undefined ? slot.entry : oldest.previous
}

/** Short buffers are cut from a pool: keeping one would keep its whole pool, so it gets memory of its own. */
function alone(value: Buffer): Buffer {
  if (value.buffer.byteLength <= value.length + 64) return value
  const copy = Buffer.allocUnsafeSlow(value.length)
  value.copy(copy)
  return copy
}
