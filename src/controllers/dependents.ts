import type { Kind, KubeObject } from '../api/meta/kind.ts'
import { controllerOf, refersTo } from '../api/meta/owners.ts'
import { selects } from '../api/meta/selectors.ts'
import type { LabelSelector } from '../api/meta/v1.ts'
import type { Ref } from '../client/client.ts'
import type { Source } from './runtime/controller.ts'

/**
 * Objects that an owner manages or could adopt: a change concerns the owner that the object names as its controller,
 * or, for an orphan, every owner of the namespace whose selector chooses it.
 */
export function dependents<T extends KubeObject>(
  kind: Kind<any>,
  ownerKind: Kind<T>,
  selectorOf: (owner: T) => LabelSelector | undefined,
  /** Whether a change matters at all; every change does unless said otherwise. */
  matters: (object: any, previous: any) => boolean = () => true,
): Source<T> {
  return {
    kind,
    matters,
    owners(object: KubeObject, _caches, owners): Ref[] {
      const reference = controllerOf(object)
      const { namespace = '', labels } = object.metadata
      if (reference !== undefined) {
        if (!refersTo(reference, ownerKind)) return []
        const ref = { namespace, name: reference.name }
        return owners.get(ref)?.metadata.uid === reference.uid ? [ref] : []
      }
      return owners
        .list(namespace)
        .filter((owner) => selects(selectorOf(owner), labels))
        .map((owner) => owner.metadata)
    },
  }
}
