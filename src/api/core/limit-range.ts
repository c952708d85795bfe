import { text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { limitRangeDefaults } from './limit-range-defaults.ts'
import { LimitRange } from './v1.ts'
import { validateLimitRange } from './validation/bounds.ts'

/** limitranges, v1. */
export const LimitRanges = defineKind(LimitRange, {
  plural: 'limitranges',
  shortNames: ['limits'],
  namespaced: true,
  defaults: limitRangeDefaults,
  validate: validateLimitRange,
  columns: [text('Created At', 'When it was created.', ({ metadata }) => metadata.creationTimestamp)],
})
