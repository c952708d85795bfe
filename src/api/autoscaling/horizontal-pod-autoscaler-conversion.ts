import { decodeObject } from '../meta/decode.ts'
import type { Message } from '../meta/schema.ts'
import { metricFromV1, metricStatusFromV1, metricStatusToV1, metricToV1 } from './metric-conversion.ts'
import * as v1 from './v1.ts'
import * as v2 from './v2.ts'

/** Where version 1 keeps what it has no fields for. */
const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'
const CURRENT_METRICS = 'autoscaling.alpha.kubernetes.io/current-metrics'
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior'
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions'

/** The same autoscaler in version 2, in which it is stored. */
export function toV2(scaler: v1.HorizontalPodAutoscaler): v2.HorizontalPodAutoscaler {
  const { targetCPUUtilizationPercentage, ...spec } = scaler.spec
  const { currentCPUUtilizationPercentage, ...status } = scaler.status
  const annotations = { ...scaler.metadata.annotations }
  const metrics = takeList(annotations, METRICS, v1.MetricSpec).map(metricFromV1)
  if (targetCPUUtilizationPercentage !== undefined) metrics.push(cpuMetric(targetCPUUtilizationPercentage))
  // Version 1 leaves this to the controller; version 2 says it.
  if (metrics.length === 0) metrics.push(cpuMetric(80))
  const currentMetrics = takeList(annotations, CURRENT_METRICS, v1.MetricStatus).map(metricStatusFromV1)
  if (currentCPUUtilizationPercentage !== undefined) {
    const current = { averageUtilization: currentCPUUtilizationPercentage }
    currentMetrics.push({ type: 'Resource', resource: { name: 'cpu', current } })
  }
  const conditions = takeList(annotations, CONDITIONS, v2.HorizontalPodAutoscalerCondition)
  const behavior = take(annotations, BEHAVIOR, v2.HorizontalPodAutoscalerBehavior)
  return {
    ...scaler,
    apiVersion: 'autoscaling/v2',
    metadata: withAnnotations(scaler.metadata, annotations),
    spec: {
      ...spec,
      metrics,
      ...(behavior === undefined ? {} : { behavior }),
    },
    status: {
      ...status,
      currentReplicas: status.currentReplicas,
      currentMetrics,
      ...(conditions.length === 0 ? {} : { conditions }),
    },
  }
}

/** The same autoscaler in version 1: the first processor metric has fields of its own, the rest is in annotations. */
export function fromV2(scaler: v2.HorizontalPodAutoscaler): v1.HorizontalPodAutoscaler {
  const { metrics = [], behavior, ...spec } = scaler.spec
  const { currentMetrics, conditions = [], ...status } = scaler.status
  const cpu = metrics.find((metric) => isCpu(metric.resource, metric.resource?.target.averageUtilization))
  const currentCpu = currentMetrics.find((metric) =>
    isCpu(metric.resource, metric.resource?.current.averageUtilization),
  )
  const annotations = { ...scaler.metadata.annotations }
  putList(annotations, METRICS, metrics.filter((metric) => metric !== cpu).map(metricToV1))
  putList(annotations, CURRENT_METRICS, currentMetrics.filter((metric) => metric !== currentCpu).map(metricStatusToV1))
  putList(annotations, CONDITIONS, conditions)
  if (behavior !== undefined) annotations[BEHAVIOR] = JSON.stringify(behavior)
  const target = cpu?.resource?.target.averageUtilization
  const current = currentCpu?.resource?.current.averageUtilization
  return {
    ...scaler,
    apiVersion: 'autoscaling/v1',
    metadata: withAnnotations(scaler.metadata, annotations),
    spec: { ...spec, ...(target === undefined ? {} : { targetCPUUtilizationPercentage: target }) },
    status: {
      ...status,
      currentReplicas: status.currentReplicas ?? 0,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  }
}

function cpuMetric(averageUtilization: number): v2.MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }
}

function isCpu(resource: { readonly name: string } | undefined, utilization: number | undefined): boolean {
  return resource?.name === 'cpu' && utilization !== undefined
}

type Annotations = Record<string, string>

function withAnnotations<M extends { annotations?: Annotations }>(metadata: M, annotations: Annotations): M {
  const { annotations: _, ...rest } = metadata
  return (Object.keys(annotations).length === 0 ? rest : { ...rest, annotations }) as M
}

/** What an annotation says, which is removed; nothing when it is absent or makes no sense. */
function take<T>(annotations: Annotations, name: string, message: Message<T>): T | undefined {
  const value = parsed(annotations, name)
  return value === undefined ? undefined : decoded(message, value)
}

function takeList<T>(annotations: Annotations, name: string, message: Message<T>): T[] {
  const list = parsed(annotations, name)
  return Array.isArray(list) ? list.map((one) => decoded(message, one)).filter((one) => one !== undefined) : []
}

function putList(annotations: Annotations, name: string, list: readonly unknown[]): void {
  if (list.length > 0) annotations[name] = JSON.stringify(list)
}

function parsed(annotations: Annotations, name: string): unknown {
  const text = annotations[name]
  delete annotations[name]
  try {
    return text === undefined ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

function decoded<T>(message: Message<T>, value: unknown): T | undefined {
  try {
    return decodeObject(message, value).object
  } catch {
    return undefined
  }
}
