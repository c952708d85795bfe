import { defineKind } from '../meta/kind.ts'
import { ResourceQuota } from './v1.ts'

/** resourcequotas, v1. */
export const ResourceQuotas = defineKind(ResourceQuota, {
  plural: 'resourcequotas',
  shortNames: ['quota'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
