import { defineKind } from '../meta/kind.ts'
import { ResourceClaim } from './v1.ts'

/** resourceclaims of resource.k8s.io, v1. */
export const ResourceClaims = defineKind(ResourceClaim, {
  plural: 'resourceclaims',
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
