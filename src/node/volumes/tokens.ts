import { ServiceAccounts } from '../../api/core/service-account.ts'
import type { Pod } from '../../api/core/v1.ts'
import type { Client } from '../../client/client.ts'
import type { Clock } from '../../lib/clock.ts'
import { WherryError } from '../../lib/errors.ts'

export interface TokenRequest {
  readonly audience: string
  readonly expirationSeconds: number
}

interface Issued {
  readonly token: string
  /** When to ask for the next one: after 80 % of its life, or a day. */
  readonly refreshAt: number
}

const lifeBeforeRefresh = 0.8
const dayMs = 86_400_000

/** Tokens of service accounts for pods, bound to the pod; asked for again before they expire. */
export class PodTokens {
  readonly #client: Client
  readonly #clock: Clock
  readonly #issued = new Map<string, Map<string, Promise<Issued>>>()

  constructor(client: Client, clock: Clock) {
    this.#client = client
    this.#clock = clock
  }

  async get(pod: Pod, request: TokenRequest): Promise<Issued> {
    let tokens = this.#issued.get(pod.metadata.uid)
    if (tokens === undefined) this.#issued.set(pod.metadata.uid, (tokens = new Map()))
    const key = `${request.audience} ${request.expirationSeconds}`
    const known = await tokens.get(key)
    if (known !== undefined && known.refreshAt > this.#clock.now()) return known
    const next = this.#request(pod, request)
    tokens.set(key, next)
    try {
      return await next
    } catch (error) {
      // The old one is good for a while yet; the next look tries again.
      if (known === undefined) tokens.delete(key)
      else tokens.set(key, Promise.resolve({ ...known, refreshAt: this.#clock.now() + 10_000 }))
      if (known === undefined) throw error
      return known
    }
  }

  forget(podUid: string): void {
    this.#issued.delete(podUid)
  }

  async #request({ metadata, spec }: Pod, { audience, expirationSeconds }: TokenRequest): Promise<Issued> {
    const ref = { namespace: metadata.namespace ?? '', name: spec.serviceAccountName || 'default' }
    const answer = (await this.#client.createSubresource(ServiceAccounts, ref, 'token', {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience === '' ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name: metadata.name, uid: metadata.uid },
      },
    })) as { status?: { token?: string; expirationTimestamp?: string } }
    const { token, expirationTimestamp } = answer.status ?? {}
    if (token === undefined || token === '')
      throw new WherryError('internal', `no token was issued for ${ref.namespace}/${ref.name}`)
    const now = this.#clock.now()
    const lifeMs = expirationTimestamp === undefined ? expirationSeconds * 1000 : Date.parse(expirationTimestamp) - now
    return { token, refreshAt: now + Math.min(dayMs, lifeMs * lifeBeforeRefresh) }
  }
}
