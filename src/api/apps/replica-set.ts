import { defineKind } from '../meta/kind.ts'
import { ReplicaSet } from './v1.ts'

/** replicasets of apps, v1. */
export const ReplicaSets = defineKind(ReplicaSet, {
  plural: 'replicasets',
  shortNames: ['rs'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
