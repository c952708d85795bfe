import { podSpecDefaults } from '../core/pod-defaults.ts'
import type { CronJob, Job } from './v1.ts'

/** A Job whose indices have limits of their own has none in all. */
const UNLIMITED = 2 ** 31 - 1

/** What a Job leaves out. */
export function jobDefaults({ spec }: Job): void {
  podSpecDefaults(spec.template.spec)
  // Without either number, one Pod is to succeed; with only one of them, a queue of work is meant.
  if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1
  spec.parallelism ??= 1
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : UNLIMITED
  spec.completionMode ??= 'NonIndexed'
  spec.suspend ??= false
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed'
}

/** What a CronJob leaves out. What its Jobs leave out is set when they are made. */
export function cronJobDefaults({ spec }: CronJob): void {
  podSpecDefaults(spec.jobTemplate.spec.template.spec)
}
