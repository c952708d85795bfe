import { dns1123Subdomain } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import { unchanged } from '../meta/validate-immutable.ts'
import type { CertificateSigningRequest } from './v1.ts'

const EXPIRATION_SECONDS_MIN = 600

/** Checks a request for a certificate. */
export function validateCertificateRequest({ spec }: CertificateSigningRequest, problems: Problems): void {
  const { request = '', signerName, usages = [], expirationSeconds } = spec
  const text = Buffer.from(request, 'base64').toString()
  if (!/-----BEGIN (NEW )?CERTIFICATE REQUEST-----[\s\S]+-----END (NEW )?CERTIFICATE REQUEST-----/.test(text)) {
    problems.invalid('spec.request', request, 'PEM block type must be CERTIFICATE REQUEST')
  }
  if (usages.length === 0) problems.required('spec.usages')
  usages.forEach((usage, i) => {
    if (usages.indexOf(usage) !== i) problems.duplicate(`spec.usages[${i}]`, usage)
  })
  if (signerName !== '') validateSigner(signerName, problems)
  if (expirationSeconds !== undefined && expirationSeconds < EXPIRATION_SECONDS_MIN) {
    const detail = 'may not specify a duration less than 600 seconds (10 minutes)'
    problems.invalid('spec.expirationSeconds', expirationSeconds, detail)
  }
}

function validateSigner(name: string, problems: Problems): void {
  const field = 'spec.signerName'
  const [domain = '', path, ...more] = name.split('/')
  if (path === undefined || path === '' || more.length > 0) {
    problems.invalid(field, name, 'must be a fully qualified domain and path of the form "example.com/signer-name"')
    return
  }
  problems.invalidBy(dns1123Subdomain(domain), field, domain)
  if (!domain.includes('.'))
    problems.invalid(field, domain, 'should be a domain with at least two segments separated by dots')
}

/** Checks that a request stays what was asked for, and is not both approved and denied. */
export function validateCertificateRequestUpdate(
  next: CertificateSigningRequest,
  old: CertificateSigningRequest,
  problems: Problems,
): void {
  unchanged(next.spec, old.spec, 'spec', problems)
  validateConditions(next, old, problems)
}

/** Checks what has become of a request. */
export function validateConditions(
  next: CertificateSigningRequest,
  old: CertificateSigningRequest,
  problems: Problems,
): void {
  const conditions = next.status.conditions ?? []
  const seen = new Set<string>()
  for (const [i, { type, status }] of conditions.entries()) {
    const field = `status.conditions[${i}]`
    if (type === '') problems.required(`${field}.type`)
    if (seen.has(type)) problems.duplicate(`${field}.type`, type)
    seen.add(type)
    if (['Approved', 'Denied', 'Failed'].includes(type) && status !== undefined && status !== 'True') {
      problems.notSupported(`${field}.status`, status, ['True'])
    }
  }
  if (seen.has('Approved') && seen.has('Denied')) {
    problems.invalid('status.conditions', 'Denied', 'Approved and Denied conditions are mutually exclusive')
  }
  for (const { type } of old.status.conditions ?? []) {
    if (['Approved', 'Denied', 'Failed'].includes(type) && !seen.has(type)) {
      problems.forbidden('status.conditions', `updates may not remove a condition of type "${type}"`)
    }
  }
}
