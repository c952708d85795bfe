import { PersistentVolumeClaim, PodTemplateSpec } from '../core/v1.ts'
import { LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import {
  bool,
  embed,
  groupVersion,
  int32,
  int64,
  intOrString,
  list,
  rawExtension,
  ref,
  string,
  time,
} from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'apps', version: 'v1', proto: 'k8s.io.api.apps.v1' })

export const DaemonSetUpdateStrategyType = ['RollingUpdate', 'OnDelete'] as const
export type DaemonSetUpdateStrategyType = (typeof DaemonSetUpdateStrategyType)[number]

export const DeploymentStrategyType = ['Recreate', 'RollingUpdate'] as const
export type DeploymentStrategyType = (typeof DeploymentStrategyType)[number]

export const PodManagementPolicyType = ['OrderedReady', 'Parallel'] as const
export type PodManagementPolicyType = (typeof PodManagementPolicyType)[number]

export const StatefulSetUpdateStrategyType = ['RollingUpdate', 'OnDelete'] as const
export type StatefulSetUpdateStrategyType = (typeof StatefulSetUpdateStrategyType)[number]

export const ControllerRevision = object('ControllerRevision', 'Controller revision.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  data: rawExtension(2, { doc: 'Data.' }),
  revision: int64(3, { required: true, doc: 'Revision.' }),
})
export type ControllerRevision = Static<typeof ControllerRevision>

export const ControllerRevisionList = object('ControllerRevisionList', 'A page of objects: controller revision.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, ControllerRevision, { required: true, doc: 'Items.' }),
})
export type ControllerRevisionList = Static<typeof ControllerRevisionList>

export const RollingUpdateDaemonSet = message('RollingUpdateDaemonSet', 'Rolling update daemon set.', {
  maxUnavailable: intOrString(1, { pointer: true, doc: 'Max unavailable.' }),
  maxSurge: intOrString(2, { pointer: true, doc: 'Max surge.' }),
})
export type RollingUpdateDaemonSet = Static<typeof RollingUpdateDaemonSet>

export const DaemonSetUpdateStrategy = message('DaemonSetUpdateStrategy', 'Daemon set update strategy.', {
  type: string(1, { enum: DaemonSetUpdateStrategyType, doc: 'Type.' }),
  rollingUpdate: ref(2, RollingUpdateDaemonSet, { doc: 'Rolling update.' }),
})
export type DaemonSetUpdateStrategy = Static<typeof DaemonSetUpdateStrategy>

export const DaemonSetSpec = message('DaemonSetSpec', 'What is wanted of: daemon set.', {
  selector: ref(1, LabelSelector, { required: true, doc: 'Selector.' }),
  template: embed(2, PodTemplateSpec, { required: true, doc: 'Template.' }),
  updateStrategy: embed(3, DaemonSetUpdateStrategy, { doc: 'Update strategy.' }),
  minReadySeconds: int32(4, { doc: 'Min ready, in seconds.' }),
  revisionHistoryLimit: int32(6, { pointer: true, doc: 'Revision history limit.' }),
})
export type DaemonSetSpec = Static<typeof DaemonSetSpec>

export const DaemonSetCondition = message('DaemonSetCondition', 'One thing that holds, or does not, of: daemon set.', {
  type: string(1, { required: true, doc: 'Type.' }),
  status: string(2, { required: true, doc: 'Status.' }),
  lastTransitionTime: time(3, { doc: 'When: last transition.' }),
  reason: string(4, { doc: 'Reason.' }),
  message: string(5, { doc: 'Message.' }),
})
export type DaemonSetCondition = Static<typeof DaemonSetCondition>

export const DaemonSetStatus = message('DaemonSetStatus', 'What is known of: daemon set.', {
  currentNumberScheduled: int32(1, { required: true, doc: 'Current number scheduled.' }),
  numberMisscheduled: int32(2, { required: true, doc: 'Number misscheduled.' }),
  desiredNumberScheduled: int32(3, { required: true, doc: 'Desired number scheduled.' }),
  numberReady: int32(4, { required: true, doc: 'Number ready.' }),
  observedGeneration: int64(5, { doc: 'Observed generation.' }),
  updatedNumberScheduled: int32(6, { doc: 'Updated number scheduled.' }),
  numberAvailable: int32(7, { doc: 'Number available.' }),
  numberUnavailable: int32(8, { doc: 'Number unavailable.' }),
  collisionCount: int32(9, { pointer: true, doc: 'Collision count.' }),
  conditions: list(10, DaemonSetCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'Conditions.',
  }),
})
export type DaemonSetStatus = Static<typeof DaemonSetStatus>

export const DaemonSet = object('DaemonSet', 'Daemon set.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  spec: embed(2, DaemonSetSpec, { doc: 'Spec.' }),
  status: embed(3, DaemonSetStatus, { doc: 'Status.' }),
})
export type DaemonSet = Static<typeof DaemonSet>

export const DaemonSetList = object('DaemonSetList', 'A page of objects: daemon set.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, DaemonSet, { required: true, doc: 'Items.' }),
})
export type DaemonSetList = Static<typeof DaemonSetList>

export const RollingUpdateDeployment = message('RollingUpdateDeployment', 'Rolling update deployment.', {
  maxUnavailable: intOrString(1, { pointer: true, doc: 'Max unavailable.' }),
  maxSurge: intOrString(2, { pointer: true, doc: 'Max surge.' }),
})
export type RollingUpdateDeployment = Static<typeof RollingUpdateDeployment>

export const DeploymentStrategy = message('DeploymentStrategy', 'Deployment strategy.', {
  type: string(1, { enum: DeploymentStrategyType, doc: 'Type.' }),
  rollingUpdate: ref(2, RollingUpdateDeployment, { doc: 'Rolling update.' }),
})
export type DeploymentStrategy = Static<typeof DeploymentStrategy>

export const DeploymentSpec = message('DeploymentSpec', 'What is wanted of: deployment.', {
  replicas: int32(1, { pointer: true, doc: 'Replicas.' }),
  selector: ref(2, LabelSelector, { required: true, doc: 'Selector.' }),
  template: embed(3, PodTemplateSpec, { required: true, doc: 'Template.' }),
  strategy: embed(4, DeploymentStrategy, { patchStrategy: 'retainKeys', doc: 'Strategy.' }),
  minReadySeconds: int32(5, { doc: 'Min ready, in seconds.' }),
  revisionHistoryLimit: int32(6, { pointer: true, doc: 'Revision history limit.' }),
  paused: bool(7, { doc: 'Whether it is so: paused.' }),
  progressDeadlineSeconds: int32(9, { pointer: true, doc: 'Progress deadline, in seconds.' }),
})
export type DeploymentSpec = Static<typeof DeploymentSpec>

export const DeploymentCondition = message(
  'DeploymentCondition',
  'One thing that holds, or does not, of: deployment.',
  {
    type: string(1, { required: true, doc: 'Type.' }),
    status: string(2, { required: true, doc: 'Status.' }),
    lastUpdateTime: time(6, { doc: 'When: last update.' }),
    lastTransitionTime: time(7, { doc: 'When: last transition.' }),
    reason: string(4, { doc: 'Reason.' }),
    message: string(5, { doc: 'Message.' }),
  },
)
export type DeploymentCondition = Static<typeof DeploymentCondition>

export const DeploymentStatus = message('DeploymentStatus', 'What is known of: deployment.', {
  observedGeneration: int64(1, { doc: 'Observed generation.' }),
  replicas: int32(2, { doc: 'Replicas.' }),
  updatedReplicas: int32(3, { doc: 'Updated replicas.' }),
  readyReplicas: int32(7, { doc: 'Ready replicas.' }),
  availableReplicas: int32(4, { doc: 'Available replicas.' }),
  unavailableReplicas: int32(5, { doc: 'Unavailable replicas.' }),
  terminatingReplicas: int32(9, { pointer: true, doc: 'Terminating replicas.' }),
  conditions: list(6, DeploymentCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'Conditions.',
  }),
  collisionCount: int32(8, { pointer: true, doc: 'Collision count.' }),
})
export type DeploymentStatus = Static<typeof DeploymentStatus>

export const Deployment = object('Deployment', 'Deployment.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  spec: embed(2, DeploymentSpec, { doc: 'Spec.' }),
  status: embed(3, DeploymentStatus, { doc: 'Status.' }),
})
export type Deployment = Static<typeof Deployment>

export const DeploymentList = object('DeploymentList', 'A page of objects: deployment.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, Deployment, { required: true, doc: 'Items.' }),
})
export type DeploymentList = Static<typeof DeploymentList>

export const ReplicaSetSpec = message('ReplicaSetSpec', 'What is wanted of: replica set.', {
  replicas: int32(1, { pointer: true, doc: 'Replicas.' }),
  minReadySeconds: int32(4, { doc: 'Min ready, in seconds.' }),
  selector: ref(2, LabelSelector, { required: true, doc: 'Selector.' }),
  template: embed(3, PodTemplateSpec, { doc: 'Template.' }),
})
export type ReplicaSetSpec = Static<typeof ReplicaSetSpec>

export const ReplicaSetCondition = message(
  'ReplicaSetCondition',
  'One thing that holds, or does not, of: replica set.',
  {
    type: string(1, { required: true, doc: 'Type.' }),
    status: string(2, { required: true, doc: 'Status.' }),
    lastTransitionTime: time(3, { doc: 'When: last transition.' }),
    reason: string(4, { doc: 'Reason.' }),
    message: string(5, { doc: 'Message.' }),
  },
)
export type ReplicaSetCondition = Static<typeof ReplicaSetCondition>

export const ReplicaSetStatus = message('ReplicaSetStatus', 'What is known of: replica set.', {
  replicas: int32(1, { required: true, doc: 'Replicas.' }),
  fullyLabeledReplicas: int32(2, { doc: 'Fully labeled replicas.' }),
  readyReplicas: int32(4, { doc: 'Ready replicas.' }),
  availableReplicas: int32(5, { doc: 'Available replicas.' }),
  terminatingReplicas: int32(7, { pointer: true, doc: 'Terminating replicas.' }),
  observedGeneration: int64(3, { doc: 'Observed generation.' }),
  conditions: list(6, ReplicaSetCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'Conditions.',
  }),
})
export type ReplicaSetStatus = Static<typeof ReplicaSetStatus>

export const ReplicaSet = object('ReplicaSet', 'Replica set.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  spec: embed(2, ReplicaSetSpec, { doc: 'Spec.' }),
  status: embed(3, ReplicaSetStatus, { doc: 'Status.' }),
})
export type ReplicaSet = Static<typeof ReplicaSet>

export const ReplicaSetList = object('ReplicaSetList', 'A page of objects: replica set.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, ReplicaSet, { required: true, doc: 'Items.' }),
})
export type ReplicaSetList = Static<typeof ReplicaSetList>

export const RollingUpdateStatefulSetStrategy = message(
  'RollingUpdateStatefulSetStrategy',
  'Rolling update stateful set strategy.',
  {
    partition: int32(1, { pointer: true, doc: 'Partition.' }),
    maxUnavailable: intOrString(2, { pointer: true, doc: 'Max unavailable.' }),
  },
)
export type RollingUpdateStatefulSetStrategy = Static<typeof RollingUpdateStatefulSetStrategy>

export const StatefulSetUpdateStrategy = message('StatefulSetUpdateStrategy', 'Stateful set update strategy.', {
  type: string(1, { enum: StatefulSetUpdateStrategyType, doc: 'Type.' }),
  rollingUpdate: ref(2, RollingUpdateStatefulSetStrategy, { doc: 'Rolling update.' }),
})
export type StatefulSetUpdateStrategy = Static<typeof StatefulSetUpdateStrategy>

export const StatefulSetPersistentVolumeClaimRetentionPolicy = message(
  'StatefulSetPersistentVolumeClaimRetentionPolicy',
  'Stateful set persistent volume claim retention policy.',
  {
    whenDeleted: string(1, { doc: 'When deleted.' }),
    whenScaled: string(2, { doc: 'When scaled.' }),
  },
)
export type StatefulSetPersistentVolumeClaimRetentionPolicy = Static<
  typeof StatefulSetPersistentVolumeClaimRetentionPolicy
>

export const StatefulSetOrdinals = message('StatefulSetOrdinals', 'Stateful set ordinals.', {
  start: int32(1, { always: true, doc: 'Start.' }),
})
export type StatefulSetOrdinals = Static<typeof StatefulSetOrdinals>

export const StatefulSetSpec = message('StatefulSetSpec', 'What is wanted of: stateful set.', {
  replicas: int32(1, { pointer: true, doc: 'Replicas.' }),
  selector: ref(2, LabelSelector, { required: true, doc: 'Selector.' }),
  template: embed(3, PodTemplateSpec, { required: true, doc: 'Template.' }),
  volumeClaimTemplates: list(4, PersistentVolumeClaim, { list: 'atomic', doc: 'Volume claim templates.' }),
  serviceName: string(5, { always: true, doc: 'Service name.' }),
  podManagementPolicy: string(6, { enum: PodManagementPolicyType, doc: 'Pod management policy.' }),
  updateStrategy: embed(7, StatefulSetUpdateStrategy, { doc: 'Update strategy.' }),
  revisionHistoryLimit: int32(8, { pointer: true, doc: 'Revision history limit.' }),
  minReadySeconds: int32(9, { doc: 'Min ready, in seconds.' }),
  persistentVolumeClaimRetentionPolicy: ref(10, StatefulSetPersistentVolumeClaimRetentionPolicy, {
    doc: 'Persistent volume claim retention policy.',
  }),
  ordinals: ref(11, StatefulSetOrdinals, { doc: 'Ordinals.' }),
})
export type StatefulSetSpec = Static<typeof StatefulSetSpec>

export const StatefulSetCondition = message(
  'StatefulSetCondition',
  'One thing that holds, or does not, of: stateful set.',
  {
    type: string(1, { required: true, doc: 'Type.' }),
    status: string(2, { required: true, doc: 'Status.' }),
    lastTransitionTime: time(3, { doc: 'When: last transition.' }),
    reason: string(4, { doc: 'Reason.' }),
    message: string(5, { doc: 'Message.' }),
  },
)
export type StatefulSetCondition = Static<typeof StatefulSetCondition>

export const StatefulSetStatus = message('StatefulSetStatus', 'What is known of: stateful set.', {
  observedGeneration: int64(1, { doc: 'Observed generation.' }),
  replicas: int32(2, { required: true, doc: 'Replicas.' }),
  readyReplicas: int32(3, { doc: 'Ready replicas.' }),
  currentReplicas: int32(4, { doc: 'Current replicas.' }),
  updatedReplicas: int32(5, { doc: 'Updated replicas.' }),
  currentRevision: string(6, { doc: 'Current revision.' }),
  updateRevision: string(7, { doc: 'Update revision.' }),
  collisionCount: int32(9, { pointer: true, doc: 'Collision count.' }),
  conditions: list(10, StatefulSetCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'Conditions.',
  }),
  availableReplicas: int32(11, { always: true, doc: 'Available replicas.' }),
})
export type StatefulSetStatus = Static<typeof StatefulSetStatus>

export const StatefulSet = object('StatefulSet', 'Stateful set.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  spec: embed(2, StatefulSetSpec, { doc: 'Spec.' }),
  status: embed(3, StatefulSetStatus, { doc: 'Status.' }),
})
export type StatefulSet = Static<typeof StatefulSet>

export const StatefulSetList = object('StatefulSetList', 'A page of objects: stateful set.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, StatefulSet, { required: true, doc: 'Items.' }),
})
export type StatefulSetList = Static<typeof StatefulSetList>
