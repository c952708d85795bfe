import type { TokenReviewSpec, TokenReviewStatus } from '../../api/authentication/v1.ts'
import type { Clock } from '../../lib/clock.ts'
import { WherryError } from '../../lib/errors.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { Authorizer } from '../authz/permit.ts'
import { checkBootstrapToken, looksLikeBootstrapToken } from './bootstrap-token.ts'
import { certificateReader } from './client-certificate.ts'
import { anonymous } from './groups.ts'
import type { Authenticate, Credentials, Identity } from './identity.ts'
import { impersonate } from './impersonation.ts'
import type { ServiceAccountTokens, TokenHolder } from './service-account-tokens.ts'

export interface AuthenticatorOptions {
  readonly tokens: ServiceAccountTokens
  readonly objects: ObjectReader
  readonly clock: Pick<Clock, 'now'>
  /** Says who may impersonate whom. */
  readonly authorizer: Authorizer
}

/** Who sends a request, and whose a token is. */
export interface Authenticator {
  readonly authenticate: Authenticate
  /** Answers a TokenReview. */
  reviewToken(spec: Partial<TokenReviewSpec>): TokenReviewStatus
}

/**
 * A verified client certificate says who somebody is; without one a bearer token does; without either it is nobody in
 * particular. A token that is not good is refused, whatever else there is. In the end, `Impersonate-` headers count.
 */
export function createAuthenticator({ tokens, objects, clock, authorizer }: AuthenticatorOptions): Authenticator {
  const readCertificate = certificateReader(clock)

  const checkToken = (token: string, audiences: readonly string[]): TokenHolder | undefined => {
    if (looksLikeBootstrapToken(token)) {
      const identity = checkBootstrapToken(token, objects, clock.now())
      const meant = tokens.audiences.filter((audience) => audiences.includes(audience))
      return identity === undefined || meant.length === 0 ? undefined : { identity, audiences: meant }
    }
    return tokens.check(token, audiences)
  }

  const senderOf = (credentials: Credentials): Identity => {
    const { clientCertificate } = credentials
    const holder = clientCertificate && readCertificate(clientCertificate)
    if (holder !== undefined) return holder
    const token = bearerToken(credentials)
    if (token === undefined) return anonymous
    const found = checkToken(token, tokens.audiences)
    if (found === undefined) throw new WherryError('unauthenticated', 'Unauthorized')
    return found.identity
  }

  return {
    authenticate: (credentials) => impersonate(senderOf(credentials), credentials.headers, authorizer),
    reviewToken({ token = '', audiences = [] }) {
      if (token === '') throw new WherryError('bad-request', 'token is required for TokenReview in authentication')
      const found = checkToken(token, audiences.length > 0 ? audiences : tokens.audiences)
      return found === undefined ? REFUSED : statusOf(found)
    },
  }
}

const REFUSED: TokenReviewStatus = { authenticated: false, user: {}, error: 'invalid bearer token' }

function statusOf({ identity, audiences }: TokenHolder): TokenReviewStatus {
  const { username, uid, groups, extra } = identity
  return {
    authenticated: true,
    user: {
      username,
      ...(uid !== '' && { uid }),
      groups: [...groups],
      ...(Object.keys(extra).length > 0 && {
        extra: Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]])),
      }),
    },
    audiences: [...audiences],
  }
}

const WEBSOCKET_TOKEN = 'base64url.bearer.authorization.k8s.io.'

/** The token of a request: from its Authorization header, or among the subprotocols of a WebSocket, for browsers. */
function bearerToken({ authorization, headers }: Credentials): string | undefined {
  const [, token] = /^bearer +([^ ]+)/i.exec(authorization ?? '') ?? []
  if (token !== undefined) return token
  const protocols = [headers['sec-websocket-protocol'] ?? []].flat().join(',').split(/,\s*/)
  const encoded = protocols.find((protocol) => protocol.startsWith(WEBSOCKET_TOKEN))?.slice(WEBSOCKET_TOKEN.length)
  return encoded ? Buffer.from(encoded, 'base64url').toString('utf8') : undefined
}
