import { defineKind } from '../meta/kind.ts'
import { fromV2, toV2 } from './horizontal-pod-autoscaler-conversion.ts'
import { HorizontalPodAutoscalers } from './horizontal-pod-autoscaler.ts'
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
  storedAs: { kind: HorizontalPodAutoscalers, toStored: toV2, fromStored: fromV2 },
})
