import { defineKind } from '../meta/kind.ts'
import { APIService } from './v1.ts'

/** apiservices of apiregistration.k8s.io, v1. */
export const APIServices = defineKind(APIService, {
  plural: 'apiservices',
  categories: ['api-extensions'],
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
