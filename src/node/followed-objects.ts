import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { WatchCache } from '../client/cache.ts'
import type { Ref } from '../client/client.ts'

/** Opens a cache of one object that follows it until the signal fires. */
export type Follow = <T extends KubeObject>(kind: Kind<T>, ref: Ref, signal: AbortSignal) => WatchCache<T>

export interface FollowedObjectsOptions {
  readonly follow: Follow
  /** Called with everybody who follows an object when it appears, changes or goes. */
  readonly changed: (owner: string) => void
  /** An object that nobody follows any more is kept in view this long: pods of one kind come and go. */
  readonly lingerMs: number
  readonly after: (delayMs: number, run: () => void) => () => void
}

interface Followed {
  readonly cache: WatchCache<KubeObject>
  readonly owners: Set<string>
  readonly stop: AbortController
  cancelLinger: (() => void) | undefined
}

/** Single objects that pods need (ConfigMaps, Secrets), each watched once for all the pods that need it. */
export class FollowedObjects {
  readonly #options: FollowedObjectsOptions
  readonly #followed = new Map<string, Followed>()

  constructor(options: FollowedObjectsOptions) {
    this.#options = options
  }

  /** The object as it is now, or undefined when there is none; `owner` hears of it from now on. */
  async get<T extends KubeObject>(owner: string, kind: Kind<T>, ref: Ref): Promise<T | undefined> {
    const followed = this.#open(kind, ref)
    followed.owners.add(owner)
    followed.cancelLinger?.()
    followed.cancelLinger = undefined
    await followed.cache.synced()
    return followed.cache.get(ref) as T | undefined
  }

  /** The owner needs nothing any more. */
  release(owner: string): void {
    for (const [key, followed] of this.#followed) {
      if (!followed.owners.delete(owner) || followed.owners.size > 0) continue
      followed.cancelLinger = this.#options.after(this.#options.lingerMs, () => {
        followed.stop.abort()
        this.#followed.delete(key)
      })
    }
  }

  close(): void {
    for (const { stop, cancelLinger } of this.#followed.values()) {
      cancelLinger?.()
      stop.abort()
    }
    this.#followed.clear()
  }

  #open(kind: Kind<any>, ref: Ref): Followed {
    const key = `${kind.apiVersion} ${kind.plural} ${ref.namespace ?? ''}/${ref.name}`
    let followed = this.#followed.get(key)
    if (followed !== undefined) return followed
    const stop = new AbortController()
    const cache = this.#options.follow(kind, ref, stop.signal) as WatchCache<KubeObject>
    followed = { cache, owners: new Set(), stop, cancelLinger: undefined }
    this.#followed.set(key, followed)
    const { owners } = followed
    cache.onChange(() => {
      // The first listing is what `get` waits for.
      if (cache.isSynced()) for (const owner of owners) this.#options.changed(owner)
    })
    return followed
  }
}
