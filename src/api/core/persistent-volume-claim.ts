import { age, orNone, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { persistentVolumeClaimDefaults } from './persistent-volume-claim-defaults.ts'
import { PersistentVolumeClaim } from './v1.ts'
import { accessModes, storageClassOf } from './volume-words.ts'
import { validateClaim, validateClaimUpdate } from './validation/claims.ts'

/** persistentvolumeclaims, v1. */
export const PersistentVolumeClaims = defineKind(PersistentVolumeClaim, {
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  defaults: persistentVolumeClaimDefaults,
  validate: validateClaim,
  validateUpdate: validateClaimUpdate,
  columns: [
    text('Status', 'Whether it is bound.', ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined ? status.phase : 'Terminating',
    ),
    text('Volume', 'The volume that it is bound to.', ({ spec }) => spec.volumeName),
    text('Capacity', 'How large that is.', ({ spec, status }) =>
      spec.volumeName ? (status.capacity?.['storage'] ?? '0') : '',
    ),
    text('Access Modes', 'Who may use it at once.', ({ spec, status }) =>
      spec.volumeName ? accessModes(status.accessModes) : '',
    ),
    text('StorageClass', 'Its storage class.', ({ metadata, spec }) =>
      storageClassOf(metadata.annotations, spec.storageClassName),
    ),
    text('VolumeAttributesClass', 'Its class of changeable settings.', ({ spec }) =>
      orNone(spec.volumeAttributesClassName, '<unset>'),
    ),
    age,
    wide(text('VolumeMode', 'A file system or a block device.', ({ spec }) => orNone(spec.volumeMode, '<unset>'))),
  ],
  selectableFields: { name: ({ metadata }) => metadata.name },
})
