import { SubjectAccessReviews } from '../api/authorization/subject-access-review.ts'
import { CertificateSigningRequests } from '../api/certificates/certificate-signing-request.ts'
import type { CertificateSigningRequest, CertificateSigningRequestCondition } from '../api/certificates/v1.ts'
import { Nodes } from '../api/core/node.ts'
import type { Node } from '../api/core/v1.ts'
import { formatTime } from '../api/meta/time.ts'
import { isWherryError } from '../lib/errors.ts'
import type { KeyPair, SigningRequest } from '../lib/pki.ts'
import { readRequest, signRequest } from '../lib/pki.ts'
import {
  daysOf,
  ENCIPHERMENT,
  endOf,
  NODE_CLIENT_SIGNER,
  NODE_SERVING_SIGNER,
  NODE_USER,
  ruleOf,
  strangeName,
} from './certificate-signing/rules.ts'
import type { SignerRule } from './certificate-signing/rules.ts'
import type { Cluster, Controller } from './runtime/controller.ts'

type Request = CertificateSigningRequest

export interface CertificateSigningOptions {
  /** Who signs. */
  readonly authority: KeyPair
  /** By which names and addresses clients know the API server: no node gets a certificate for one of them. */
  readonly serverNames?: readonly string[]
}

/**
 * Approves what nodes ask for in their own name, issues what has been approved for the cluster's own signers, and takes
 * away requests that nobody needs any more, whoever their signer is.
 */
export function certificateSigningController(options: CertificateSigningOptions): Controller<Request> {
  return {
    name: 'certificate-signing',
    component: 'certificate-controller',
    owner: CertificateSigningRequests,
    reads: [{ kind: Nodes, matters: hasOtherAddresses, owners: waitingFor }],
    writes: [CertificateSigningRequests],
    async reconcile(request, cluster) {
      const leftMs = endOf(request) - cluster.clock.now()
      if (leftMs <= 0) {
        await cluster.remove(CertificateSigningRequests, request)
        return
      }
      if (leftMs < Infinity) cluster.requeue(leftMs)
      const rule = ruleOf(request.spec.signerName)
      if (rule === undefined || has(request, 'Denied', 'Failed') || request.status.certificate) return
      const pem = Buffer.from(request.spec.request ?? '', 'base64').toString('latin1')
      const asked = await readRequest(pem).catch(problemIn)
      const problem = typeof asked === 'string' ? asked : rule.problem(asked, request.spec.usages ?? [])
      if (typeof asked === 'string' || problem !== undefined) {
        await refuse(request, problem!, cluster)
      } else if (has(request, 'Approved')) {
        await issue(options.authority, request, { pem, asked, rule }, cluster)
      } else {
        await approve(request, asked, options.serverNames ?? [], cluster)
      }
    },
  }
}

function hasOtherAddresses(node: Node | undefined, previous: Node | undefined): boolean {
  return JSON.stringify(node?.status.addresses) !== JSON.stringify(previous?.status.addresses)
}

/** Requests that may be approved once Nodes say otherwise about who has the addresses that they name. */
function* waitingFor(_node: Node, _caches: unknown, requests: { list(): readonly Request[] }) {
  for (const request of requests.list()) {
    if (request.spec.signerName === NODE_SERVING_SIGNER && !has(request, 'Approved')) yield request.metadata
  }
}

function has({ status }: Request, ...types: string[]): boolean {
  return status.conditions?.some(({ type }) => types.includes(type)) === true
}

function problemIn(error: unknown): string {
  if (isWherryError(error, 'invalid')) return error.message
  throw error
}

/** A request that cannot be signed fails once it has been approved; before, whoever approves may still look at it. */
async function refuse(request: Request, problem: string, cluster: Cluster<Request>): Promise<void> {
  if (has(request, 'Approved')) {
    await addCondition(request, 'status', 'Failed', 'SignerValidationFailure', problem, cluster)
    cluster.decide(request, 'refused', 'SignerValidationFailure', problem)
  } else {
    cluster.decide(request, 'refused', 'SignerWillRefuse', problem)
  }
}

async function approve(
  request: Request,
  asked: SigningRequest,
  serverNames: readonly string[],
  cluster: Cluster<Request>,
): Promise<void> {
  const { signerName, username } = request.spec
  const isOwn = username === asked.commonName
  const wait = (reason: string, message: string): void =>
    cluster.decide(request, 'waiting', reason, message, {
      help: `\`kubectl certificate approve ${request.metadata.name}\`, if it is right`,
    })
  if (signerName === NODE_CLIENT_SIGNER) {
    // Whoever may ask for other nodes may also ask for itself.
    if (isOwn && (await mayAsk(request, 'selfnodeclient', cluster))) {
      await autoApprove(request, SELF_APPROVED, cluster)
    } else if (await mayAsk(request, 'nodeclient', cluster)) {
      await autoApprove(request, NODE_APPROVED, cluster)
    } else {
      wait('MayNotAsk', `${username} may not have a certificate for ${asked.commonName} without approval`)
    }
  } else if (signerName === NODE_SERVING_SIGNER && isOwn) {
    const name = asked.commonName.slice(NODE_USER.length)
    const strange = strangeName(asked, name, cluster.cache(Nodes).list(), serverNames)
    if (strange === undefined) await autoApprove(request, SERVING_APPROVED, cluster)
    else wait('NotItsAddress', `${strange} is no address of the node ${name} alone`)
  } else {
    wait('NotApproved', 'somebody has to approve it')
  }
}

const SELF_APPROVED = 'Auto approving self kubelet client certificate after SubjectAccessReview.'
const NODE_APPROVED = 'Auto approving kubelet client certificate after SubjectAccessReview.'
const SERVING_APPROVED = 'Auto approving a serving certificate for the name and addresses of its own node.'

/** Asks whether the one who made the request may have such certificates without anybody's approval. */
async function mayAsk({ spec }: Request, subresource: string, { client }: Cluster<Request>): Promise<boolean> {
  const { username = '', uid, groups, extra } = spec
  const review = await client.create(SubjectAccessReviews, {
    spec: {
      user: username,
      ...(uid !== undefined && { uid }),
      ...(groups !== undefined && { groups }),
      ...(extra !== undefined && { extra }),
      resourceAttributes: {
        group: CertificateSigningRequests.group,
        version: '*',
        resource: CertificateSigningRequests.plural,
        subresource,
        verb: 'create',
      },
    },
  })
  return review.status.allowed
}

async function autoApprove(request: Request, message: string, cluster: Cluster<Request>): Promise<void> {
  await addCondition(request, 'approval', 'Approved', 'AutoApproved', message, cluster)
  cluster.decide(request, 'progress', 'AutoApproved', message)
}

async function addCondition(
  request: Request,
  subresource: 'approval' | 'status',
  type: 'Approved' | 'Failed',
  reason: string,
  message: string,
  cluster: Cluster<Request>,
): Promise<void> {
  const lastUpdateTime = formatTime(cluster.clock.now())
  const condition: CertificateSigningRequestCondition = { type, status: 'True', reason, message, lastUpdateTime }
  const status = { ...request.status, conditions: [...(request.status.conditions ?? []), condition] }
  await cluster.update(CertificateSigningRequests, { ...request, status }, { subresource })
}

async function issue(
  authority: KeyPair,
  request: Request,
  { pem, asked, rule }: { readonly pem: string; readonly asked: SigningRequest; readonly rule: SignerRule },
  cluster: Cluster<Request>,
): Promise<void> {
  const { usages = [], expirationSeconds } = request.spec
  const certificate = await signRequest(authority, pem, {
    ...asked,
    names: [...asked.dnsNames, ...asked.addresses],
    usages: [rule.usage],
    keyEncipherment: usages.includes(ENCIPHERMENT),
    days: daysOf(expirationSeconds),
    now: cluster.clock.now(),
  })
  const status = { ...request.status, certificate: Buffer.from(certificate).toString('base64') }
  await cluster.update(CertificateSigningRequests, { ...request, status }, { subresource: 'status' })
  cluster.decide(request, 'done', 'Issued', `a certificate for ${asked.commonName}`)
}
