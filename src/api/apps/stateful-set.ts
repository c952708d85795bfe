import { defineKind } from '../meta/kind.ts'
import { StatefulSet } from './v1.ts'

/** statefulsets of apps, v1. */
export const StatefulSets = defineKind(StatefulSet, {
  plural: 'statefulsets',
  shortNames: ['sts'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    scale: { verbs: ['get', 'patch', 'update'], kind: 'Scale', group: 'autoscaling', version: 'v1' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
