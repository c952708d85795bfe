import { validateTemplate } from '../core/validation/pod.ts'
import type { Problems } from '../meta/problems.ts'
import { selects } from '../meta/selectors.ts'
import { unchanged } from '../meta/validate-immutable.ts'
import { validateSelector } from '../meta/validate-labels.ts'
import { notNegative } from '../meta/validate-numbers.ts'
import { sameJson } from '../../lib/patch/json.ts'
import { scheduleProblem } from './schedule.ts'
import type { CronJob, Job, JobSpec } from './v1.ts'

const INDEXED_PARALLELISM_MAX = 100_000

/** Checks a Job. */
export function validateJob({ metadata, spec }: Job, problems: Problems): void {
  validateJobSpec(spec, 'spec', problems)
  const { selector, template, manualSelector } = spec
  if (selector === undefined) {
    problems.required('spec.selector')
    return
  }
  validateSelector(selector, 'spec.selector', problems)
  if (!selects(selector, template.metadata.labels)) {
    const detail = '`selector` does not match template `labels`'
    problems.invalid('spec.template.metadata.labels', template.metadata.labels, detail)
  }
  const uid = selector.matchLabels?.['batch.kubernetes.io/controller-uid'] ?? selector.matchLabels?.['controller-uid']
  if (manualSelector !== true && uid !== metadata.uid) {
    problems.invalid('spec.selector', selector, '`selector` not auto-generated')
  }
}

/** Checks what Jobs are to do, in a Job itself or in the template of one. */
export function validateJobSpec(spec: JobSpec, path: string, problems: Problems): void {
  for (const name of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
    'backoffLimitPerIndex',
    'maxFailedIndexes',
  ] as const) {
    notNegative(spec[name], `${path}.${name}`, problems)
  }
  validateIndexes(spec, path, problems)
  validateFailurePolicy(spec, path, problems)
  validateTemplate(spec.template, `${path}.template`, problems)
  const { restartPolicy } = spec.template.spec
  const field = `${path}.template.spec.restartPolicy`
  if (restartPolicy === undefined || restartPolicy === 'Always') {
    // Every container with an end of its own would be started again, so that the Job never ends.
    problems.required(field, 'valid values: "OnFailure", "Never"')
  } else if (spec.podFailurePolicy !== undefined && restartPolicy !== 'Never') {
    problems.invalid(field, restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')
  }
}

function validateIndexes(spec: JobSpec, path: string, problems: Problems): void {
  const { completions, parallelism = 1, backoffLimitPerIndex, maxFailedIndexes } = spec
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined) {
    problems.required(`${path}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')
  }
  if (spec.completionMode === 'Indexed') {
    if (completions === undefined) problems.required(`${path}.completions`, 'when completion mode is Indexed')
    if (parallelism > INDEXED_PARALLELISM_MAX) {
      const detail = `must be less than or equal to ${INDEXED_PARALLELISM_MAX} when completion mode is Indexed`
      problems.invalid(`${path}.parallelism`, parallelism, detail)
    }
    if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions) {
      problems.invalid(`${path}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions')
    }
    return
  }
  for (const name of ['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy'] as const) {
    if (spec[name] !== undefined) problems.invalid(`${path}.${name}`, spec[name], 'requires indexed completion mode')
  }
}

function validateFailurePolicy(spec: JobSpec, path: string, problems: Problems): void {
  const field = `${path}.podFailurePolicy.rules`
  for (const [i, { action, onExitCodes, onPodConditions = [] }] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const rule = `${field}[${i}]`
    if (onExitCodes === undefined && onPodConditions.length === 0) {
      problems.invalid(rule, '', 'specifying one of OnExitCodes and OnPodConditions is required')
    }
    if (onExitCodes !== undefined && onPodConditions.length > 0) {
      problems.invalid(rule, '', 'specifying both OnExitCodes and OnPodConditions is not supported')
    }
    if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
      problems.invalid(`${rule}.action`, action, 'requires the backoffLimitPerIndex to be set')
    }
    if (onExitCodes === undefined) continue
    const values = onExitCodes.values ?? []
    if (values.length === 0) problems.invalid(`${rule}.onExitCodes.values`, values, 'at least one value is required')
    values.forEach((code, j) => {
      if (onExitCodes.operator === 'In' && code === 0) {
        problems.invalid(`${rule}.onExitCodes.values[${j}]`, code, 'must not be 0 for the In operator')
      }
    })
    const { containerName } = onExitCodes
    const { containers, initContainers = [] } = spec.template.spec
    if (containerName !== undefined && ![...containers, ...initContainers].some(({ name }) => name === containerName)) {
      const detail = 'must be one of the container or initContainer names in the pod template'
      problems.invalid(`${rule}.onExitCodes.containerName`, containerName, detail)
    }
  }
}

/** Checks that of a Job only changes what can. */
export function validateJobUpdate(next: Job, old: Job, problems: Problems): void {
  const [spec, before] = [next.spec, old.spec]
  const isElastic = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism
  if (!isElastic) unchanged(spec.completions, before.completions, 'spec.completions', problems)
  const isResting = before.suspend === true && (old.status.active ?? 0) === 0 && old.status.startTime === undefined
  const [template, templateBefore] = isResting ? [steered(spec), steered(before)] : [spec.template, before.template]
  if (!sameJson(template, templateBefore)) problems.invalid('spec.template', spec.template, 'field is immutable')
  for (const name of [
    'selector',
    'completionMode',
    'podFailurePolicy',
    'backoffLimitPerIndex',
    'managedBy',
    'successPolicy',
  ] as const) {
    unchanged(spec[name], before[name], `spec.${name}`, problems)
  }
}

/** A template without what may still be decided before the first Pod: where it goes and what it is called. */
function steered({ template }: JobSpec): unknown {
  const { metadata, spec } = template
  const { affinity, nodeSelector: _n, tolerations: _t, schedulingGates: _g, ...rest } = spec
  const { labels: _l, annotations: _a, ...other } = metadata
  const { nodeAffinity: _na, ...affinities } = affinity ?? {}
  return { metadata: other, spec: { ...rest, affinity: Object.keys(affinities).length === 0 ? undefined : affinities } }
}

const NAME_LENGTH_MAX = 52

/** Checks a CronJob. */
export function validateCronJob({ spec }: CronJob, problems: Problems): void {
  const { schedule, timeZone, jobTemplate } = spec
  if (schedule !== '') {
    const problem = scheduleProblem(schedule)
    if (problem !== undefined) problems.invalid('spec.schedule', schedule, problem)
    if (schedule.includes('TZ')) {
      problems.invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead')
    }
  }
  if (timeZone !== undefined) validateTimeZone(timeZone, problems)
  for (const name of ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit'] as const) {
    notNegative(spec[name], `spec.${name}`, problems)
  }
  const path = 'spec.jobTemplate.spec'
  validateJobSpec(jobTemplate.spec, path, problems)
  if (jobTemplate.spec.manualSelector === true) {
    problems.notSupported(`${path}.manualSelector`, true, ['nil', 'false'])
  }
}

/** Checks what only a new CronJob cannot have: the names of its Jobs need room. */
export function validateCronJobCreate({ metadata }: CronJob, problems: Problems): void {
  if (metadata.name.length > NAME_LENGTH_MAX) {
    problems.invalid('metadata.name', metadata.name, `must be no more than ${NAME_LENGTH_MAX} characters`)
  }
}

function validateTimeZone(timeZone: string, problems: Problems): void {
  const field = 'spec.timeZone'
  if (timeZone === '') {
    problems.invalid(field, timeZone, 'timeZone must be nil or non-empty string')
  } else if (timeZone.toLowerCase() === 'local') {
    problems.invalid(
      field,
      timeZone,
      'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    )
  } else if (!isTimeZone(timeZone)) {
    problems.invalid(field, timeZone, `unknown time zone ${timeZone}`)
  }
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
