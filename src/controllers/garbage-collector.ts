import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { OwnerReference } from '../api/meta/v1.ts'
import type { Change, WatchCache } from '../client/cache.ts'
import { discovery } from '../client/discovery.ts'
import type { Discovery } from '../client/discovery.ts'
import { isUntyped } from '../client/untyped-kind.ts'
import { openWatchCache } from '../client/watch-cache.ts'
import { isWherryError } from '../lib/errors.ts'
import { sameJson } from '../lib/patch/json.ts'
import {
  blocks,
  FOREGROUND,
  judge,
  kindOfOwner,
  ORPHAN,
  orphansDependents,
  OwnerGraph,
  ownersOf,
  waitsForDependents,
} from './garbage-collector/graph.ts'
import type { OwnerState } from './garbage-collector/graph.ts'
import type { Loop, LoopContext } from './runtime/controller.ts'
import { WorkQueue } from './runtime/work-queue.ts'

/** Deletes what has lost its owners, and settles what is to become of the dependents of what is deleted. */
export const garbageCollector: Loop = {
  name: 'garbage-collector',
  component: 'garbage-collector-controller',
  run: (context) => new Collector(context).run(),
}

const CONCURRENCY = 20
/** New kinds are noticed at the latest after this; when a definition or a server of others changes, at once. */
const DISCOVERY_EVERY_MS = 300_000
const DISCOVERY_SOON_MS = 200
const DEFINING: ReadonlySet<string> = new Set(['customresourcedefinitions', 'apiservices'])
/** A kind that cannot be listed must not keep all others from being collected. */
const SYNC_TIMEOUT_MS = 30_000
const ABSENT_MAX = 5000

/** Of these there are many, and nothing is to be collected. */
const IGNORED: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io'])

interface Watched {
  readonly kind: Kind<any>
  readonly cache: WatchCache<any>
  readonly follow: () => void
  readonly stop: () => void
}

class Collector {
  readonly #context: LoopContext
  readonly #graph = new OwnerGraph()
  readonly #watched = new Map<string, Watched>()
  readonly #discovery: Discovery
  readonly #queue: WorkQueue
  /** Owners of which the server has said that they are gone. */
  readonly #absent = new Set<string>()
  #kindsChanged = (): void => {}

  constructor(context: LoopContext) {
    const { clock, random, log } = context
    this.#context = context
    this.#discovery = discovery(context)
    this.#queue = new WorkQueue({
      clock,
      random,
      concurrency: CONCURRENCY,
      work: (uid) => this.#collect(uid),
      onError(uid, error, failures) {
        const isRace = isWherryError(error, 'conflict', 'not-found', 'unavailable')
        log[isRace ? 'debug' : 'warn']('cannot collect', { uid, failures, error })
      },
    })
  }

  async run(): Promise<void> {
    const { signal, busyWhen } = this.#context
    let isStarting = true
    busyWhen(() => isStarting || !this.#queue.isIdle)
    try {
      await this.#watchKinds()
      isStarting = false
      while (!signal.aborted) {
        await this.#untilDiscovery()
        await this.#watchKinds()
      }
    } catch (error) {
      if (!signal.aborted) throw error
    } finally {
      for (const { stop } of this.#watched.values()) stop()
      await this.#queue.close()
    }
  }

  /** Resolves when it is time to ask for kinds again. */
  async #untilDiscovery(): Promise<void> {
    const { clock, signal } = this.#context
    const changed = new AbortController()
    this.#kindsChanged = () => changed.abort()
    await clock.sleep(DISCOVERY_EVERY_MS, AbortSignal.any([signal, changed.signal])).catch(() => {})
    // A definition changes several times before its kind is served.
    await clock.sleep(DISCOVERY_SOON_MS, signal)
  }

  /** Follows every kind that can be listed, watched and deleted, and forgets those that are served no more. */
  async #watchKinds(): Promise<void> {
    const { kinds, failed } = await this.#discovery.kinds(0)
    const found = new Map(kinds.filter(isCollectable).map((kind) => [idOf(kind), kind]))
    const fresh: Watched[] = []
    for (const [id, kind] of found) {
      if (this.#watched.has(id)) continue
      const watched = this.#watch(kind)
      this.#watched.set(id, watched)
      fresh.push(watched)
    }
    for (const [id, { kind, stop }] of this.#watched) {
      if (found.has(id) || failed.includes(kind.apiVersion)) continue
      stop()
      this.#watched.delete(id)
    }
    await this.#synced(fresh)
    // All are put in their places before the first one is judged: otherwise each would seem to have lost its owners.
    for (const { kind, cache } of fresh) for (const object of cache.list()) this.#graph.set({ kind, object })
    for (const { cache, follow } of fresh) {
      follow()
      for (const object of cache.list()) if (this.#needsLook(object)) this.#queue.add(object.metadata.uid)
    }
  }

  async #synced(watched: readonly Watched[]): Promise<void> {
    const { clock, signal } = this.#context
    const late = new AbortController()
    const timeout = clock.sleep(SYNC_TIMEOUT_MS, AbortSignal.any([signal, late.signal])).catch(() => {})
    await Promise.race([Promise.all(watched.map(({ cache }) => cache.synced())), timeout])
    late.abort()
  }

  #watch(kind: Kind<any>): Watched {
    const { caches, signal } = this.#context
    const stopped = new AbortController()
    // Kinds of others come and go; the caches of built-in ones are shared with everybody and stay.
    const cache = isUntyped(kind)
      ? openWatchCache(kind, {}, { ...this.#context, signal: AbortSignal.any([signal, stopped.signal]) })
      : caches.of(kind)
    let unsubscribe = (): void => {}
    return {
      kind,
      cache,
      follow: () => (unsubscribe = cache.onChange((change: Change<KubeObject>) => this.#observe(kind, change))),
      stop() {
        unsubscribe()
        stopped.abort()
      },
    }
  }

  /** Brings the graph up to date and puts in the queue whoever a change concerns. */
  #observe(kind: Kind<any>, { object, previous }: Change<KubeObject>): void {
    if (object === undefined) this.#observeRemoval(previous)
    else if (previous === undefined || !sameJson(relevant(object), relevant(previous))) {
      this.#observeObject(kind, object, previous)
    } else this.#graph.set({ kind, object })
    if (DEFINING.has(kind.plural)) this.#kindsChanged()
  }

  #observeRemoval(gone: KubeObject): void {
    const { uid } = gone.metadata
    this.#graph.delete(uid)
    this.#rememberAbsent(uid)
    for (const { object } of this.#graph.dependentsOf(uid)) this.#queue.add(object.metadata.uid)
    this.#wakeOwners(gone)
  }

  #observeObject(kind: Kind<any>, object: KubeObject, previous: KubeObject | undefined): void {
    const { uid } = object.metadata
    this.#graph.set({ kind, object })
    const isNewlyWaiting = waitsForDependents(object) && (previous === undefined || !waitsForDependents(previous))
    if (isNewlyWaiting)
      for (const dependent of this.#graph.dependentsOf(uid)) this.#queue.add(dependent.object.metadata.uid)
    if (this.#needsLook(object)) this.#queue.add(uid)
    // A dependent that was let go, or ceased to block, may be the last one that an owner waited for.
    if (previous !== undefined) this.#wakeOwners(previous)
    this.#wakeOwners(object)
  }

  /** Most objects have no owner, or one that is there and stays: nothing is to be done about them. */
  #needsLook(object: KubeObject): boolean {
    if (waitsForDependents(object) || orphansDependents(object)) return true
    if (object.metadata.deletionTimestamp !== undefined) return false
    return ownersOf(object).some(({ uid }) => {
      const owner = this.#graph.get(uid)
      if (owner === undefined || waitsForDependents(owner.object)) return true
      return !canOwn(owner.kind, owner.object, object.metadata.namespace)
    })
  }

  #wakeOwners(object: KubeObject): void {
    for (const { uid } of ownersOf(object)) {
      const owner = this.#graph.get(uid)?.object
      if (owner !== undefined && (waitsForDependents(owner) || orphansDependents(owner))) this.#queue.add(uid)
    }
  }

  #rememberAbsent(uid: string): void {
    this.#absent.add(uid)
    if (this.#absent.size > ABSENT_MAX) this.#absent.delete(this.#absent.values().next().value!)
  }

  async #collect(uid: string): Promise<void> {
    const node = this.#graph.get(uid)
    if (node === undefined) return
    const { kind, object } = node
    if (orphansDependents(object)) {
      await this.#orphan(kind, object)
      return
    }
    const isGoing = object.metadata.deletionTimestamp !== undefined
    if (isGoing && !waitsForDependents(object)) return
    // The cache may be behind in anything; what is deleted for good is looked at once more.
    const fresh = await this.#fetch(kind, object)
    if (fresh === undefined) return
    if (waitsForDependents(fresh)) {
      await this.#settleForeground(kind, fresh)
    } else if (fresh.metadata.deletionTimestamp === undefined && ownersOf(fresh).length > 0) {
      await this.#settleOwned(kind, fresh)
    }
  }

  /** The object as the server has it; undefined when it, or the one of this uid, is gone. */
  async #fetch(kind: Kind<any>, { metadata }: KubeObject): Promise<KubeObject | undefined> {
    try {
      const fresh: KubeObject = await this.#context.client.get(kind, metadata)
      return fresh.metadata.uid === metadata.uid ? fresh : undefined
    } catch (error) {
      if (isWherryError(error, 'not-found')) return undefined
      throw error
    }
  }

  /** An owner that waits for its dependents goes when none blocks it any more. */
  async #settleForeground(kind: Kind<any>, owner: KubeObject): Promise<void> {
    const { uid } = owner.metadata
    const blocking = this.#graph.dependentsOf(uid).filter(({ object }) => blocks(object, uid))
    if (blocking.length === 0) {
      await this.#removeFinalizer(kind, owner, FOREGROUND)
      return
    }
    this.#context.decide(owner, 'waiting', 'WaitsForDependents', 'it goes when what it owns has gone', {
      because: blocking.slice(0, 10).map(({ kind: of, object }) => ({
        ref: refOf(of, object),
        message: `${of.kind} ${object.metadata.name} is still there`,
      })),
    })
    for (const { object } of blocking) {
      if (!waitsForDependents(object) && object.metadata.deletionTimestamp === undefined) {
        this.#queue.add(object.metadata.uid)
      }
    }
  }

  async #orphan(kind: Kind<any>, owner: KubeObject): Promise<void> {
    const { uid } = owner.metadata
    const dependents = this.#graph.dependentsOf(uid)
    await Promise.all(dependents.map((node) => this.#detach(node.kind, node.object, [uid])))
    await this.#removeFinalizer(kind, owner, ORPHAN)
  }

  async #settleOwned(kind: Kind<any>, object: KubeObject): Promise<void> {
    const states = new Map<string, OwnerState>()
    for (const owner of ownersOf(object)) states.set(owner.uid, await this.#stateOf(owner, object))
    const dependents = this.#graph.dependentsOf(object.metadata.uid).map((node) => node.object)
    const verdict = judge(object, states, dependents)
    if (verdict.act === 'detach') {
      await this.#detach(kind, object, verdict.uids)
    } else if (verdict.act === 'delete') {
      const latest = verdict.unblock ? await this.#unblock(kind, object) : object
      await this.#remove(kind, latest, verdict.policy)
    }
  }

  async #stateOf(owner: OwnerReference, dependent: KubeObject): Promise<OwnerState> {
    const { namespace } = dependent.metadata
    const known = this.#graph.get(owner.uid)
    if (known !== undefined && canOwn(known.kind, known.object, namespace)) {
      return waitsForDependents(known.object) ? 'waiting' : 'there'
    }
    if (known === undefined && this.#absent.has(owner.uid)) return 'gone'
    const kind = kindOfOwner(
      owner,
      [...this.#watched.values()].map((watched) => watched.kind),
    )
    // Nothing is deleted because of a kind that nobody knows.
    if (kind === undefined) return 'there'
    if (kind.namespaced && namespace === undefined) return 'gone'
    const ref = { name: owner.name, ...(kind.namespaced && namespace !== undefined && { namespace }) }
    try {
      const fresh: KubeObject = await this.#context.client.get(kind, ref)
      if (fresh.metadata.uid === owner.uid) return waitsForDependents(fresh) ? 'waiting' : 'there'
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
    }
    if (known === undefined) this.#rememberAbsent(owner.uid)
    return 'gone'
  }

  async #remove(kind: Kind<any>, object: KubeObject, policy: 'Background' | 'Foreground' | 'Orphan'): Promise<void> {
    const { uid, resourceVersion } = object.metadata
    const [owner] = ownersOf(object)
    const message =
      policy === 'Foreground'
        ? `its owner ${owner?.kind} ${owner?.name} waits for it to go`
        : `its owner ${owner?.kind} ${owner?.name} is gone`
    this.#context.decide(object, 'progress', 'OwnerGone', message, {
      because: ownersOf(object).map((one) => ({ message: `${one.kind} ${one.name} owned it`, facts: { ...one } })),
    })
    try {
      await this.#context.client.delete(kind, object.metadata, {
        propagationPolicy: policy,
        preconditions: { uid, resourceVersion },
      })
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
    }
  }

  async #detach(kind: Kind<any>, object: KubeObject, uids: readonly string[]): Promise<void> {
    await this.#change(kind, object, (latest) => {
      const kept = ownersOf(latest).filter((owner) => !uids.includes(owner.uid))
      return kept.length === ownersOf(latest).length ? undefined : { ownerReferences: kept }
    })
  }

  /** Where owners wait for each other in a circle, one of them has to stop being waited for. */
  #unblock(kind: Kind<any>, object: KubeObject): Promise<KubeObject> {
    return this.#change(kind, object, (latest) => ({
      ownerReferences: ownersOf(latest).map((owner) => ({ ...owner, blockOwnerDeletion: false })),
    }))
  }

  async #removeFinalizer(kind: Kind<any>, object: KubeObject, finalizer: string): Promise<void> {
    await this.#change(kind, object, ({ metadata: { finalizers = [] } }) =>
      finalizers.includes(finalizer) ? { finalizers: finalizers.filter((one) => one !== finalizer) } : undefined,
    )
  }

  /** Patches an object's metadata; when somebody else was faster, on what is there then. */
  async #change(
    kind: Kind<any>,
    object: KubeObject,
    patchOf: (latest: KubeObject) => object | undefined,
  ): Promise<KubeObject> {
    for (let latest: KubeObject | undefined = object, attempt = 1; latest !== undefined; attempt++) {
      const patch = patchOf(latest)
      if (patch === undefined) return latest
      const { uid, resourceVersion } = latest.metadata
      try {
        const metadata = { uid, resourceVersion, ...patch }
        return await this.#context.client.patch(kind, latest.metadata, { metadata }, { type: 'merge' })
      } catch (error) {
        if (isWherryError(error, 'not-found')) return latest
        if (!isWherryError(error, 'conflict') || attempt >= 5) throw error
        latest = await this.#fetch(kind, object)
      }
    }
    return object
  }
}

function isCollectable(kind: Kind<any>): boolean {
  return (
    !IGNORED.has(resourceOf(kind)) && ['delete', 'list', 'watch'].every((verb) => kind.verbs.includes(verb as 'get'))
  )
}

const resourceOf = (kind: Kind<any>): string => (kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`)

const idOf = (kind: Kind<any>): string =>
  `${kind.apiVersion} ${kind.plural} ${isUntyped(kind) ? kind.verbs.join() : ''}`

function refOf(kind: Kind<any>, { metadata: { namespace, name, uid } }: KubeObject) {
  return { resource: resourceOf(kind), name, uid, ...(namespace && { namespace }) }
}

/** The part of an object that the graph is made of. */
function relevant({ metadata }: KubeObject): unknown {
  return [metadata.ownerReferences, metadata.finalizers, metadata.deletionTimestamp]
}

/** An owner stands in the namespace of what it owns, or in none. */
function canOwn(kind: Kind<any>, owner: KubeObject, namespace: string | undefined): boolean {
  return !kind.namespaced || owner.metadata.namespace === namespace
}
