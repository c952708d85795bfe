import { count, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { PodDisruptionBudget } from './v1.ts'
import { validatePodDisruptionBudget } from './pod-disruption-budget-validation.ts'

/** poddisruptionbudgets of policy, v1. */
export const PodDisruptionBudgets = defineKind(PodDisruptionBudget, {
  plural: 'poddisruptionbudgets',
  shortNames: ['pdb'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  validate: validatePodDisruptionBudget,
  columns: [
    text('Min Available', 'How many Pods have to be left.', ({ spec }) => String(spec.minAvailable ?? 'N/A')),
    text('Max Unavailable', 'How many Pods may be missing.', ({ spec }) => String(spec.maxUnavailable ?? 'N/A')),
    count('Allowed Disruptions', 'How many Pods may be evicted now.', ({ status }) => status.disruptionsAllowed),
  ],
})
