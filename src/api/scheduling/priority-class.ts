import { defineKind } from '../meta/kind.ts'
import { PriorityClass } from './v1.ts'

/** priorityclasses of scheduling.k8s.io, v1. */
export const PriorityClasses = defineKind(PriorityClass, {
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
})
