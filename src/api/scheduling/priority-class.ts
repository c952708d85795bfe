import { age, count, flag, text, wide } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { PriorityClass } from './v1.ts'
import { validatePriorityClass, validatePriorityClassUpdate } from './priority-class-validation.ts'

/** priorityclasses of scheduling.k8s.io, v1. */
export const PriorityClasses = defineKind(PriorityClass, {
  plural: 'priorityclasses',
  shortNames: ['pc'],
  namespaced: false,
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
  columns: [
    count('Value', 'The priority that Pods of this class get.', ({ value }) => value),
    flag('Global-Default', 'Whether Pods without a class get it.', ({ globalDefault }) => globalDefault),
    age,
    wide(text('PreemptionPolicy', 'Whether its Pods may push out others.', ({ preemptionPolicy }) => preemptionPolicy)),
  ],
})
