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
    name: string(1, { required: true, doc: 'Its name.' }),
    targetAverageUtilization: int32(2, { pointer: true, doc: 'Target average utilization.' }),
    targetAverageValue: quantity(3, { pointer: true, doc: 'Target average value.' }),
    container: string(5, { required: true, doc: 'Container.' }),
  },
)
export type ContainerResourceMetricSource = Static<typeof ContainerResourceMetricSource>

export const ContainerResourceMetricStatus = message(
  'ContainerResourceMetricStatus',
  'What is known of: container resource metric.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    currentAverageUtilization: int32(2, { pointer: true, doc: 'Current average utilization.' }),
    currentAverageValue: quantity(3, { required: true, doc: 'Current average value.' }),
    container: string(4, { required: true, doc: 'Container.' }),
  },
)
export type ContainerResourceMetricStatus = Static<typeof ContainerResourceMetricStatus>

export const CrossVersionObjectReference = message(
  'CrossVersionObjectReference',
  'Cross version object reference.',
  {
    kind: string(1, { required: true, doc: 'The kind of the thing.' }),
    name: string(2, { required: true, doc: 'Its name.' }),
    apiVersion: string(3, { doc: 'The version of the API that this is written for.' }),
  },
  { atomic: true },
)
export type CrossVersionObjectReference = Static<typeof CrossVersionObjectReference>

export const ExternalMetricSource = message('ExternalMetricSource', 'Where it comes from: external metric.', {
  metricName: string(1, { required: true, doc: 'Metric name.' }),
  metricSelector: ref(2, LabelSelector, { doc: 'Metric selector.' }),
  targetValue: quantity(3, { pointer: true, doc: 'Target value.' }),
  targetAverageValue: quantity(4, { pointer: true, doc: 'Target average value.' }),
})
export type ExternalMetricSource = Static<typeof ExternalMetricSource>

export const ExternalMetricStatus = message('ExternalMetricStatus', 'What is known of: external metric.', {
  metricName: string(1, { required: true, doc: 'Metric name.' }),
  metricSelector: ref(2, LabelSelector, { doc: 'Metric selector.' }),
  currentValue: quantity(3, { required: true, doc: 'Current value.' }),
  currentAverageValue: quantity(4, { pointer: true, doc: 'Current average value.' }),
})
export type ExternalMetricStatus = Static<typeof ExternalMetricStatus>

export const HorizontalPodAutoscalerSpec = message(
  'HorizontalPodAutoscalerSpec',
  'What is wanted of: horizontal pod autoscaler.',
  {
    scaleTargetRef: embed(1, CrossVersionObjectReference, { required: true, doc: 'Scale target ref.' }),
    minReplicas: int32(2, { pointer: true, default: 1, doc: 'Min replicas.' }),
    maxReplicas: int32(3, { required: true, doc: 'Max replicas.' }),
    targetCPUUtilizationPercentage: int32(4, { pointer: true, doc: 'Target CPU utilization percentage.' }),
  },
)
export type HorizontalPodAutoscalerSpec = Static<typeof HorizontalPodAutoscalerSpec>

export const HorizontalPodAutoscalerStatus = message(
  'HorizontalPodAutoscalerStatus',
  'What is known of: horizontal pod autoscaler.',
  {
    observedGeneration: int64(1, { pointer: true, doc: 'The generation that this was written for.' }),
    lastScaleTime: time(2, { pointer: true, doc: 'When: last scale.' }),
    currentReplicas: int32(3, { required: true, doc: 'How many Pods there are of the current revision.' }),
    desiredReplicas: int32(4, { required: true, doc: 'How many Pods there should be.' }),
    currentCPUUtilizationPercentage: int32(5, { pointer: true, doc: 'Current CPU utilization percentage.' }),
  },
)
export type HorizontalPodAutoscalerStatus = Static<typeof HorizontalPodAutoscalerStatus>

export const HorizontalPodAutoscaler = object(
  'HorizontalPodAutoscaler',
  'Changes the number of Pods with their load.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    spec: embed(2, HorizontalPodAutoscalerSpec, { required: true, omitempty: true, doc: 'What is wanted.' }),
    status: embed(3, HorizontalPodAutoscalerStatus, { doc: 'What is known.' }),
  },
)
export type HorizontalPodAutoscaler = Static<typeof HorizontalPodAutoscaler>

export const HorizontalPodAutoscalerCondition = message(
  'HorizontalPodAutoscalerCondition',
  'One thing that holds, or does not, of: horizontal pod autoscaler.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    lastTransitionTime: time(3, { doc: 'When it last changed.' }),
    reason: string(4, { doc: 'Why, in one word.' }),
    message: string(5, { doc: 'What happened, for people to read.' }),
  },
)
export type HorizontalPodAutoscalerCondition = Static<typeof HorizontalPodAutoscalerCondition>

export const HorizontalPodAutoscalerList = object(
  'HorizontalPodAutoscalerList',
  'A page of objects: horizontal pod autoscaler.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, HorizontalPodAutoscaler, { required: true, doc: 'The objects.' }),
  },
)
export type HorizontalPodAutoscalerList = Static<typeof HorizontalPodAutoscalerList>

export const ObjectMetricSource = message('ObjectMetricSource', 'Where it comes from: object metric.', {
  target: embed(1, CrossVersionObjectReference, { required: true, doc: 'Target.' }),
  metricName: string(2, { required: true, doc: 'Metric name.' }),
  targetValue: quantity(3, { required: true, doc: 'Target value.' }),
  selector: ref(4, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
  averageValue: quantity(5, { pointer: true, doc: 'Average value.' }),
})
export type ObjectMetricSource = Static<typeof ObjectMetricSource>

export const PodsMetricSource = message('PodsMetricSource', 'Where it comes from: pods metric.', {
  metricName: string(1, { required: true, doc: 'Metric name.' }),
  targetAverageValue: quantity(2, { required: true, doc: 'Target average value.' }),
  selector: ref(3, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
})
export type PodsMetricSource = Static<typeof PodsMetricSource>

export const ResourceMetricSource = message('ResourceMetricSource', 'Where it comes from: resource metric.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  targetAverageUtilization: int32(2, { pointer: true, doc: 'Target average utilization.' }),
  targetAverageValue: quantity(3, { pointer: true, doc: 'Target average value.' }),
})
export type ResourceMetricSource = Static<typeof ResourceMetricSource>

export const MetricSpec = message('MetricSpec', 'What is wanted of: metric.', {
  type: string(1, { required: true, enum: MetricSourceType, doc: 'Which of several kinds it is.' }),
  object: ref(2, ObjectMetricSource, { doc: 'Object.' }),
  pods: ref(3, PodsMetricSource, { doc: 'Pods.' }),
  resource: ref(4, ResourceMetricSource, { doc: 'Resource.' }),
  containerResource: ref(7, ContainerResourceMetricSource, { doc: 'Container resource.' }),
  external: ref(5, ExternalMetricSource, { doc: 'External.' }),
})
export type MetricSpec = Static<typeof MetricSpec>

export const ObjectMetricStatus = message('ObjectMetricStatus', 'What is known of: object metric.', {
  target: embed(1, CrossVersionObjectReference, { required: true, doc: 'Target.' }),
  metricName: string(2, { required: true, doc: 'Metric name.' }),
  currentValue: quantity(3, { required: true, doc: 'Current value.' }),
  selector: ref(4, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
  averageValue: quantity(5, { pointer: true, doc: 'Average value.' }),
})
export type ObjectMetricStatus = Static<typeof ObjectMetricStatus>

export const PodsMetricStatus = message('PodsMetricStatus', 'What is known of: pods metric.', {
  metricName: string(1, { required: true, doc: 'Metric name.' }),
  currentAverageValue: quantity(2, { required: true, doc: 'Current average value.' }),
  selector: ref(3, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
})
export type PodsMetricStatus = Static<typeof PodsMetricStatus>

export const ResourceMetricStatus = message('ResourceMetricStatus', 'What is known of: resource metric.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  currentAverageUtilization: int32(2, { pointer: true, doc: 'Current average utilization.' }),
  currentAverageValue: quantity(3, { required: true, doc: 'Current average value.' }),
})
export type ResourceMetricStatus = Static<typeof ResourceMetricStatus>

export const MetricStatus = message('MetricStatus', 'What is known of: metric.', {
  type: string(1, { required: true, enum: MetricSourceType, doc: 'Which of several kinds it is.' }),
  object: ref(2, ObjectMetricStatus, { doc: 'Object.' }),
  pods: ref(3, PodsMetricStatus, { doc: 'Pods.' }),
  resource: ref(4, ResourceMetricStatus, { doc: 'Resource.' }),
  containerResource: ref(7, ContainerResourceMetricStatus, { doc: 'Container resource.' }),
  external: ref(5, ExternalMetricStatus, { doc: 'External.' }),
})
export type MetricStatus = Static<typeof MetricStatus>

export const ScaleSpec = message('ScaleSpec', 'What is wanted of: scale.', {
  replicas: int32(1, { default: 0, doc: 'How many there are to be.' }),
})
export type ScaleSpec = Static<typeof ScaleSpec>

export const ScaleStatus = message('ScaleStatus', 'What is known of: scale.', {
  replicas: int32(1, { required: true, doc: 'How many replicas there are.' }),
  selector: string(2, { doc: 'Which objects are meant, by their labels.' }),
})
export type ScaleStatus = Static<typeof ScaleStatus>

export const Scale = object('Scale', 'How many replicas there are, and should be.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, ScaleSpec, { doc: 'What is wanted.' }),
  status: embed(3, ScaleStatus, { doc: 'What is known.' }),
})
export type Scale = Static<typeof Scale>
