import { defineKind } from '../meta/kind.ts'
import { CSINode } from './v1.ts'

/** csinodes of storage.k8s.io, v1. */
export const CSINodes = defineKind(CSINode, {
  plural: 'csinodes',
  namespaced: false,
})
