import { CronJobs } from '../api/batch/cron-job.ts'
import { Jobs } from '../api/batch/job.ts'
import type { CronJob, CronJobStatus, Job } from '../api/batch/v1.ts'
import type { Draft } from '../api/meta/schema.ts'
import { formatTime, parseTime } from '../api/meta/time.ts'
import { isWherryError } from '../lib/errors.ts'
import { isControlledBy } from './claim.ts'
import { outcomeOf, planForgetting, planStart } from './cron-job/plan.ts'
import { parseSchedule } from './cron-job/schedule.ts'
import type { Schedule } from './cron-job/schedule.ts'
import type { Cluster, Controller } from './runtime/controller.ts'
import { isEnding } from './runtime/reconciler.ts'

const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp'
/** Alarms may ring a little early; a Job must not be looked for before its time. */
const MARGIN_MS = 100

/** Starts a Job whenever its schedule says so. */
export const cronJobController: Controller<CronJob> = {
  name: 'cron-job',
  component: 'cronjob-controller',
  owner: CronJobs,
  reads: [Jobs],
  writes: [Jobs, CronJobs],
  async reconcile(cronJob, cluster) {
    const jobs = cluster.owned(Jobs)
    for (const job of planForgetting(cronJob, jobs)) await removeJob(cronJob, job, cluster)
    const status = followJobs(cronJob, jobs, cluster)
    const current = await cluster.status(cronJob, status)
    if (cronJob.metadata.deletionTimestamp !== undefined) return
    if (cronJob.spec.suspend === true) {
      cluster.decide(cronJob, 'waiting', 'Suspended', 'no Job is started while it is suspended')
      return
    }
    const schedule = scheduleOf(cronJob, cluster)
    if (schedule !== undefined) await start(current, schedule, jobs, cluster)
  },
}

function scheduleOf(cronJob: CronJob, cluster: Cluster<CronJob>): Schedule | undefined {
  try {
    return parseSchedule(cronJob.spec.schedule, cronJob.spec.timeZone)
  } catch (error) {
    const { message } = error as Error
    cluster.decide(cronJob, 'refused', 'UnparseableSchedule', message, { event: 'Warning' })
    return undefined
  }
}

/** The status with those Jobs as active that still run. */
function followJobs(cronJob: CronJob, jobs: readonly Job[], cluster: Cluster<CronJob>): CronJobStatus {
  const byUid = new Map(jobs.map((job) => [job.metadata.uid, job]))
  const { active = [], ...status } = cronJob.status
  let lastSuccess = status.lastSuccessfulTime
  const still = active.filter(({ uid, name }) => {
    const job = byUid.get(uid ?? '')
    if (job === undefined) {
      cluster.event(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`)
      return false
    }
    const outcome = outcomeOf(job)
    if (outcome === undefined) return true
    cluster.event(cronJob, 'Normal', 'SawCompletedJob', `Saw completed job: ${name}, condition: ${outcome}`)
    return false
  })
  for (const job of jobs) {
    const { completionTime } = job.status
    if (outcomeOf(job) !== 'Complete' || completionTime === undefined) continue
    if (lastSuccess === undefined || parseTime(completionTime) > parseTime(lastSuccess)) lastSuccess = completionTime
  }
  const known = new Set(still.map(({ uid }) => uid))
  // A Job that was made just before we were cut off is ours, though nothing says so yet.
  const forgotten = jobs.filter((job) => outcomeOf(job) === undefined && !known.has(job.metadata.uid))
  const lastSchedule = [status.lastScheduleTime, ...forgotten.map((job) => job.metadata.annotations?.[SCHEDULED_AT])]
    .filter((time) => time !== undefined)
    .reduce<string | undefined>(
      (last, time) => (last !== undefined && parseTime(last) >= parseTime(time) ? last : time),
      undefined,
    )
  return {
    ...status,
    active: [...still, ...forgotten.map(referenceTo)],
    ...(lastSuccess !== undefined && { lastSuccessfulTime: lastSuccess }),
    ...(lastSchedule !== undefined && { lastScheduleTime: lastSchedule }),
  }
}

async function start(
  cronJob: CronJob,
  schedule: Schedule,
  jobs: readonly Job[],
  cluster: Cluster<CronJob>,
): Promise<void> {
  const nowMs = cluster.clock.now()
  const active = jobs.filter((job) => outcomeOf(job) === undefined)
  const plan = planStart(cronJob, schedule, active, nowMs)
  if (plan.nextMs !== undefined) cluster.requeue(plan.nextMs - nowMs + MARGIN_MS)
  if (plan.missedTooMany) {
    const message = 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew'
    cluster.event(cronJob, 'Warning', 'TooManyMissedTimes', message)
  }
  if (plan.refused === 'TooLate') {
    cluster.decide(cronJob, 'refused', 'MissSchedule', 'the time for a Job has passed by too long ago', {
      event: 'Warning',
    })
  } else if (plan.refused === 'AlreadyActive') {
    const message = 'Not starting job because prior execution is running and concurrency policy is Forbid'
    cluster.decide(cronJob, 'waiting', 'JobAlreadyActive', message, {
      event: 'Normal',
      because: active.map((job) => ({ message: `${job.metadata.name} still runs` })),
    })
  } else if (plan.startForMs !== undefined) {
    for (const job of plan.replace) await removeJob(cronJob, job, cluster)
    await startFor(cronJob, plan.startForMs, plan.replace, cluster)
  }
}

async function startFor(
  cronJob: CronJob,
  scheduledMs: number,
  replaced: readonly Job[],
  cluster: Cluster<CronJob>,
): Promise<void> {
  const draft = jobFor(cronJob, scheduledMs)
  let job: Job
  try {
    job = await cluster.create(Jobs, draft)
    const message = `Created job ${job.metadata.name}`
    cluster.decide(cronJob, 'progress', 'SuccessfulCreate', message, { event: 'Normal' })
  } catch (error) {
    if (isEnding(error)) return
    if (!isWherryError(error, 'already-exists')) {
      const message = `Error creating job: ${(error as Error).message}`
      cluster.decide(cronJob, 'refused', 'FailedCreate', message, { event: 'Warning' })
      throw error
    }
    // Its name follows from its time: it is the one that we made before we were cut off, or somebody's in the way.
    job = await cluster.client.get(Jobs, { namespace: cronJob.metadata.namespace ?? '', name: draft.metadata!.name! })
    if (!isControlledBy(job, cronJob)) throw error
  }
  const gone = new Set(replaced.map((one) => one.metadata.uid))
  const active = (cronJob.status.active ?? []).filter(({ uid }) => uid !== job.metadata.uid && !gone.has(uid ?? ''))
  await cluster.status(cronJob, {
    ...cronJob.status,
    active: outcomeOf(job) === undefined ? [...active, referenceTo(job)] : active,
    lastScheduleTime: formatTime(scheduledMs),
  })
}

async function removeJob(cronJob: CronJob, job: Job, cluster: Cluster<CronJob>): Promise<void> {
  await cluster.remove(Jobs, job, { propagationPolicy: 'Background' })
  cluster.event(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
}

function jobFor(cronJob: CronJob, scheduledMs: number): Draft<Job> {
  const { metadata, spec } = cronJob.spec.jobTemplate
  return {
    metadata: {
      namespace: cronJob.metadata.namespace ?? '',
      name: `${cronJob.metadata.name}-${Math.floor(scheduledMs / 60_000)}`,
      labels: { ...metadata.labels },
      annotations: { ...metadata.annotations, [SCHEDULED_AT]: formatTime(scheduledMs) },
    },
    spec: spec as Draft<Job['spec']>,
  }
}

function referenceTo({ metadata: { namespace = '', name, uid, resourceVersion } }: Job) {
  return { apiVersion: Jobs.apiVersion, kind: Jobs.kind, namespace, name, uid, resourceVersion }
}
