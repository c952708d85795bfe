import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { Ref } from './client.ts'

/**
 * A kind as it is now, kept by a watch. Objects are frozen. Reads are local and synchronous; what this process wrote
 * itself can be waited for with `seen` and `gone`.
 */
export interface WatchCache<T extends KubeObject> {
  readonly kind: Kind<T>
  get(ref: Ref): T | undefined
  /** In no particular order; the array is shared until the next change. */
  list(namespace?: string): readonly T[]
  /** Objects for which the index `name` gave `value`. */
  byIndex(name: string, value: string): readonly T[]
  /** `key` returns the values under which an object is found. A name that is there already keeps its first meaning. */
  addIndex(name: string, key: (object: T) => readonly string[]): void
  /** Handlers only put a key in a queue: they run between two changes and see the cache with the change in it. */
  onChange(handler: (change: Change<T>) => void): () => void
  /** Resolves when the first listing is complete, or will not come because the signal has fired. */
  synced(): Promise<void>
  /** Whether the first listing is complete. */
  isSynced(): boolean
  /** How far the cache has come; 0 before the first listing. */
  revision(): number
  /** Resolves when the cache has reached this resourceVersion. */
  seen(resourceVersion: string, signal?: AbortSignal): Promise<void>
  /** Resolves when the cache holds no object of this uid at this place. */
  gone(ref: Ref, uid: string, signal?: AbortSignal): Promise<void>
}

/** `previous` is absent for an addition, `object` for a removal. */
export type Change<T> =
  | { readonly object: T; readonly previous: T | undefined }
  | { readonly object: undefined; readonly previous: T }

/** Which objects of a kind a cache holds; all of them by default. */
export interface CacheScope {
  readonly namespace?: string
  readonly fieldSelector?: string
  readonly labelSelector?: string
}

/** Shares one cache for each kind (and scope) among all who ask. */
export interface Caches {
  of<T extends KubeObject>(kind: Kind<T>, scope?: CacheScope): WatchCache<T>
}
