import { defineKind } from '../meta/kind.ts'
import { Binding } from './v1.ts'

/** bindings, v1. */
export const Bindings = defineKind(Binding, {
  plural: 'bindings',
  namespaced: true,
  verbs: ['create'],
})
