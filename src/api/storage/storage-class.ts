import { age, flag, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { StorageClass } from './v1.ts'
import { validateStorageClass, validateStorageClassUpdate } from './storage-class-validation.ts'

/** storageclasses of storage.k8s.io, v1. */
export const StorageClasses = defineKind(StorageClass, {
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
  validate: validateStorageClass,
  validateUpdate: validateStorageClassUpdate,
  columns: [
    text('Provisioner', 'Who makes its volumes.', ({ provisioner }) => provisioner),
    text(
      'ReclaimPolicy',
      'What becomes of a volume when its claim is gone.',
      ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete',
    ),
    text(
      'VolumeBindingMode',
      'When a claim gets its volume.',
      ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate',
    ),
    flag('AllowVolumeExpansion', 'Whether claims may grow.', ({ allowVolumeExpansion }) => allowVolumeExpansion),
    age,
  ],
})
