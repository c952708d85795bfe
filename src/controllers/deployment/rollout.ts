import type { Deployment, ReplicaSet } from '../../api/apps/v1.ts'
import { countIn, desiredAnnotation, isUsed, limitsOf, maxAnnotation, sizeOf, sum, wantedBy } from './replica-sets.ts'
import type { Generations } from './replica-sets.ts'

/** A ReplicaSet and the size that it is to have. */
export interface Scaling {
  readonly replicaSet: ReplicaSet
  readonly to: number
}

/** Whether somebody changed the size of the Deployment since its ReplicaSets were last scaled. */
export function isScaling(deployment: Deployment, { current, old }: Generations): boolean {
  return [...old, ...(current === undefined ? [] : [current])].filter(isUsed).some((rs) => {
    const desired = countIn(rs, desiredAnnotation)
    return desired !== undefined && desired !== wantedBy(deployment)
  })
}

/** How large the first ReplicaSet of a new template may begin. */
export function startingSize(deployment: Deployment, old: readonly ReplicaSet[]): number {
  return deployment.spec.strategy.type === 'Recreate'
    ? wantedBy(deployment)
    : grownSize(deployment, 0, sum(old, sizeOf))
}

/** How large the newest ReplicaSet may be when there are `total` Pods in all. */
function grownSize(deployment: Deployment, size: number, total: number): number {
  const wanted = wantedBy(deployment)
  const room = wanted + limitsOf(deployment).surge - total
  return room <= 0 ? size : size + Math.min(room, wanted - size)
}

/** The next step of a rolling update: let the new ones grow, or else take old ones away, as far as the limits allow. */
export function planRolling(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Scaling[] {
  const wanted = wantedBy(deployment)
  const size = sizeOf(current)
  const to = size > wanted ? wanted : grownSize(deployment, size, sum([...old, current], sizeOf))
  if (to !== size) return [{ replicaSet: current, to }]
  return planShrinking(deployment, current, old.filter(isUsed))
}

function planShrinking(deployment: Deployment, current: ReplicaSet, old: readonly ReplicaSet[]): Scaling[] {
  const needed = wantedBy(deployment) - limitsOf(deployment).unavailable
  const all = [...old, current]
  // New Pods that are not available yet count as lost: they must not be the reason why old ones go.
  const pending = sizeOf(current) - (current.status.availableReplicas ?? 0)
  let mayGo = sum(all, sizeOf) - needed - pending
  if (mayGo <= 0) return []
  const sizes = new Map(old.map((rs) => [rs, sizeOf(rs)]))
  // Old Pods that serve nobody go first: they only take room.
  for (const rs of old) {
    const unhealthy = Math.max(0, sizeOf(rs) - (rs.status.availableReplicas ?? 0))
    const going = Math.min(unhealthy, mayGo)
    sizes.set(rs, sizeOf(rs) - going)
    mayGo -= going
  }
  let spare = sum(all, (rs) => rs.status.availableReplicas) - needed
  for (const rs of old) {
    const going = Math.max(0, Math.min(sizes.get(rs)!, spare))
    sizes.set(rs, sizes.get(rs)! - going)
    spare -= going
  }
  return changed(sizes)
}

/** The next step of a Recreate: everything old goes before anything new comes. */
export function planRecreating(old: readonly ReplicaSet[]): Scaling[] {
  return old.filter(isUsed).map((replicaSet) => ({ replicaSet, to: 0 }))
}

/**
 * The sizes after the Deployment's own size has changed, or while it is paused. In the middle of a rollout all its
 * ReplicaSets grow or shrink in proportion, so that a scaling does not hasten the rollout.
 */
export function planScaling(deployment: Deployment, { current, old }: Generations): Scaling[] {
  const wanted = wantedBy(deployment)
  const all = current === undefined ? [...old] : [...old, current]
  const used = all.filter(isUsed)
  if (used.length <= 1) {
    const replicaSet = used[0] ?? current ?? old.at(-1)
    return replicaSet === undefined || sizeOf(replicaSet) === wanted ? [] : [{ replicaSet, to: wanted }]
  }
  if (current !== undefined && isSaturated(deployment, current)) return planRecreating(old)
  return deployment.spec.strategy.type === 'RollingUpdate' ? planProportions(deployment, used) : []
}

function isSaturated(deployment: Deployment, rs: ReplicaSet): boolean {
  const wanted = wantedBy(deployment)
  return sizeOf(rs) === wanted && countIn(rs, desiredAnnotation) === wanted && rs.status.availableReplicas === wanted
}

function planProportions(deployment: Deployment, used: readonly ReplicaSet[]): Scaling[] {
  const wanted = wantedBy(deployment)
  const allowed = wanted > 0 ? wanted + limitsOf(deployment).surge : 0
  const toAdd = allowed - sum(used, sizeOf)
  // Of equal sizes the newer one grows first, and the older one shrinks first. `used` comes oldest first.
  const sorted = (toAdd > 0 ? used.toReversed() : used).toSorted((a, b) => sizeOf(b) - sizeOf(a))
  const sizes = new Map<ReplicaSet, number>()
  let added = 0
  for (const rs of sorted) {
    const share = toAdd === added ? 0 : shareOf(deployment, rs)
    const left = toAdd - added
    const change = toAdd > 0 ? Math.min(share, left) : Math.max(share, left)
    sizes.set(rs, sizeOf(rs) + change)
    added += change
  }
  // What rounding left over goes to the largest.
  const [largest] = sorted
  if (largest !== undefined) sizes.set(largest, Math.max(0, sizes.get(largest)! + toAdd - added))
  return [...sizes].map(([replicaSet, to]) => ({ replicaSet, to }))
}

/** By how much a ReplicaSet would change if it kept its part of the whole. */
function shareOf(deployment: Deployment, rs: ReplicaSet): number {
  const wanted = wantedBy(deployment)
  const size = sizeOf(rs)
  if (wanted === 0) return -size
  const before = countIn(rs, maxAnnotation) || deployment.status.replicas || 0
  if (before === 0) return 0
  return Math.round((size * (wanted + limitsOf(deployment).surge)) / before) - size
}

function changed(sizes: ReadonlyMap<ReplicaSet, number>): Scaling[] {
  return [...sizes].filter(([rs, to]) => sizeOf(rs) !== to).map(([replicaSet, to]) => ({ replicaSet, to }))
}

/** ReplicaSets of old templates that are beyond the history that the Deployment keeps, and empty. */
export function planForgetting(
  deployment: Deployment,
  old: readonly ReplicaSet[],
  revisionOf: (rs: ReplicaSet) => bigint,
): ReplicaSet[] {
  const { revisionHistoryLimit } = deployment.spec
  if (revisionHistoryLimit === undefined || revisionHistoryLimit === 2 ** 31 - 1) return []
  const kept = old.filter((rs) => rs.metadata.deletionTimestamp === undefined)
  return kept
    .toSorted((a, b) => (revisionOf(a) < revisionOf(b) ? -1 : revisionOf(a) > revisionOf(b) ? 1 : 0))
    .slice(0, Math.max(0, kept.length - revisionHistoryLimit))
    .filter(
      (rs) =>
        rs.status.replicas === 0 &&
        sizeOf(rs) === 0 &&
        (rs.metadata.generation ?? 0) <= (rs.status.observedGeneration ?? 0),
    )
}
