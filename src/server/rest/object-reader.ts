import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { deepFreeze } from '../../lib/deep-freeze.ts'
import type { Entry, Store } from '../../store/store.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { Resource } from './resource.ts'
import { keyOf, prefixOf, resourceOf } from './resource.ts'
import { objectOf } from './stored.ts'

/** Reads objects for authorization and admission straight from the committed state: never stale, never a copy. */
export function objectReader(store: Store): ObjectReader {
  const lists = new KeptLists(store)
  return {
    get: <T extends KubeObject>(kind: Kind<T>, { namespace = '', name }: { namespace?: string; name: string }) => {
      const resource = resourceOf(kind as unknown as Kind)
      const entry = store.get(keyOf(resource, namespace, name))
      return entry === undefined ? undefined : (frozen(resource, entry) as T)
    },
    list: <T extends KubeObject>(kind: Kind<T>, namespace = '') => {
      return lists.of(resourceOf(kind as unknown as Kind), namespace) as readonly T[]
    },
    onChange: (kind, handler) => {
      const resource = resourceOf(kind as unknown as Kind)
      const watch = store.watch({
        prefix: resource.prefix,
        after: store.revision(),
        onEvents: (events) => {
          for (const { type, entry, previous } of events) {
            const before = previous === undefined ? undefined : (frozen(resource, previous) as never)
            handler(type === 'delete' ? undefined : (frozen(resource, entry) as never), before)
          }
        },
      })
      return () => watch.close()
    },
  }
}

/** How many objects a list may have to be kept: those that are asked for with each request are short. */
const KEPT_LENGTH_MAX = 100

/** Short lists, kept until something of their kind changes: admission asks for the same few with each request. */
class KeptLists {
  readonly #store: Store
  readonly #kept = new Map<Resource, Map<string, readonly KubeObject[]>>()

  constructor(store: Store) {
    this.#store = store
  }

  of(resource: Resource, namespace: string): readonly KubeObject[] {
    const lists = this.#listsOf(resource)
    let list = lists.get(namespace)
    if (list === undefined) {
      const { entries } = this.#store.list(prefixOf(resource, namespace))
      list = entries.map((entry) => frozen(resource, entry))
      if (list.length <= KEPT_LENGTH_MAX) lists.set(namespace, list)
    }
    return list
  }

  #listsOf(resource: Resource): Map<string, readonly KubeObject[]> {
    let lists = this.#kept.get(resource)
    if (lists === undefined) {
      const fresh = new Map<string, readonly KubeObject[]>()
      // The store tells its watchers before it answers the writer, so nobody misses what they wrote themselves.
      this.#store.watch({ prefix: resource.prefix, after: this.#store.revision(), onEvents: () => fresh.clear() })
      this.#kept.set(resource, (lists = fresh))
    }
    return lists
  }
}

/** The object of an entry for callers in this process: shared with all of them, and frozen so that it stays so. */
export function frozen(resource: Resource, entry: Entry): KubeObject {
  return deepFreeze(objectOf(resource, entry))
}
