import type { Draft } from '../../api/meta/schema.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Caches, WatchCache } from '../../client/cache.ts'
import type { Client, DeleteOptions, PatchOptions, Ref, UpdateOptions } from '../../client/client.ts'
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
  readonly writes: readonly Kind<any>[]
  /** How many owners are worked on at the same time; 5 unless said otherwise. */
  readonly concurrency?: number
  /** Who speaks in its Events; the name with `-controller` unless said otherwise. */
  readonly component?: string
  /** Whether a change of the owner concerns it; every change does unless said otherwise. */
  concerns?(object: T | undefined, previous: T | undefined): boolean
  reconcile(owner: T, cluster: Cluster<T>): Promise<void>
  /** The owner is gone; what it left is this controller's to clean when the garbage collector does not. */
  removed?(ref: Ref, cluster: Cluster<T>): Promise<void>
}

/** A kind that a controller reads: dependents are mapped by their controller reference, or by `owners`. */
export type Source<T extends KubeObject> =
  | Kind<any>
  | {
      readonly kind: Kind<any>
      /** Which owners a change concerns. It is asked for both sides of the change. */
      readonly owners: (object: any, caches: Caches, owners: WatchCache<T>) => Iterable<Ref>
      /** Whether a change matters at all; every change does unless said otherwise. */
      readonly matters?: (object: any, previous: any) => boolean
    }

/** A controller of another shape, with a loop of its own: the garbage collector's graph has no single owner. */
export interface Loop {
  readonly name: string
  readonly component?: string
  /** Runs until `context.signal` fires; an error that it throws starts it again after a while. */
  run(context: LoopContext): Promise<void>
}

export interface LoopContext {
  readonly client: Client
  readonly caches: Caches
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
  readonly decide: Decide
  readonly event: Tell
  /** Tells whether this loop has something to do right now, for those who wait until all is quiet. */
  busyWhen(isBusy: () => boolean): void
}

export type AnyController = Controller<any> | Loop

/** Records why; also written as a Kubernetes Event when `event` says its type. */
export type Decide = (
  about: KubeObject,
  verdict: Verdict,
  reason: string,
  message: string,
  options?: DecideOptions,
) => void

export type Tell = (about: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string) => void

export interface DecideOptions {
  readonly because?: readonly Because[]
  readonly help?: string
  readonly event?: 'Normal' | 'Warning'
}

/** What a controller is handed: reads that have seen its own writes, writes, clock, chance, and a place for its reasons. */
export interface Cluster<T extends KubeObject> {
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
  /** For what the methods below do not offer; the controller does not wait to see writes that are made through it. */
  readonly client: Client
  readonly caches: Caches
  cache<K extends KubeObject>(kind: Kind<K>): WatchCache<K>
  /** Objects of `kind` whose controller reference is the present owner (its uid), from the cache. */
  owned<K extends KubeObject>(kind: Kind<K>): readonly K[]
  /** Objects of `kind` in the owner's namespace that no controller manages, from the cache. */
  unowned<K extends KubeObject>(kind: Kind<K>): readonly K[]
  /** Creates with the present owner as controller reference unless the draft has owner references of its own. */
  create<K extends KubeObject>(kind: Kind<K>, object: Draft<K>): Promise<K>
  update<K extends KubeObject>(kind: Kind<K>, object: K, options?: UpdateOptions): Promise<K>
  patch<K extends KubeObject>(kind: Kind<K>, ref: Ref, patch: unknown, options: PatchOptions): Promise<K>
  /** Deletes this very object (its uid); that it is gone already is no error. */
  remove<K extends KubeObject>(kind: Kind<K>, object: K, options?: DeleteOptions): Promise<void>
  /** Writes the owner's status when it differs from what is there. Returns the owner as it is then. */
  status(owner: T, status: object): Promise<T>
  /** Runs this owner again after `delayMs`, unless something else does it first. */
  requeue(delayMs: number): void
  decide: Decide
  /** An Event that is no decision by itself: one Pod of the many that one decision makes. */
  event: Tell
}
