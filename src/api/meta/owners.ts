import type { Kind, KubeObject } from './kind.ts'
import type { OwnerReference } from './v1.ts'

/** The one owner that manages the object, if it has one. */
export function controllerOf(object: {
  readonly metadata: { readonly ownerReferences?: readonly OwnerReference[] }
}): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true)
}

/** The reference by which `owner` manages what it makes. */
export function controllerReference<T extends KubeObject>(kind: Kind<T>, owner: T): OwnerReference {
  const { name, uid } = owner.metadata
  return { apiVersion: kind.apiVersion, kind: kind.kind, name, uid, controller: true, blockOwnerDeletion: true }
}

/** Whether a reference names an object of this kind, in whatever version. */
export function refersTo(owner: OwnerReference, kind: { readonly group: string; readonly kind: string }): boolean {
  return owner.kind === kind.kind && groupOf(owner.apiVersion) === kind.group
}

/** The group of an apiVersion: `''` for `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/')
  return slash === -1 ? '' : apiVersion.slice(0, slash)
}
