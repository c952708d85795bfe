import { LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, int32, int64, list, quantity, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'autoscaling', version: 'v1', proto: 'k8s.io.api.autoscaling.v1' })

export const MetricSourceType = ['Object', 'Pods', 'Resource', 'ContainerResource', 'External'] as const
export type MetricSourceType = (typeof MetricSourceType)[number]

export const ContainerResourceMetricSource = message(
  'ContainerResourceMetricSource',
  'Where it comes from: container resource metric.',
  {
    name: string(1, { always: true, doc: 'Name.' }),
    targetAverageUtilization: int32(2, { pointer: true, doc: 'Target average utilization.' }),
    targetAverageValue: quantity(3, { pointer: true, doc: 'Target average value.' }),
    container: string(5, { always: true, doc: 'Container.' }),
  },
)
export type ContainerResourceMetricSource = Static<typeof ContainerResourceMetricSource>

export const ContainerResourceMetricStatus = message(
  'ContainerResourceMetricStatus',
  'What is known of: container resource metric.',
  {
    name: string(1, { always: true, doc: 'Name.' }),
    currentAverageUtilization: int32(2, { pointer: true, doc: 'Current average utilization.' }),
    currentAverageValue: quantity(3, { always: true, doc: 'Current average value.' }),
    container: string(4, { always: true, doc: 'Container.' }),
  },
)
export type ContainerResourceMetricStatus = Static<typeof ContainerResourceMetricStatus>

export const CrossVersionObjectReference = message(
  'CrossVersionObjectReference',
  'Cross version object reference.',
  {
    kind: string(1, { required: true, doc: 'Kind.' }),
    name: string(2, { required: true, doc: 'Name.' }),
    apiVersion: string(3, { doc: 'Api version.' }),
  },
  { atomic: true },
)
export type CrossVersionObjectReference = Static<typeof CrossVersionObjectReference>

export const ExternalMetricSource = message('ExternalMetricSource', 'Where it comes from: external metric.', {
  metricName: string(1, { always: true, doc: 'Metric name.' }),
  metricSelector: ref(2, LabelSelector, { doc: 'Metric selector.' }),
  targetValue: quantity(3, { pointer: true, doc: 'Target value.' }),
  targetAverageValue: quantity(4, { pointer: true, doc: 'Target average value.' }),
})
export type ExternalMetricSource = Static<typeof ExternalMetricSource>

export const ExternalMetricStatus = message('ExternalMetricStatus', 'What is known of: external metric.', {
  metricName: string(1, { always: true, doc: 'Metric name.' }),
  metricSelector: ref(2, LabelSelector, { doc: 'Metric selector.' }),
  currentValue: quantity(3, { always: true, doc: 'Current value.' }),
  currentAverageValue: quantity(4, { pointer: true, doc: 'Current average value.' }),
})
export type ExternalMetricStatus = Static<typeof ExternalMetricStatus>

export const HorizontalPodAutoscalerSpec = message(
  'HorizontalPodAutoscalerSpec',
  'What is wanted of: horizontal pod autoscaler.',
  {
    scaleTargetRef: embed(1, CrossVersionObjectReference, { required: true, doc: 'Scale target ref.' }),
    minReplicas: int32(2, { pointer: true, doc: 'Min replicas.' }),
    maxReplicas: int32(3, { required: true, doc: 'Max replicas.' }),
    targetCPUUtilizationPercentage: int32(4, { pointer: true, doc: 'Target CPU utilization percentage.' }),
  },
)
export type HorizontalPodAutoscalerSpec = Static<typeof HorizontalPodAutoscalerSpec>

export const HorizontalPodAutoscalerStatus = message(
  'HorizontalPodAutoscalerStatus',
  'What is known of: horizontal pod autoscaler.',
  {
    observedGeneration: int64(1, { pointer: true, doc: 'Observed generation.' }),
    lastScaleTime: time(2, { pointer: true, doc: 'When: last scale.' }),
    currentReplicas: int32(3, { required: true, doc: 'Current replicas.' }),
    desiredReplicas: int32(4, { required: true, doc: 'Desired replicas.' }),
    currentCPUUtilizationPercentage: int32(5, { pointer: true, doc: 'Current CPU utilization percentage.' }),
  },
)
export type HorizontalPodAutoscalerStatus = Static<typeof HorizontalPodAutoscalerStatus>

export const HorizontalPodAutoscaler = object('HorizontalPodAutoscaler', 'Horizontal pod autoscaler.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  spec: embed(2, HorizontalPodAutoscalerSpec, { required: true, omitempty: true, doc: 'Spec.' }),
  status: embed(3, HorizontalPodAutoscalerStatus, { doc: 'Status.' }),
})
export type HorizontalPodAutoscaler = Static<typeof HorizontalPodAutoscaler>

export const HorizontalPodAutoscalerCondition = message(
  'HorizontalPodAutoscalerCondition',
  'One thing that holds, or does not, of: horizontal pod autoscaler.',
  {
    type: string(1, { always: true, doc: 'Type.' }),
    status: string(2, { always: true, doc: 'Status.' }),
    lastTransitionTime: time(3, { doc: 'When: last transition.' }),
    reason: string(4, { doc: 'Reason.' }),
    message: string(5, { doc: 'Message.' }),
  },
)
export type HorizontalPodAutoscalerCondition = Static<typeof HorizontalPodAutoscalerCondition>

export const HorizontalPodAutoscalerList = object(
  'HorizontalPodAutoscalerList',
  'A page of objects: horizontal pod autoscaler.',
  {
    metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
    items: list(2, HorizontalPodAutoscaler, { required: true, doc: 'Items.' }),
  },
)
export type HorizontalPodAutoscalerList = Static<typeof HorizontalPodAutoscalerList>

export const ObjectMetricSource = message('ObjectMetricSource', 'Where it comes from: object metric.', {
  target: embed(1, CrossVersionObjectReference, { always: true, doc: 'Target.' }),
  metricName: string(2, { always: true, doc: 'Metric name.' }),
  targetValue: quantity(3, { always: true, doc: 'Target value.' }),
  selector: ref(4, LabelSelector, { doc: 'Selector.' }),
  averageValue: quantity(5, { pointer: true, doc: 'Average value.' }),
})
export type ObjectMetricSource = Static<typeof ObjectMetricSource>

export const PodsMetricSource = message('PodsMetricSource', 'Where it comes from: pods metric.', {
  metricName: string(1, { always: true, doc: 'Metric name.' }),
  targetAverageValue: quantity(2, { always: true, doc: 'Target average value.' }),
  selector: ref(3, LabelSelector, { doc: 'Selector.' }),
})
export type PodsMetricSource = Static<typeof PodsMetricSource>

export const ResourceMetricSource = message('ResourceMetricSource', 'Where it comes from: resource metric.', {
  name: string(1, { always: true, doc: 'Name.' }),
  targetAverageUtilization: int32(2, { pointer: true, doc: 'Target average utilization.' }),
  targetAverageValue: quantity(3, { pointer: true, doc: 'Target average value.' }),
})
export type ResourceMetricSource = Static<typeof ResourceMetricSource>

export const MetricSpec = message('MetricSpec', 'What is wanted of: metric.', {
  type: string(1, { always: true, enum: MetricSourceType, doc: 'Type.' }),
  object: ref(2, ObjectMetricSource, { doc: 'Object.' }),
  pods: ref(3, PodsMetricSource, { doc: 'Pods.' }),
  resource: ref(4, ResourceMetricSource, { doc: 'Resource.' }),
  containerResource: ref(7, ContainerResourceMetricSource, { doc: 'Container resource.' }),
  external: ref(5, ExternalMetricSource, { doc: 'External.' }),
})
export type MetricSpec = Static<typeof MetricSpec>

export const ObjectMetricStatus = message('ObjectMetricStatus', 'What is known of: object metric.', {
  target: embed(1, CrossVersionObjectReference, { always: true, doc: 'Target.' }),
  metricName: string(2, { always: true, doc: 'Metric name.' }),
  currentValue: quantity(3, { always: true, doc: 'Current value.' }),
  selector: ref(4, LabelSelector, { doc: 'Selector.' }),
  averageValue: quantity(5, { pointer: true, doc: 'Average value.' }),
})
export type ObjectMetricStatus = Static<typeof ObjectMetricStatus>

export const PodsMetricStatus = message('PodsMetricStatus', 'What is known of: pods metric.', {
  metricName: string(1, { always: true, doc: 'Metric name.' }),
  currentAverageValue: quantity(2, { always: true, doc: 'Current average value.' }),
  selector: ref(3, LabelSelector, { doc: 'Selector.' }),
})
export type PodsMetricStatus = Static<typeof PodsMetricStatus>

export const ResourceMetricStatus = message('ResourceMetricStatus', 'What is known of: resource metric.', {
  name: string(1, { always: true, doc: 'Name.' }),
  currentAverageUtilization: int32(2, { pointer: true, doc: 'Current average utilization.' }),
  currentAverageValue: quantity(3, { always: true, doc: 'Current average value.' }),
})
export type ResourceMetricStatus = Static<typeof ResourceMetricStatus>

export const MetricStatus = message('MetricStatus', 'What is known of: metric.', {
  type: string(1, { always: true, enum: MetricSourceType, doc: 'Type.' }),
  object: ref(2, ObjectMetricStatus, { doc: 'Object.' }),
  pods: ref(3, PodsMetricStatus, { doc: 'Pods.' }),
  resource: ref(4, ResourceMetricStatus, { doc: 'Resource.' }),
  containerResource: ref(7, ContainerResourceMetricStatus, { doc: 'Container resource.' }),
  external: ref(5, ExternalMetricStatus, { doc: 'External.' }),
})
export type MetricStatus = Static<typeof MetricStatus>

export const ScaleSpec = message('ScaleSpec', 'What is wanted of: scale.', {
  replicas: int32(1, { default: 0, doc: 'Replicas.' }),
})
export type ScaleSpec = Static<typeof ScaleSpec>

export const ScaleStatus = message('ScaleStatus', 'What is known of: scale.', {
  replicas: int32(1, { required: true, doc: 'Replicas.' }),
  selector: string(2, { doc: 'Selector.' }),
})
export type ScaleStatus = Static<typeof ScaleStatus>

export const Scale = object('Scale', 'Scale.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  spec: embed(2, ScaleSpec, { doc: 'Spec.' }),
  status: embed(3, ScaleStatus, { doc: 'Status.' }),
})
export type Scale = Static<typeof Scale>
