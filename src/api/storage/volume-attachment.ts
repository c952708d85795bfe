import { defineKind } from '../meta/kind.ts'
import { VolumeAttachment } from './v1.ts'

/** volumeattachments of storage.k8s.io, v1. */
export const VolumeAttachments = defineKind(VolumeAttachment, {
  plural: 'volumeattachments',
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
