import { defineKind } from '../meta/kind.ts'
import { Secret } from './v1.ts'

/** secrets, v1. */
export const Secrets = defineKind(Secret, {
  plural: 'secrets',
  namespaced: true,
})
