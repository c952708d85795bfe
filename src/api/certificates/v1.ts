import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bytes, embed, groupVersion, int32, list, map, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'certificates.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.certificates.v1',
})

export const KeyUsage = [
  'signing',
  'digital signature',
  'content commitment',
  'key encipherment',
  'key agreement',
  'data encipherment',
  'cert sign',
  'crl sign',
  'encipher only',
  'decipher only',
  'any',
  'server auth',
  'client auth',
  'code signing',
  'email protection',
  's/mime',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'timestamping',
  'ocsp signing',
  'microsoft sgc',
  'netscape sgc',
] as const
export type KeyUsage = (typeof KeyUsage)[number]

export const CertificateSigningRequestSpec = message(
  'CertificateSigningRequestSpec',
  'What is wanted of the certificate signing request.',
  {
    request: bytes(1, { required: true, doc: 'The request in the form of PKCS 10, in base64.' }),
    signerName: string(7, { required: true, doc: 'Who signs.' }),
    expirationSeconds: int32(8, { pointer: true, doc: 'How long it is good, in seconds.' }),
    usages: list(5, 'string', { enum: KeyUsage, list: 'atomic', doc: 'What the certificate is good for.' }),
    username: string(2, { doc: 'The name of the user.' }),
    uid: string(3, { doc: 'Unique over all time and space; set by the server.' }),
    groups: list(4, 'string', { list: 'atomic', doc: 'The groups of the user.' }),
    extra: map(6, 'strings', { doc: 'What else is known of the user.' }),
  },
)
export type CertificateSigningRequestSpec = Static<typeof CertificateSigningRequestSpec>

export const CertificateSigningRequestCondition = message(
  'CertificateSigningRequestCondition',
  'One thing that holds, or does not, of the certificate signing request.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(6, { required: true, doc: 'What is known.' }),
    reason: string(2, { doc: 'Why, in one word.' }),
    message: string(3, { doc: 'What happened, for people to read.' }),
    lastUpdateTime: time(4, { doc: 'When it was last looked at.' }),
    lastTransitionTime: time(5, { doc: 'When it last changed.' }),
  },
)
export type CertificateSigningRequestCondition = Static<typeof CertificateSigningRequestCondition>

export const CertificateSigningRequestStatus = message(
  'CertificateSigningRequestStatus',
  'What is known of the certificate signing request.',
  {
    conditions: list(1, CertificateSigningRequestCondition, {
      list: 'map',
      keys: ['type'],
      doc: 'What holds now, and since when.',
    }),
    certificate: bytes(2, { doc: 'The certificate, as PEM in base64.' }),
  },
)
export type CertificateSigningRequestStatus = Static<typeof CertificateSigningRequestStatus>

export const CertificateSigningRequest = object('CertificateSigningRequest', 'Asks a signer for a certificate.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, CertificateSigningRequestSpec, { required: true, doc: 'What is wanted.' }),
  status: embed(3, CertificateSigningRequestStatus, { doc: 'What is known.' }),
})
export type CertificateSigningRequest = Static<typeof CertificateSigningRequest>

export const CertificateSigningRequestList = object(
  'CertificateSigningRequestList',
  'A page of certificate signing request objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, CertificateSigningRequest, { required: true, doc: 'The objects.' }),
  },
)
export type CertificateSigningRequestList = Static<typeof CertificateSigningRequestList>
