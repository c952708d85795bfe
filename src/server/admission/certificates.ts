import { CertificateSigningRequests } from '../../api/certificates/certificate-signing-request.ts'
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../../api/certificates/v1.ts'
import { formatTime } from '../../api/meta/time.ts'
import type { Clock } from '../../lib/clock.ts'
import { isWherryError } from '../../lib/errors.ts'
import { sameJson } from '../../lib/patch/json.ts'
import { readSigningRequest } from '../../lib/pki-request.ts'
import type { Identity } from '../authn/identity.ts'
import { MASTERS } from '../authz/authorize.ts'
import type { Authorizer } from '../authz/permit.ts'
import { ask } from '../authz/question.ts'
import type { AdmissionPlugin, Attempt } from './admission.ts'
import { forbidden } from './refusal.ts'

const GROUP = CertificateSigningRequests.group
/** Whoever has a certificate of this signer is who it says. */
const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client'

/** Writes into each request for a certificate who asks, whatever the request says, and when its conditions came. */
export function certificateRequestor(clock: Clock): AdmissionPlugin {
  return {
    name: 'CertificateRequestor',
    handles: ({ kind, operation, target }) =>
      kind === CertificateSigningRequests && (operation === 'CREATE' || target.subresource !== ''),
    mutate: ({ operation, object, old, identity }) => {
      const request = object as CertificateSigningRequest
      if (operation === 'CREATE') return { ...request, spec: { ...request.spec, ...requestorOf(identity) } }
      const conditions = datedConditions(request, old as CertificateSigningRequest, formatTime(clock.now()))
      return { ...request, status: { ...request.status, ...(conditions && { conditions }) } }
    },
  }
}

/** Empty values are left out, and take the place of what the request says. */
function requestorOf({ username, uid, groups, extra }: Identity): Partial<CertificateSigningRequest['spec']> {
  const others = Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]]))
  return {
    username,
    uid: uid === '' ? undefined : uid,
    groups: groups.length === 0 ? undefined : [...groups],
    extra: Object.keys(others).length === 0 ? undefined : others,
  }
}

function datedConditions(
  { status }: CertificateSigningRequest,
  old: CertificateSigningRequest,
  now: string,
): CertificateSigningRequestCondition[] | undefined {
  return status.conditions?.map((condition) => {
    const before = old.status.conditions?.find(
      ({ type, status: was, lastTransitionTime }) =>
        type === condition.type && was === condition.status && lastTransitionTime !== undefined,
    )
    return {
      ...condition,
      lastUpdateTime: condition.lastUpdateTime ?? now,
      lastTransitionTime: condition.lastTransitionTime ?? before?.lastTransitionTime ?? now,
    }
  })
}

/** Lets only those approve or deny a request who may do so for its signer. */
export function certificateApproval(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    handles: ({ kind, operation, target }) =>
      kind === CertificateSigningRequests && operation === 'UPDATE' && target.subresource === 'approval',
    validate: (attempt) => demand(attempt, authorizer, 'approve'),
  }
}

/** Lets only those issue a certificate, or say that none will come, who may do so for its signer. */
export function certificateSigning(authorizer: Authorizer): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    handles: ({ kind, operation, target }) =>
      kind === CertificateSigningRequests && operation === 'UPDATE' && target.subresource === 'status',
    validate(attempt) {
      const [next, before] = [attempt.object, attempt.old].map((one) => (one as CertificateSigningRequest).status)
      const issues = (next!.certificate ?? '') !== (before!.certificate ?? '')
      if (!issues && sameJson(next!.conditions ?? [], before!.conditions ?? [])) return
      demand(attempt, authorizer, 'sign')
    },
  }
}

/** A right to all signers of a domain is written `domain/*`. */
function demand(attempt: Attempt, authorizer: Authorizer, verb: 'approve' | 'sign'): void {
  const { signerName } = (attempt.old as CertificateSigningRequest).spec
  const [domain] = signerName.split('/')
  const may = [signerName, `${domain}/*`].some((name) => {
    const question = ask(verb, { group: GROUP, version: '*', plural: 'signers', name })
    return authorizer(attempt.identity, question).decision === 'allow'
  })
  if (!may)
    throw forbidden(attempt, `user not permitted to ${verb} requests with signerName ${JSON.stringify(signerName)}`)
}

/** Keeps everybody from becoming an administrator by a certificate that says so. */
export function certificateSubjectRestriction(): AdmissionPlugin {
  return {
    name: 'CertificateSubjectRestriction',
    handles: ({ kind, operation, target }) =>
      kind === CertificateSigningRequests && operation === 'CREATE' && target.subresource === '',
    validate(attempt) {
      const { request, signerName } = (attempt.object as CertificateSigningRequest).spec
      if (signerName !== CLIENT_SIGNER) return
      if (organizationsOf(attempt, request).includes(MASTERS)) {
        throw forbidden(attempt, `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`)
      }
    },
  }
}

function organizationsOf(attempt: Attempt, request = ''): readonly string[] {
  try {
    return readSigningRequest(Buffer.from(request, 'base64').toString('latin1')).organizations
  } catch (error) {
    if (!isWherryError(error)) throw error
    throw forbidden(attempt, `failed to parse CSR: ${error.message}`)
  }
}
