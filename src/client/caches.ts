import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { CacheScope, Caches, WatchCache } from './cache.ts'
import { openWatchCache } from './watch-cache.ts'
import type { WatchCacheOptions } from './watch-cache.ts'

/** Caches that are opened when first asked for and shared from then on, until the signal fires. */
export interface SharedCaches extends Caches {
  /** Resolves when every cache that was asked for has its first listing. */
  synced(): Promise<void>
  all(): readonly WatchCache<KubeObject>[]
}

export function sharedCaches(options: WatchCacheOptions): SharedCaches {
  const caches = new Map<string, WatchCache<any>>()
  return {
    of<T extends KubeObject>(kind: Kind<T>, scope: CacheScope = {}): WatchCache<T> {
      const { namespace = '', fieldSelector = '', labelSelector = '' } = scope
      const key = [kind.apiVersion, kind.plural, namespace, fieldSelector, labelSelector].join(' ')
      let cache = caches.get(key)
      if (cache === undefined) caches.set(key, (cache = openWatchCache(kind, scope, options)))
      return cache
    },
    async synced() {
      await Promise.all([...caches.values()].map((cache) => cache.synced()))
    },
    all: () => [...caches.values()],
  }
}
