import { Nodes } from '../../api/core/node.ts'
import { Pods } from '../../api/core/pod.ts'
import { Secrets } from '../../api/core/secret.ts'
import { ServiceAccounts } from '../../api/core/service-account.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Secret } from '../../api/core/v1.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { Claims } from './jwt.ts'

/** An object that a token depends on. */
export interface Bound {
  readonly name: string
  readonly uid: string
}

/** What a ServiceAccount's token says. */
export interface AccountClaims {
  readonly namespace: string
  readonly account: Bound
  readonly pod?: Bound
  readonly secret?: Bound
  readonly node?: Bound
  /** Absent in tokens of the old kind, which are good for the API server alone. */
  readonly audiences?: readonly string[]
  readonly id?: string
  /** Seconds since the epoch; absent in tokens of the old kind, which live as long as their Secret. */
  readonly expires?: number
  readonly notBefore?: number
  readonly legacy: boolean
}

const LEGACY = 'kubernetes.io/serviceaccount'
export const LEGACY_ISSUER = LEGACY.replace('kubernetes.io', 'kubernetes')

/** Reads the claims of a token whose signature is good; undefined when it is not about a ServiceAccount. */
export function readAccountClaims(claims: Claims): AccountClaims | undefined {
  return claims['iss'] === LEGACY_ISSUER ? readLegacy(claims) : readBound(claims)
}

function readBound(claims: Claims): AccountClaims | undefined {
  const own = claims['kubernetes.io']
  if (!isRecord(own)) return undefined
  const account = readRef(own['serviceaccount'])
  const { namespace } = own
  const expires = claims['exp']
  if (account === undefined || typeof namespace !== 'string' || typeof expires !== 'number') return undefined
  const [pod, secret, node] = [readRef(own['pod']), readRef(own['secret']), readRef(own['node'])]
  const { aud, jti, nbf } = claims
  return {
    namespace,
    account,
    ...(pod && { pod }),
    ...(secret && { secret }),
    ...(node && { node }),
    audiences: [aud].flat().filter((one): one is string => typeof one === 'string'),
    ...(typeof jti === 'string' && { id: jti }),
    expires,
    ...(typeof nbf === 'number' && { notBefore: nbf }),
    legacy: false,
  }
}

function readLegacy(claims: Claims): AccountClaims | undefined {
  const text = (name: string): string => {
    const value = claims[`${LEGACY}/${name}`]
    return typeof value === 'string' ? value : ''
  }
  const [namespace, name, uid, secret] = [
    text('namespace'),
    text('service-account.name'),
    text('service-account.uid'),
    text('secret.name'),
  ]
  if (!namespace || !name || !uid || !secret) return undefined
  return { namespace, account: { name, uid }, secret: { name: secret, uid: '' }, legacy: true }
}

function readRef(value: unknown): Bound | undefined {
  if (!isRecord(value) || typeof value['name'] !== 'string' || typeof value['uid'] !== 'string') return undefined
  return { name: value['name'], uid: value['uid'] }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

/** An object that is being deleted still vouches for its tokens for so long, so that it can end in order. */
const DELETION_LEEWAY_MS = 60_000

/**
 * Whether everything that a token depends on is still there, and still the same: a new object of an old name has another
 * uid. `token` itself matters for the old kind, which has to be the one in its Secret.
 */
export function isAlive(claims: AccountClaims, token: string, objects: ObjectReader, nowMs: number): boolean {
  const { namespace, account, pod, secret, node, legacy } = claims
  const there = <T extends KubeObject>(kind: Kind<T>, bound: Bound): T | undefined => {
    const object = objects.get<T>(kind, kind.namespaced ? { namespace, name: bound.name } : { name: bound.name })
    if (object === undefined || (bound.uid !== '' && object.metadata.uid !== bound.uid)) return undefined
    const deleted = object.metadata.deletionTimestamp
    return deleted !== undefined && Date.parse(deleted) + DELETION_LEEWAY_MS < nowMs ? undefined : object
  }
  if (there(ServiceAccounts, account) === undefined) return false
  if (pod !== undefined && there(Pods, pod) === undefined) return false
  // In the token of a Pod, the node only says where the Pod was.
  if (pod === undefined && node !== undefined && there(Nodes, node) === undefined) return false
  if (secret === undefined) return true
  const found = there<Secret>(Secrets, secret)
  return found !== undefined && (!legacy || found.data?.['token'] === Buffer.from(token).toString('base64'))
}
