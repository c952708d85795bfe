/** How many items a chunk may hold before it is cut in two: small enough to insert into, large enough to keep them few. */
const CHUNK_ITEMS_MAX = 512

interface Keyed {
  readonly key: string
}

/**
 * Items in the order of their keys: an array of sorted chunks. Adding and removing costs a binary search and the move of
 * part of a chunk, so that a million keys stay cheap; walking is as fast as walking an array.
 */
export class SortedItems<T extends Keyed> {
  #chunks: T[][] = []
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Adds an item whose key is not there yet. */
  add(item: T): void {
    this.#size++
    const at = Math.max(0, this.#chunkOf(item.key))
    const chunk = this.#chunks[at]
    if (chunk === undefined) {
      this.#chunks.push([item])
      return
    }
    chunk.splice(lowerBound(chunk, item.key), 0, item)
    if (chunk.length <= CHUNK_ITEMS_MAX) return
    // Keys that arrive in order fill the last chunk; cutting it near its end leaves full chunks behind.
    const cut = at === this.#chunks.length - 1 && chunk.at(-1) === item ? CHUNK_ITEMS_MAX : CHUNK_ITEMS_MAX >> 1
    this.#chunks.splice(at + 1, 0, chunk.splice(cut))
  }

  /** Removes the item with this key, if there is one. */
  remove(key: string): void {
    const at = this.#chunkOf(key)
    const chunk = this.#chunks[at]
    if (chunk === undefined) return
    const index = lowerBound(chunk, key)
    if (chunk[index]?.key !== key) return
    this.#size--
    chunk.splice(index, 1)
    if (chunk.length === 0) this.#chunks.splice(at, 1)
  }

  /** How many keys are at least `from` and less than `to`; undefined means no end. */
  count(from: string, to: string | undefined): number {
    return (to === undefined ? this.#size : this.#rank(to)) - this.#rank(from)
  }

  /** Calls `visit` for each key that is at least `from` and less than `to`, in order, until it answers false. */
  walk(from: string, to: string | undefined, visit: (item: T) => boolean): void {
    let at = Math.max(0, this.#chunkOf(from))
    let index = at < this.#chunks.length ? lowerBound(this.#chunks[at]!, from) : 0
    for (; at < this.#chunks.length; at++, index = 0) {
      const chunk = this.#chunks[at]!
      const end = to === undefined || chunk.at(-1)!.key < to ? chunk.length : lowerBound(chunk, to)
      for (; index < end; index++) if (!visit(chunk[index]!)) return
      if (end < chunk.length) return
    }
  }

  /** The last chunk whose first key is not beyond `key`; -1 when there is none. */
  #chunkOf(key: string): number {
    let low = 0
    let high = this.#chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#chunks[middle]![0]!.key <= key) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** How many keys are less than `key`. */
  #rank(key: string): number {
    const at = this.#chunkOf(key)
    if (at < 0) return 0
    let before = lowerBound(this.#chunks[at]!, key)
    for (let i = 0; i < at; i++) before += this.#chunks[i]!.length
    return before
  }
}

/** The index of the first item whose key is not less than `key`. */
function lowerBound(items: readonly Keyed[], key: string): number {
  let low = 0
  let high = items.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (items[middle]!.key < key) low = middle + 1
    else high = middle
  }
  return low
}

/** The first key that sorts after every key that starts with `prefix`; undefined when there is none. */
export function endOfPrefix(prefix: string): string | undefined {
  if (prefix === '') return undefined
  return prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)
}
