import { age, containerColumns, orNone, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { jobDefaults } from './job-defaults.ts'
import { prepareJob } from './job-prepare.ts'
import { Job } from './v1.ts'
import { formatSelector } from '../meta/selectors.ts'
import { humanDuration } from '../meta/ages.ts'
import { validateJob, validateJobUpdate } from './job-validation.ts'

/** jobs of batch, v1. */
export const Jobs = defineKind(Job, {
  plural: 'jobs',
  categories: ['all'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: jobDefaults,
  prepare: prepareJob,
  validate: validateJob,
  validateUpdate: validateJobUpdate,
  columns: [
    text('Status', 'Where the Job stands, in one word.', ({ metadata, status }) => {
      const holds = (wanted: string): boolean =>
        status.conditions?.some(({ type, status }) => type === wanted && status === 'True') === true
      if (holds('Complete')) return 'Complete'
      if (holds('Failed')) return 'Failed'
      if (metadata.deletionTimestamp !== undefined) return 'Terminating'
      return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find(holds) ?? 'Running'
    }),
    text('Completions', 'How many Pods have succeeded, of how many.', ({ spec, status }) => {
      const succeeded = status.succeeded ?? 0
      if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`
      return (spec.parallelism ?? 0) > 1 ? `${succeeded}/1 of ${spec.parallelism}` : `${succeeded}/1`
    }),
    text('Duration', 'How long it ran, or runs already.', ({ status }, nowMs) => {
      if (status.startTime === undefined) return ''
      const end = status.completionTime === undefined ? nowMs : Date.parse(status.completionTime)
      return humanDuration(end - Date.parse(status.startTime))
    }),
    age,
    ...containerColumns(({ spec }: Job) => spec.template.spec.containers),
    wide(
      text('Selector', 'Which Pods belong to it.', ({ spec }) =>
        orNone(spec.selector && formatSelector(spec.selector)),
      ),
    ),
  ],
  selectableFields: { 'status.successful': ({ status }) => String(status.succeeded ?? 0) },
})
