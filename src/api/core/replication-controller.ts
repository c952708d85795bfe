import { defineKind } from '../meta/kind.ts'
import { ReplicationController } from './v1.ts'

/** replicationcontrollers, v1. */
export const ReplicationControllers = defineKind(ReplicationController, {
  plural: 'replicationcontrollers',
  shortNames: ['rc'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
