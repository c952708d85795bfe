import type { ServiceAccountTokens } from '../authn/service-account-tokens.ts'
import type { PathHandler } from '../http/handler.ts'
import { response } from '../http/respond.ts'

/** Serves what others need to check the tokens of ServiceAccounts. */
export function openIdHandler(tokens: ServiceAccountTokens, serverAddress: () => string): PathHandler {
  return ({ target }) => {
    if (target.verb !== 'get' && target.verb !== 'head') return undefined
    if (target.path === '/.well-known/openid-configuration') {
      return cacheable('application/json', tokens.openIdConfiguration(`https://${serverAddress()}`))
    }
    if (target.path === '/openid/v1/jwks') return cacheable('application/jwk-set+json', tokens.jwks())
    return undefined
  }
}

function cacheable(type: string, value: object): ReturnType<typeof response> {
  const { headers, ...rest } = response(200, type, [Buffer.from(JSON.stringify(value))])
  return { ...rest, headers: { ...headers, 'cache-control': 'public, max-age=3600' } }
}
