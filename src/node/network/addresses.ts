import { WherryError } from '../../lib/errors.ts'

/** A range of IPv4 addresses. */
export interface Cidr {
  readonly base: number
  readonly prefix: number
}

/** An IPv4 address as a number; undefined when `text` is not one in its one canonical spelling. */
export function parseAddress(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4) return undefined
  let value = 0
  for (const part of parts) {
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part) || Number(part) > 255) return undefined
    value = value * 256 + Number(part)
  }
  return value
}

export function formatAddress(value: number): string {
  return `${value >>> 24}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`
}

/** `10.244.1.0/24`; throws `invalid` for anything else, also for an address with bits below the prefix. */
export function parseCidr(text: string): Cidr {
  const [address = '', bits = '', rest] = text.split('/')
  const base = parseAddress(address)
  const prefix = /^[0-9]{1,2}$/.test(bits) ? Number(bits) : 33
  if (rest !== undefined || base === undefined || prefix > 32 || base % sizeOf({ base, prefix }) !== 0) {
    throw new WherryError('invalid', `${JSON.stringify(text)} is not a range of IPv4 addresses such as 10.244.1.0/24`)
  }
  return { base, prefix }
}

export function formatCidr({ base, prefix }: Cidr): string {
  return `${formatAddress(base)}/${prefix}`
}

/** How many addresses are in a range. */
export function sizeOf({ prefix }: Cidr): number {
  return 2 ** (32 - prefix)
}

export function contains(range: Cidr, address: number): boolean {
  return address >= range.base && address < range.base + sizeOf(range)
}

/** The address at `index` of a range, as text: 1 is the gateway of a pod range. */
export function addressAt(range: Cidr, index: number): string {
  return formatAddress(range.base + index)
}

/** A locally administered hardware address that says which IPv4 address it belongs to. */
export function hardwareAddressFor(address: string): string {
  const value = parseAddress(address)
  if (value === undefined) throw new WherryError('invalid', `${JSON.stringify(address)} is not an IPv4 address`)
  const octets = [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]
  return ['0a', '58', ...octets.map((octet) => octet.toString(16).padStart(2, '0'))].join(':')
}
