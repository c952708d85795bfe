import { defineKind } from '../meta/kind.ts'
import { ControllerRevision } from './v1.ts'

/** controllerrevisions of apps, v1. */
export const ControllerRevisions = defineKind(ControllerRevision, {
  plural: 'controllerrevisions',
  namespaced: true,
})
