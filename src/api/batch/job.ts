import { defineKind } from '../meta/kind.ts'
import { Job } from './v1.ts'

/** jobs of batch, v1. */
export const Jobs = defineKind(Job, {
  plural: 'jobs',
  categories: ['all'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
