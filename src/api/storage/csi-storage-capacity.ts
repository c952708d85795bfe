import { defineKind } from '../meta/kind.ts'
import { CSIStorageCapacity } from './v1.ts'

/** csistoragecapacities of storage.k8s.io, v1. */
export const CSIStorageCapacities = defineKind(CSIStorageCapacity, {
  plural: 'csistoragecapacities',
  namespaced: true,
})
