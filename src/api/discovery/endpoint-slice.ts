import { defineKind } from '../meta/kind.ts'
import { EndpointSlice } from './v1.ts'

/** endpointslices of discovery.k8s.io, v1. */
export const EndpointSlices = defineKind(EndpointSlice, {
  plural: 'endpointslices',
  namespaced: true,
})
