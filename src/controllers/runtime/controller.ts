import type { Draft } from '../../api/meta/schema.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Caches, WatchCache } from '../../client/cache.ts'
import type { Client, DeleteOptions, PatchOptions, Ref } from '../../client/client.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Because, Verdict } from '../../lib/decisions.ts'
import type { Logger } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'

/**
 * Says what it reads and writes, observes, asks a pure function, acts. `reconcile` is called with the newest state of
 * its owner for every change of the owner or of what `reads` maps back to it, never twice at the same time for one owner;
 * it may be cut off between any two writes and is then run again.
 */
export interface Controller<T extends KubeObject> {
  readonly name: string
  readonly owner: Kind<T>
  readonly reads: readonly Source<T>[]
  readonly writes: readonly Kind[]
  reconcile(owner: T, cluster: Cluster<T>): Promise<void>
  /** The owner is gone; what it left is this controller's to clean when the garbage collector does not. */
  removed?(ref: Ref, cluster: Cluster<T>): Promise<void>
}

/** A kind that a controller reads: dependents are mapped by their controller reference, or by `owners`. */
export type Source<T extends KubeObject> =
  | Kind
  | {
      readonly kind: Kind
      /** Which owners a change of this object concerns. */
      readonly owners: (object: KubeObject, caches: Caches, owners: WatchCache<T>) => readonly Ref[]
    }

/** What a controller is handed: reads that have seen its own writes, writes, clock, chance, and a place for its reasons. */
export interface Cluster<T extends KubeObject> {
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
  readonly client: Client
  cache<K extends KubeObject>(kind: Kind<K>): WatchCache<K>
  /** Objects of `kind` whose controller reference is the present owner (its uid), from the cache. */
  owned<K extends KubeObject>(kind: Kind<K>): readonly K[]
  /** Creates with the present owner as controller reference unless the draft has owner references of its own. */
  create<K extends KubeObject>(kind: Kind<K>, object: Draft<K>): Promise<K>
  update<K extends KubeObject>(kind: Kind<K>, object: K): Promise<K>
  patch<K extends KubeObject>(kind: Kind<K>, ref: Ref, patch: unknown, options: PatchOptions): Promise<K>
  remove<K extends KubeObject>(kind: Kind<K>, object: K, options?: DeleteOptions): Promise<void>
  /** Writes the owner's status when it differs from what is there. */
  status(owner: T, status: object): Promise<T>
  /** Runs this owner again after `delayMs`, unless something else does it first. */
  requeue(delayMs: number): void
  /** Records why; also written as a Kubernetes Event when `event` says its type. */
  decide(
    about: KubeObject,
    verdict: Verdict,
    reason: string,
    message: string,
    options?: { readonly because?: readonly Because[]; readonly help?: string; readonly event?: 'Normal' | 'Warning' },
  ): void
}
