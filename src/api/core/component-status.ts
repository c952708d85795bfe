import { defineKind } from '../meta/kind.ts'
import { ComponentStatus } from './v1.ts'

/** componentstatuses, v1. */
export const ComponentStatuses = defineKind(ComponentStatus, {
  plural: 'componentstatuses',
  shortNames: ['cs'],
  namespaced: false,
  verbs: ['get', 'list'],
})
