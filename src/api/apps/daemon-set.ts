import { defineKind } from '../meta/kind.ts'
import { DaemonSet } from './v1.ts'

/** daemonsets of apps, v1. */
export const DaemonSets = defineKind(DaemonSet, {
  plural: 'daemonsets',
  shortNames: ['ds'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
