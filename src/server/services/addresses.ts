import { isIPv4 } from 'node:net'
import { WherryError } from '../../lib/errors.ts'
import type { Random } from '../../lib/random.ts'

/** A range of IPv4 addresses such as 10.96.0.0/16, of which the first and the last are nobody's. */
export interface AddressRange {
  readonly cidr: string
  /** The first address, as a number. */
  readonly base: number
  /** How many addresses there are. */
  readonly size: number
}

/** Reads a range; throws `invalid` for what is none, or has no address to give. */
export function parseRange(cidr: string): AddressRange {
  const [address = '', bits = ''] = cidr.split('/')
  const length = /^\d{1,2}$/.test(bits) ? Number(bits) : NaN
  if (!isIPv4(address) || !(length >= 8 && length <= 30)) {
    throw new WherryError('invalid', `${JSON.stringify(cidr)} is not a range of IPv4 addresses between /8 and /30`)
  }
  const size = 2 ** (32 - length)
  const base = Math.floor(toNumber(address) / size) * size
  return { cidr: `${toAddress(base)}/${length}`, base, size }
}

/** The address at a place of the range. */
export function addressAt({ base }: AddressRange, offset: number): string {
  return toAddress(base + offset)
}

/** Whether the range has this address to give. */
export function isInRange({ base, size }: AddressRange, address: string): boolean {
  if (!isIPv4(address)) return false
  const offset = toNumber(address) - base
  return offset > 0 && offset < size - 1
}

/**
 * Places of the range in the order in which they are tried for somebody who has no wish: first those beyond the lower
 * end, which is kept for addresses that people choose themselves.
 */
export function* candidates({ size }: Pick<AddressRange, 'size'>, random: Random): Generator<number, undefined> {
  const reserved = Math.min(Math.max(16, Math.floor(size / 16)), 256)
  const [low, high] =
    size > reserved + 2
      ? [
          [1, reserved],
          [reserved, size - 1],
        ]
      : [
          [1, 1],
          [1, size - 1],
        ]
  for (const [from, to] of [high, low] as [number, number][]) {
    const count = to - from
    if (count <= 0) continue
    const start = Math.floor(random() * count)
    for (let i = 0; i < count; i++) yield from + ((start + i) % count)
  }
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function toAddress(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}
