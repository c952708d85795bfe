import { isIPv4, isIPv6 } from 'node:net'
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import { unchanged } from '../meta/validate-immutable.ts'
import type { EndpointSlice } from './v1.ts'

const ENDPOINTS_MAX = 1000
const ADDRESSES_MAX = 100
const PORTS_MAX = 20_000

/** Checks a part of the addresses behind a Service. */
export function validateEndpointSlice(slice: EndpointSlice, problems: Problems): void {
  const { addressType, endpoints = [], ports = [] } = slice
  if (endpoints.length > ENDPOINTS_MAX) problems.tooMany('endpoints', endpoints.length, ENDPOINTS_MAX)
  if (ports.length > PORTS_MAX) problems.tooMany('ports', ports.length, PORTS_MAX)
  for (const [i, { addresses, hostname = '' }] of endpoints.entries()) {
    const field = `endpoints[${i}]`
    if (addresses.length === 0) problems.required(`${field}.addresses`, 'must contain at least 1 address')
    if (addresses.length > ADDRESSES_MAX) problems.tooMany(`${field}.addresses`, addresses.length, ADDRESSES_MAX)
    addresses.forEach((address, j) => validateAddress(addressType, address, `${field}.addresses[${j}]`, problems))
    if (hostname !== '') problems.invalidBy(dns1123Label(hostname), `${field}.hostname`, hostname)
  }
  const names = new Set<string>()
  for (const [i, { name = '', protocol, appProtocol }] of ports.entries()) {
    const field = `ports[${i}]`
    if (name !== '') problems.invalidBy(dns1123Label(name), `${field}.name`, name)
    if (names.has(name)) problems.duplicate(`${field}.name`, name)
    names.add(name)
    if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol)) {
      problems.notSupported(`${field}.protocol`, protocol, ['TCP', 'UDP', 'SCTP'])
    }
    if (appProtocol !== undefined) problems.invalidBy(qualifiedName(appProtocol), `${field}.appProtocol`, appProtocol)
  }
}

function validateAddress(type: string, address: string, field: string, problems: Problems): void {
  if (type === 'FQDN') problems.invalidBy(dns1123Subdomain(address), field, address)
  else if (type === 'IPv4' && !isIPv4(address)) problems.invalid(field, address, 'must be a valid IPv4 address')
  else if (type === 'IPv6' && (!isIPv6(address) || address.includes('%'))) {
    problems.invalid(field, address, 'must be a valid IPv6 address')
  } else if (/^(0\.0\.0\.0$|127\.|169\.254\.|224\.0\.0\.|::1?$|fe80:|ff02:)/.test(address)) {
    problems.invalid(field, address, 'may not be an unspecified, loopback or link-local address')
  }
}

/** Checks that a slice keeps its kind of addresses. */
export function validateEndpointSliceUpdate(next: EndpointSlice, old: EndpointSlice, problems: Problems): void {
  unchanged(next.addressType, old.addressType, 'addressType', problems)
}
