import { keyOf } from '../api/meta/kind.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import { backoffMs } from '../lib/backoff.ts'
import type { Clock } from '../lib/clock.ts'
import { isWherryError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { CacheScope, Change, WatchCache } from './cache.ts'
import type { Client, Ref } from './client.ts'
import { ObjectTable } from './object-table.ts'

export interface WatchCacheOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  /** Ends the watch; reads go on with what is there. */
  readonly signal: AbortSignal
}

const RETRY = { baseMs: 200, maxMs: 5000, jitter: 0.5 }

/** Opens a watch on a kind and keeps it, over lost connections and expired revisions, until the signal fires. */
export function openWatchCache<T extends KubeObject>(
  kind: Kind<T>,
  scope: CacheScope,
  options: WatchCacheOptions,
): WatchCache<T> {
  const cache = new KindCache(kind, scope, options)
  void cache.run().finally(() => cache.giveUp())
  return cache
}

interface Waiter {
  readonly ready: () => boolean
  readonly resolve: () => void
}

class KindCache<T extends KubeObject> implements WatchCache<T> {
  readonly kind: Kind<T>
  readonly #scope: CacheScope
  readonly #options: WatchCacheOptions
  readonly #table = new ObjectTable<T>()
  readonly #handlers = new Set<(change: Change<T>) => void>()
  readonly #synced = Promise.withResolvers<void>()
  readonly #waiters = new Set<Waiter>()
  #revision = 0
  /** Whether the server refused `sendInitialEvents`, so that lists are fetched. */
  #mustList = false

  constructor(kind: Kind<T>, scope: CacheScope, options: WatchCacheOptions) {
    this.kind = kind
    this.#scope = scope
    this.#options = options
  }

  get(ref: Ref): T | undefined {
    return this.#table.get(keyOf({ metadata: ref }))
  }

  list(namespace?: string): readonly T[] {
    return this.#table.list(namespace)
  }

  byIndex(name: string, value: string): readonly T[] {
    return this.#table.byIndex(name, value)
  }

  addIndex(name: string, key: (object: T) => readonly string[]): void {
    this.#table.addIndex(name, key)
  }

  onChange(handler: (change: Change<T>) => void): () => void {
    this.#handlers.add(handler)
    return () => this.#handlers.delete(handler)
  }

  synced(): Promise<void> {
    return this.#synced.promise
  }

  isSynced(): boolean {
    return this.#revision > 0
  }

  revision(): number {
    return this.#revision
  }

  seen(resourceVersion: string, signal?: AbortSignal): Promise<void> {
    const wanted = Number(resourceVersion)
    return this.#when(() => this.#revision >= wanted, signal)
  }

  gone(ref: Ref, uid: string, signal?: AbortSignal): Promise<void> {
    const key = keyOf({ metadata: ref })
    return this.#when(() => this.#table.get(key)?.metadata.uid !== uid, signal)
  }

  async run(): Promise<void> {
    const { clock, random, log, signal } = this.#options
    let failures = 0
    let mustFill = true
    while (!signal.aborted) {
      try {
        if (mustFill && this.#mustList) await this.#fillByList()
        mustFill = mustFill && !this.#mustList
        const before = this.#revision
        await this.#follow(mustFill)
        mustFill = this.#revision === 0
        failures = this.#revision > before ? 0 : failures
        // A server that ends every watch at once must not be asked again at once.
        if (this.#revision === before) failures++
      } catch (error) {
        if (signal.aborted) return
        failures++
        if (mustFill && !this.#mustList && isWherryError(error, 'invalid', 'bad-request')) {
          this.#mustList = true
          continue
        }
        // What a server does not know any more, or does not know yet (it lost its history), can only be listed anew.
        if (isWherryError(error, 'expired', 'gone', 'invalid', 'bad-request', 'timeout')) mustFill = true
        const level = isWherryError(error, 'expired', 'gone', 'unavailable') ? 'debug' : 'warn'
        log[level]('watch interrupted', { resource: this.kind.plural, revision: this.#revision, failures, error })
      }
      if (failures > 0) await clock.sleep(backoffMs(failures, RETRY, random), signal).catch(() => {})
    }
  }

  /** Nobody waits for a listing that will not come any more. */
  giveUp(): void {
    this.#synced.resolve()
  }

  async #fillByList(): Promise<void> {
    const objects: T[] = []
    const { client } = this.#options
    let page = await client.list(this.kind, { ...this.#scope, limit: 1000 })
    objects.push(...page.items)
    while (page.continue !== undefined) {
      page = await client.list(this.kind, { ...this.#scope, limit: 1000, continue: page.continue })
      objects.push(...page.items)
    }
    this.#replace(objects, Number(page.resourceVersion))
  }

  /** Watches until the stream ends; with `fill` it begins with all that is there. */
  async #follow(fill: boolean): Promise<void> {
    const { client, signal } = this.#options
    let initial: T[] | undefined = fill ? [] : undefined
    const where = fill ? { sendInitialEvents: true } : { resourceVersion: String(this.#revision) }
    for await (const event of client.watch(this.kind, { ...this.#scope, ...where, signal })) {
      if (event.type === 'BOOKMARK') {
        const revision = Number(event.resourceVersion)
        if (initial !== undefined && event.initialEventsEnd) {
          this.#replace(initial, revision)
          initial = undefined
        } else if (initial === undefined) {
          this.#reach(revision)
        }
      } else if (initial !== undefined) {
        initial.push(event.object)
      } else {
        this.#apply(event.type, event.object)
      }
    }
  }

  #apply(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: T): void {
    if (type === 'DELETED') this.#remove(keyOf(object))
    else this.#put(object)
    this.#reach(Number(object.metadata.resourceVersion))
  }

  #remove(key: string): void {
    const change = this.#table.delete(key)
    if (change !== undefined) this.#tell(change)
  }

  /** An object that took the place of another one of the same name is told as a removal and an addition. */
  #put(object: T): void {
    const key = keyOf(object)
    const previous = this.#table.get(key)
    if (previous !== undefined && previous.metadata.uid !== object.metadata.uid) this.#remove(key)
    const change = this.#table.set(object)
    if (change !== undefined) this.#tell(change)
  }

  #replace(objects: readonly T[], revision: number): void {
    const keys = new Set(objects.map(keyOf))
    for (const old of this.#table.list()) {
      const key = keyOf(old)
      if (!keys.has(key)) this.#remove(key)
    }
    for (const object of objects) this.#put(object)
    // A store that is empty altogether is at revision 0; the cache is complete all the same.
    this.#revision = 0
    this.#reach(Math.max(1, revision))
    this.#synced.resolve()
  }

  #tell(change: Change<T>): void {
    for (const handler of this.#handlers) handler(change)
  }

  #reach(revision: number): void {
    if (revision > this.#revision) this.#revision = revision
    if (this.#waiters.size === 0) return
    for (const waiter of this.#waiters) {
      if (!waiter.ready()) continue
      this.#waiters.delete(waiter)
      waiter.resolve()
    }
  }

  #when(ready: () => boolean, signal: AbortSignal | undefined): Promise<void> {
    if (ready()) return Promise.resolve()
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const onAbort = (): void => {
        this.#waiters.delete(waiter)
        reject(signal?.reason)
      }
      const waiter: Waiter = {
        ready,
        resolve: () => {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      this.#waiters.add(waiter)
    })
  }
}
