import { isIP, isIPv4, isIPv6 } from 'node:net'
import type { Problems } from '../../meta/problems.ts'

const NOT_AN_ADDRESS = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

/** Checks an address of either family. */
export function validateAddress(address: string, field: string, problems: Problems): void {
  // An address with a zone is one of a machine's own links, which means nothing elsewhere.
  if (isIP(address) === 0 || address.includes('%')) problems.invalid(field, address, NOT_AN_ADDRESS)
}

/** Checks a range of addresses such as `10.0.0.0/8`. */
export function validateRange(range: string, field: string, problems: Problems): void {
  if (!isRange(range)) {
    problems.invalid(field, range, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')
  }
}

/** Whether a text is a range of addresses of either family. */
export function isRange(range: string): boolean {
  const [address = '', bits = '', ...more] = range.split('/')
  if (more.length > 0 || !/^(0|[1-9]\d*)$/.test(bits)) return false
  return (isIPv4(address) && Number(bits) <= 32) || (isIPv6(address) && !address.includes('%') && Number(bits) <= 128)
}

/** The family of an address, as Services name it. */
export function familyOf(address: string): 'IPv4' | 'IPv6' {
  return address.includes(':') ? 'IPv6' : 'IPv4'
}
