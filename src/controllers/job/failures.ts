import type { Job, PodFailurePolicyAction, PodFailurePolicyRule } from '../../api/batch/v1.ts'
import type { ContainerStatus, Pod } from '../../api/core/v1.ts'
import { parseTime } from '../../api/meta/time.ts'
import { isSidecar, isTerminating, podCondition } from '../pods.ts'

/** Whether only Pods that have really failed are replaced, not those that are still ending. */
export function replacesOnlyFailed({ spec }: Job): boolean {
  return (
    spec.podReplacementPolicy === 'Failed' ||
    (spec.podReplacementPolicy === undefined && spec.podFailurePolicy !== undefined)
  )
}

/** Whether a Pod counts as failed. One that is ending does too, since it may never come to say so itself. */
export function hasFailed(job: Job, pod: Pod): boolean {
  if (pod.status.phase === 'Failed') return true
  return !replacesOnlyFailed(job) && isTerminating(pod) && pod.status.phase !== 'Succeeded'
}

/** What the Job's policy says of a failed Pod. */
export interface FailureRuling {
  readonly action: PodFailurePolicyAction | undefined
  /** Whether the failure counts against the limits. */
  readonly counts: boolean
  /** Why the whole Job has failed, when it has. */
  readonly message: string | undefined
}

const COUNTS: FailureRuling = { action: undefined, counts: true, message: undefined }

/** The ruling of the first rule that fits; without one, the failure counts. */
export function ruleOn(job: Job, pod: Pod): FailureRuling {
  const rules = job.spec.podFailurePolicy?.rules ?? []
  for (const [at, rule] of rules.entries()) {
    const match = matchOf(rule, pod)
    if (match === undefined) continue
    const { action } = rule
    const message = action === 'FailJob' ? `${match} matching FailJob rule at index ${at}` : undefined
    return { action: action as PodFailurePolicyAction, counts: action !== 'Ignore', message }
  }
  return COUNTS
}

/** What of the Pod fits the rule, as the beginning of a sentence. */
function matchOf({ onExitCodes, onPodConditions }: PodFailurePolicyRule, pod: Pod): string | undefined {
  const { namespace, name } = pod.metadata
  if (onExitCodes !== undefined) {
    const { containerName, operator, values } = onExitCodes
    const fits = ({ name: container, state }: ContainerStatus): boolean => {
      const exitCode = state.terminated?.exitCode ?? 0
      if (exitCode === 0 || (containerName !== undefined && containerName !== container)) return false
      return operator === 'In' ? values.includes(exitCode) : operator === 'NotIn' && !values.includes(exitCode)
    }
    const { containerStatuses = [], initContainerStatuses = [] } = pod.status
    const found = containerStatuses.find(fits) ?? initContainerStatuses.find(fits)
    if (found === undefined) return undefined
    return `Container ${found.name} for pod ${namespace}/${name} failed with exit code ${found.state.terminated!.exitCode}`
  }
  const found = pod.status.conditions?.find((condition) =>
    onPodConditions?.some(({ type, status }) => type === condition.type && status === condition.status),
  )
  return found === undefined ? undefined : `Pod ${namespace}/${name} has condition ${found.type}`
}

/** When a Pod ended, as well as that can be told. */
export function endedAtMs(pod: Pod): number {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name))
  const ends = [...containerStatuses, ...initContainerStatuses.filter(({ name }) => sidecars.has(name))].map(
    ({ state }) => parseTime(state.terminated?.finishedAt ?? ''),
  )
  if (ends.length > 0 && !ends.some(Number.isNaN)) return Math.max(...ends)
  const ready = podCondition(pod, 'Ready')
  const unreadySince = ready?.status === 'False' ? parseTime(ready.lastTransitionTime ?? '') : Number.NaN
  if (!Number.isNaN(unreadySince)) return unreadySince
  const { deletionTimestamp, deletionGracePeriodSeconds = 0, creationTimestamp } = pod.metadata
  if (deletionTimestamp !== undefined) return parseTime(deletionTimestamp) - deletionGracePeriodSeconds * 1000
  return parseTime(creationTimestamp)
}

const BACKOFF_MS = 10_000
const BACKOFF_MS_MAX = 600_000

/** How long to wait with the next Pod, after so many failures in a row of which the last was at `lastMs`. */
export function waitAfterFailures(failures: number, lastMs: number, nowMs: number): number {
  if (failures === 0) return 0
  const delayMs = Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** Math.min(failures - 1, 20))
  return Math.max(0, lastMs + delayMs - nowMs)
}

/** How long to wait with the next Pod of a Job: for longer the more have failed since one last succeeded. */
export function waitOf(job: Job, pods: readonly Pod[], nowMs: number): number {
  const lastSuccessMs = Math.max(-Infinity, ...pods.filter((pod) => pod.status.phase === 'Succeeded').map(endedAtMs))
  const failures = pods
    .filter((pod) => hasFailed(job, pod))
    .map(endedAtMs)
    .filter((atMs) => atMs > lastSuccessMs)
  return failures.length === 0 ? 0 : waitAfterFailures(failures.length, Math.max(...failures), nowMs)
}
