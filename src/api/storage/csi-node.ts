import { count } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { CSINode } from './v1.ts'

/** csinodes of storage.k8s.io, v1. */
export const CSINodes = defineKind(CSINode, {
  plural: 'csinodes',
  namespaced: false,
  columns: [count('Drivers', 'How many drivers the node has.', ({ spec }) => spec.drivers.length)],
})
