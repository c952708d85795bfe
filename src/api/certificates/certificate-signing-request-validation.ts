import { X509Certificate } from 'node:crypto'
import { isWherryError } from '../../lib/errors.ts'
import { readSigningRequest } from '../../lib/pki-request.ts'
import { dns1123Subdomain } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from './v1.ts'

const EXPIRATION_SECONDS_MIN = 600

/** Checks a request for a certificate. */
export function validateCertificateRequest({ spec }: CertificateSigningRequest, problems: Problems): void {
  const { request = '', signerName, usages = [], expirationSeconds } = spec
  try {
    readSigningRequest(Buffer.from(request, 'base64').toString('latin1'))
  } catch (error) {
    if (!isWherryError(error)) throw error
    problems.invalid('spec.request', request, error.message)
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

/** Conditions that only an approver may set. */
const DECISIONS = ['Approved', 'Denied']
/** Conditions that hold once and for all. */
const FINAL = [...DECISIONS, 'Failed']

/** Checks a change of a request: whether it is approved is decided only through the subresource for that. */
export function validateCertificateRequestUpdate(
  next: CertificateSigningRequest,
  old: CertificateSigningRequest,
  problems: Problems,
  subresource: string,
): void {
  validateConditions(next, old, problems)
  validateFinality(next, old, problems)
  if (subresource !== 'approval') keepsDecisions(next, old, problems)
}

/** Checks what has become of a request. */
export function validateCertificateRequestStatus(
  next: CertificateSigningRequest,
  old: CertificateSigningRequest,
  problems: Problems,
): void {
  validateConditions(next, old, problems)
  const { certificate = '' } = next.status
  if (certificate !== (old.status.certificate ?? '')) validateCertificate(certificate, problems)
  validateFinality(next, old, problems)
  keepsDecisions(next, old, problems)
  if ((old.status.certificate ?? '') !== '' && certificate !== old.status.certificate) {
    problems.forbidden('status.certificate', 'updates may not modify existing certificate content')
  }
}

function validateConditions(next: CertificateSigningRequest, old: CertificateSigningRequest, problems: Problems): void {
  const field = 'status.conditions'
  const seen = new Set<string>()
  for (const [i, { type, status }] of conditionsOf(next).entries()) {
    if (type === '') problems.required(`${field}[${i}].type`)
    const allowed = FINAL.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    if (status === '') problems.required(`${field}[${i}].status`)
    else if (!allowed.includes(status)) problems.notSupported(`${field}[${i}].status`, status, allowed)
    const opposite = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : ''
    if (seen.has(opposite) && !isContradictory(old)) {
      problems.invalid(field, type, 'Approved and Denied conditions are mutually exclusive')
    }
    if (seen.has(type)) problems.duplicate(`${field}[${i}].type`, type)
    seen.add(type)
  }
}

const conditionsOf = ({ status }: CertificateSigningRequest): readonly CertificateSigningRequestCondition[] =>
  status.conditions ?? []

const ofType = (request: CertificateSigningRequest, type: string): CertificateSigningRequestCondition[] =>
  conditionsOf(request).filter((condition) => condition.type === type)

const isContradictory = (request: CertificateSigningRequest): boolean =>
  DECISIONS.every((type) => ofType(request, type).length > 0)

function validateFinality(next: CertificateSigningRequest, old: CertificateSigningRequest, problems: Problems): void {
  for (const type of FINAL) {
    if (ofType(next, type).length < ofType(old, type).length) {
      problems.forbidden('status.conditions', `updates may not remove a condition of type "${type}"`)
    }
  }
}

function keepsDecisions(next: CertificateSigningRequest, old: CertificateSigningRequest, problems: Problems): void {
  for (const type of DECISIONS) {
    if (ofType(next, type).length > ofType(old, type).length) {
      problems.forbidden('status.conditions', `updates may not add a condition of type "${type}"`)
    }
  }
}

function validateCertificate(base64: string, problems: Problems): void {
  if (base64 === '') return
  const [field, shown] = ['status.certificate', '<certificate data>']
  const text = Buffer.from(base64, 'base64').toString('latin1')
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]+)-----[^-]*-----END \1-----/g)]
  if (blocks.length === 0) {
    problems.invalid(field, shown, 'must contain at least one CERTIFICATE PEM block')
    return
  }
  for (const [block, type] of blocks) {
    if (type !== 'CERTIFICATE') {
      problems.invalid(field, shown, `only CERTIFICATE PEM blocks are allowed, found "${type}"`)
      return
    }
    if (block.includes(':')) {
      problems.invalid(field, shown, 'no PEM block headers are permitted')
      return
    }
    if (!isCertificate(block)) {
      problems.invalid(field, shown, 'a certificate in it cannot be read')
      return
    }
  }
}

function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}
