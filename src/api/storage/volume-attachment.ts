import { flag, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { VolumeAttachment } from './v1.ts'
import { validateAttachmentUpdate } from './storage-class-validation.ts'

/** volumeattachments of storage.k8s.io, v1. */
export const VolumeAttachments = defineKind(VolumeAttachment, {
  plural: 'volumeattachments',
  namespaced: false,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  validateUpdate: validateAttachmentUpdate,
  columns: [
    text('Attacher', 'The driver that attaches it.', ({ spec }) => spec.attacher),
    text('PV', 'The volume.', ({ spec }) => spec.source.persistentVolumeName),
    text('Node', 'The node that it is attached to.', ({ spec }) => spec.nodeName),
    flag('Attached', 'Whether it is attached.', ({ status }) => status.attached),
  ],
})
