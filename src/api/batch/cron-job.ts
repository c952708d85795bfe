import { age, containerColumns, count, orNone, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { cronJobDefaults } from './job-defaults.ts'
import { CronJob } from './v1.ts'
import { formatSelector } from '../meta/selectors.ts'
import { ageOf } from '../meta/ages.ts'
import { validateCronJob, validateCronJobCreate } from './job-validation.ts'

/** cronjobs of batch, v1. */
export const CronJobs = defineKind(CronJob, {
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: cronJobDefaults,
  validate: validateCronJob,
  validateCreate: validateCronJobCreate,
  columns: [
    text('Schedule', 'When it runs, in the notation of cron.', ({ spec }) => spec.schedule),
    text('Timezone', 'The time zone of the schedule.', ({ spec }) => orNone(spec.timeZone)),
    text('Suspend', 'Whether it makes no more Jobs.', ({ spec }) => (spec.suspend === true ? 'True' : 'False')),
    count('Active', 'How many of its Jobs run.', ({ status }) => status.active?.length),
    text('Last Schedule', 'How long ago the last Job was due.', ({ status }, nowMs) =>
      status.lastScheduleTime === undefined ? '<none>' : ageOf(status.lastScheduleTime, nowMs),
    ),
    age,
    ...containerColumns(({ spec }: CronJob) => spec.jobTemplate.spec.template.spec.containers),
    wide(
      text('Selector', 'Which Pods belong to its Jobs.', ({ spec }) =>
        orNone(spec.jobTemplate.spec.selector && formatSelector(spec.jobTemplate.spec.selector)),
      ),
    ),
  ],
})
