import { qualifiedName, validLabelValue } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import type { Node } from '../v1.ts'
import { isRange } from './addresses.ts'

/** Checks a Node. */
export function validateNode({ spec }: Node, problems: Problems): void {
  const seen = new Set<string>()
  for (const [i, { key, value = '', effect }] of (spec.taints ?? []).entries()) {
    const field = `spec.taints[${i}]`
    if (key !== '') problems.invalidBy(qualifiedName(key), `${field}.key`, key)
    problems.invalidBy(validLabelValue(value), `${field}.value`, value)
    const pair = `${key}:${effect}`
    if (seen.has(pair)) problems.duplicate(field, { key, effect })
    seen.add(pair)
  }
  for (const [i, range] of (spec.podCIDRs ?? []).entries()) {
    if (!isRange(range))
      problems.invalid(`spec.podCIDRs[${i}]`, range, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')
  }
}

/** Checks that a node keeps its range of addresses and who provided it. */
export function validateNodeUpdate({ spec }: Node, { spec: old }: Node, problems: Problems): void {
  if ((old.podCIDRs ?? []).length > 0 && JSON.stringify(spec.podCIDRs) !== JSON.stringify(old.podCIDRs)) {
    problems.forbidden('spec.podCIDRs', 'node updates may not change podCIDR except from "" to valid')
  }
  if (old.providerID && spec.providerID !== old.providerID) {
    problems.forbidden('spec.providerID', 'node updates may not change providerID except from "" to valid')
  }
}
