import { LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, int32, int64, list, quantity, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'autoscaling', version: 'v2', proto: 'k8s.io.api.autoscaling.v2' })

export const MetricTarget = message('MetricTarget', 'Metric target.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  value: quantity(2, { pointer: true, doc: 'The value.' }),
  averageValue: quantity(3, { pointer: true, doc: 'How much there is, or should be, on average.' }),
  averageUtilization: int32(4, { pointer: true, doc: 'The share of what Pods ask for, on average, in percent.' }),
})
export type MetricTarget = Static<typeof MetricTarget>

export const ContainerResourceMetricSource = message(
  'ContainerResourceMetricSource',
  'Container resource metric source.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    target: embed(2, MetricTarget, { required: true, doc: 'How much there should be.' }),
    container: string(3, { required: true, doc: 'The name of the container.' }),
  },
)
export type ContainerResourceMetricSource = Static<typeof ContainerResourceMetricSource>

export const MetricValueStatus = message('MetricValueStatus', 'What is known of the metric value.', {
  value: quantity(1, { pointer: true, doc: 'The value.' }),
  averageValue: quantity(2, { pointer: true, doc: 'How much there is, or should be, on average.' }),
  averageUtilization: int32(3, { pointer: true, doc: 'The share of what Pods ask for, on average, in percent.' }),
})
export type MetricValueStatus = Static<typeof MetricValueStatus>

export const ContainerResourceMetricStatus = message(
  'ContainerResourceMetricStatus',
  'What is known of the container resource metric.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    current: embed(2, MetricValueStatus, { required: true, doc: 'How much there is.' }),
    container: string(3, { required: true, doc: 'The name of the container.' }),
  },
)
export type ContainerResourceMetricStatus = Static<typeof ContainerResourceMetricStatus>

export const CrossVersionObjectReference = message('CrossVersionObjectReference', 'Cross version object reference.', {
  kind: string(1, { required: true, doc: 'The kind of the thing.' }),
  name: string(2, { required: true, doc: 'Its name.' }),
  apiVersion: string(3, { doc: 'The version of the API that this is written for.' }),
})
export type CrossVersionObjectReference = Static<typeof CrossVersionObjectReference>

export const MetricIdentifier = message('MetricIdentifier', 'Metric identifier.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  selector: ref(2, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
})
export type MetricIdentifier = Static<typeof MetricIdentifier>

export const ExternalMetricSource = message('ExternalMetricSource', 'External metric source.', {
  metric: embed(1, MetricIdentifier, { required: true, doc: 'The metric.' }),
  target: embed(2, MetricTarget, { required: true, doc: 'How much there should be.' }),
})
export type ExternalMetricSource = Static<typeof ExternalMetricSource>

export const ExternalMetricStatus = message('ExternalMetricStatus', 'What is known of the external metric.', {
  metric: embed(1, MetricIdentifier, { required: true, doc: 'The metric.' }),
  current: embed(2, MetricValueStatus, { required: true, doc: 'How much there is.' }),
})
export type ExternalMetricStatus = Static<typeof ExternalMetricStatus>

export const HPAScalingPolicy = message('HPAScalingPolicy', 'HPA scaling policy.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  value: int32(2, { required: true, doc: 'The value.' }),
  periodSeconds: int32(3, { required: true, doc: 'How long from one time to the next, in seconds.' }),
})
export type HPAScalingPolicy = Static<typeof HPAScalingPolicy>

export const HPAScalingRules = message('HPAScalingRules', 'HPA scaling rules.', {
  stabilizationWindowSeconds: int32(3, { pointer: true, doc: 'How far back advice counts, in seconds.' }),
  selectPolicy: string(1, { pointer: true, doc: 'Whether the largest or the smallest change counts, or none.' }),
  policies: list(2, HPAScalingPolicy, { list: 'atomic', doc: 'How much may change in which time.' }),
  tolerance: quantity(4, { pointer: true, doc: 'How far off the target is near enough.' }),
})
export type HPAScalingRules = Static<typeof HPAScalingRules>

export const ObjectMetricSource = message('ObjectMetricSource', 'Object metric source.', {
  describedObject: embed(1, CrossVersionObjectReference, {
    required: true,
    doc: 'The object that the metric is about.',
  }),
  target: embed(2, MetricTarget, { required: true, doc: 'How much there should be.' }),
  metric: embed(3, MetricIdentifier, { required: true, doc: 'The metric.' }),
})
export type ObjectMetricSource = Static<typeof ObjectMetricSource>

export const PodsMetricSource = message('PodsMetricSource', 'Pods metric source.', {
  metric: embed(1, MetricIdentifier, { required: true, doc: 'The metric.' }),
  target: embed(2, MetricTarget, { required: true, doc: 'How much there should be.' }),
})
export type PodsMetricSource = Static<typeof PodsMetricSource>

export const ResourceMetricSource = message('ResourceMetricSource', 'Resource metric source.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  target: embed(2, MetricTarget, { required: true, doc: 'How much there should be.' }),
})
export type ResourceMetricSource = Static<typeof ResourceMetricSource>

export const MetricSpec = message('MetricSpec', 'What is wanted of the metric.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  object: ref(2, ObjectMetricSource, { doc: 'A metric of an object.' }),
  pods: ref(3, PodsMetricSource, { doc: 'A metric of the Pods.' }),
  resource: ref(4, ResourceMetricSource, { doc: 'The processor or memory of the Pods.' }),
  containerResource: ref(7, ContainerResourceMetricSource, {
    doc: 'The processor or memory of one container of the Pods.',
  }),
  external: ref(5, ExternalMetricSource, { doc: 'A metric from outside the cluster.' }),
})
export type MetricSpec = Static<typeof MetricSpec>

export const HorizontalPodAutoscalerBehavior = message(
  'HorizontalPodAutoscalerBehavior',
  'Horizontal pod autoscaler behavior.',
  {
    scaleUp: ref(1, HPAScalingRules, { doc: 'How it grows.' }),
    scaleDown: ref(2, HPAScalingRules, { doc: 'How it shrinks.' }),
  },
)
export type HorizontalPodAutoscalerBehavior = Static<typeof HorizontalPodAutoscalerBehavior>

export const HorizontalPodAutoscalerSpec = message(
  'HorizontalPodAutoscalerSpec',
  'What is wanted of the horizontal pod autoscaler.',
  {
    scaleTargetRef: embed(1, CrossVersionObjectReference, { required: true, doc: 'What grows and shrinks.' }),
    minReplicas: int32(2, { pointer: true, default: 1, doc: 'The least number of Pods.' }),
    maxReplicas: int32(3, { required: true, doc: 'The greatest number of Pods.' }),
    metrics: list(4, MetricSpec, { list: 'atomic', doc: 'What the number of Pods follows.' }),
    behavior: ref(5, HorizontalPodAutoscalerBehavior, { doc: 'How fast it grows and shrinks.' }),
  },
)
export type HorizontalPodAutoscalerSpec = Static<typeof HorizontalPodAutoscalerSpec>

export const ObjectMetricStatus = message('ObjectMetricStatus', 'What is known of the object metric.', {
  metric: embed(1, MetricIdentifier, { required: true, doc: 'The metric.' }),
  current: embed(2, MetricValueStatus, { required: true, doc: 'How much there is.' }),
  describedObject: embed(3, CrossVersionObjectReference, {
    required: true,
    doc: 'The object that the metric is about.',
  }),
})
export type ObjectMetricStatus = Static<typeof ObjectMetricStatus>

export const PodsMetricStatus = message('PodsMetricStatus', 'What is known of the pods metric.', {
  metric: embed(1, MetricIdentifier, { required: true, doc: 'The metric.' }),
  current: embed(2, MetricValueStatus, { required: true, doc: 'How much there is.' }),
})
export type PodsMetricStatus = Static<typeof PodsMetricStatus>

export const ResourceMetricStatus = message('ResourceMetricStatus', 'What is known of the resource metric.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  current: embed(2, MetricValueStatus, { required: true, doc: 'How much there is.' }),
})
export type ResourceMetricStatus = Static<typeof ResourceMetricStatus>

export const MetricStatus = message('MetricStatus', 'What is known of the metric.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  object: ref(2, ObjectMetricStatus, { doc: 'A metric of an object.' }),
  pods: ref(3, PodsMetricStatus, { doc: 'A metric of the Pods.' }),
  resource: ref(4, ResourceMetricStatus, { doc: 'The processor or memory of the Pods.' }),
  containerResource: ref(7, ContainerResourceMetricStatus, {
    doc: 'The processor or memory of one container of the Pods.',
  }),
  external: ref(5, ExternalMetricStatus, { doc: 'A metric from outside the cluster.' }),
})
export type MetricStatus = Static<typeof MetricStatus>

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

export const HorizontalPodAutoscalerStatus = message(
  'HorizontalPodAutoscalerStatus',
  'What is known of the horizontal pod autoscaler.',
  {
    observedGeneration: int64(1, { pointer: true, doc: 'The generation that this was written for.' }),
    lastScaleTime: time(2, { pointer: true, doc: 'When the number of Pods last changed.' }),
    currentReplicas: int32(3, { doc: 'How many Pods there are of the current revision.' }),
    desiredReplicas: int32(4, { required: true, doc: 'How many Pods there should be.' }),
    currentMetrics: list(5, MetricStatus, { always: true, list: 'atomic', doc: 'The metrics as they are.' }),
    conditions: list(6, HorizontalPodAutoscalerCondition, {
      list: 'map',
      keys: ['type'],
      patchStrategy: 'merge',
      mergeKey: 'type',
      doc: 'What holds now, and since when.',
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

export const HorizontalPodAutoscalerList = object(
  'HorizontalPodAutoscalerList',
  'A page of horizontal pod autoscaler objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, HorizontalPodAutoscaler, { required: true, doc: 'The objects.' }),
  },
)
export type HorizontalPodAutoscalerList = Static<typeof HorizontalPodAutoscalerList>
