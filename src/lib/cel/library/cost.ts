import { adapt, Mapping, sizeOf } from '../values.ts'
import type { Value } from '../values.ts'

/** What going once over a text costs, by how many characters it has. */
export const STRING_FACTOR = 0.1
export const REGEX_FACTOR = 0.25

/** Of going over the first argument some times. */
export const traversal =
  (times = 1) =>
  (args: readonly Value[]): number =>
    Math.ceil(sizeOf(args[0]) * times * STRING_FACTOR)

/** Of running a pattern of some length over a text. */
export function regexCost(text: Value, patternSize: number): number {
  return Math.ceil((1 + sizeOf(text)) * STRING_FACTOR) * Math.ceil(patternSize * REGEX_FACTOR)
}

/** Of going through a whole tree. */
export function treeCost(value: Value): number {
  const own = adapt(value)
  if (typeof own === 'string' || own instanceof Uint8Array) return Math.floor(Buffer.byteLength(own) * STRING_FACTOR)
  if (Array.isArray(own)) return own.reduce<number>((sum, item) => sum + treeCost(item), 0)
  if (own instanceof Mapping) {
    let sum = 0
    for (const key of own.keys()) sum += treeCost(key) + treeCost(own.get(key))
    return sum
  }
  return 1
}
