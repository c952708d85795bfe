import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { Ref } from './client.ts'

/**
 * A kind as it is now, kept by a watch. Objects are frozen. Reads are local and synchronous; what this process wrote
 * itself can be waited for with `seen`.
 */
export interface WatchCache<T extends KubeObject> {
  readonly kind: Kind<T>
  get(ref: Ref): T | undefined
  list(namespace?: string): readonly T[]
  /** Objects for which the index `name` gave `value`. */
  byIndex(name: string, value: string): readonly T[]
  /** `key` returns the values under which an object is found; call before `start`. */
  addIndex(name: string, key: (object: T) => readonly string[]): void
  /** `previous` is absent for an addition, `object` for a removal. Handlers only put a key in a queue. */
  onChange(handler: (change: Change<T>) => void): () => void
  /** Resolves when the first listing is complete. */
  synced(): Promise<void>
  /** Resolves when the cache has reached this resourceVersion. */
  seen(resourceVersion: string, signal?: AbortSignal): Promise<void>
}

export type Change<T> =
  | { readonly object: T; readonly previous: T | undefined }
  | { readonly object: undefined; readonly previous: T }

/** Shares one cache for each kind (and selector) among all who ask. */
export interface Caches {
  of<T extends KubeObject>(
    kind: Kind<T>,
    selector?: { readonly fieldSelector?: string; readonly labelSelector?: string },
  ): WatchCache<T>
}
