import type { CertificateSigningRequest } from '../../api/certificates/v1.ts'
import type { Node } from '../../api/core/v1.ts'
import { parseTime } from '../../api/meta/time.ts'
import type { SigningRequest } from '../../lib/pki.ts'
import { expiryOf, SKEW_MS } from '../../lib/pki.ts'

/** The signers that this cluster has itself. */
export const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client'
export const NODE_CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet'
export const NODE_SERVING_SIGNER = 'kubernetes.io/kubelet-serving'

export const NODE_USER = 'system:node:'
const NODES_GROUP = 'system:nodes'

/** What a signer issues, and to whom. */
export interface SignerRule {
  readonly usage: 'client' | 'server'
  /** Says what is wrong with a request, in upstream's words; undefined when it can be signed. */
  problem(request: SigningRequest, usages: readonly string[]): string | undefined
}

const SIGNERS: ReadonlyMap<string, SignerRule> = new Map<string, SignerRule>([
  [CLIENT_SIGNER, { usage: 'client', problem: (_request, usages) => clientUsagesProblem(usages) }],
  [
    NODE_CLIENT_SIGNER,
    {
      usage: 'client',
      problem: (request, usages) =>
        nodeProblem(request) ?? nameNotAllowed(request) ?? nodeUsagesProblem(usages, 'client auth'),
    },
  ],
  [
    NODE_SERVING_SIGNER,
    {
      usage: 'server',
      problem: (request, usages) =>
        nodeProblem(request) ??
        (request.dnsNames.length + request.addresses.length === 0
          ? 'DNS or IP subjectAltName is required'
          : undefined) ??
        nodeUsagesProblem(usages, 'server auth'),
    },
  ],
])

/** The rule of a signer; undefined for one that is somebody else's. */
export function ruleOf(signerName: string): SignerRule | undefined {
  return SIGNERS.get(signerName)
}

function nodeProblem({ commonName, organizations, otherNames }: SigningRequest): string | undefined {
  if (organizations.length !== 1 || organizations[0] !== NODES_GROUP) return 'subject organization is not system:nodes'
  if (!commonName.startsWith(NODE_USER)) return 'subject common name does not begin with system:node:'
  if (otherNames.some(({ type }) => type === 'email')) return 'Email subjectAltNames are not allowed'
  return otherNames.length > 0 ? 'URI subjectAltNames are not allowed' : undefined
}

function nameNotAllowed({ dnsNames, addresses }: SigningRequest): string | undefined {
  if (dnsNames.length > 0) return 'DNS subjectAltNames are not allowed'
  return addresses.length > 0 ? 'IP subjectAltNames are not allowed' : undefined
}

const SIGNATURE = 'digital signature'
export const ENCIPHERMENT = 'key encipherment'

function clientUsagesProblem(usages: readonly string[]): string | undefined {
  const needed = 'client auth'
  const odd = usages.find((usage) => ![needed, SIGNATURE, ENCIPHERMENT].includes(usage))
  if (odd !== undefined) return `invalid usage for client certificate: ${odd}`
  return usages.includes(needed) ? undefined : `missing required usage for client certificate: ${needed}`
}

/** All of them, and no other; the encipherment that only RSA keys do may be left out. */
function nodeUsagesProblem(usages: readonly string[], needed: string): string | undefined {
  const all = [needed, SIGNATURE, ENCIPHERMENT].toSorted()
  const isComplete = all.every((usage) => usage === ENCIPHERMENT || usages.includes(usage))
  if (isComplete && usages.every((usage) => all.includes(usage))) return undefined
  return `usages did not match [${all.join(' ')}]`
}

/**
 * The first name that a node asks for and that is not its own: its own are its name, and the addresses that its Node has
 * and no other one. What clients call the API server by is nobody else's, whatever a Node says of itself.
 */
export function strangeName(
  { dnsNames, addresses }: Pick<SigningRequest, 'dnsNames' | 'addresses'>,
  name: string,
  nodes: readonly Node[],
  serverNames: readonly string[],
): string | undefined {
  const node = nodes.find(({ metadata }) => metadata.name === name)
  const own = addressesOf(node)
  const others = new Set(nodes.filter((other) => other !== node).flatMap(addressesOf))
  return (
    [...dnsNames, ...addresses].find((asked) => serverNames.includes(asked)) ??
    dnsNames.find((asked) => node === undefined || asked !== name) ??
    addresses.find((asked) => !own.includes(asked) || others.has(asked))
  )
}

function addressesOf(node: Node | undefined): readonly string[] {
  return (node?.status.addresses ?? []).map(({ address }) => address)
}

const HOUR_MS = 3_600_000

/** How long a request is kept after it has been answered, and how long while somebody still has to do something. */
const ANSWERED_MS = HOUR_MS
const PENDING_MS = 24 * HOUR_MS

/** When nobody needs a request any more, in milliseconds since the epoch: by the periods of upstream's cleaner. */
export function endOf({ metadata, status }: CertificateSigningRequest): number {
  const { conditions = [], certificate = '' } = status
  if (conditions.length === 0) return parseTime(metadata.creationTimestamp!) + PENDING_MS
  const ends = conditions.flatMap(({ type, lastUpdateTime }) => {
    if (!['Approved', 'Denied', 'Failed'].includes(type) || lastUpdateTime === undefined) return []
    return [parseTime(lastUpdateTime) + (type === 'Approved' && certificate === '' ? PENDING_MS : ANSWERED_MS)]
  })
  return Math.min(...ends, certificate === '' ? Infinity : expiryOf(Buffer.from(certificate, 'base64')))
}

const YEAR_SECONDS = 365 * 86_400
const SECONDS_MIN = 600
/** The few minutes by which a certificate begins in the past count as part of its life, unless it is a short one. */
const SHORT_SECONDS = 8 * 3600

/** How long from now a certificate is valid, in days: as long as was asked for, between ten minutes and a year. */
export function daysOf(expirationSeconds: number | undefined): number {
  const seconds = Math.min(Math.max(expirationSeconds ?? YEAR_SECONDS, SECONDS_MIN), YEAR_SECONDS)
  return (seconds < SHORT_SECONDS ? seconds : seconds - SKEW_MS / 1000) / 86_400
}
