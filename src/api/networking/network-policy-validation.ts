import { isRange } from '../core/validation/addresses.ts'
import { validatePort } from '../core/validation/ports.ts'
import type { Problems } from '../meta/problems.ts'
import { validateSelector } from '../meta/validate-labels.ts'
import type { IPBlock, NetworkPolicy, NetworkPolicyPeer, NetworkPolicyPort } from './v1.ts'

/** Checks who may talk to whom. */
export function validateNetworkPolicy({ spec }: NetworkPolicy, problems: Problems): void {
  const { podSelector, ingress = [], egress = [], policyTypes = [] } = spec
  validateSelector(podSelector, 'spec.podSelector', problems)
  for (const [i, { ports = [], from = [] }] of ingress.entries()) {
    validatePorts(ports, `spec.ingress[${i}].ports`, problems)
    from.forEach((peer, j) => validatePeer(peer, `spec.ingress[${i}].from[${j}]`, problems))
  }
  for (const [i, { ports = [], to = [] }] of egress.entries()) {
    validatePorts(ports, `spec.egress[${i}].ports`, problems)
    to.forEach((peer, j) => validatePeer(peer, `spec.egress[${i}].to[${j}]`, problems))
  }
  if (policyTypes.length > 2)
    problems.invalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes')
}

function validatePorts(ports: readonly NetworkPolicyPort[], field: string, problems: Problems): void {
  for (const [i, { port, protocol, endPort }] of ports.entries()) {
    const path = `${field}[${i}]`
    if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol)) {
      problems.notSupported(`${path}.protocol`, protocol, ['TCP', 'UDP', 'SCTP'])
    }
    validatePort(port, `${path}.port`, problems)
    if (endPort === undefined) continue
    if (port === undefined) problems.required(`${path}.endPort`, 'may not be specified when `port` is not specified')
    else if (typeof port === 'string') {
      problems.invalid(`${path}.endPort`, endPort, 'may not be specified when `port` is non-numeric')
    } else if (endPort < port) {
      problems.invalid(`${path}.endPort`, endPort, 'must be greater than or equal to `port`')
    }
  }
}

function validatePeer(
  { podSelector, namespaceSelector, ipBlock }: NetworkPolicyPeer,
  field: string,
  problems: Problems,
): void {
  validateSelector(podSelector, `${field}.podSelector`, problems)
  validateSelector(namespaceSelector, `${field}.namespaceSelector`, problems)
  if (ipBlock !== undefined) validateBlock(ipBlock, `${field}.ipBlock`, problems)
  const hasSelector = podSelector !== undefined || namespaceSelector !== undefined
  if (hasSelector && ipBlock !== undefined) problems.forbidden(field, 'may not specify both ipBlock and another peer')
  if (!hasSelector && ipBlock === undefined) problems.required(field, 'must specify a peer')
}

const NOT_A_RANGE = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

function validateBlock({ cidr, except = [] }: IPBlock, field: string, problems: Problems): void {
  if (cidr === '') return
  if (!isRange(cidr)) {
    problems.invalid(`${field}.cidr`, cidr, NOT_A_RANGE)
    return
  }
  except.forEach((range, i) => {
    const path = `${field}.except[${i}]`
    if (!isRange(range)) problems.invalid(path, range, NOT_A_RANGE)
    else if (!isWithin(range, cidr)) problems.invalid(path, range, 'must be a strict subset of `cidr`')
  })
}

/** Whether a range is a part of another one, and not all of it. */
function isWithin(inner: string, outer: string): boolean {
  const [a, b] = [bitsOf(inner), bitsOf(outer)]
  return a.family === b.family && a.length > b.length && a.bits.slice(0, b.length) === b.bits.slice(0, b.length)
}

function bitsOf(range: string): { family: number; length: number; bits: string } {
  const [address = '', length = ''] = range.split('/')
  if (!address.includes(':')) {
    const bits = address.split('.').map((byte) => Number(byte).toString(2).padStart(8, '0'))
    return { family: 4, length: Number(length), bits: bits.join('') }
  }
  const groups = expand(address).map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
  return { family: 6, length: Number(length), bits: groups.join('') }
}

function expand(address: string): string[] {
  const plain = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, a, b, c, d) => {
    const pair = (x: string, y: string): string => (Number(x) * 256 + Number(y)).toString(16)
    return `${pair(a, b)}:${pair(c, d)}`
  })
  const [head = '', tail] = plain.split('::')
  const before = head === '' ? [] : head.split(':')
  if (tail === undefined) return before
  const after = tail === '' ? [] : tail.split(':')
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => '0'), ...after]
}
