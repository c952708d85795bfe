import type { CronJob, Job } from '../../api/batch/v1.ts'
import { parseTime } from '../../api/meta/time.ts'
import { holds } from '../conditions.ts'
import { MISSED_MAX, missedTimes } from './schedule.ts'
import type { Schedule } from './schedule.ts'

/** What is to be done about a schedule now. */
export interface StartPlan {
  /** The time for which a Job is to start. */
  readonly startForMs: number | undefined
  /** Why none starts although its time has come. */
  readonly refused: 'TooLate' | 'AlreadyActive' | undefined
  /** The Jobs that have to end first. */
  readonly replace: readonly Job[]
  readonly missedTooMany: boolean
  readonly nextMs: number | undefined
}

/** Pure. Whether the time for another Job has come. `active` are those that still run. */
export function planStart(cronJob: CronJob, schedule: Schedule, active: readonly Job[], nowMs: number): StartPlan {
  const { spec, status, metadata } = cronJob
  const deadlineMs = spec.startingDeadlineSeconds === undefined ? Infinity : spec.startingDeadlineSeconds * 1000
  const lastMs = status.lastScheduleTime === undefined ? undefined : parseTime(status.lastScheduleTime)
  const since = Math.max(lastMs ?? parseTime(metadata.creationTimestamp), nowMs - deadlineMs)
  const missed = missedTimes(schedule, since, nowMs)
  const nextMs = schedule.next(nowMs)
  const nothing = {
    startForMs: undefined,
    refused: undefined,
    replace: [],
    missedTooMany: missed.count >= MISSED_MAX,
    nextMs,
  }
  if (missed.lastMs === undefined) return nothing
  if (missed.lastMs + deadlineMs < nowMs) return { ...nothing, refused: 'TooLate' }
  if (spec.concurrencyPolicy === 'Forbid' && active.length > 0) return { ...nothing, refused: 'AlreadyActive' }
  return { ...nothing, startForMs: missed.lastMs, replace: spec.concurrencyPolicy === 'Replace' ? active : [] }
}

export type Outcome = 'Complete' | 'Failed' | undefined

/** How a Job ended. */
export function outcomeOf({ status }: Job): Outcome {
  if (holds(status.conditions, 'Complete')) return 'Complete'
  return holds(status.conditions, 'Failed') ? 'Failed' : undefined
}

/** Pure. Jobs that have ended and are more than the history is to hold, the oldest ones. */
export function planForgetting({ spec }: CronJob, jobs: readonly Job[]): Job[] {
  const older = (a: Job, b: Job): number => startOf(a) - startOf(b) || (a.metadata.name < b.metadata.name ? -1 : 1)
  const beyond = (outcome: Outcome, limit: number | undefined): Job[] => {
    if (limit === undefined) return []
    const ended = jobs.filter((job) => outcomeOf(job) === outcome).toSorted(older)
    return ended.slice(0, Math.max(0, ended.length - limit))
  }
  return [...beyond('Complete', spec.successfulJobsHistoryLimit), ...beyond('Failed', spec.failedJobsHistoryLimit)]
}

const startOf = ({ status, metadata }: Job): number => parseTime(status.startTime ?? metadata.creationTimestamp)
