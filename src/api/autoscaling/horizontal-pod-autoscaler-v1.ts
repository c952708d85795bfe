import { defineKind } from '../meta/kind.ts'
import { HorizontalPodAutoscaler } from './v1.ts'

/** horizontalpodautoscalers of autoscaling, v1. */
export const HorizontalPodAutoscalersV1 = defineKind(HorizontalPodAutoscaler, {
  plural: 'horizontalpodautoscalers',
  shortNames: ['hpa'],
  categories: ['all'],
  namespaced: true,
  subresources: {
    status: { verbs: ['get', 'patch', 'update'] },
  },
})
