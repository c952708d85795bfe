import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Store } from '../../store/store.ts'
import { keyOf, resourceOf } from './resource.ts'
import { encodeStored, forStorage, keepDecoded, objectOf, wholeOf } from './stored.ts'

/**
 * Changes the status of one object from what it is at that moment, again when somebody was faster. `change` returns
 * the next status, or undefined to leave it; what it throws ends the attempt. Does nothing when there is no such object.
 */
export type StatusWriter = <T extends KubeObject & { status: object }>(
  kind: Kind<T>,
  ref: { readonly namespace?: string; readonly name: string },
  change: (object: T) => T['status'] | undefined,
) => Promise<void>

/** For what the server keeps count of itself: it passes neither authorization nor admission. */
export function statusWriter(store: Store): StatusWriter {
  return async (kind, { namespace = '', name }, change) => {
    const resource = resourceOf(kind as unknown as Kind)
    for (;;) {
      const entry = store.get(keyOf(resource, namespace, name))
      if (entry === undefined) return
      const status = change(objectOf(resource, entry) as never)
      if (status === undefined) return
      const stored = await forStorage(resource, { ...wholeOf(resource, entry), status } as KubeObject)
      const { ok } = await store.write({
        key: entry.key,
        value: encodeStored(resource, stored),
        expected: entry.modRevision,
        decoded: keepDecoded(stored),
      })
      if (ok) return
    }
  }
}
