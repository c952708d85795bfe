import { orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { ResourceSlice } from './v1.ts'

/** resourceslices of resource.k8s.io, v1. */
export const ResourceSlices = defineKind(ResourceSlice, {
  plural: 'resourceslices',
  namespaced: false,
  columns: [
    text('Node', 'The node whose devices these are.', ({ spec }) => orNone(spec.nodeName, '<unset>')),
    text('Driver', 'Whose devices these are.', ({ spec }) => spec.driver),
    text('Pool', 'The pool that they belong to.', ({ spec }) => spec.pool.name),
  ],
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.driver': ({ spec }) => spec.driver,
  },
})
