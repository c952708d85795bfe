import { defineKind } from '../meta/kind.ts'
import { CertificateSigningRequest } from './v1.ts'

/** certificatesigningrequests of certificates.k8s.io, v1. */
export const CertificateSigningRequests = defineKind(CertificateSigningRequest, {
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  namespaced: false,
  subresources: {
    approval: { verbs: ['get', 'patch', 'update'] },
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
