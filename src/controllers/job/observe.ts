import type { Job, JobCondition } from '../../api/batch/v1.ts'
import type { Pod } from '../../api/core/v1.ts'
import { formatTime, parseTime } from '../../api/meta/time.ts'
import { findCondition, holds } from '../conditions.ts'
import { isActive, isReady, isTerminal, isTerminating } from '../pods.ts'
import { endedAtMs, hasFailed, ruleOn } from './failures.ts'
import { failuresBefore, indexOf, parseIndexes } from './indexes.ts'

/** Keeps a Pod from going before its end has been counted. */
export const trackingFinalizer = 'batch.kubernetes.io/job-tracking'

export const isTracked = ({ metadata }: Pod): boolean => metadata.finalizers?.includes(trackingFinalizer) === true

export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed'

export function isFinished({ status }: Job): boolean {
  return holds(status.conditions, 'Complete') || holds(status.conditions, 'Failed')
}

/** What a look at a Job's Pods shows. */
export interface Observation {
  readonly pods: readonly Pod[]
  readonly active: readonly Pod[]
  readonly ready: number
  readonly terminating: number
  /** How many have succeeded and failed, those not yet written down included. */
  readonly succeeded: number
  readonly failed: number
  readonly succeededIndexes: ReadonlySet<number>
  readonly failedIndexes: ReadonlySet<number> | undefined
  /** Failed Pods that stay until one of the same index has taken over their count of failures. */
  readonly heirs: ReadonlyMap<number, Pod>
  /** That the Job is to fail (FailureTarget), or has what it needs (SuccessCriteriaMet). */
  readonly verdict: JobCondition | undefined
}

/** Pure. */
export function observe(job: Job, pods: readonly Pod[], nowMs: number): Observation {
  const { spec, status } = job
  const completions = spec.completions ?? Infinity
  const active = pods.filter(isActive)
  const uncounted = {
    succeeded: new Set(status.uncountedTerminatedPods?.succeeded ?? []),
    failed: new Set(status.uncountedTerminatedPods?.failed ?? []),
  }
  const isNew = (pod: Pod): boolean =>
    isTracked(pod) && !uncounted.succeeded.has(pod.metadata.uid) && !uncounted.failed.has(pod.metadata.uid)
  const newlySucceeded = pods.filter((pod) => isNew(pod) && pod.status.phase === 'Succeeded')
  const newlyFailed = pods.filter((pod) => isNew(pod) && hasFailed(job, pod))

  const succeededIndexes = isIndexed(job)
    ? withIndexes(
        parseIndexes(status.completedIndexes, completions),
        pods.filter((pod) => isTracked(pod) && pod.status.phase === 'Succeeded'),
        completions,
      )
    : new Set<number>()
  const failedIndexes =
    isIndexed(job) && spec.backoffLimitPerIndex !== undefined
      ? withIndexes(
          parseIndexes(status.failedIndexes, completions),
          pods.filter((pod) => isTracked(pod) && failsIndex(job, pod)),
          completions,
        )
      : undefined
  const counts = {
    succeeded: isIndexed(job)
      ? succeededIndexes.size
      : (status.succeeded ?? 0) + uncounted.succeeded.size + newlySucceeded.length,
    failed: (status.failed ?? 0) + uncounted.failed.size + newlyFailed.filter((pod) => ruleOn(job, pod).counts).length,
  }
  const facts = { ...counts, succeededIndexes, failedIndexes }
  return {
    pods,
    active,
    ready: active.filter(isReady).length,
    terminating: pods.filter((pod) => isTerminating(pod) && !isTerminal(pod)).length,
    ...facts,
    heirs: failedIndexes === undefined ? new Map() : heirsOf(job, pods, active, succeededIndexes, failedIndexes),
    verdict: verdictOn(job, pods, facts, nowMs),
  }
}

function withIndexes(indexes: Set<number>, pods: readonly Pod[], completions: number): Set<number> {
  for (const pod of pods) {
    const index = indexOf(pod, completions)
    if (index !== undefined) indexes.add(index)
  }
  return indexes
}

/** Whether this Pod's failure is one too many for its index. */
function failsIndex(job: Job, pod: Pod): boolean {
  if (!hasFailed(job, pod)) return false
  const { action, counts } = ruleOn(job, pod)
  return action === 'FailIndex' || (counts && failuresBefore(pod).counted >= job.spec.backoffLimitPerIndex!)
}

function heirsOf(
  job: Job,
  pods: readonly Pod[],
  active: readonly Pod[],
  succeeded: ReadonlySet<number>,
  failed: ReadonlySet<number>,
): Map<number, Pod> {
  const completions = job.spec.completions ?? Infinity
  const taken = new Set(active.map((pod) => indexOf(pod, completions)))
  const heirs = new Map<number, Pod>()
  for (const pod of pods) {
    const index = indexOf(pod, completions)
    if (index === undefined || !isTracked(pod) || !hasFailed(job, pod)) continue
    if (taken.has(index) || succeeded.has(index) || failed.has(index)) continue
    const other = heirs.get(index)
    if (other === undefined || isLaterFailure(pod, other)) heirs.set(index, pod)
  }
  return heirs
}

function isLaterFailure(pod: Pod, than: Pod): boolean {
  const total = (one: Pod): number => failuresBefore(one).counted + failuresBefore(one).ignored
  return total(pod) >= total(than) && endedAtMs(pod) >= endedAtMs(than)
}

type Facts = Pick<Observation, 'succeeded' | 'failed' | 'succeededIndexes' | 'failedIndexes'>

function verdictOn(job: Job, pods: readonly Pod[], facts: Facts, nowMs: number): JobCondition | undefined {
  const { conditions } = job.status
  // What was once decided stays decided.
  for (const type of ['SuccessCriteriaMet', 'FailureTarget']) {
    if (holds(conditions, type)) return findCondition(conditions, type)
  }
  const failure = failureOf(job, pods, facts, nowMs)
  if (failure !== undefined) return makeCondition('FailureTarget', failure.reason, failure.message, nowMs)
  const rule = metSuccessRule(job, facts.succeededIndexes)
  if (rule === undefined) return undefined
  return makeCondition('SuccessCriteriaMet', 'SuccessPolicy', `Matched rules at index ${rule}`, nowMs)
}

interface Why {
  readonly reason: string
  readonly message: string
}

function failureOf(job: Job, pods: readonly Pod[], facts: Facts, nowMs: number): Why | undefined {
  const { spec } = job
  for (const pod of pods) {
    const message = hasFailed(job, pod) ? ruleOn(job, pod).message : undefined
    if (message !== undefined) return { reason: 'PodFailurePolicy', message }
  }
  if (facts.failed > (spec.backoffLimit ?? 6) || restartsTooOften(job, pods)) {
    return { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' }
  }
  if (deadlineInMs(job, nowMs) === 0) {
    return { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' }
  }
  const { failedIndexes, succeededIndexes } = facts
  if (failedIndexes === undefined || failedIndexes.size === 0) return undefined
  if (spec.maxFailedIndexes !== undefined && failedIndexes.size > spec.maxFailedIndexes) {
    const message = 'Job has exceeded the specified maximal number of failed indexes'
    return { reason: 'MaxFailedIndexesExceeded', message }
  }
  if (failedIndexes.size + succeededIndexes.size >= (spec.completions ?? Infinity)) {
    return { reason: 'FailedIndexes', message: 'Job has failed indexes' }
  }
  return undefined
}

/** Containers that are started again in their Pods count against the limit too. */
function restartsTooOften({ spec }: Job, pods: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false
  const limit = spec.backoffLimit ?? 6
  let restarts = 0
  for (const { status } of pods) {
    if (status.phase !== 'Running' && status.phase !== 'Pending') continue
    for (const { restartCount } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) {
      restarts += restartCount
    }
  }
  return limit === 0 ? restarts > 0 : restarts >= limit
}

/** In how many milliseconds the Job will have been active for too long; undefined when it cannot. */
export function deadlineInMs({ spec, status }: Job, nowMs: number): number | undefined {
  const { activeDeadlineSeconds, suspend } = spec
  if (activeDeadlineSeconds === undefined || status.startTime === undefined || suspend === true) return undefined
  return Math.max(0, parseTime(status.startTime) + activeDeadlineSeconds * 1000 - nowMs)
}

/** The number of the first rule of the success policy that is met. */
function metSuccessRule({ spec }: Job, succeeded: ReadonlySet<number>): number | undefined {
  if (succeeded.size === 0) return undefined
  for (const [at, { succeededIndexes, succeededCount }] of (spec.successPolicy?.rules ?? []).entries()) {
    if (succeededIndexes === undefined) {
      if (succeededCount !== undefined && succeeded.size >= succeededCount) return at
      continue
    }
    const required = parseIndexes(succeededIndexes, spec.completions ?? 0)
    const met = [...required].filter((index) => succeeded.has(index)).length
    if (required.size > 0 && (met === required.size || (succeededCount !== undefined && met >= succeededCount)))
      return at
  }
  return undefined
}

export function makeCondition(type: string, reason: string, message: string, nowMs: number): JobCondition {
  const now = formatTime(nowMs)
  return { type, status: 'True', reason, message, lastProbeTime: now, lastTransitionTime: now }
}
