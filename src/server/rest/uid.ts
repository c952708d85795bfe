import type { Random } from '../../lib/random.ts'

/** A random UUID (version 4). Made from the random source that is handed in, so that a simulation can be repeated. */
export function newUid(random: Random): string {
  const hex = word(random) + word(random) + word(random) + word(random)
  const variant = '89ab'[Math.floor(random() * 4)]
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`
}

function word(random: Random): string {
  return Math.floor(random() * 0x1_0000_0000)
    .toString(16)
    .padStart(8, '0')
}
