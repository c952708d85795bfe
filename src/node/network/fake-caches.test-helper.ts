import { keyOf } from '../../api/meta/kind.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Caches, Change, WatchCache } from '../../client/cache.ts'
import { ObjectTable } from '../../client/object-table.ts'

/** Caches that hold what a test puts into them: an API without a server. */
export interface FakeCaches extends Caches {
  /** Creates or replaces; returns the revision of the change. */
  put<T extends KubeObject>(kind: Kind<T>, object: T): string
  remove<T extends KubeObject>(kind: Kind<T>, object: T): string
}

export function fakeCaches(): FakeCaches {
  let revision = 0
  const caches = new Map<string, FakeCache<any>>()
  const of = <T extends KubeObject>(kind: Kind<T>): FakeCache<T> => {
    const name = `${kind.plural}.${kind.group}`
    let cache = caches.get(name)
    if (cache === undefined) caches.set(name, (cache = new FakeCache(kind, () => revision)))
    return cache
  }
  return {
    of,
    put(kind, object) {
      const resourceVersion = `${++revision}`
      of(kind).take((table) =>
        table.set({ ...object, metadata: { ...object.metadata, resourceVersion } } as typeof object),
      )
      return resourceVersion
    },
    remove(kind, object) {
      revision++
      of(kind).take((table) => table.delete(keyOf(object)))
      return `${revision}`
    },
  }
}

class FakeCache<T extends KubeObject> implements WatchCache<T> {
  readonly kind: Kind<T>
  readonly revision: () => number
  readonly #table = new ObjectTable<T>()
  readonly #handlers = new Set<(change: Change<T>) => void>()

  constructor(kind: Kind<T>, revision: () => number) {
    this.kind = kind
    this.revision = revision
  }

  take(change: (table: ObjectTable<T>) => Change<T> | undefined): void {
    const made = change(this.#table)
    if (made !== undefined) for (const handler of this.#handlers) handler(made)
  }

  get: WatchCache<T>['get'] = (ref) => this.#table.get(keyOf({ metadata: ref }))
  list: WatchCache<T>['list'] = (namespace) => this.#table.list(namespace)
  byIndex: WatchCache<T>['byIndex'] = (name, value) => this.#table.byIndex(name, value)
  addIndex: WatchCache<T>['addIndex'] = (name, key) => this.#table.addIndex(name, key)
  onChange: WatchCache<T>['onChange'] = (handler) => {
    this.#handlers.add(handler)
    return () => this.#handlers.delete(handler)
  }
  synced = async (): Promise<void> => {}
  isSynced = (): boolean => true
  seen = async (resourceVersion: string): Promise<void> => {
    if (Number(resourceVersion) > this.revision()) throw new Error(`a test waits for revision ${resourceVersion}`)
  }
  gone = async (): Promise<void> => {}
}
