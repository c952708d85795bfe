import { defineKind } from '../meta/kind.ts'
import { PodDisruptionBudget } from './v1.ts'

/** poddisruptionbudgets of policy, v1. */
export const PodDisruptionBudgets = defineKind(PodDisruptionBudget, {
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
