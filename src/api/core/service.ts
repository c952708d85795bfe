import { defineKind } from '../meta/kind.ts'
import { Service } from './v1.ts'

/** services, v1. */
export const Services = defineKind(Service, {
  plural: 'services',
  shortNames: ['svc'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    proxy: { verbs: ['create', 'delete', 'get', 'patch', 'update'], kind: 'ServiceProxyOptions' },
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
