import { defineKind } from '../meta/kind.ts'
import { LimitRange } from './v1.ts'

/** limitranges, v1. */
export const LimitRanges = defineKind(LimitRange, {
  plural: 'limitranges',
  shortNames: ['limits'],
  namespaced: true,
})
