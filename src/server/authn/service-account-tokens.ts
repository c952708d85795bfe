import { randomUUID } from 'node:crypto'
import { Nodes } from '../../api/core/node.ts'
import { Pods } from '../../api/core/pod.ts'
import { Secrets } from '../../api/core/secret.ts'
import type { Pod, ServiceAccount } from '../../api/core/v1.ts'
import type { TokenRequestSpec, TokenRequestStatus } from '../../api/authentication/v1.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { formatTime } from '../../api/meta/time.ts'
import type { Clock } from '../../lib/clock.ts'
import { WherryError } from '../../lib/errors.ts'
import type { ObjectReader } from '../admission/admission.ts'
import { accountGroups, accountUsername, AUTHENTICATED } from './groups.ts'
import { Identity } from './identity.ts'
import { jsonWebKey, peekClaims, readTokenKey, signToken, verifyToken } from './jwt.ts'
import type { TokenKey } from './jwt.ts'
import { isAlive, LEGACY_ISSUER, readAccountClaims } from './service-account-claims.ts'
import type { AccountClaims, Bound } from './service-account-claims.ts'

export interface ServiceAccountTokensOptions {
  /** The PEM key that signs. */
  readonly signingKey: string
  /** Keys that are believed too, PEM, private or public: those of before a rotation. */
  readonly formerKeys?: readonly string[]
  /** Who tokens say they are from: an https URL. */
  readonly issuer: string
  /** Whom tokens must be meant for to count here; the issuer when absent. The first is what a request without audiences gets. */
  readonly audiences?: readonly string[]
  readonly objects: ObjectReader
  readonly clock: Pick<Clock, 'now'>
}

/** A token that was believed. */
export interface TokenHolder {
  readonly identity: Identity
  /** Those audiences of the token that were asked for. */
  readonly audiences: readonly string[]
}

interface Verified {
  readonly claims: AccountClaims
  readonly identity: Identity
}

const EXPIRATION_SECONDS_MIN = 600
const EXPIRATION_SECONDS_MAX = 2 ** 32
const EXPIRATION_SECONDS = 3600
/** Clocks may differ a little: a token may count this much before it begins. */
const SKEW_SECONDS = 60
const CACHED_TOKENS_MAX = 4096

/** Issues and checks the tokens of ServiceAccounts. */
export class ServiceAccountTokens {
  readonly #options: ServiceAccountTokensOptions
  readonly #keys: readonly TokenKey[]
  /** Tokens whose signature was found good, least recently used first; what they depend on is looked at each time. */
  readonly #verified = new Map<string, Verified>()

  constructor(options: ServiceAccountTokensOptions) {
    this.#options = options
    this.#keys = [options.signingKey, ...(options.formerKeys ?? [])].map(readTokenKey)
  }

  /** Whom tokens must be meant for to count here. */
  get audiences(): readonly string[] {
    return this.#options.audiences ?? [this.#options.issuer]
  }

  /** Whether a token claims to be one of these, so that nobody else need look at it. */
  claims(token: string): boolean {
    const issuer = peekClaims(token)?.['iss']
    return issuer === this.#options.issuer || issuer === LEGACY_ISSUER
  }

  /** Who holds this token; undefined when it is not good, or not meant for one of `audiences`. */
  check(token: string, audiences: readonly string[] = this.audiences): TokenHolder | undefined {
    const { objects, clock } = this.#options
    const verified = this.#verify(token)
    if (verified === undefined) return undefined
    const { claims, identity } = verified
    const nowMs = clock.now()
    const seconds = nowMs / 1000
    if (seconds >= (claims.expires ?? Infinity)) {
      this.#verified.delete(token)
      return undefined
    }
    if (seconds + SKEW_SECONDS < (claims.notBefore ?? 0)) return undefined
    const meant = (claims.audiences ?? this.audiences).filter((audience) => audiences.includes(audience))
    if (meant.length === 0 || !isAlive(claims, token, objects, nowMs)) return undefined
    return { identity, audiences: meant }
  }

  #verify(token: string): Verified | undefined {
    const known = this.#verified.get(token)
    if (known !== undefined) {
      this.#verified.delete(token)
      this.#verified.set(token, known)
      return known
    }
    const signed = verifyToken(this.#keys, token)
    if (signed === undefined || (signed['iss'] !== this.#options.issuer && signed['iss'] !== LEGACY_ISSUER))
      return undefined
    const claims = readAccountClaims(signed)
    if (claims === undefined) return undefined
    const verified = { claims, identity: identityOf(claims) }
    this.#verified.set(token, verified)
    if (this.#verified.size > CACHED_TOKENS_MAX) this.#verified.delete(this.#verified.keys().next().value!)
    return verified
  }

  /** Answers a TokenRequest for an account; refuses what cannot be bound. */
  issue(account: ServiceAccount, spec: Partial<TokenRequestSpec>): TokenRequestStatus {
    const { issuer, clock } = this.#options
    const { namespace = '', name, uid } = account.metadata
    const lifetime = lifetimeOf(spec.expirationSeconds)
    const now = Math.floor(clock.now() / 1000)
    const bound = spec.boundObjectRef && this.#bind(account, spec.boundObjectRef)
    const audiences =
      spec.audiences !== undefined && spec.audiences.length > 0 ? spec.audiences : this.audiences.slice(0, 1)
    const token = signToken(this.#keys[0]!, {
      aud: audiences,
      exp: now + lifetime,
      iat: now,
      iss: issuer,
      jti: randomUUID(),
      'kubernetes.io': { namespace, ...bound, serviceaccount: { name, uid } },
      nbf: now,
      sub: accountUsername(namespace, name),
    })
    return { token, expirationTimestamp: formatTime((now + lifetime) * 1000) }
  }

  /** The token of the old kind that stands in a Secret of type `kubernetes.io/service-account-token` and never expires. */
  issueForSecret(account: ServiceAccount, secretName: string): string {
    const { namespace = '', name, uid } = account.metadata
    return signToken(this.#keys[0]!, {
      iss: LEGACY_ISSUER,
      'kubernetes.io/serviceaccount/namespace': namespace,
      'kubernetes.io/serviceaccount/secret.name': secretName,
      'kubernetes.io/serviceaccount/service-account.name': name,
      'kubernetes.io/serviceaccount/service-account.uid': uid,
      sub: accountUsername(namespace, name),
    })
  }

  #bind(
    account: ServiceAccount,
    { kind = '', apiVersion = '', name = '', uid = '' }: NonNullable<TokenRequestSpec['boundObjectRef']>,
  ): Readonly<Record<string, Bound>> {
    const namespace = account.metadata.namespace ?? ''
    if (apiVersion !== 'v1' || !['Pod', 'Secret', 'Node'].includes(kind)) {
      throw new WherryError('bad-request', `cannot bind token to object of type ${apiVersion}, Kind=${kind}`)
    }
    if (kind === 'Secret') return { secret: boundTo(this.#find(Secrets, { namespace, name }, uid)) }
    if (kind === 'Node') return { node: boundTo(this.#find(Nodes, { name }, uid)) }
    const pod = this.#find<Pod>(Pods, { namespace, name }, uid)
    if (pod.spec.serviceAccountName !== account.metadata.name) {
      const message = `cannot bind token for serviceaccount "${account.metadata.name}" to pod running with different serviceaccount name.`
      throw new WherryError('bad-request', message)
    }
    const node = pod.spec.nodeName && this.#options.objects.get(Nodes, { name: pod.spec.nodeName })
    return { ...(node && { node: boundTo(node) }), pod: boundTo(pod) }
  }

  #find<T extends KubeObject>(kind: Kind<T>, ref: { namespace?: string; name: string }, uid: string): T {
    const object = this.#options.objects.get<T>(kind, ref)
    const details = { name: ref.name, kind: kind.plural }
    if (object === undefined) {
      throw new WherryError('not-found', `${kind.plural} ${JSON.stringify(ref.name)} not found`, { details })
    }
    if (uid !== '' && uid !== object.metadata.uid) {
      const message = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`
      throw new WherryError(
        'conflict',
        `Operation cannot be fulfilled on ${kind.plural} ${JSON.stringify(ref.name)}: ${message}`,
        { details },
      )
    }
    return object
  }

  /** The body of `/openid/v1/jwks`: the keys by which others can check tokens. */
  jwks(): { readonly keys: readonly object[] } {
    return { keys: this.#keys.map(jsonWebKey) }
  }

  /** The body of `/.well-known/openid-configuration`; `address` is where the API is reached, as in `https://10.0.0.1:6443`. */
  openIdConfiguration(address: string): object {
    return {
      issuer: this.#options.issuer,
      jwks_uri: `${address}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: [...new Set(this.#keys.map(({ algorithm }) => algorithm))],
    }
  }
}

function boundTo({ metadata: { name, uid } }: KubeObject): Bound {
  return { name, uid }
}

function lifetimeOf(seconds: number | undefined): number {
  if (seconds === undefined) return EXPIRATION_SECONDS
  const problem =
    seconds < EXPIRATION_SECONDS_MIN
      ? 'may not specify a duration less than 10 minutes'
      : seconds > EXPIRATION_SECONDS_MAX
        ? 'may not specify a duration larger than 2^32 seconds'
        : undefined
  if (problem === undefined) return seconds
  const field = 'spec.expirationSeconds'
  const message = `Invalid value: ${seconds}: ${problem}`
  throw new WherryError('invalid', `TokenRequest.authentication.k8s.io "" is invalid: ${field}: ${message}`, {
    details: {
      group: 'authentication.k8s.io',
      kind: 'TokenRequest',
      causes: [{ reason: 'FieldValueInvalid', message, field }],
    },
  })
}

function identityOf({ namespace, account, pod, node, id }: AccountClaims): Identity {
  const about = (what: string, bound: Bound | undefined): Record<string, string[]> =>
    bound === undefined
      ? {}
      : {
          [`authentication.kubernetes.io/${what}-name`]: [bound.name],
          [`authentication.kubernetes.io/${what}-uid`]: [bound.uid],
        }
  return Identity.of(accountUsername(namespace, account.name), [...accountGroups(namespace), AUTHENTICATED], {
    uid: account.uid,
    extra: {
      ...(id !== undefined && { 'authentication.kubernetes.io/credential-id': [`JTI=${id}`] }),
      ...about('node', node),
      ...about('pod', pod),
    },
  })
}
