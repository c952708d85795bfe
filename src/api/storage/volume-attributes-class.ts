import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { VolumeAttributesClass } from './v1.ts'

/** volumeattributesclasses of storage.k8s.io, v1. */
export const VolumeAttributesClasses = defineKind(VolumeAttributesClass, {
  plural: 'volumeattributesclasses',
  shortNames: ['vac'],
  namespaced: false,
  columns: [text('DriverName', 'Whose volumes it is for.', ({ driverName }) => driverName)],
})
