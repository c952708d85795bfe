import { age, count, orNone, someOf, text } from '../meta/columns.ts'
import type { Column } from '../meta/kind.ts'
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus } from './v2.ts'

/** What `kubectl get hpa` shows. */
export const horizontalPodAutoscalerColumns: readonly Column<HorizontalPodAutoscaler>[] = [
  text('Reference', 'What it scales.', ({ spec }) => `${spec.scaleTargetRef.kind}/${spec.scaleTargetRef.name}`),
  text('Targets', 'What its metrics are, and should be.', ({ spec, status }) =>
    someOf(
      (spec.metrics ?? []).map((metric, i) => targetText(metric, status.currentMetrics[i])),
      '<none>',
    ),
  ),
  text('MinPods', 'How many Pods to keep at least.', ({ spec }) => orNone(spec.minReplicas?.toString(), '<unset>')),
  count('MaxPods', 'How many Pods there may be.', ({ spec }) => spec.maxReplicas),
  count('Replicas', 'How many Pods there are.', ({ status }) => status.currentReplicas),
  age,
]

interface Amounts {
  readonly value?: string
  readonly averageValue?: string
  readonly averageUtilization?: number
}

/** `cpu: 40%/80%`, or `<unknown>` where nobody has measured yet. */
function targetText(spec: MetricSpec, status: MetricStatus | undefined): string {
  const wanted = spec.resource ?? spec.containerResource ?? spec.pods ?? spec.object ?? spec.external
  const known = status?.resource ?? status?.containerResource ?? status?.pods ?? status?.object ?? status?.external
  if (wanted === undefined) return '<unknown type>'
  const amounts = `${amountText(known?.current, wanted.target)}/${amountText(wanted.target, wanted.target)}`
  const name = spec.resource?.name ?? spec.containerResource?.name
  return name === undefined ? amounts : `${name}: ${amounts}`
}

/** An amount in the unit in which the target is given. */
function amountText(amounts: Amounts | undefined, target: Amounts): string {
  if (target.averageUtilization !== undefined) {
    return amounts?.averageUtilization === undefined ? '<unknown>' : `${amounts.averageUtilization}%`
  }
  if (target.averageValue === undefined) return amounts?.value ?? '<unknown>'
  const average = amounts?.averageValue
  return average === undefined || average === '0' ? '<unknown>' : `${average} (avg)`
}
