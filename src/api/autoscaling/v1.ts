import { LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, int32, int64, list, quantity, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'autoscaling', version: 'v1', proto: 'k8s.io.api.autoscaling.v1' })

export const MetricSourceType = ['Object', 'Pods', 'Resource', 'ContainerResource', 'External'] as const
export type MetricSourceType = (typeof MetricSourceType)[number]

export const ContainerResourceMetricSource = message(
  'ContainerResourceMetricSource',
  'Container resource metric source.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    targetAverageUtilization: int32(2, {
      pointer: true,
      doc: 'The share of what Pods ask for that they should use, in percent.',
    }),
    targetAverageValue: quantity(3, { pointer: true, doc: 'How much a Pod should have on average.' }),
    container: string(5, { required: true, doc: 'The name of the container.' }),
  },
)
export type ContainerResourceMetricSource = Static<typeof ContainerResourceMetricSource>

export const ContainerResourceMetricStatus = message(
  'ContainerResourceMetricStatus',
  'What is known of the container resource metric.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    currentAverageUtilization: int32(2, {
      pointer: true,
      doc: 'The share of what Pods ask for that they use, in percent.',
    }),
    currentAverageValue: quantity(3, { required: true, doc: 'How much a Pod has on average.' }),
    container: string(4, { required: true, doc: 'The name of the container.' }),
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

export const ExternalMetricSource = message('ExternalMetricSource', 'External metric source.', {
  metricName: string(1, { required: true, doc: 'The name of the metric.' }),
  metricSelector: ref(2, LabelSelector, { doc: 'Labels of the metric.' }),
  targetValue: quantity(3, { pointer: true, doc: 'How much there should be.' }),
  targetAverageValue: quantity(4, { pointer: true, doc: 'How much a Pod should have on average.' }),
})
export type ExternalMetricSource = Static<typeof ExternalMetricSource>

export const ExternalMetricStatus = message('ExternalMetricStatus', 'What is known of the external metric.', {
  metricName: string(1, { required: true, doc: 'The name of the metric.' }),
  metricSelector: ref(2, LabelSelector, { doc: 'Labels of the metric.' }),
  currentValue: quantity(3, { required: true, doc: 'How much there is.' }),
  currentAverageValue: quantity(4, { pointer: true, doc: 'How much a Pod has on average.' }),
})
export type ExternalMetricStatus = Static<typeof ExternalMetricStatus>

export const HorizontalPodAutoscalerSpec = message(
  'HorizontalPodAutoscalerSpec',
  'What is wanted of the horizontal pod autoscaler.',
  {
    scaleTargetRef: embed(1, CrossVersionObjectReference, { required: true, doc: 'What grows and shrinks.' }),
    minReplicas: int32(2, { pointer: true, default: 1, doc: 'The least number of Pods.' }),
    maxReplicas: int32(3, { required: true, doc: 'The greatest number of Pods.' }),
    targetCPUUtilizationPercentage: int32(4, {
      pointer: true,
      doc: 'The share of the processor that Pods should use of what they ask for, in percent.',
    }),
  },
)
export type HorizontalPodAutoscalerSpec = Static<typeof HorizontalPodAutoscalerSpec>

export const HorizontalPodAutoscalerStatus = message(
  'HorizontalPodAutoscalerStatus',
  'What is known of the horizontal pod autoscaler.',
  {
    observedGeneration: int64(1, { pointer: true, doc: 'The generation that this was written for.' }),
    lastScaleTime: time(2, { pointer: true, doc: 'When the number of Pods last changed.' }),
    currentReplicas: int32(3, { required: true, doc: 'How many Pods there are of the current revision.' }),
    desiredReplicas: int32(4, { required: true, doc: 'How many Pods there should be.' }),
    currentCPUUtilizationPercentage: int32(5, {
      pointer: true,
      doc: 'The share of the processor that Pods use of what they ask for, in percent.',
    }),
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
  'One thing that holds, or does not, of the horizontal pod autoscaler.',
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
  'A page of horizontal pod autoscaler objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, HorizontalPodAutoscaler, { required: true, doc: 'The objects.' }),
  },
)
export type HorizontalPodAutoscalerList = Static<typeof HorizontalPodAutoscalerList>

export const ObjectMetricSource = message('ObjectMetricSource', 'Object metric source.', {
  target: embed(1, CrossVersionObjectReference, { required: true, doc: 'How much there should be.' }),
  metricName: string(2, { required: true, doc: 'The name of the metric.' }),
  targetValue: quantity(3, { required: true, doc: 'How much there should be.' }),
  selector: ref(4, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
  averageValue: quantity(5, { pointer: true, doc: 'How much there is, or should be, on average.' }),
})
export type ObjectMetricSource = Static<typeof ObjectMetricSource>

export const PodsMetricSource = message('PodsMetricSource', 'Pods metric source.', {
  metricName: string(1, { required: true, doc: 'The name of the metric.' }),
  targetAverageValue: quantity(2, { required: true, doc: 'How much a Pod should have on average.' }),
  selector: ref(3, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
})
export type PodsMetricSource = Static<typeof PodsMetricSource>

export const ResourceMetricSource = message('ResourceMetricSource', 'Resource metric source.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  targetAverageUtilization: int32(2, {
    pointer: true,
    doc: 'The share of what Pods ask for that they should use, in percent.',
  }),
  targetAverageValue: quantity(3, { pointer: true, doc: 'How much a Pod should have on average.' }),
})
export type ResourceMetricSource = Static<typeof ResourceMetricSource>

export const MetricSpec = message('MetricSpec', 'What is wanted of the metric.', {
  type: string(1, { required: true, enum: MetricSourceType, doc: 'Which of several kinds it is.' }),
  object: ref(2, ObjectMetricSource, { doc: 'A metric of an object.' }),
  pods: ref(3, PodsMetricSource, { doc: 'A metric of the Pods.' }),
  resource: ref(4, ResourceMetricSource, { doc: 'The processor or memory of the Pods.' }),
  containerResource: ref(7, ContainerResourceMetricSource, {
    doc: 'The processor or memory of one container of the Pods.',
  }),
  external: ref(5, ExternalMetricSource, { doc: 'A metric from outside the cluster.' }),
})
export type MetricSpec = Static<typeof MetricSpec>

export const ObjectMetricStatus = message('ObjectMetricStatus', 'What is known of the object metric.', {
  target: embed(1, CrossVersionObjectReference, { required: true, doc: 'How much there should be.' }),
  metricName: string(2, { required: true, doc: 'The name of the metric.' }),
  currentValue: quantity(3, { required: true, doc: 'How much there is.' }),
  selector: ref(4, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
  averageValue: quantity(5, { pointer: true, doc: 'How much there is, or should be, on average.' }),
})
export type ObjectMetricStatus = Static<typeof ObjectMetricStatus>

export const PodsMetricStatus = message('PodsMetricStatus', 'What is known of the pods metric.', {
  metricName: string(1, { required: true, doc: 'The name of the metric.' }),
  currentAverageValue: quantity(2, { required: true, doc: 'How much a Pod has on average.' }),
  selector: ref(3, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
})
export type PodsMetricStatus = Static<typeof PodsMetricStatus>

export const ResourceMetricStatus = message('ResourceMetricStatus', 'What is known of the resource metric.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  currentAverageUtilization: int32(2, {
    pointer: true,
    doc: 'The share of what Pods ask for that they use, in percent.',
  }),
  currentAverageValue: quantity(3, { required: true, doc: 'How much a Pod has on average.' }),
})
export type ResourceMetricStatus = Static<typeof ResourceMetricStatus>

export const MetricStatus = message('MetricStatus', 'What is known of the metric.', {
  type: string(1, { required: true, enum: MetricSourceType, doc: 'Which of several kinds it is.' }),
  object: ref(2, ObjectMetricStatus, { doc: 'A metric of an object.' }),
  pods: ref(3, PodsMetricStatus, { doc: 'A metric of the Pods.' }),
  resource: ref(4, ResourceMetricStatus, { doc: 'The processor or memory of the Pods.' }),
  containerResource: ref(7, ContainerResourceMetricStatus, {
    doc: 'The processor or memory of one container of the Pods.',
  }),
  external: ref(5, ExternalMetricStatus, { doc: 'A metric from outside the cluster.' }),
})
export type MetricStatus = Static<typeof MetricStatus>

export const ScaleSpec = message('ScaleSpec', 'What is wanted of the scale.', {
  replicas: int32(1, { default: 0, doc: 'How many there are to be.' }),
})
export type ScaleSpec = Static<typeof ScaleSpec>

export const ScaleStatus = message('ScaleStatus', 'What is known of the scale.', {
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
