import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { deepFreeze } from '../../lib/deep-freeze.ts'
import type { Entry, Store } from '../../store/store.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { Resource } from './resource.ts'
import { keyOf, prefixOf, resourceOf } from './resource.ts'
import { objectOf } from './stored.ts'

/** Reads objects for authorization and admission straight from the committed state: never stale, never a copy. */
export function objectReader(store: Store): ObjectReader {
  return {
    get: <T extends KubeObject>(kind: Kind<T>, { namespace = '', name }: { namespace?: string; name: string }) => {
      const resource = resourceOf(kind as unknown as Kind)
      const entry = store.get(keyOf(resource, namespace, name))
      return entry === undefined ? undefined : (frozen(resource, entry) as T)
    },
    list: <T extends KubeObject>(kind: Kind<T>, namespace = '') => {
      const resource = resourceOf(kind as unknown as Kind)
      return store.list(prefixOf(resource, namespace)).entries.map((entry) => frozen(resource, entry) as T)
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

/** The object of an entry for callers in this process: shared with all of them, and frozen so that it stays so. */
export function frozen(resource: Resource, entry: Entry): KubeObject {
  return deepFreeze(objectOf(resource, entry))
}
