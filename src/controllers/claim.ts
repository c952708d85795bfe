import type { Kind, KubeObject } from '../api/meta/kind.ts'
import { controllerOf, controllerReference } from '../api/meta/owners.ts'
import { meets } from '../api/meta/selectors.ts'
import type { Requirement } from '../api/meta/selectors.ts'
import { isWherryError } from '../lib/errors.ts'
import type { Cluster } from './runtime/controller.ts'

export interface ClaimOptions<T extends KubeObject, K extends KubeObject> {
  readonly owner: T
  readonly ownerKind: Kind<T>
  /** What is claimed. */
  readonly kind: Kind<K>
  readonly selector: readonly Requirement[]
  /** Whether an orphan may be taken; every one may unless said otherwise. */
  readonly mayAdopt?: (object: K) => boolean
  /** More of the patches by which an object is taken or let go: Job's finalizer. */
  readonly alsoOnAdopt?: (object: K) => object
  readonly alsoOnRelease?: (object: K) => object
}

/**
 * The objects that an owner manages: orphans that its selector chooses become its own, and what it does not choose any
 * more is let go. An owner on its way out takes nothing and lets nothing go.
 */
export async function claim<T extends KubeObject, K extends KubeObject>(
  cluster: Cluster<T>,
  options: ClaimOptions<T, K>,
): Promise<K[]> {
  const { owner, kind, selector, mayAdopt } = options
  const isEnding = owner.metadata.deletionTimestamp !== undefined
  const claimed: K[] = []
  for (const object of cluster.owned(kind)) {
    if (meets(selector, object.metadata.labels)) claimed.push(object)
    else if (!isEnding) await release(cluster, options, object)
    else claimed.push(object)
  }
  if (isEnding) return claimed
  const orphans = cluster
    .unowned(kind)
    .filter(
      (object) =>
        object.metadata.deletionTimestamp === undefined &&
        meets(selector, object.metadata.labels) &&
        (mayAdopt === undefined || mayAdopt(object)),
    )
  if (orphans.length === 0 || !(await isStillThere(cluster, options))) return claimed
  for (const orphan of orphans) {
    const adopted = await adopt(cluster, options, orphan)
    if (adopted !== undefined) claimed.push(adopted)
  }
  return claimed
}

/** The cache may be behind: an owner that was deleted meanwhile, and made anew under its name, must not take orphans. */
async function isStillThere<T extends KubeObject, K extends KubeObject>(
  cluster: Cluster<T>,
  { owner, ownerKind }: ClaimOptions<T, K>,
): Promise<boolean> {
  try {
    const fresh = await cluster.client.get(ownerKind, owner.metadata)
    return fresh.metadata.uid === owner.metadata.uid && fresh.metadata.deletionTimestamp === undefined
  } catch (error) {
    if (isWherryError(error, 'not-found')) return false
    throw error
  }
}

async function adopt<T extends KubeObject, K extends KubeObject>(
  cluster: Cluster<T>,
  { owner, ownerKind, kind, alsoOnAdopt }: ClaimOptions<T, K>,
  orphan: K,
): Promise<K | undefined> {
  const { uid, ownerReferences = [] } = orphan.metadata
  const others = ownerReferences.filter((reference) => reference.uid !== owner.metadata.uid)
  const metadata = {
    uid,
    ownerReferences: [...others, controllerReference(ownerKind, owner)],
    ...alsoOnAdopt?.(orphan),
  }
  return unlessGone(
    cluster.patch(
      kind,
      orphan.metadata,
      { metadata: { ...metadata, resourceVersion: orphan.metadata.resourceVersion } },
      { type: 'merge' },
    ),
  )
}

async function release<T extends KubeObject, K extends KubeObject>(
  cluster: Cluster<T>,
  { owner, kind, alsoOnRelease }: ClaimOptions<T, K>,
  object: K,
): Promise<void> {
  const { uid, resourceVersion, ownerReferences = [] } = object.metadata
  const others = ownerReferences.filter((reference) => reference.uid !== owner.metadata.uid)
  const metadata = { uid, resourceVersion, ownerReferences: others, ...alsoOnRelease?.(object) }
  await unlessGone(cluster.patch(kind, object.metadata, { metadata }, { type: 'merge' }))
}

/** Undefined when the object is gone. What was changed by others meanwhile is a conflict, and tried again. */
async function unlessGone<K>(patching: Promise<K>): Promise<K | undefined> {
  try {
    return await patching
  } catch (error) {
    if (isWherryError(error, 'not-found')) return undefined
    throw error
  }
}

/** Whether the object is managed by this very owner. */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  return controllerOf(object)?.uid === owner.metadata.uid
}
