import { defineKind } from '../meta/kind.ts'
import { PersistentVolume } from './v1.ts'

/** persistentvolumes, v1. */
export const PersistentVolumes = defineKind(PersistentVolume, {
  plural: 'persistentvolumes',
  shortNames: ['pv'],
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
