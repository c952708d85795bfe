import { apiVersionOf, defineKind } from '../api/meta/kind.ts'
import type { Kind, KubeObject, Verb } from '../api/meta/kind.ts'
import { groupVersion } from '../api/meta/schema.ts'

/** What discovery says of a resource: enough to list, watch and delete its objects. */
export interface ResourceInfo {
  readonly group: string
  readonly version: string
  readonly plural: string
  readonly kind: string
  readonly namespaced: boolean
  readonly verbs: readonly Verb[]
}

const untyped = new WeakSet<Kind<any>>()

/** A handle for a kind of which no table is known, such as that of a custom resource: its objects are plain JSON. */
export function untypedKind(info: ResourceInfo): Kind<KubeObject> {
  const { object } = groupVersion({ group: info.group, version: info.version, proto: apiVersionOf(info) })
  const kind = defineKind(object(info.kind, 'An object of any shape.', {}), {
    plural: info.plural,
    namespaced: info.namespaced,
    verbs: info.verbs,
  }) as unknown as Kind<KubeObject>
  untyped.add(kind)
  return kind
}

/** Whether nothing is known of the fields of this kind. */
export function isUntyped(kind: Kind<any>): boolean {
  return untyped.has(kind)
}
