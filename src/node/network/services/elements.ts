/**
 * The kernel's maps as text: each map's elements by key, with their value. A set's elements have the value ''.
 * Keys and values are written as nft takes them, numbers in decimals, parts joined by ` . `.
 */
export type Elements = ReadonlyMap<string, ReadonlyMap<string, string>>

/** One change of one element. */
export interface ElementChange {
  readonly map: string
  readonly key: string
  /** What is there; undefined when the element is to be added. */
  readonly before: string | undefined
  /** What shall be there; undefined when the element is to be removed. */
  readonly after: string | undefined
}

/** What turns `before` into `after`. */
export function diffElements(before: Elements, after: Elements): ElementChange[] {
  const changes: ElementChange[] = []
  for (const [map, elements] of before) {
    const wanted = after.get(map)
    for (const [key, value] of elements) {
      const next = wanted?.get(key)
      if (next !== value) changes.push({ map, key, before: value, after: next })
    }
  }
  for (const [map, elements] of after) {
    const present = before.get(map)
    for (const [key, value] of elements) {
      if (present?.has(key) !== true) changes.push({ map, key, before: undefined, after: value })
    }
  }
  return changes
}

/** Each element's changes as one, from the first `before` to the last `after`; what ends where it began is left out. */
export function mergeChanges(changes: readonly ElementChange[]): readonly ElementChange[] {
  const merged = new Map<string, ElementChange>()
  for (const change of changes) {
    const name = `${change.map} ${change.key}`
    const { before } = merged.get(name) ?? change
    merged.set(name, { ...change, before })
  }
  return [...merged.values()].filter(({ before, after }) => before !== after)
}

/** Collects elements. */
export class ElementBuilder {
  readonly #maps = new Map<string, Map<string, string>>()

  add(map: string, key: string, value = ''): void {
    let elements = this.#maps.get(map)
    if (elements === undefined) this.#maps.set(map, (elements = new Map()))
    // The first to say wins, as among owners.
    if (!elements.has(key)) elements.set(key, value)
  }

  build(): Elements {
    return this.#maps
  }
}

interface Claim {
  readonly owner: string
  readonly rank: string
  readonly value: string
}

/**
 * All elements by who wants them. Where two owners want the same key, the one with the lower rank has it, and the
 * other gets it when the first lets go.
 */
export class ElementTable {
  readonly #owned = new Map<string, Elements>()
  readonly #claims = new Map<string, Map<string, Claim[]>>()

  /** Sets everything that `owner` wants, and returns what changes by that. */
  set(owner: string, rank: string, wanted: Elements): ElementChange[] {
    const changes: ElementChange[] = []
    for (const { map, key, after } of diffElements(this.#owned.get(owner) ?? new Map(), wanted)) {
      const before = this.#value(map, key)
      this.#claim(map, key, owner, after === undefined ? undefined : { owner, rank, value: after })
      const now = this.#value(map, key)
      if (before !== now) changes.push({ map, key, before, after: now })
    }
    if (wanted.size === 0) this.#owned.delete(owner)
    else this.#owned.set(owner, wanted)
    return changes
  }

  has(map: string, key: string): boolean {
    return this.#value(map, key) !== undefined
  }

  /** What `owner` wants, whether it has it or not. */
  wanted(owner: string): Elements {
    return this.#owned.get(owner) ?? new Map()
  }

  /** Who has the elements that `owner` wants and does not have. */
  lost(owner: string): { readonly map: string; readonly key: string; readonly to: string }[] {
    const lost = []
    for (const [map, elements] of this.#owned.get(owner) ?? []) {
      for (const key of elements.keys()) {
        const holder = this.#claims.get(map)?.get(key)?.[0]
        if (holder !== undefined && holder.owner !== owner) lost.push({ map, key, to: holder.owner })
      }
    }
    return lost
  }

  /** What shall be in the kernel. */
  elements(): Elements {
    const all = new Map<string, Map<string, string>>()
    for (const [map, claims] of this.#claims) {
      all.set(map, new Map(Array.from(claims, ([key, list]) => [key, list[0]!.value])))
    }
    return all
  }

  #value(map: string, key: string): string | undefined {
    return this.#claims.get(map)?.get(key)?.[0]?.value
  }

  #claim(map: string, key: string, owner: string, claim: Claim | undefined): void {
    let keys = this.#claims.get(map)
    if (keys === undefined) this.#claims.set(map, (keys = new Map()))
    const others = (keys.get(key) ?? []).filter((other) => other.owner !== owner)
    if (claim !== undefined) others.push(claim)
    if (others.length === 0) keys.delete(key)
    else keys.set(key, others.length === 1 ? others : others.toSorted(byRank))
  }
}

function byRank(a: Claim, b: Claim): number {
  return a.rank < b.rank ? -1 : a.rank > b.rank ? 1 : a.owner < b.owner ? -1 : 1
}
