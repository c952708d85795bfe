import { defineKind } from '../meta/kind.ts'
import { ConfigMap } from './v1.ts'

/** configmaps, v1. */
export const ConfigMaps = defineKind(ConfigMap, {
  plural: 'configmaps',
  shortNames: ['cm'],
  namespaced: true,
})
