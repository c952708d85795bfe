import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { groupOf } from '../../api/meta/owners.ts'
import type { OwnerReference } from '../../api/meta/v1.ts'

/** An object and its kind. */
export interface Node {
  readonly kind: Kind<any>
  readonly object: KubeObject
}

/** Who is owned by whom, over all kinds, by uid. */
export class OwnerGraph {
  readonly #nodes = new Map<string, Node>()
  readonly #dependents = new Map<string, Set<string>>()

  get(uid: string): Node | undefined {
    return this.#nodes.get(uid)
  }

  /** Objects that name this uid among their owners, whether or not there is an object of that uid. */
  dependentsOf(uid: string): Node[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((dependent) => this.#nodes.get(dependent) ?? [])
  }

  set(node: Node): void {
    const { uid } = node.object.metadata
    const before = this.#nodes.get(uid)
    this.#nodes.set(uid, node)
    const owners = ownersOf(node.object)
    if (before !== undefined) {
      const kept = new Set(owners.map((owner) => owner.uid))
      for (const owner of ownersOf(before.object)) if (!kept.has(owner.uid)) this.#unlink(owner.uid, uid)
    }
    for (const owner of owners) this.#link(owner.uid, uid)
  }

  delete(uid: string): void {
    const node = this.#nodes.get(uid)
    if (node === undefined) return
    this.#nodes.delete(uid)
    for (const owner of ownersOf(node.object)) this.#unlink(owner.uid, uid)
  }

  #link(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner)
    if (dependents === undefined) this.#dependents.set(owner, new Set([dependent]))
    else dependents.add(dependent)
  }

  #unlink(owner: string, dependent: string): void {
    const dependents = this.#dependents.get(owner)
    dependents?.delete(dependent)
    if (dependents?.size === 0) this.#dependents.delete(owner)
  }
}

export function ownersOf({ metadata }: KubeObject): readonly OwnerReference[] {
  return metadata.ownerReferences ?? []
}

export const FOREGROUND = 'foregroundDeletion'
export const ORPHAN = 'orphan'

const isDeleted = ({ metadata }: KubeObject): boolean => metadata.deletionTimestamp !== undefined

/** Whether the object is to go once its dependents have gone. */
export function waitsForDependents(object: KubeObject): boolean {
  return isDeleted(object) && object.metadata.finalizers?.includes(FOREGROUND) === true
}

/** Whether the object is to go once its dependents have been let go. */
export function orphansDependents(object: KubeObject): boolean {
  return isDeleted(object) && object.metadata.finalizers?.includes(ORPHAN) === true
}

/** Whether `dependent` must be gone before the owner of this uid may go. */
export function blocks(dependent: KubeObject, ownerUid: string): boolean {
  return ownersOf(dependent).some((owner) => owner.uid === ownerUid && owner.blockOwnerDeletion === true)
}

/** What became of an owner. */
export type OwnerState = 'there' | 'waiting' | 'gone'

/** What an object without a living owner, or with some that are gone, is in for. */
export type Verdict =
  | { readonly act: 'keep' }
  /** It has another owner that lives: the references to the others are taken away. */
  | { readonly act: 'detach'; readonly uids: readonly string[] }
  /** `unblock`: one of its own dependents waits for it, so that none of its owners may be made to. */
  | {
      readonly act: 'delete'
      readonly policy: 'Background' | 'Foreground' | 'Orphan'
      readonly unblock: boolean
    }

/** Pure. What is to be done with an object, by what became of each of its owners. */
export function judge(
  object: KubeObject,
  states: ReadonlyMap<string, OwnerState>,
  dependents: readonly KubeObject[],
): Verdict {
  const owners = ownersOf(object)
  const inState = (state: OwnerState): string[] =>
    owners.map(({ uid }) => uid).filter((uid) => states.get(uid) === state)
  if (owners.length === 0) return { act: 'keep' }
  if (inState('there').length > 0) {
    const uids = [...inState('gone'), ...inState('waiting')]
    return uids.length === 0 ? { act: 'keep' } : { act: 'detach', uids }
  }
  if (inState('waiting').length > 0 && dependents.length > 0) {
    return { act: 'delete', policy: 'Foreground', unblock: dependents.some(waitsForDependents) }
  }
  const finalizers = object.metadata.finalizers ?? []
  const policy = finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background'
  return { act: 'delete', policy, unblock: false }
}

/** Finds the handle of the kind that a reference names, whatever version it says. */
export function kindOfOwner(owner: OwnerReference, kinds: Iterable<Kind<any>>): Kind<any> | undefined {
  const group = groupOf(owner.apiVersion)
  for (const kind of kinds) if (kind.kind === owner.kind && kind.group === group) return kind
  return undefined
}
