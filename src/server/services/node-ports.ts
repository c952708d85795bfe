import type { Random } from '../../lib/random.ts'
import type { Store } from '../../store/store.ts'
import { candidates } from './addresses.ts'

export interface PortRange {
  readonly from: number
  /** Included. */
  readonly to: number
}

/** Ports of the nodes, each taken by whoever can create its key: also when several servers share one store. */
export class NodePorts {
  readonly #store: Store
  readonly #random: Random
  readonly #range: PortRange

  constructor(store: Store, random: Random, range: PortRange) {
    this.#store = store
    this.#random = random
    this.#range = range
  }

  /** Takes a certain port, or any; says why it could not. */
  async take(wanted: number | undefined): Promise<number | { readonly refused: string }> {
    const { from, to } = this.#range
    if (wanted !== undefined) {
      if (wanted < from || wanted > to) {
        return { refused: `provided port is not in the valid range. The range of valid ports is ${from}-${to}` }
      }
      return (await this.#claim(wanted)) ? wanted : { refused: 'provided port is already allocated' }
    }
    // The range of a range: its first and last place are left out, so that it is laid one wider on both sides.
    for (const offset of candidates({ size: to - from + 3 }, this.#random)) {
      const port = from + offset - 1
      if (this.#store.get(keyOf(port)) === undefined && (await this.#claim(port))) return port
    }
    return { refused: `failed to allocate a nodePort: range ${from}-${to} is full` }
  }

  async release(port: number): Promise<void> {
    const entry = this.#store.get(keyOf(port))
    if (entry !== undefined) await this.#store.write({ key: entry.key, value: undefined, expected: entry.modRevision })
  }

  async #claim(port: number): Promise<boolean> {
    const result = await this.#store.write({ key: keyOf(port), value: Buffer.from('{}'), expected: 0 })
    return result.ok
  }
}

function keyOf(port: number): string {
  return `/allocations/nodeports/${port}`
}
