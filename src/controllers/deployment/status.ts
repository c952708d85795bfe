import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../../api/apps/v1.ts'
import { formatTime, parseTime } from '../../api/meta/time.ts'
import { findCondition, withoutCondition } from '../conditions.ts'
import { limitsOf, sizeOf, sum, wantedBy } from './replica-sets.ts'
import type { Generations } from './replica-sets.ts'

type Conditions = readonly DeploymentCondition[]

/** Whether the Deployment says how long a rollout may make no progress. */
export function hasDeadline(deployment: Deployment): boolean {
  const { progressDeadlineSeconds } = deployment.spec
  return progressDeadlineSeconds !== undefined && progressDeadlineSeconds !== 2 ** 31 - 1
}

/** The counts and availability, with these conditions as the rest. */
export function countedStatus(
  deployment: Deployment,
  { current, old }: Generations,
  conditions: Conditions,
  nowMs: number,
): DeploymentStatus {
  const all = current === undefined ? old : [...old, current]
  const available = sum(all, (rs) => rs.status.availableReplicas)
  const wanted = wantedBy(deployment)
  const isAvailable = available >= wanted - limitsOf(deployment).unavailable
  const status: DeploymentStatus = {
    replicas: sum(all, (rs) => rs.status.replicas),
    updatedReplicas: current?.status.replicas ?? 0,
    readyReplicas: sum(all, (rs) => rs.status.readyReplicas),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sum(all, sizeOf) - available),
    terminatingReplicas: sum(all, (rs) => rs.status.terminatingReplicas),
    conditions: setCondition(conditions, nowMs, {
      type: 'Available',
      status: isAvailable ? 'True' : 'False',
      reason: isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: `Deployment ${isAvailable ? 'has' : 'does not have'} minimum availability.`,
    }),
  }
  if (deployment.metadata.generation !== undefined) status.observedGeneration = deployment.metadata.generation
  const { collisionCount } = deployment.status
  if (collisionCount !== undefined) status.collisionCount = collisionCount
  return status
}

/** The same during a rollout, with what is to be said of its progress. */
export function rolloutStatus(
  deployment: Deployment,
  generations: Generations,
  conditions: Conditions,
  nowMs: number,
): DeploymentStatus {
  const status = countedStatus(deployment, generations, conditions, nowMs)
  let after: Conditions = status.conditions ?? []
  const progress = findCondition(conditions, 'Progressing')
  if (!hasDeadline(deployment)) {
    after = withoutCondition(after, 'Progressing')
  } else if (!(status.replicas === status.updatedReplicas && progress?.reason === 'NewReplicaSetAvailable')) {
    after = progressAfter(deployment, generations.current, status, progress, nowMs)
  }
  const failure = failureOf(generations)
  after = failure === undefined ? withoutCondition(after, 'ReplicaFailure') : setCondition(after, nowMs, failure)
  return { ...status, conditions: [...after] }
}

function progressAfter(
  deployment: Deployment,
  current: ReplicaSet | undefined,
  status: DeploymentStatus,
  progress: DeploymentCondition | undefined,
  nowMs: number,
): Conditions {
  const conditions = status.conditions ?? []
  const subject =
    current === undefined ? `Deployment "${deployment.metadata.name}"` : `ReplicaSet "${current.metadata.name}"`
  if (isComplete(deployment, status)) {
    return setCondition(conditions, nowMs, {
      type: 'Progressing',
      status: 'True',
      reason: 'NewReplicaSetAvailable',
      message: `${subject} has successfully progressed.`,
    })
  }
  if (hasProgressed(deployment.status, status)) {
    // Progress counts each time it is made: this condition is new even when it says the same as before.
    const kept = progress?.status === 'True' ? progress.lastTransitionTime : undefined
    return [
      ...withoutCondition(conditions, 'Progressing'),
      {
        type: 'Progressing',
        status: 'True',
        reason: 'ReplicaSetUpdated',
        message: `${subject} is progressing.`,
        lastUpdateTime: formatTime(nowMs),
        lastTransitionTime: kept ?? formatTime(nowMs),
      },
    ]
  }
  const leftMs = deadlineInMs(deployment, conditions, nowMs)
  if (leftMs === undefined || leftMs > 0) return conditions
  return setCondition(conditions, nowMs, {
    type: 'Progressing',
    status: 'False',
    reason: 'ProgressDeadlineExceeded',
    message: `${subject} has timed out progressing.`,
  })
}

/** Everything that is wanted is of the newest template, available, and nothing else is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const wanted = wantedBy(deployment)
  return (
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted &&
    (status.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  )
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const count = (
    status: DeploymentStatus,
    of: 'replicas' | 'updatedReplicas' | 'readyReplicas' | 'availableReplicas',
  ) => status[of] ?? 0
  return (
    count(after, 'updatedReplicas') > count(before, 'updatedReplicas') ||
    count(after, 'replicas') - count(after, 'updatedReplicas') <
      count(before, 'replicas') - count(before, 'updatedReplicas') ||
    count(after, 'readyReplicas') > count(before, 'readyReplicas') ||
    count(after, 'availableReplicas') > count(before, 'availableReplicas')
  )
}

/** In how many milliseconds the rollout will have taken too long; undefined when it cannot. */
export function deadlineInMs(deployment: Deployment, conditions: Conditions, nowMs: number): number | undefined {
  const progress = findCondition(conditions, 'Progressing')
  if (!hasDeadline(deployment) || progress === undefined) return undefined
  if (progress.reason === 'NewReplicaSetAvailable' || progress.reason === 'ProgressDeadlineExceeded') return undefined
  const since = parseTime(progress.lastUpdateTime ?? progress.lastTransitionTime ?? '')
  if (Number.isNaN(since)) return undefined
  return since + deployment.spec.progressDeadlineSeconds! * 1000 - nowMs
}

/** Says on the Deployment that it is paused, or goes on: the time in between must not count against its deadline. */
export function pausedConditions(deployment: Deployment, nowMs: number): Conditions {
  const conditions = deployment.status.conditions ?? []
  const progress = findCondition(conditions, 'Progressing')
  const saysPaused = progress?.reason === 'DeploymentPaused'
  const isPaused = deployment.spec.paused === true
  if (!hasDeadline(deployment) || progress?.reason === 'ProgressDeadlineExceeded' || isPaused === saysPaused) {
    return conditions
  }
  return setCondition(conditions, nowMs, {
    type: 'Progressing',
    status: 'Unknown',
    reason: isPaused ? 'DeploymentPaused' : 'DeploymentResumed',
    message: isPaused ? 'Deployment is paused' : 'Deployment is resumed',
  })
}

/** The failure of the newest ReplicaSet, or else of any. */
function failureOf({ current, old }: Generations): DeploymentCondition | undefined {
  for (const rs of current === undefined ? old : [current, ...old]) {
    const failure = findCondition(rs.status.conditions, 'ReplicaFailure')
    if (failure === undefined) continue
    const { lastTransitionTime } = failure
    return { ...failure, ...(lastTransitionTime !== undefined && { lastUpdateTime: lastTransitionTime }) }
  }
  return undefined
}

/** A condition in the place of that of its type. What says the same as before stays as it is. */
export function setCondition(
  conditions: Conditions,
  nowMs: number,
  condition: DeploymentCondition,
): DeploymentCondition[] {
  const old = findCondition(conditions, condition.type)
  if (old !== undefined && old.status === condition.status && old.reason === condition.reason) return [...conditions]
  const now = formatTime(nowMs)
  const since = old?.status === condition.status ? old.lastTransitionTime : undefined
  const timed = { lastUpdateTime: now, ...condition, lastTransitionTime: since ?? condition.lastTransitionTime ?? now }
  return [...withoutCondition(conditions, condition.type), timed]
}
