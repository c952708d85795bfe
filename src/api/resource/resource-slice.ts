import { defineKind } from '../meta/kind.ts'
import { ResourceSlice } from './v1.ts'

/** resourceslices of resource.k8s.io, v1. */
export const ResourceSlices = defineKind(ResourceSlice, {
  plural: 'resourceslices',
  namespaced: false,
})
