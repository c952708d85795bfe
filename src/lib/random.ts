/** Where chance comes from: a number in [0, 1). Seeded in tests and simulations, so that a run can be repeated. */
export type Random = () => number

/** A small seeded generator (mulberry32): the same seed gives the same numbers. Not for secrets. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** The letters of generated names: no vowels and no look-alikes, so that no word is formed (as Kubernetes' `rand` does). */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** `length` characters that are safe in a name. */
export function randomSuffix(random: Random, length = 5): string {
  let text = ''
  for (let i = 0; i < length; i++) text += ALPHABET[Math.floor(random() * ALPHABET.length)]
  return text
}
