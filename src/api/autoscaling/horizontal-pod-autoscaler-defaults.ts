import type { HorizontalPodAutoscaler, HPAScalingRules } from './v2.ts'

/** What a HorizontalPodAutoscaler leaves out. */
export function horizontalPodAutoscalerDefaults({ spec }: HorizontalPodAutoscaler): void {
  if ((spec.metrics?.length ?? 0) === 0) {
    spec.metrics = [
      { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } },
    ]
  }
  const { behavior } = spec
  if (behavior === undefined) return
  behavior.scaleUp = completed(behavior.scaleUp, scaleUp())
  behavior.scaleDown = completed(behavior.scaleDown, scaleDown())
}

/** Growing is quick: double, or four more, whichever is more, every 15 seconds. */
function scaleUp(): HPAScalingRules {
  return {
    stabilizationWindowSeconds: 0,
    selectPolicy: 'Max',
    policies: [
      { type: 'Pods', value: 4, periodSeconds: 15 },
      { type: 'Percent', value: 100, periodSeconds: 15 },
    ],
  }
}

/** Shrinking may take all that is too many; how long it waits first is a setting of the controller. */
function scaleDown(): HPAScalingRules {
  return { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }
}

function completed(rules: HPAScalingRules = {}, from: HPAScalingRules): HPAScalingRules {
  const policies = (rules.policies?.length ?? 0) > 0 ? rules.policies : from.policies
  return { ...from, ...rules, policies }
}
