import { Jobs } from '../api/batch/job.ts'
import type { Job, JobCondition, JobStatus } from '../api/batch/v1.ts'
import { Pods } from '../api/core/pod.ts'
import type { Pod } from '../api/core/v1.ts'
import { controllerOf, refersTo } from '../api/meta/owners.ts'
import { requirementsOf } from '../api/meta/selectors.ts'
import { formatTime } from '../api/meta/time.ts'
import type { OwnerReference } from '../api/meta/v1.ts'
import { isWherryError } from '../lib/errors.ts'
import { claim, isControlledBy } from './claim.ts'
import { findCondition, holds, withoutCondition } from './conditions.ts'
import { dependents } from './dependents.ts'
import { hasFailed, ruleOn } from './job/failures.ts'
import { formatIndexes, indexOf } from './job/indexes.ts'
import {
  deadlineInMs,
  isFinished,
  isIndexed,
  isTracked,
  makeCondition,
  observe,
  trackingFinalizer,
} from './job/observe.ts'
import type { Observation } from './job/observe.ts'
import { planPods, podFor } from './job/plan-pods.ts'
import { isReady } from './pods.ts'
import type { Cluster, Controller } from './runtime/controller.ts'
import { isEnding } from './runtime/reconciler.ts'
import { slowStart } from './slow-start.ts'

const MANAGER = 'kubernetes.io/job-controller'
/** The names of ended Pods that are not yet counted stand in the status: it must not grow without end. */
const UNCOUNTED_MAX = 500

/** Runs Pods to their end until enough of them have succeeded, or too many have failed. */
export const jobController: Controller<Job> = {
  name: 'job',
  component: 'job-controller',
  owner: Jobs,
  reads: [dependents(Pods, Jobs, (job) => job.spec.selector)],
  writes: [Pods, Jobs],
  async reconcile(job, cluster) {
    if ((job.spec.managedBy ?? MANAGER) !== MANAGER) return
    if (isFinished(job)) {
      await releaseAll(cluster.owned(Pods), cluster)
      return
    }
    const pods = await claim(cluster, {
      owner: job,
      ownerKind: Jobs,
      kind: Pods,
      selector: requirementsOf(job.spec.selector ?? {}),
      alsoOnAdopt: (pod) => ({ finalizers: [...(pod.metadata.finalizers ?? []), trackingFinalizer] }),
      alsoOnRelease: (pod) => ({ finalizers: withoutTracking(pod) }),
    })
    await new Round(job, pods, cluster).run()
  },
}

/** Lets Pods go that nobody is left to count: their Job is gone, or has let them go. */
export const jobPodController: Controller<Pod> = {
  name: 'job-pod',
  component: 'job-controller',
  owner: Pods,
  reads: [
    {
      kind: Jobs,
      matters: (job: Job | undefined) => job === undefined,
      owners: (job: Job, _caches, pods) =>
        pods
          .list(job.metadata.namespace)
          .filter((pod) => isControlledBy(pod, job))
          .map((pod) => pod.metadata),
    },
  ],
  writes: [Pods],
  concerns: (pod) => pod !== undefined && isTracked(pod),
  async reconcile(pod, cluster) {
    const owner = controllerOf(pod)
    if (owner !== undefined && (!refersTo(owner, Jobs) || (await isThere(owner, pod, cluster)))) return
    await release(pod, cluster)
  },
}

async function isThere(owner: OwnerReference, pod: Pod, cluster: Cluster<Pod>): Promise<boolean> {
  const ref = { namespace: pod.metadata.namespace ?? '', name: owner.name }
  if (cluster.cache(Jobs).get(ref)?.metadata.uid === owner.uid) return true
  try {
    return (await cluster.client.get(Jobs, ref)).metadata.uid === owner.uid
  } catch (error) {
    if (isWherryError(error, 'not-found')) return false
    throw error
  }
}

const withoutTracking = ({ metadata }: Pod): string[] =>
  (metadata.finalizers ?? []).filter((finalizer) => finalizer !== trackingFinalizer)

async function releaseAll(pods: readonly Pod[], cluster: Cluster<Job>): Promise<void> {
  for (const pod of pods) if (isTracked(pod)) await release(pod, cluster)
}

/** Takes the finalizer off, whatever else of the Pod changes meanwhile; that it is gone already is no error. */
async function release(pod: Pod, cluster: Pick<Cluster<Job>, 'patch'>): Promise<void> {
  if (!isTracked(pod)) return
  const metadata = { uid: pod.metadata.uid, '$deleteFromPrimitiveList/finalizers': [trackingFinalizer] }
  try {
    await cluster.patch(Pods, pod.metadata, { metadata }, { type: 'strategic' })
  } catch (error) {
    if (!isWherryError(error, 'not-found')) throw error
  }
}

/** One look at a Job: what its Pods show, what is made or ended, and what is written down. */
class Round {
  readonly #cluster: Cluster<Job>
  readonly #nowMs: number
  readonly #observed: Observation
  /** The Job as it is stored, and as it is from here on. */
  #stored: Job
  #job: Job
  #active: number
  #ready: number
  #terminating: number

  constructor(job: Job, pods: readonly Pod[], cluster: Cluster<Job>) {
    this.#cluster = cluster
    this.#nowMs = cluster.clock.now()
    this.#stored = job
    this.#job = withStart(job, this.#nowMs)
    this.#observed = observe(this.#job, pods, this.#nowMs)
    this.#active = this.#observed.active.length
    this.#ready = this.#observed.ready
    this.#terminating = this.#observed.terminating
  }

  async run(): Promise<void> {
    let verdict = this.#observed.verdict
    let failure: unknown
    let conditions = this.#job.status.conditions ?? []
    if (verdict === undefined) {
      if (this.#job.metadata.deletionTimestamp === undefined) {
        failure = await this.#managePods()
        conditions = this.#suspendedConditions()
      }
      if (this.#isComplete()) {
        const message = 'Reached expected number of succeeded pods'
        verdict = makeCondition('SuccessCriteriaMet', 'CompletionsReached', message, this.#nowMs)
      }
    }
    await this.#track(verdict, conditions)
    this.#explain(verdict)
    if (failure !== undefined) throw failure
    const deadlineMs = deadlineInMs(this.#job, this.#nowMs)
    if (deadlineMs !== undefined && verdict === undefined) this.#cluster.requeue(deadlineMs)
  }

  #isComplete(): boolean {
    const { completions } = this.#job.spec
    const { succeeded } = this.#observed
    return this.#active === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions)
  }

  /** Makes and ends Pods as planned; returns what went wrong. */
  async #managePods(): Promise<unknown> {
    const plan = planPods(this.#job, this.#observed, this.#nowMs)
    if (plan.waitMs > 0) this.#cluster.requeue(plan.waitMs)
    if (plan.remove.length > 0) return this.#endPods(plan.remove)
    const { done, error } = await slowStart(plan.create.length, async (at) => {
      const pod = await this.#cluster.create(Pods, podFor(this.#job, plan.create[at], this.#observed))
      this.#cluster.event(this.#job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
    })
    this.#active += done
    if (error === undefined || isEnding(error)) return undefined
    const message = `Error creating: ${(error as Error).message}`
    this.#cluster.decide(this.#job, 'refused', 'FailedCreate', message, { event: 'Warning' })
    return error
  }

  async #endPods(pods: readonly Pod[]): Promise<unknown> {
    const results = await Promise.allSettled(
      pods.map(async (pod) => {
        // It has not failed, so it must not be counted: that it is not tracked any more says so.
        await release(pod, this.#cluster)
        await this.#cluster.remove(Pods, pod)
        this.#active--
        this.#terminating++
        if (isReady(pod)) this.#ready--
        this.#cluster.event(this.#job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
      }),
    )
    return results.find((result) => result.status === 'rejected')?.reason
  }

  #suspendedConditions(): JobCondition[] {
    const { conditions = [] } = this.#job.status
    const old = findCondition(conditions, 'Suspended')
    const isSuspended = this.#job.spec.suspend === true
    if (isSuspended === (old?.status === 'True')) return conditions
    if (!isSuspended && old === undefined) return conditions
    const [reason, message] = isSuspended ? ['JobSuspended', 'Job suspended'] : ['JobResumed', 'Job resumed']
    this.#cluster.event(this.#job, 'Normal', isSuspended ? 'Suspended' : 'Resumed', message)
    const condition = {
      ...makeCondition('Suspended', reason, message, this.#nowMs),
      status: isSuspended ? 'True' : 'False',
    }
    const { startTime: _, ...status } = this.#job.status
    // Only the time since it was resumed counts against the deadline.
    this.#job = { ...this.#job, status: isSuspended ? status : { ...status, startTime: formatTime(this.#nowMs) } }
    return [...withoutCondition(conditions, 'Suspended'), condition as JobCondition]
  }

  /**
   * Writes down who has ended before it lets them go, and counts them after that: in whichever place it is cut off,
   * nobody is counted twice or forgotten.
   */
  async #track(verdict: JobCondition | undefined, conditions: readonly JobCondition[]): Promise<void> {
    const { ended, isAll } = this.#endedPods(verdict)
    const decided = verdict === undefined || holds(conditions, verdict.type) ? conditions : [...conditions, verdict]
    await this.#write({ ...this.#counted(ended), conditions: [...decided] })
    if (verdict !== undefined) {
      const error = await this.#endPods(this.#observed.active)
      if (error !== undefined) throw error
    }
    const isEnded = new Set(verdict === undefined ? [] : this.#observed.active)
    await Promise.all(ended.filter((pod) => !isEnded.has(pod)).map((pod) => release(pod, this.#cluster)))
    const tracked = new Set(this.#observed.pods.filter(isTracked).map((pod) => pod.metadata.uid))
    for (const pod of ended) tracked.delete(pod.metadata.uid)
    const status = { ...settled(this.#job.status, tracked), ...this.#counts() }
    const isOver = verdict !== undefined && isAll && this.#terminating === 0 && isEmpty(status.uncountedTerminatedPods)
    await this.#write(isOver ? this.#finished(status, verdict) : status)
  }

  async #write(status: JobStatus): Promise<void> {
    this.#stored = await this.#cluster.status(this.#stored, status)
    this.#job = this.#stored
  }

  #counts(): Pick<JobStatus, 'active' | 'ready' | 'terminating'> {
    return { active: this.#active, ready: this.#ready, terminating: this.#terminating }
  }

  /** Tracked Pods that may go once they are written down: those that have ended, and all when the Job has. */
  #endedPods(verdict: JobCondition | undefined): { ended: Pod[]; isAll: boolean } {
    const isOver = verdict !== undefined || this.#job.metadata.deletionTimestamp !== undefined
    const heirs = new Set(this.#observed.heirs.values())
    const ended = this.#observed.pods.filter((pod) => {
      if (!isTracked(pod)) return false
      if (isOver || pod.status.phase === 'Succeeded') return true
      return hasFailed(this.#job, pod) && !heirs.has(pod)
    })
    return { ended: ended.slice(0, UNCOUNTED_MAX), isAll: ended.length <= UNCOUNTED_MAX }
  }

  /** The status with these Pods among those that have ended but are not counted yet. */
  #counted(ended: readonly Pod[]): JobStatus {
    const tracked = new Set(this.#observed.pods.filter(isTracked).map((pod) => pod.metadata.uid))
    const status = settled(this.#job.status, tracked)
    const succeeded = new Set(status.uncountedTerminatedPods?.succeeded ?? [])
    const failed = new Set(status.uncountedTerminatedPods?.failed ?? [])
    const hasFailedAsAWhole = this.#observed.verdict?.type === 'FailureTarget'
    for (const pod of ended) {
      const { uid } = pod.metadata
      if (pod.status.phase === 'Succeeded' && !failed.has(uid)) {
        // For an index it is enough that it stands among the completed ones.
        if (!isIndexed(this.#job)) succeeded.add(uid)
      } else if (this.#countsAsFailed(pod, hasFailedAsAWhole)) {
        failed.add(uid)
      }
    }
    return {
      ...status,
      ...this.#counts(),
      uncountedTerminatedPods: { succeeded: [...succeeded], failed: [...failed] },
      ...this.#indexes(),
    }
  }

  #countsAsFailed(pod: Pod, hasFailedAsAWhole: boolean): boolean {
    const job = this.#job
    if (!hasFailed(job, pod) && !hasFailedAsAWhole) return false
    if (isIndexed(job) && indexOf(pod, job.spec.completions ?? 0) === undefined) return false
    return ruleOn(job, pod).counts
  }

  #indexes(): Partial<JobStatus> {
    if (!isIndexed(this.#job)) return {}
    const { succeededIndexes, failedIndexes } = this.#observed
    return {
      succeeded: succeededIndexes.size,
      completedIndexes: formatIndexes(succeededIndexes),
      ...(failedIndexes !== undefined && { failedIndexes: formatIndexes(failedIndexes) }),
    }
  }

  #finished(status: JobStatus, verdict: JobCondition): JobStatus {
    const isSuccess = verdict.type === 'SuccessCriteriaMet'
    const { reason = '', message = '' } = verdict
    const condition = makeCondition(isSuccess ? 'Complete' : 'Failed', reason, message, this.#nowMs)
    const { completions } = this.#job.spec
    if (isSuccess) {
      if (completions !== undefined && (status.succeeded ?? 0) > completions) {
        const tooMany = 'Too many succeeded pods running after completion count reached'
        this.#cluster.event(this.#job, 'Warning', 'TooManySucceededPods', tooMany)
      }
      this.#cluster.event(this.#job, 'Normal', 'Completed', 'Job completed')
    } else {
      this.#cluster.event(this.#job, 'Warning', reason, message)
    }
    return {
      ...status,
      ...(isSuccess && { completionTime: condition.lastTransitionTime! }),
      conditions: [...(status.conditions ?? []), condition],
    }
  }

  #explain(verdict: JobCondition | undefined): void {
    const { succeeded, failed } = this.#observed
    const { completions } = this.#job.spec
    const counts = `${succeeded}${completions === undefined ? '' : ` of ${completions}`} have succeeded, ${failed} have failed, ${this.#active} are active`
    if (isFinished(this.#job)) {
      const isFailed = holds(this.#job.status.conditions, 'Failed')
      this.#cluster.decide(this.#job, isFailed ? 'refused' : 'done', verdict!.reason!, counts, {
        because: [{ message: verdict!.message! }],
      })
    } else if (this.#job.spec.suspend === true) {
      this.#cluster.decide(this.#job, 'waiting', 'Suspended', counts, { help: 'resume it' })
    } else {
      this.#cluster.decide(this.#job, 'progress', 'Running', counts)
    }
  }
}

/** A Job begins when it is first seen, unless it is suspended. */
function withStart(job: Job, nowMs: number): Job {
  if (job.status.startTime !== undefined || job.spec.suspend === true) return job
  return { ...job, status: { ...job.status, startTime: formatTime(nowMs) } }
}

/** Pure. Counts those that were written down and have been let go. */
export function settled(status: JobStatus, tracked: ReadonlySet<string>): JobStatus {
  const { succeeded = [], failed = [] } = status.uncountedTerminatedPods ?? {}
  const kept = {
    succeeded: succeeded.filter((uid) => tracked.has(uid)),
    failed: failed.filter((uid) => tracked.has(uid)),
  }
  return {
    ...status,
    succeeded: (status.succeeded ?? 0) + succeeded.length - kept.succeeded.length,
    failed: (status.failed ?? 0) + failed.length - kept.failed.length,
    uncountedTerminatedPods: kept,
  }
}

function isEmpty(uncounted: JobStatus['uncountedTerminatedPods']): boolean {
  return (uncounted?.succeeded ?? []).length + (uncounted?.failed ?? []).length === 0
}
