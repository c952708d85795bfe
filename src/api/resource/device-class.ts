import { defineKind } from '../meta/kind.ts'
import { DeviceClass } from './v1.ts'

/** deviceclasses of resource.k8s.io, v1. */
export const DeviceClasses = defineKind(DeviceClass, {
  plural: 'deviceclasses',
  namespaced: false,
})
