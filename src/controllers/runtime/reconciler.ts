import { decodeObject } from '../../api/meta/decode.ts'
import { keyOf } from '../../api/meta/kind.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { controllerOf, controllerReference, refersTo } from '../../api/meta/owners.ts'
import { messageOf } from '../../api/meta/schema.ts'
import type { Draft } from '../../api/meta/schema.ts'
import type { Caches, Change, WatchCache } from '../../client/cache.ts'
import type { Client, DeleteOptions, PatchOptions, Ref, UpdateOptions } from '../../client/client.ts'
import type { Clock } from '../../lib/clock.ts'
import { isWherryError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { Random } from '../../lib/random.ts'
import type { Cluster, Controller, Decide, Source, Tell } from './controller.ts'
import { Expectations } from './expectations.ts'
import type { ControllerObserver } from './observer.ts'
import { WorkQueue } from './work-queue.ts'

export interface ReconcilerOptions {
  readonly client: Client
  readonly caches: Caches
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
  readonly concurrency: number
  readonly decide: Decide
  readonly event: Tell
  readonly observer?: ControllerObserver
}

/** How long a controller waits for its own writes to come back before it looks at what it has. */
const SEEN_TIMEOUT_MS = 30_000

/** Runs one controller: puts the owners that a change concerns in a queue, and reconciles them one by one. */
export class Reconciler<T extends KubeObject> {
  readonly #controller: Controller<T>
  readonly #options: ReconcilerOptions
  readonly #owners: WatchCache<T>
  readonly #queue: WorkQueue
  readonly #expectations = new Expectations()
  /** Kinds whose caches show what this controller writes. */
  readonly #watched = new Set<string>()
  readonly #unsubscribe: (() => void)[] = []

  constructor(controller: Controller<T>, options: ReconcilerOptions) {
    this.#controller = controller
    this.#options = options
    this.#owners = options.caches.of(controller.owner)
    indexByController(this.#owners)
    this.#watched.add(idOf(controller.owner))
    for (const source of controller.reads) {
      const kind = kindOf(source)
      this.#watched.add(idOf(kind))
      indexByController(options.caches.of(kind))
    }
    this.#queue = new WorkQueue({
      clock: options.clock,
      random: options.random,
      concurrency: options.concurrency,
      work: (key) => this.#work(key),
      onError: (key, error, failures) => this.#onError(key, error, failures),
    })
  }

  get isIdle(): boolean {
    return this.#queue.isIdle
  }

  /** Begins to follow changes. Everything that exists counts as a change, once all caches are complete. */
  async start(): Promise<void> {
    const { caches } = this.#options
    const sources = this.#controller.reads.map((source) => ({ source, cache: caches.of(kindOf(source)) }))
    await Promise.all([this.#owners.synced(), ...sources.map(({ cache }) => cache.synced())])
    if (this.#options.signal.aborted) return
    this.#unsubscribe.push(this.#owners.onChange((change) => this.#onOwner(change)))
    for (const { source, cache } of sources) {
      this.#unsubscribe.push(cache.onChange((change) => this.#onSource(source, change)))
    }
    for (const owner of this.#owners.list()) this.#onOwner({ object: owner, previous: undefined })
    // What an owner left behind while nobody looked has no owner that would lead to it.
    for (const { source, cache } of sources) {
      if (!isMapped(source)) continue
      for (const object of cache.list()) this.#onSource(source, { object, previous: undefined })
    }
  }

  async stop(): Promise<void> {
    for (const unsubscribe of this.#unsubscribe) unsubscribe()
    await this.#queue.close()
  }

  #onOwner({ object, previous }: Change<T>): void {
    if (this.#controller.concerns?.(object, previous) === false) return
    this.#enqueue(keyOf((object ?? previous)!))
  }

  #onSource(source: Source<T>, { object, previous }: Change<KubeObject>): void {
    if (isMapped(source)) {
      if (source.matters?.(object, previous) === false) return
      const { caches } = this.#options
      for (const side of [object, previous]) {
        if (side === undefined) continue
        for (const ref of source.owners(side, caches, this.#owners)) this.#enqueue(keyOf({ metadata: ref }))
      }
      return
    }
    const now = object === undefined ? undefined : this.#ownerOf(object)
    const before = previous === undefined ? undefined : this.#ownerOf(previous)
    if (now !== undefined) this.#enqueue(now)
    if (before !== undefined && before !== now) this.#enqueue(before)
  }

  /** The key of the owner that manages the object, if it is of this controller's kind and still the same one. */
  #ownerOf(object: KubeObject): string | undefined {
    const reference = controllerOf(object)
    if (reference === undefined || !refersTo(reference, this.#controller.owner)) return undefined
    const namespace = this.#controller.owner.namespaced ? object.metadata.namespace : undefined
    const ref: Ref = { name: reference.name, ...(namespace !== undefined && { namespace }) }
    return this.#owners.get(ref)?.metadata.uid === reference.uid ? keyOf({ metadata: ref }) : undefined
  }

  #enqueue(key: string): void {
    this.#queue.add(key)
    this.#options.observer?.queued(this.#controller.name, this.#queue.depth)
  }

  async #work(key: string): Promise<void> {
    const { clock, log, signal, observer } = this.#options
    if (!(await this.#expectations.met(key, clock, SEEN_TIMEOUT_MS, signal)) && !signal.aborted) {
      log.warn('own writes did not come back in time', { controller: this.#controller.name, key })
    }
    if (signal.aborted) return
    const ref = refOfKey(key)
    const owner = this.#owners.get(ref)
    const cluster = new ReconcileCluster(this.#options, {
      owner,
      key,
      kind: this.#controller.owner,
      cacheShowing: (kind) => (this.#watched.has(idOf(kind)) ? this.#options.caches.of(kind) : undefined),
      expectations: this.#expectations,
      requeue: (delayMs) => this.#queue.addAfter(key, delayMs),
    })
    const startedMs = clock.now()
    let outcome: 'done' | 'failed' = 'failed'
    try {
      if (owner !== undefined) await this.#controller.reconcile(owner, cluster)
      else await this.#controller.removed?.(ref, cluster)
      outcome = 'done'
    } finally {
      observer?.reconciled(this.#controller.name, outcome, clock.now() - startedMs)
    }
  }

  #onError(key: string, error: unknown, failures: number): void {
    const { signal, log, decide } = this.#options
    if (signal.aborted) return
    // Another writer was faster, or the cache was behind: the next run sees what is there.
    const isRace = isWherryError(error, 'conflict', 'not-found', 'already-exists', 'unavailable') || isEnding(error)
    log[isRace ? 'debug' : 'warn']('reconcile failed', { controller: this.#controller.name, key, failures, error })
    const owner = this.#owners.get(refOfKey(key))
    if (owner !== undefined && !isRace && isWherryError(error)) {
      decide(owner, 'waiting', 'ReconcileFailed', error.message, {
        because: [{ message: error.hint ?? error.message, facts: { code: error.code, failures } }],
      })
    }
  }
}

/** Whether an error says that a namespace is on its way out and takes nothing new. */
export function isEnding(error: unknown): boolean {
  return (
    isWherryError(error, 'forbidden') &&
    error.details?.causes?.some((cause) => cause.reason === 'NamespaceTerminating') === true
  )
}

/** Finds objects by the uid of their controller; `none/NAMESPACE` finds those that have none. */
const CONTROLLER_INDEX = 'controller'

function indexByController(cache: WatchCache<any>): void {
  cache.addIndex(CONTROLLER_INDEX, (object) => [controllerOf(object)?.uid ?? `none/${object.metadata.namespace ?? ''}`])
}

type Mapped<T extends KubeObject> = Exclude<Source<T>, Kind<any>>

function isMapped<T extends KubeObject>(source: Source<T>): source is Mapped<T> {
  return typeof source.kind === 'object'
}

/** The kind that a source is about. */
export function kindOf<T extends KubeObject>(source: Source<T>): Kind<any> {
  return isMapped(source) ? source.kind : source
}

function idOf(kind: Kind<any>): string {
  return `${kind.apiVersion} ${kind.plural}`
}

function refOfKey(key: string): Ref {
  const slash = key.indexOf('/')
  return slash === -1 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** A status in the form in which it will come back: without the zero values that JSON leaves out. */
function canonicalStatus<T extends KubeObject>(kind: Kind<T>, status: object): unknown {
  const field = kind.message.fields['status']
  const message = field === undefined ? undefined : messageOf(field.element)
  return message === undefined ? status : decodeObject(message, status).object
}

interface Present<T extends KubeObject> {
  readonly owner: T | undefined
  readonly key: string
  readonly kind: Kind<T>
  readonly cacheShowing: (kind: Kind<any>) => WatchCache<any> | undefined
  readonly expectations: Expectations
  readonly requeue: (delayMs: number) => void
}

/** The cluster as one call of `reconcile` sees it. */
class ReconcileCluster<T extends KubeObject> implements Cluster<T> {
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
  readonly client: Client
  readonly caches: Caches
  readonly decide: Decide
  readonly event: Tell
  readonly #present: Present<T>

  constructor(options: ReconcilerOptions, present: Present<T>) {
    this.clock = options.clock
    this.random = options.random
    this.log = options.log
    this.signal = options.signal
    this.client = options.client
    this.caches = options.caches
    this.decide = options.decide
    this.event = options.event
    this.#present = present
  }

  cache<K extends KubeObject>(kind: Kind<K>): WatchCache<K> {
    return this.caches.of(kind)
  }

  owned<K extends KubeObject>(kind: Kind<K>): readonly K[] {
    const { owner } = this.#present
    return owner === undefined ? [] : this.caches.of(kind).byIndex(CONTROLLER_INDEX, owner.metadata.uid)
  }

  unowned<K extends KubeObject>(kind: Kind<K>): readonly K[] {
    const { owner } = this.#present
    if (owner === undefined) return []
    return this.caches.of(kind).byIndex(CONTROLLER_INDEX, `none/${owner.metadata.namespace ?? ''}`)
  }

  async create<K extends KubeObject>(kind: Kind<K>, object: Draft<K>): Promise<K> {
    const { owner } = this.#present
    const metadata = (object.metadata ?? {}) as Draft<KubeObject['metadata']>
    const draft =
      owner === undefined || metadata.ownerReferences !== undefined
        ? object
        : { ...object, metadata: { ...metadata, ownerReferences: [controllerReference(this.#present.kind, owner)] } }
    return this.#wrote(kind, await this.client.create(kind, draft as Draft<K>))
  }

  async update<K extends KubeObject>(kind: Kind<K>, object: K, options?: UpdateOptions): Promise<K> {
    return this.#wrote(kind, await this.client.update(kind, object, options))
  }

  async patch<K extends KubeObject>(kind: Kind<K>, ref: Ref, patch: unknown, options: PatchOptions): Promise<K> {
    return this.#wrote(kind, await this.client.patch(kind, ref, patch, options))
  }

  async remove<K extends KubeObject>(kind: Kind<K>, object: K, options: DeleteOptions = {}): Promise<void> {
    const { uid } = object.metadata
    try {
      const left = await this.client.delete(kind, object.metadata, {
        ...options,
        preconditions: { uid, ...options.preconditions },
      })
      if (left !== undefined) this.#wrote(kind, left)
      else this.#expectGone(kind, object)
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
      this.#expectGone(kind, object)
    }
  }

  async status(owner: T, status: object): Promise<T> {
    const { kind } = this.#present
    const before = (owner as { status?: unknown }).status
    const after = canonicalStatus(kind, status)
    if (sameJson(before ?? {}, after)) return owner
    return this.#wrote(kind, await this.client.updateStatus(kind, { ...owner, status: after }))
  }

  requeue(delayMs: number): void {
    this.#present.requeue(delayMs)
  }

  #wrote<K extends KubeObject>(kind: Kind<K>, object: K): K {
    const cache = this.#present.cacheShowing(kind)
    if (cache !== undefined) this.#present.expectations.expectSeen(this.#present.key, cache, object)
    return object
  }

  #expectGone<K extends KubeObject>(kind: Kind<K>, object: K): void {
    const cache = this.#present.cacheShowing(kind)
    if (cache === undefined) return
    this.#present.expectations.expectGone(this.#present.key, cache, object.metadata, object.metadata.uid)
  }
}
