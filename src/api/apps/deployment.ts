import { defineKind } from '../meta/kind.ts'
import { Deployment } from './v1.ts'

/** deployments of apps, v1. */
export const Deployments = defineKind(Deployment, {
  plural: 'deployments',
  shortNames: ['deploy'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
