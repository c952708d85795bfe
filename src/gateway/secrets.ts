import { Secrets } from '../api/core/secret.ts'
import type { Secret } from '../api/core/v1.ts'
import type { Client } from '../client/client.ts'
import type { Clock } from '../lib/clock.ts'
import { isWherryError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'

export interface SecretFollower {
  /** Follows exactly these: the gateway may read the Secrets that an Ingress names, and no other. */
  follow(refs: readonly { readonly namespace: string; readonly name: string }[]): void
  get(namespace: string, name: string): Secret | undefined
  /** Resolves when each that is followed has been read, or is known not to be there. */
  ready(): Promise<void>
}

interface Followed {
  readonly stop: AbortController
  readonly first: Promise<void>
  secret: Secret | undefined
}

const RETRY_MS = 1_000

/** Watches single Secrets, one watch for each. */
export function secretFollower(options: {
  readonly client: Client
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
  readonly onChange: () => void
}): SecretFollower {
  const { client, clock, log, signal, onChange } = options
  const followed = new Map<string, Followed>()

  const begin = (namespace: string, name: string): Followed => {
    const stop = new AbortController()
    const ends = AbortSignal.any([signal, stop.signal])
    let known: () => void = () => {}
    const first = new Promise<void>((resolve) => (known = resolve))
    const entry: Followed = { stop, first, secret: undefined }
    const set = (secret: Secret | undefined): void => {
      entry.secret = secret
      known()
      onChange()
    }
    const run = async (): Promise<void> => {
      while (!ends.aborted) {
        try {
          const { items, resourceVersion } = await client.list(Secrets, {
            namespace,
            fieldSelector: `metadata.name=${name}`,
          })
          set(items[0])
          for await (const event of client.watch(Secrets, {
            namespace,
            fieldSelector: `metadata.name=${name}`,
            resourceVersion,
            signal: ends,
          })) {
            if (event.type === 'BOOKMARK') continue
            set(event.type === 'DELETED' ? undefined : event.object)
          }
        } catch (error) {
          known()
          if (!ends.aborted && !isWherryError(error, 'expired'))
            log.debug('a certificate cannot be followed', { namespace, name, error })
        }
        await clock.sleep(RETRY_MS, ends).catch(() => {})
      }
    }
    void run()
    return entry
  }

  return {
    follow(refs) {
      const wanted = new Map(refs.map(({ namespace, name }) => [`${namespace}/${name}`, { namespace, name }]))
      for (const [key, { stop }] of followed) {
        if (wanted.has(key)) continue
        stop.abort()
        followed.delete(key)
      }
      for (const [key, { namespace, name }] of wanted) if (!followed.has(key)) followed.set(key, begin(namespace, name))
    },
    get: (namespace, name) => followed.get(`${namespace}/${name}`)?.secret,
    async ready() {
      await Promise.all([...followed.values()].map(({ first }) => first))
    },
  }
}
