import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { duration, embed, groupVersion, list, map, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'metrics.k8s.io',
  version: 'v1beta1',
  proto: 'k8s.io.metrics.pkg.apis.metrics.v1beta1',
})

export const ContainerMetrics = message('ContainerMetrics', 'Container metrics.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  usage: map(2, 'quantity', { required: true, doc: 'How much is used.' }),
})
export type ContainerMetrics = Static<typeof ContainerMetrics>

export const NodeMetrics = object('NodeMetrics', 'Node metrics.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  timestamp: time(2, { required: true, doc: 'When it was measured.' }),
  window: duration(3, { required: true, doc: 'How long it was measured.' }),
  usage: map(4, 'quantity', { required: true, doc: 'How much is used.' }),
})
export type NodeMetrics = Static<typeof NodeMetrics>

export const NodeMetricsList = object('NodeMetricsList', 'A page of node metrics objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, NodeMetrics, { required: true, doc: 'The objects.' }),
})
export type NodeMetricsList = Static<typeof NodeMetricsList>

export const PodMetrics = object('PodMetrics', 'Pod metrics.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  timestamp: time(2, { required: true, doc: 'When it was measured.' }),
  window: duration(3, { required: true, doc: 'How long it was measured.' }),
  containers: list(4, ContainerMetrics, { required: true, list: 'atomic', doc: 'The programs, at least one.' }),
})
export type PodMetrics = Static<typeof PodMetrics>

export const PodMetricsList = object('PodMetricsList', 'A page of pod metrics objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, PodMetrics, { required: true, doc: 'The objects.' }),
})
export type PodMetricsList = Static<typeof PodMetricsList>
