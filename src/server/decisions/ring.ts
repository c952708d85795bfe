import type { Decision, ObjectRef, Recorder } from '../../lib/decisions.ts'

export interface RingLimits {
  readonly count: number
  readonly bytes: number
  /** How many are kept about one object, so that a busy one does not push out all others. */
  readonly countPerObject: number
}

export const RING_LIMITS: RingLimits = { count: 50_000, bytes: 32 * 1024 * 1024, countPerObject: 200 }

export interface DecisionQuery {
  /** As in `pods/default/web`. */
  readonly about?: string
  /** Who decided, or the beginning of that up to a slash: `agent` finds `agent/node-1`. */
  readonly by?: string
  /** Milliseconds since the epoch. */
  readonly since?: number
  /** The newest ones. */
  readonly limit?: number
}

interface Kept {
  readonly decision: Decision
  readonly key: string
  readonly bytes: number
  isForgotten: boolean
}

/** How an object is named in a query. */
export function aboutKey({ resource, namespace, name }: ObjectRef): string {
  return namespace === undefined || namespace === '' ? `${resource}/${name}` : `${resource}/${namespace}/${name}`
}

/** The newest decisions of all who decide, found by what they are about. */
export class DecisionRing implements Recorder {
  readonly #limits: RingLimits
  /** Oldest first; what is before `#first` is cut off now and then. */
  #all: Kept[] = []
  #first = 0
  #byObject = new Map<string, Kept[]>()
  #count = 0
  #bytes = 0

  constructor(limits: RingLimits = RING_LIMITS) {
    this.#limits = limits
  }

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  record(decision: Decision): void {
    const kept: Kept = {
      decision,
      key: aboutKey(decision.about),
      bytes: sizeOf(decision),
      isForgotten: false,
    }
    this.#all.push(kept)
    this.#count++
    this.#bytes += kept.bytes
    const about = this.#byObject.get(kept.key) ?? []
    this.#byObject.set(kept.key, about)
    about.push(kept)
    if (about.length > this.#limits.countPerObject) this.#forget(about[0]!)
    while (this.#count > this.#limits.count || (this.#bytes > this.#limits.bytes && this.#count > 1))
      this.#forgetOldest()
  }

  /** Oldest first. */
  query({ about, by, since, limit }: DecisionQuery): readonly Decision[] {
    const from = about === undefined ? this.#all.slice(this.#first) : (this.#byObject.get(about) ?? [])
    const found = from
      .filter(({ isForgotten, decision }) => !isForgotten && matches(decision, by, since))
      .map(({ decision }) => decision)
    return limit === undefined || found.length <= limit ? found : found.slice(found.length - limit)
  }

  #forgetOldest(): void {
    while (this.#all[this.#first]!.isForgotten) this.#first++
    this.#forget(this.#all[this.#first]!)
    if (this.#first > 1024 && this.#first * 2 > this.#all.length) {
      this.#all = this.#all.slice(this.#first)
      this.#first = 0
    }
  }

  #forget(kept: Kept): void {
    kept.isForgotten = true
    this.#count--
    this.#bytes -= kept.bytes
    const about = this.#byObject.get(kept.key)!
    about.shift()
    if (about.length === 0) this.#byObject.delete(kept.key)
  }
}

function matches(decision: Decision, by: string | undefined, since: number | undefined): boolean {
  if (by !== undefined && decision.by !== by && !decision.by.startsWith(`${by}/`)) return false
  return since === undefined || decision.at >= since
}

/** About what a decision takes in memory. */
function sizeOf({ message, because, help = '' }: Decision): number {
  let size = 300 + message.length + help.length
  for (const one of because) size += 100 + one.message.length + (one.facts === undefined ? 0 : 200)
  return size
}
