import { age, orNone, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { PersistentVolume } from './v1.ts'
import { accessModes, storageClassOf } from './volume-words.ts'
import { validateVolume, validateVolumeUpdate } from './validation/claims.ts'

/** persistentvolumes, v1. */
export const PersistentVolumes = defineKind(PersistentVolume, {
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  validate: validateVolume,
  validateUpdate: validateVolumeUpdate,
  columns: [
    text('Capacity', 'How large it is.', ({ spec }) => spec.capacity?.['storage'] ?? '0'),
    text('Access Modes', 'Who may use it at once.', ({ spec }) => accessModes(spec.accessModes)),
    text(
      'Reclaim Policy',
      'What becomes of it when its claim is gone.',
      ({ spec }) => spec.persistentVolumeReclaimPolicy,
    ),
    text('Status', 'Whether it is free, bound or released.', ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined ? status.phase : 'Terminating',
    ),
    text(
      'Claim',
      'The claim that it is bound to.',
      ({ spec: { claimRef } }) => claimRef && `${claimRef.namespace ?? ''}/${claimRef.name ?? ''}`,
    ),
    text('StorageClass', 'Its storage class.', ({ metadata, spec }) =>
      storageClassOf(metadata.annotations, spec.storageClassName),
    ),
    text('VolumeAttributesClass', 'Its class of changeable settings.', ({ spec }) =>
      orNone(spec.volumeAttributesClassName, '<unset>'),
    ),
    text('Reason', 'Why it has failed.', ({ status }) => status.reason),
    age,
    wide(text('VolumeMode', 'A file system or a block device.', ({ spec }) => orNone(spec.volumeMode, '<unset>'))),
  ],
})
