import { defineKind } from '../meta/kind.ts'
import { PodTemplate } from './v1.ts'

/** podtemplates, v1. */
export const PodTemplates = defineKind(PodTemplate, {
  plural: 'podtemplates',
  namespaced: true,
})
