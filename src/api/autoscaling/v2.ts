import { LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, int32, int64, list, quantity, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'autoscaling', version: 'v2', proto: 'k8s.io.api.autoscaling.v2' })

export const MetricTarget = message('MetricTarget', 'Metric target.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  value: quantity(2, { pointer: true, doc: 'The value.' }),
  averageValue: quantity(3, { pointer: true, doc: 'Average value.' }),
  averageUtilization: int32(4, { pointer: true, doc: 'Average utilization.' }),
})
export type MetricTarget = Static<typeof MetricTarget>

export const ContainerResourceMetricSource = message(
  'ContainerResourceMetricSource',
  'Where it comes from: container resource metric.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    target: embed(2, MetricTarget, { required: true, doc: 'Target.' }),
    container: string(3, { required: true, doc: 'Container.' }),
  },
)
export type ContainerResourceMetricSource = Static<typeof ContainerResourceMetricSource>

export const MetricValueStatus = message('MetricValueStatus', 'What is known of: metric value.', {
  value: quantity(1, { pointer: true, doc: 'The value.' }),
  averageValue: quantity(2, { pointer: true, doc: 'Average value.' }),
  averageUtilization: int32(3, { pointer: true, doc: 'Average utilization.' }),
})
export type MetricValueStatus = Static<typeof MetricValueStatus>

export const ContainerResourceMetricStatus = message(
  'ContainerResourceMetricStatus',
  'What is known of: container resource metric.',
  {
    name: string(1, { required: true, doc: 'Its name.' }),
    current: embed(2, MetricValueStatus, { required: true, doc: 'Current.' }),
    container: string(3, { required: true, doc: 'Container.' }),
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

export const ExternalMetricSource = message('ExternalMetricSource', 'Where it comes from: external metric.', {
  metric: embed(1, MetricIdentifier, { required: true, doc: 'Metric.' }),
  target: embed(2, MetricTarget, { required: true, doc: 'Target.' }),
})
export type ExternalMetricSource = Static<typeof ExternalMetricSource>

export const ExternalMetricStatus = message('ExternalMetricStatus', 'What is known of: external metric.', {
  metric: embed(1, MetricIdentifier, { required: true, doc: 'Metric.' }),
  current: embed(2, MetricValueStatus, { required: true, doc: 'Current.' }),
})
export type ExternalMetricStatus = Static<typeof ExternalMetricStatus>

export const HPAScalingPolicy = message('HPAScalingPolicy', 'HPA scaling policy.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  value: int32(2, { required: true, doc: 'The value.' }),
  periodSeconds: int32(3, { required: true, doc: 'How long from one time to the next, in seconds.' }),
})
export type HPAScalingPolicy = Static<typeof HPAScalingPolicy>

export const HPAScalingRules = message('HPAScalingRules', 'HPA scaling rules.', {
  stabilizationWindowSeconds: int32(3, { pointer: true, doc: 'Stabilization window, in seconds.' }),
  selectPolicy: string(1, { pointer: true, doc: 'Select policy.' }),
  policies: list(2, HPAScalingPolicy, { list: 'atomic', doc: 'Policies.' }),
  tolerance: quantity(4, { pointer: true, doc: 'Tolerance.' }),
})
export type HPAScalingRules = Static<typeof HPAScalingRules>

export const ObjectMetricSource = message('ObjectMetricSource', 'Where it comes from: object metric.', {
  describedObject: embed(1, CrossVersionObjectReference, { required: true, doc: 'Described object.' }),
  target: embed(2, MetricTarget, { required: true, doc: 'Target.' }),
  metric: embed(3, MetricIdentifier, { required: true, doc: 'Metric.' }),
})
export type ObjectMetricSource = Static<typeof ObjectMetricSource>

export const PodsMetricSource = message('PodsMetricSource', 'Where it comes from: pods metric.', {
  metric: embed(1, MetricIdentifier, { required: true, doc: 'Metric.' }),
  target: embed(2, MetricTarget, { required: true, doc: 'Target.' }),
})
export type PodsMetricSource = Static<typeof PodsMetricSource>

export const ResourceMetricSource = message('ResourceMetricSource', 'Where it comes from: resource metric.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  target: embed(2, MetricTarget, { required: true, doc: 'Target.' }),
})
export type ResourceMetricSource = Static<typeof ResourceMetricSource>

export const MetricSpec = message('MetricSpec', 'What is wanted of: metric.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  object: ref(2, ObjectMetricSource, { doc: 'Object.' }),
  pods: ref(3, PodsMetricSource, { doc: 'Pods.' }),
  resource: ref(4, ResourceMetricSource, { doc: 'Resource.' }),
  containerResource: ref(7, ContainerResourceMetricSource, { doc: 'Container resource.' }),
  external: ref(5, ExternalMetricSource, { doc: 'External.' }),
})
export type MetricSpec = Static<typeof MetricSpec>

export const HorizontalPodAutoscalerBehavior = message(
  'HorizontalPodAutoscalerBehavior',
  'Horizontal pod autoscaler behavior.',
  {
    scaleUp: ref(1, HPAScalingRules, { doc: 'Scale up.' }),
    scaleDown: ref(2, HPAScalingRules, { doc: 'Scale down.' }),
  },
)
export type HorizontalPodAutoscalerBehavior = Static<typeof HorizontalPodAutoscalerBehavior>

export const HorizontalPodAutoscalerSpec = message(
  'HorizontalPodAutoscalerSpec',
  'What is wanted of: horizontal pod autoscaler.',
  {
    scaleTargetRef: embed(1, CrossVersionObjectReference, { required: true, doc: 'Scale target ref.' }),
    minReplicas: int32(2, { pointer: true, default: 1, doc: 'Min replicas.' }),
    maxReplicas: int32(3, { required: true, doc: 'Max replicas.' }),
    metrics: list(4, MetricSpec, { list: 'atomic', doc: 'Metrics.' }),
    behavior: ref(5, HorizontalPodAutoscalerBehavior, { doc: 'Behavior.' }),
  },
)
export type HorizontalPodAutoscalerSpec = Static<typeof HorizontalPodAutoscalerSpec>

export const ObjectMetricStatus = message('ObjectMetricStatus', 'What is known of: object metric.', {
  metric: embed(1, MetricIdentifier, { required: true, doc: 'Metric.' }),
  current: embed(2, MetricValueStatus, { required: true, doc: 'Current.' }),
  describedObject: embed(3, CrossVersionObjectReference, { required: true, doc: 'Described object.' }),
})
export type ObjectMetricStatus = Static<typeof ObjectMetricStatus>

export const PodsMetricStatus = message('PodsMetricStatus', 'What is known of: pods metric.', {
  metric: embed(1, MetricIdentifier, { required: true, doc: 'Metric.' }),
  current: embed(2, MetricValueStatus, { required: true, doc: 'Current.' }),
})
export type PodsMetricStatus = Static<typeof PodsMetricStatus>

export const ResourceMetricStatus = message('ResourceMetricStatus', 'What is known of: resource metric.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  current: embed(2, MetricValueStatus, { required: true, doc: 'Current.' }),
})
export type ResourceMetricStatus = Static<typeof ResourceMetricStatus>

export const MetricStatus = message('MetricStatus', 'What is known of: metric.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  object: ref(2, ObjectMetricStatus, { doc: 'Object.' }),
  pods: ref(3, PodsMetricStatus, { doc: 'Pods.' }),
  resource: ref(4, ResourceMetricStatus, { doc: 'Resource.' }),
  containerResource: ref(7, ContainerResourceMetricStatus, { doc: 'Container resource.' }),
  external: ref(5, ExternalMetricStatus, { doc: 'External.' }),
})
export type MetricStatus = Static<typeof MetricStatus>

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

export const HorizontalPodAutoscalerStatus = message(
  'HorizontalPodAutoscalerStatus',
  'What is known of: horizontal pod autoscaler.',
  {
    observedGeneration: int64(1, { pointer: true, doc: 'The generation that this was written for.' }),
    lastScaleTime: time(2, { pointer: true, doc: 'When: last scale.' }),
    currentReplicas: int32(3, { doc: 'How many Pods there are of the current revision.' }),
    desiredReplicas: int32(4, { required: true, doc: 'How many Pods there should be.' }),
    currentMetrics: list(5, MetricStatus, { always: true, list: 'atomic', doc: 'Current metrics.' }),
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
  'A page of objects: horizontal pod autoscaler.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, HorizontalPodAutoscaler, { required: true, doc: 'The objects.' }),
  },
)
export type HorizontalPodAutoscalerList = Static<typeof HorizontalPodAutoscalerList>
