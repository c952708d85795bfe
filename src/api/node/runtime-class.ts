import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { RuntimeClass } from './v1.ts'
import { validateRuntimeClass, validateRuntimeClassUpdate } from './runtime-class-validation.ts'

/** runtimeclasses of node.k8s.io, v1. */
export const RuntimeClasses = defineKind(RuntimeClass, {
  plural: 'runtimeclasses',
  namespaced: false,
  validate: validateRuntimeClass,
  validateUpdate: validateRuntimeClassUpdate,
  columns: [text('Handler', 'What the runtime calls it.', ({ handler }) => handler)],
})
