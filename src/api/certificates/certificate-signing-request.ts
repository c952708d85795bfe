import { age, orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { CertificateSigningRequest } from './v1.ts'
import { humanDuration } from '../meta/ages.ts'
import {
  validateCertificateRequest,
  validateCertificateRequestUpdate,
  validateCertificateRequestStatus,
} from './certificate-signing-request-validation.ts'
import { prepareCertificateSigningRequest } from './prepare-certificate-signing-request.ts'

/** certificatesigningrequests of certificates.k8s.io, v1. */
export const CertificateSigningRequests = defineKind(CertificateSigningRequest, {
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  subresources: {
    approval: { verbs: ['get', 'patch', 'update'] },
    status: { verbs: ['get', 'patch', 'update'] },
  },
  prepare: prepareCertificateSigningRequest,
  validate: validateCertificateRequest,
  validateUpdate: validateCertificateRequestUpdate,
  validateStatus: validateCertificateRequestStatus,
  columns: [
    age,
    text('SignerName', 'Who is to sign it.', ({ spec }) => orNone(spec.signerName)),
    text('Requestor', 'Who asks for it.', ({ spec }) => spec.username),
    text('RequestedDuration', 'How long it is to be valid.', ({ spec }) =>
      spec.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000),
    ),
    text('Condition', 'Whether it is approved, and issued.', ({ status }) => {
      const has = (wanted: string): boolean => status.conditions?.some(({ type }) => type === wanted) === true
      const words = [has('Denied') ? 'Denied' : has('Approved') ? 'Approved' : 'Pending']
      if (has('Failed')) words.push('Failed')
      if (status.certificate) words.push('Issued')
      return words.join(',')
    }),
  ],
  selectableFields: { 'spec.signerName': ({ spec }) => spec.signerName },
})
