import { isIPv4, isIPv6 } from 'node:net'
import { EvalError } from '../errors.ts'
import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { BOOL, INT, opaque, STRING } from '../types.ts'
import type { Type } from '../types.ts'
import { Opaque } from '../values.ts'
import type { Value } from '../values.ts'
import { STRING_FACTOR, traversal } from './cost.ts'

const IP = opaque('net.IP')
const CIDR = opaque('net.CIDR')

class Address extends Opaque {
  readonly type: Type = IP
  readonly family: 4 | 6
  readonly bits: bigint

  constructor(family: 4 | 6, bits: bigint) {
    super()
    this.family = family
    this.bits = bits
  }

  equals(other: Opaque): boolean {
    return other instanceof Address && other.family === this.family && other.bits === this.bits
  }

  override get size(): number {
    return this.family === 4 ? 4 : 16
  }
}

class Network extends Opaque {
  readonly type: Type = CIDR
  readonly address: Address
  readonly length: number

  constructor(address: Address, length: number) {
    super()
    this.address = address
    this.length = length
  }

  equals(other: Opaque): boolean {
    return other instanceof Network && other.length === this.length && other.address.equals(this.address)
  }

  override get size(): number {
    return Math.ceil(this.length / 8)
  }

  masked(): Network {
    return new Network(new Address(this.address.family, this.address.bits & this.#mask()), this.length)
  }

  has({ family, bits }: Address): boolean {
    return family === this.address.family && (bits & this.#mask()) === (this.address.bits & this.#mask())
  }

  #mask(): bigint {
    const width = widthOf(this.address.family)
    return ((1n << BigInt(width)) - 1n) ^ ((1n << BigInt(width - this.length)) - 1n)
  }
}

const widthOf = (family: 4 | 6): number => (family === 4 ? 32 : 128)

/** Reads an address, or says why it is none. */
function parseAddress(text: string): Address | string {
  if (isIPv4(text))
    return new Address(
      4,
      text.split('.').reduce((sum, one) => sum * 256n + BigInt(one), 0n),
    )
  if (!isIPv6(text))
    return `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`
  if (text.includes('%')) return `IP address ${JSON.stringify(text)} with zone value is not allowed`
  const bits = bitsOf6(text)
  if (bits >> 32n === 0xffffn) return `IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`
  return new Address(6, bits)
}

function bitsOf6(text: string): bigint {
  const plain = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const group = (x: string, y: string): string => (Number(x) * 256 + Number(y)).toString(16)
    return `${group(a, b)}:${group(c, d)}`
  })
  const [head = '', tail] = plain.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].reduce((sum, one) => sum * 65_536n + BigInt(`0x${one}`), 0n)
}

function showAddress({ family, bits }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))
  // The longest run of zeros, the first when several are equally long, is left out.
  let [start, length] = [-1, 1]
  for (let i = 0; i < 8; i++) {
    let run = 0
    while (groups[i + run] === '0') run++
    if (run > length) [start, length] = [i, run]
  }
  if (start < 0) return groups.join(':')
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`
}

function parseNetwork(text: string): Network | string {
  const [, address, length] = /^([^/]+)\/(0|[1-9]\d{0,2})$/.exec(text) ?? []
  const fails = `network address parse error during conversion from string: `
  if (address === undefined) return `${fails}netip.ParsePrefix(${JSON.stringify(text)}): no '/'`
  const ip = parseAddress(address)
  if (typeof ip === 'string') return ip.startsWith('IPv4-mapped') ? ip : fails + ip
  if (Number(length) > widthOf(ip.family)) {
    return `${fails}netip.ParsePrefix(${JSON.stringify(text)}): prefix length out of range`
  }
  return new Network(ip, Number(length))
}

function must<T>(parsed: T | string): T {
  if (typeof parsed === 'string') throw new EvalError(parsed)
  return parsed
}

const addressOf = (text: Value): Address => must(parseAddress(text as string))
const networkOf = (text: Value): Network => must(parseNetwork(text as string))

/** Addresses and networks. */
export function ipLibrary(): Functions {
  const table = new FunctionTable()
  const is = (name: string, holds: (address: Address) => boolean): void => {
    table.member(name, `ip_${name}`, [IP], BOOL, ([a]) => holds(a as Address))
  }
  is('isUnspecified', ({ bits }) => bits === 0n)
  is('isLoopback', isLoopback)
  is('isLinkLocalMulticast', isLinkLocalMulticast)
  is('isLinkLocalUnicast', isLinkLocalUnicast)
  is('isGlobalUnicast', isGlobalUnicast)
  const compared = ([a]: readonly Value[]): number => Math.ceil((a as Network).size * 2 * STRING_FACTOR)
  return table
    .global('ip', 'string_to_ip', [STRING], IP, ([a]) => addressOf(a), traversal())
    .global('isIP', 'is_ip', [STRING], BOOL, ([a]) => typeof parseAddress(a as string) !== 'string', traversal())
    .global('ip.isCanonical', 'ip_is_canonical', [STRING], BOOL, ([a]) => showAddress(addressOf(a)) === a, traversal(2))
    .member('family', 'ip_family', [IP], INT, ([a]) => BigInt((a as Address).family))
    .global('string', 'ip_to_string', [IP], STRING, ([a]) => showAddress(a as Address))
    .global('cidr', 'string_to_cidr', [STRING], CIDR, ([a]) => networkOf(a), traversal())
    .global('isCIDR', 'is_cidr', [STRING], BOOL, ([a]) => typeof parseNetwork(a as string) !== 'string', traversal())
    .member(
      'containsIP',
      'cidr_contains_ip_string',
      [CIDR, STRING],
      BOOL,
      ([a, b]) => (a as Network).has(addressOf(b)),
      compared,
    )
    .member(
      'containsIP',
      'cidr_contains_ip_ip',
      [CIDR, IP],
      BOOL,
      ([a, b]) => (a as Network).has(b as Address),
      compared,
    )
    .member(
      'containsCIDR',
      'cidr_contains_cidr_string',
      [CIDR, STRING],
      BOOL,
      ([a, b]) => covers(a as Network, networkOf(b)),
      compared,
    )
    .member(
      'containsCIDR',
      'cidr_contains_cidr',
      [CIDR, CIDR],
      BOOL,
      ([a, b]) => covers(a as Network, b as Network),
      compared,
    )
    .member('ip', 'cidr_ip', [CIDR], IP, ([a]) => (a as Network).address)
    .member('prefixLength', 'cidr_prefix_length', [CIDR], INT, ([a]) => BigInt((a as Network).length))
    .member('masked', 'cidr_masked', [CIDR], CIDR, ([a]) => (a as Network).masked())
    .global('string', 'cidr_to_string', [CIDR], STRING, ([a]) => showNetwork(a as Network)).functions
}

const showNetwork = ({ address, length }: Network): string => `${showAddress(address)}/${length}`

function covers(outer: Network, inner: Network): boolean {
  return outer.length <= inner.length && outer.has(inner.address)
}

const within = ({ family, bits }: Address, wanted: 4 | 6, prefix: bigint, length: number): boolean =>
  family === wanted && bits >> BigInt(widthOf(family) - length) === prefix

const isLoopback = (ip: Address): boolean => within(ip, 4, 127n, 8) || within(ip, 6, 1n, 128)
const isLinkLocalMulticast = (ip: Address): boolean =>
  within(ip, 4, 0xe00000n, 24) || (within(ip, 6, 0xffn, 8) && ((ip.bits >> 112n) & 15n) === 2n)
const isLinkLocalUnicast = (ip: Address): boolean => within(ip, 4, 0xa9fen, 16) || within(ip, 6, 0x3fan, 10)
const isMulticast = (ip: Address): boolean => within(ip, 4, 0xen, 4) || within(ip, 6, 0xffn, 8)

function isGlobalUnicast(ip: Address): boolean {
  if (ip.bits === 0n || within(ip, 4, 0xffffffffn, 32)) return false
  return !isLoopback(ip) && !isMulticast(ip) && !isLinkLocalUnicast(ip)
}
