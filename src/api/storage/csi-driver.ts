import { defineKind } from '../meta/kind.ts'
import { CSIDriver } from './v1.ts'

/** csidrivers of storage.k8s.io, v1. */
export const CSIDrivers = defineKind(CSIDriver, {
  plural: 'csidrivers',
  namespaced: false,
})
