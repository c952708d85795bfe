import { defineKind } from '../meta/kind.ts'
import { horizontalPodAutoscalerColumns } from './horizontal-pod-autoscaler-columns.ts'
import { horizontalPodAutoscalerDefaults } from './horizontal-pod-autoscaler-defaults.ts'
import { HorizontalPodAutoscaler } from './v2.ts'
import { validateHorizontalPodAutoscaler } from './horizontal-pod-autoscaler-validation.ts'

/** horizontalpodautoscalers of autoscaling, v2. */
export const HorizontalPodAutoscalers = defineKind(HorizontalPodAutoscaler, {
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
  columns: horizontalPodAutoscalerColumns,
  defaults: horizontalPodAutoscalerDefaults,
  validate: validateHorizontalPodAutoscaler,
})
