import { defineKind } from '../meta/kind.ts'
import { PersistentVolumeClaim } from './v1.ts'

/** persistentvolumeclaims, v1. */
export const PersistentVolumeClaims = defineKind(PersistentVolumeClaim, {
  plural: 'persistentvolumeclaims',
  shortNames: ['pvc'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
