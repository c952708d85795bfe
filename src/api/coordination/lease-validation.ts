import type { Problems } from '../meta/problems.ts'
import type { Lease } from './v1.ts'

/** Checks who holds what for how long. */
export function validateLease({ spec }: Lease, problems: Problems): void {
  const { leaseDurationSeconds, leaseTransitions, holderIdentity } = spec
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    problems.invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0')
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    problems.invalid('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0')
  }
  if (holderIdentity === '' && spec.strategy !== undefined) problems.required('spec.holderIdentity')
}
