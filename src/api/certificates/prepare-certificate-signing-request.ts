import type { CertificateSigningRequest } from './v1.ts'

/**
 * Keeps, in place, what was asked for, and whether it was approved: who writes what became of a request sends back the
 * decision as it was.
 */
export function prepareCertificateSigningRequest(
  next: CertificateSigningRequest,
  old: CertificateSigningRequest | undefined,
  subresource = '',
): void {
  if (old === undefined) return
  if (subresource === '') next.spec = old.spec
  if (subresource === 'status') for (const type of ['Approved', 'Denied']) keepConditions(next, old, type)
}

/** When there are more or fewer than before, they are left: that is refused. */
function keepConditions(next: CertificateSigningRequest, old: CertificateSigningRequest, type: string): void {
  const before = (old.status.conditions ?? []).filter((condition) => condition.type === type)
  const conditions = next.status.conditions ?? []
  if (conditions.filter((condition) => condition.type === type).length !== before.length) return
  next.status.conditions = conditions.map((condition) => (condition.type === type ? before.shift()! : condition))
}
