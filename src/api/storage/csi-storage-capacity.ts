import { orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { CSIStorageCapacity } from './v1.ts'

/** csistoragecapacities of storage.k8s.io, v1. */
export const CSIStorageCapacities = defineKind(CSIStorageCapacity, {
  plural: 'csistoragecapacities',
  namespaced: true,
  columns: [
    text('StorageClassName', 'The storage class.', ({ storageClassName }) => storageClassName),
    text('Capacity', 'How much room there is.', ({ capacity }) => orNone(capacity, '<unset>')),
  ],
})
