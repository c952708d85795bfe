import { defineKind } from '../meta/kind.ts'
import { CronJob } from './v1.ts'

/** cronjobs of batch, v1. */
export const CronJobs = defineKind(CronJob, {
  plural: 'cronjobs',
  shortNames: ['cj'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
