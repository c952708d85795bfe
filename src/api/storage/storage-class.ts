import { defineKind } from '../meta/kind.ts'
import { StorageClass } from './v1.ts'

/** storageclasses of storage.k8s.io, v1. */
export const StorageClasses = defineKind(StorageClass, {
  plural: 'storageclasses',
  shortNames: ['sc'],
  namespaced: false,
})
