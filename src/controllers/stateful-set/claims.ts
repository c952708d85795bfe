import { StatefulSets } from '../../api/apps/stateful-set.ts'
import type { StatefulSet } from '../../api/apps/v1.ts'
import { PersistentVolumeClaims } from '../../api/core/persistent-volume-claim.ts'
import { Pods } from '../../api/core/pod.ts'
import type { PersistentVolumeClaim, Pod } from '../../api/core/v1.ts'
import { controllerReference } from '../../api/meta/owners.ts'
import type { OwnerReference } from '../../api/meta/v1.ts'
import { isWherryError } from '../../lib/errors.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { Cluster } from '../runtime/controller.ts'
import { claimsOf, ordinalOf, rangeOf } from './identity.ts'

/** Whether a claim of this ordinal is still owned by a Pod that is gone: the garbage collector is about to take it. */
export function hasStaleClaim(set: StatefulSet, ordinal: number, cluster: Cluster<StatefulSet>): boolean {
  if (set.spec.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false
  const podName = `${set.metadata.name}-${ordinal}`
  return presentClaims(set, ordinal, cluster).some(({ metadata }) =>
    (metadata.ownerReferences ?? []).some(({ kind, name }) => kind === Pods.kind && name === podName),
  )
}

/** Makes the claims of the set's Pods go with the set, or with the Pod that is scaled in, when the set wants that. */
export async function fixClaimOwners(
  set: StatefulSet,
  pods: readonly Pod[],
  cluster: Cluster<StatefulSet>,
): Promise<void> {
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod)
    if (ordinal === undefined) continue
    for (const claim of presentClaims(set, ordinal, cluster)) {
      const owners = ownersFor(set, pod, ordinal, claim)
      if (sameJson(claim.metadata.ownerReferences ?? [], owners)) continue
      const { uid, resourceVersion } = claim.metadata
      const metadata = { uid, resourceVersion, ownerReferences: owners }
      try {
        await cluster.patch(PersistentVolumeClaims, claim.metadata, { metadata }, { type: 'merge' })
      } catch (error) {
        if (!isWherryError(error, 'not-found')) throw error
      }
    }
  }
}

function presentClaims(set: StatefulSet, ordinal: number, cluster: Cluster<StatefulSet>): PersistentVolumeClaim[] {
  const namespace = set.metadata.namespace ?? ''
  const cache = cluster.cache(PersistentVolumeClaims)
  return [...claimsOf(set, ordinal).values()].flatMap(
    (draft) => cache.get({ namespace, name: draft.metadata!.name! }) ?? [],
  )
}

function ownersFor(set: StatefulSet, pod: Pod, ordinal: number, claim: PersistentVolumeClaim): OwnerReference[] {
  const owners = claim.metadata.ownerReferences ?? []
  const isOurs = ({ uid }: OwnerReference): boolean => uid === set.metadata.uid || uid === pod.metadata.uid
  const others = owners.filter((owner) => !isOurs(owner))
  // What another controller manages is its business.
  if (others.some(({ controller }) => controller === true)) return others
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec.persistentVolumeClaimRetentionPolicy ?? {}
  const { start, count } = rangeOf(set)
  const isCondemned = ordinal < start || ordinal >= start + count
  if (whenScaled === 'Delete' && isCondemned) return [...others, controllerReference(Pods, pod)]
  if (whenDeleted === 'Delete') return [...others, controllerReference(StatefulSets, set)]
  return others
}
