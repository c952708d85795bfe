import type { Job } from '../../api/batch/v1.ts'
import type { Container, Pod } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { byDeletionRank } from '../pod-ranking.ts'
import { isTerminal, isTerminating, podFromTemplate } from '../pods.ts'
import { endedAtMs, hasFailed, replacesOnlyFailed, ruleOn, waitAfterFailures, waitOf } from './failures.ts'
import { failureAnnotations, failuresBefore, indexAnnotation, indexOf, pendingIndexes } from './indexes.ts'
import { isIndexed, isTracked, trackingFinalizer } from './observe.ts'
import type { Observation } from './observe.ts'

export interface PodPlan {
  readonly remove: readonly Pod[]
  /** Pods to make; each for an index, or for none. */
  readonly create: readonly (number | undefined)[]
  /** In how many milliseconds more may be made. */
  readonly waitMs: number
}

/** How many Pods are made or removed in one go. */
const BURST = 500
const NOTHING: PodPlan = { remove: [], create: [], waitMs: 0 }

/** Pure. Which Pods of a Job that goes on are too many, or missing. */
export function planPods(job: Job, observed: Observation, nowMs: number): PodPlan {
  const { active } = observed
  if (job.spec.suspend === true) return { ...NOTHING, remove: active }
  const wanted = wantedActive(job, observed)
  const remove = surplusOf(job, active, Math.max(0, active.length - wanted), nowMs).slice(0, BURST)
  if (remove.length > 0) return { ...NOTHING, remove }
  const missing = wanted - active.length - (replacesOnlyFailed(job) ? observed.terminating : 0)
  if (missing <= 0) return NOTHING
  return isIndexed(job)
    ? planIndexes(job, observed, Math.min(missing, BURST), nowMs)
    : delayed(
        job,
        observed,
        Array.from({ length: Math.min(missing, BURST) }, () => undefined),
        nowMs,
      )
}

function wantedActive({ spec }: Job, { active, succeeded }: Observation): number {
  const { parallelism = 1, completions } = spec
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism
  return Math.max(0, Math.min(parallelism, completions - succeeded))
}

/** At least `count` Pods that can go; of an indexed Job also every second one of an index, and those of none. */
function surplusOf(job: Job, active: readonly Pod[], count: number, nowMs: number): Pod[] {
  const byRank = (pods: readonly Pod[]): Pod[] => byDeletionRank(pods, { nowMs, crowding: () => 0 })
  if (!isIndexed(job)) return count === 0 ? [] : byRank(active).slice(0, count)
  const kept = new Map<number, Pod>()
  const surplus: Pod[] = []
  for (const pod of byRank(active).toReversed()) {
    const index = indexOf(pod, job.spec.completions ?? 0)
    if (index === undefined || kept.has(index)) surplus.push(pod)
    else kept.set(index, pod)
  }
  const more = byRank([...kept.values()]).slice(0, Math.max(0, count - surplus.length))
  return [...surplus, ...more]
}

function planIndexes(job: Job, observed: Observation, count: number, nowMs: number): PodPlan {
  const completions = job.spec.completions ?? 0
  const indexesOf = (pods: readonly Pod[]): Set<number> =>
    new Set(pods.flatMap((pod) => indexOf(pod, completions) ?? []))
  const terminating = observed.pods.filter((pod) => isTerminating(pod) && !isTerminal(pod))
  const pending = pendingIndexes(count, completions, [
    indexesOf(observed.active),
    observed.succeededIndexes,
    observed.failedIndexes ?? new Set(),
    ...(replacesOnlyFailed(job) ? [indexesOf(terminating)] : []),
  ])
  if (observed.failedIndexes === undefined) return delayed(job, observed, pending, nowMs)
  // Where each index has a limit of its own, each waits by itself.
  const waits = pending.map((index) => waitOfIndex(observed.heirs.get(index), nowMs))
  const create = pending.filter((_, at) => waits[at] === 0)
  return {
    remove: [],
    create,
    waitMs: create.length === pending.length ? 0 : Math.min(...waits.filter((ms) => ms > 0)),
  }
}

function waitOfIndex(heir: Pod | undefined, nowMs: number): number {
  if (heir === undefined) return 0
  const { counted, ignored } = failuresBefore(heir)
  return waitAfterFailures(counted + ignored + 1, endedAtMs(heir), nowMs)
}

function delayed(job: Job, { pods }: Observation, create: readonly (number | undefined)[], nowMs: number): PodPlan {
  // A Pod that was ended because the Job was suspended or shrunk has no finalizer any more, and has not failed.
  const telling = pods.filter((pod) => isTracked(pod) || !isTerminating(pod))
  const waitMs = waitOf(job, telling, nowMs)
  return waitMs > 0 ? { ...NOTHING, waitMs } : { ...NOTHING, create }
}

/** A Pod of the Job, for one of its indexes when it has them. */
export function podFor(job: Job, index: number | undefined, { heirs, failedIndexes }: Observation): Draft<Pod> {
  const { namespace = '', name } = job.metadata
  const pod = podFromTemplate(job.spec.template, namespace, name)
  const finalizers = [...(pod.metadata!.finalizers ?? []), trackingFinalizer]
  if (index === undefined) return { ...pod, metadata: { ...pod.metadata, finalizers } }
  const key = { [indexAnnotation]: String(index) }
  const failures = failedIndexes === undefined ? {} : inheritedFailures(job, heirs.get(index))
  return {
    metadata: {
      ...pod.metadata,
      finalizers,
      generateName: indexedPrefix(name, index),
      labels: { ...pod.metadata!.labels, ...key },
      annotations: { ...pod.metadata!.annotations, ...key, ...failures },
    },
    spec: {
      ...pod.spec,
      hostname: `${name}-${index}`,
      containers: (pod.spec!.containers ?? []).map(withIndex),
      ...(pod.spec!.initContainers !== undefined && { initContainers: pod.spec!.initContainers.map(withIndex) }),
    },
  }
}

function inheritedFailures(job: Job, heir: Pod | undefined): Record<string, string> {
  if (heir === undefined) return failureAnnotations(0, 0)
  const { counted, ignored } = failuresBefore(heir)
  const counts = hasFailed(job, heir) && ruleOn(job, heir).counts
  return failureAnnotations(counted + (counts ? 1 : 0), ignored + (counts ? 0 : 1))
}

const GENERATED_MAX = 58

function indexedPrefix(name: string, index: number): string {
  const end = `-${index}-`
  return name.slice(0, GENERATED_MAX - end.length) + end
}

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX'

function withIndex(container: Draft<Container>): Draft<Container> {
  const env = container.env ?? []
  if (env.some((one) => one.name === INDEX_VARIABLE)) return container
  const fieldRef = { apiVersion: 'v1', fieldPath: `metadata.labels['${indexAnnotation}']` }
  return { ...container, env: [...env, { name: INDEX_VARIABLE, valueFrom: { fieldRef } }] }
}
