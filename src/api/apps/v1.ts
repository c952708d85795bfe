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

export const ControllerRevision = object(
  'ControllerRevision',
  'A version of the template of a DaemonSet or StatefulSet.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    data: rawExtension(2, { doc: 'The content, by key.' }),
    revision: int64(3, { required: true, doc: 'Counts the versions.' }),
  },
)
export type ControllerRevision = Static<typeof ControllerRevision>

export const ControllerRevisionList = object('ControllerRevisionList', 'A page of controller revision objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ControllerRevision, { required: true, doc: 'The objects.' }),
})
export type ControllerRevisionList = Static<typeof ControllerRevisionList>

export const RollingUpdateDaemonSet = message('RollingUpdateDaemonSet', 'Rolling update daemon set.', {
  maxUnavailable: intOrString(1, {
    pointer: true,
    default: 1,
    doc: 'How many Pods may be missing meanwhile, as a number or a share.',
  }),
  maxSurge: intOrString(2, {
    pointer: true,
    default: 0,
    doc: 'How many more Pods there may be meanwhile, as a number or a share.',
  }),
})
export type RollingUpdateDaemonSet = Static<typeof RollingUpdateDaemonSet>

export const DaemonSetUpdateStrategy = message('DaemonSetUpdateStrategy', 'Daemon set update strategy.', {
  type: string(1, {
    default: 'RollingUpdate',
    enum: DaemonSetUpdateStrategyType,
    doc: 'Which of several kinds it is.',
  }),
  rollingUpdate: ref(2, RollingUpdateDaemonSet, { doc: 'How far a step by step change may go.' }),
})
export type DaemonSetUpdateStrategy = Static<typeof DaemonSetUpdateStrategy>

export const DaemonSetSpec = message('DaemonSetSpec', 'What Pod to keep on which nodes.', {
  selector: ref(1, LabelSelector, { required: true, doc: 'Which objects are meant, by their labels.' }),
  template: embed(2, PodTemplateSpec, { required: true, doc: 'What new ones look like.' }),
  updateStrategy: embed(3, DaemonSetUpdateStrategy, { doc: 'How to replace the old by the new.' }),
  minReadySeconds: int32(4, { doc: 'How long a Pod must be ready before it is available, in seconds.' }),
  revisionHistoryLimit: int32(6, { pointer: true, default: 10, doc: 'How many old revisions are kept.' }),
})
export type DaemonSetSpec = Static<typeof DaemonSetSpec>

export const DaemonSetCondition = message(
  'DaemonSetCondition',
  'One thing that holds, or does not, of the daemon set.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    lastTransitionTime: time(3, { doc: 'When it last changed.' }),
    reason: string(4, { doc: 'Why, in one word.' }),
    message: string(5, { doc: 'What happened, for people to read.' }),
  },
)
export type DaemonSetCondition = Static<typeof DaemonSetCondition>

export const DaemonSetStatus = message('DaemonSetStatus', 'What is known of the daemon set.', {
  currentNumberScheduled: int32(1, { required: true, doc: 'How many nodes have the Pod and should.' }),
  numberMisscheduled: int32(2, { required: true, doc: 'How many nodes have the Pod and should not.' }),
  desiredNumberScheduled: int32(3, { required: true, doc: 'How many nodes should have the Pod.' }),
  numberReady: int32(4, { required: true, doc: 'How many nodes have a ready Pod.' }),
  observedGeneration: int64(5, { doc: 'The generation that this was written for.' }),
  updatedNumberScheduled: int32(6, { doc: 'How many nodes have a Pod of the newest template.' }),
  numberAvailable: int32(7, { doc: 'How many nodes have a Pod that was ready long enough.' }),
  numberUnavailable: int32(8, { doc: 'How many nodes lack such a Pod.' }),
  collisionCount: int32(9, { pointer: true, doc: 'How often a new name was taken already.' }),
  conditions: list(10, DaemonSetCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
})
export type DaemonSetStatus = Static<typeof DaemonSetStatus>

export const DaemonSet = object('DaemonSet', 'Keeps a Pod on every node that fits.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, DaemonSetSpec, { doc: 'What is wanted.' }),
  status: embed(3, DaemonSetStatus, { doc: 'What is known.' }),
})
export type DaemonSet = Static<typeof DaemonSet>

export const DaemonSetList = object('DaemonSetList', 'A page of daemon set objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, DaemonSet, { required: true, doc: 'The objects.' }),
})
export type DaemonSetList = Static<typeof DaemonSetList>

export const RollingUpdateDeployment = message('RollingUpdateDeployment', 'Rolling update deployment.', {
  maxUnavailable: intOrString(1, {
    pointer: true,
    default: '25%',
    doc: 'How many Pods may be missing meanwhile, as a number or a share.',
  }),
  maxSurge: intOrString(2, {
    pointer: true,
    default: '25%',
    doc: 'How many more Pods there may be meanwhile, as a number or a share.',
  }),
})
export type RollingUpdateDeployment = Static<typeof RollingUpdateDeployment>

export const DeploymentStrategy = message('DeploymentStrategy', 'How to replace old Pods by new ones.', {
  type: string(1, { default: 'RollingUpdate', enum: DeploymentStrategyType, doc: 'Which of several kinds it is.' }),
  rollingUpdate: ref(2, RollingUpdateDeployment, { doc: 'How far a step by step change may go.' }),
})
export type DeploymentStrategy = Static<typeof DeploymentStrategy>

export const DeploymentSpec = message(
  'DeploymentSpec',
  'How many Pods to keep, what they look like, and how to replace them.',
  {
    replicas: int32(1, { pointer: true, default: 1, doc: 'How many there are to be.' }),
    selector: ref(2, LabelSelector, { required: true, doc: 'Which objects are meant, by their labels.' }),
    template: embed(3, PodTemplateSpec, { required: true, doc: 'What new ones look like.' }),
    strategy: embed(4, DeploymentStrategy, { patchStrategy: 'retainKeys', doc: 'How to replace the old by the new.' }),
    minReadySeconds: int32(5, { doc: 'How long a Pod must be ready before it is available, in seconds.' }),
    revisionHistoryLimit: int32(6, { pointer: true, default: 10, doc: 'How many old revisions are kept.' }),
    paused: bool(7, { doc: 'Whether changes wait.' }),
    progressDeadlineSeconds: int32(9, {
      pointer: true,
      default: 600,
      doc: 'How long a change may take without progress, in seconds.',
    }),
  },
)
export type DeploymentSpec = Static<typeof DeploymentSpec>

export const DeploymentCondition = message(
  'DeploymentCondition',
  'One thing that holds, or does not, of the deployment.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    lastUpdateTime: time(6, { doc: 'When it was last looked at.' }),
    lastTransitionTime: time(7, { doc: 'When it last changed.' }),
    reason: string(4, { doc: 'Why, in one word.' }),
    message: string(5, { doc: 'What happened, for people to read.' }),
  },
)
export type DeploymentCondition = Static<typeof DeploymentCondition>

export const DeploymentStatus = message('DeploymentStatus', 'What is known of the deployment.', {
  observedGeneration: int64(1, { doc: 'The generation that this was written for.' }),
  replicas: int32(2, { doc: 'How many Pods there are.' }),
  updatedReplicas: int32(3, { doc: 'How many Pods are of the newest template.' }),
  readyReplicas: int32(7, { doc: 'How many Pods are ready.' }),
  availableReplicas: int32(4, { doc: 'How many Pods have been ready long enough.' }),
  unavailableReplicas: int32(5, { doc: 'How many Pods are missing.' }),
  terminatingReplicas: int32(9, { pointer: true, doc: 'How many Pods are about to end.' }),
  conditions: list(6, DeploymentCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
  collisionCount: int32(8, { pointer: true, doc: 'How often a new name was taken already.' }),
})
export type DeploymentStatus = Static<typeof DeploymentStatus>

export const Deployment = object(
  'Deployment',
  'Keeps Pods running, and replaces them step by step when their template changes.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    spec: embed(2, DeploymentSpec, { doc: 'What is wanted.' }),
    status: embed(3, DeploymentStatus, { doc: 'What is known.' }),
  },
)
export type Deployment = Static<typeof Deployment>

export const DeploymentList = object('DeploymentList', 'A page of deployment objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Deployment, { required: true, doc: 'The objects.' }),
})
export type DeploymentList = Static<typeof DeploymentList>

export const ReplicaSetSpec = message('ReplicaSetSpec', 'How many Pods to keep, and what they look like.', {
  replicas: int32(1, { pointer: true, default: 1, doc: 'How many there are to be.' }),
  minReadySeconds: int32(4, { doc: 'How long a Pod must be ready before it is available, in seconds.' }),
  selector: ref(2, LabelSelector, { required: true, doc: 'Which objects are meant, by their labels.' }),
  template: embed(3, PodTemplateSpec, { doc: 'What new ones look like.' }),
})
export type ReplicaSetSpec = Static<typeof ReplicaSetSpec>

export const ReplicaSetCondition = message(
  'ReplicaSetCondition',
  'One thing that holds, or does not, of the replica set.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    lastTransitionTime: time(3, { doc: 'When it last changed.' }),
    reason: string(4, { doc: 'Why, in one word.' }),
    message: string(5, { doc: 'What happened, for people to read.' }),
  },
)
export type ReplicaSetCondition = Static<typeof ReplicaSetCondition>

export const ReplicaSetStatus = message('ReplicaSetStatus', 'What is known of the replica set.', {
  replicas: int32(1, { required: true, doc: 'How many Pods there are.' }),
  fullyLabeledReplicas: int32(2, { doc: 'How many Pods have all labels of the template.' }),
  readyReplicas: int32(4, { doc: 'How many Pods are ready.' }),
  availableReplicas: int32(5, { doc: 'How many Pods have been ready long enough.' }),
  terminatingReplicas: int32(7, { pointer: true, doc: 'How many Pods are about to end.' }),
  observedGeneration: int64(3, { doc: 'The generation that this was written for.' }),
  conditions: list(6, ReplicaSetCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
})
export type ReplicaSetStatus = Static<typeof ReplicaSetStatus>

export const ReplicaSet = object('ReplicaSet', 'Keeps a number of Pods.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, ReplicaSetSpec, { doc: 'What is wanted.' }),
  status: embed(3, ReplicaSetStatus, { doc: 'What is known.' }),
})
export type ReplicaSet = Static<typeof ReplicaSet>

export const ReplicaSetList = object('ReplicaSetList', 'A page of replica set objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ReplicaSet, { required: true, doc: 'The objects.' }),
})
export type ReplicaSetList = Static<typeof ReplicaSetList>

export const RollingUpdateStatefulSetStrategy = message(
  'RollingUpdateStatefulSetStrategy',
  'Rolling update stateful set strategy.',
  {
    partition: int32(1, { pointer: true, default: 0, doc: 'Pods with a smaller number stay as they are.' }),
    maxUnavailable: intOrString(2, {
      pointer: true,
      doc: 'How many Pods may be missing meanwhile, as a number or a share.',
    }),
  },
)
export type RollingUpdateStatefulSetStrategy = Static<typeof RollingUpdateStatefulSetStrategy>

export const StatefulSetUpdateStrategy = message('StatefulSetUpdateStrategy', 'Stateful set update strategy.', {
  type: string(1, {
    default: 'RollingUpdate',
    enum: StatefulSetUpdateStrategyType,
    doc: 'Which of several kinds it is.',
  }),
  rollingUpdate: ref(2, RollingUpdateStatefulSetStrategy, { doc: 'How far a step by step change may go.' }),
})
export type StatefulSetUpdateStrategy = Static<typeof StatefulSetUpdateStrategy>

export const StatefulSetPersistentVolumeClaimRetentionPolicy = message(
  'StatefulSetPersistentVolumeClaimRetentionPolicy',
  'Stateful set persistent volume claim retention policy.',
  {
    whenDeleted: string(1, { default: 'Retain', doc: 'What becomes of claims when the set is deleted.' }),
    whenScaled: string(2, { default: 'Retain', doc: 'What becomes of claims when the set shrinks.' }),
  },
)
export type StatefulSetPersistentVolumeClaimRetentionPolicy = Static<
  typeof StatefulSetPersistentVolumeClaimRetentionPolicy
>

export const StatefulSetOrdinals = message('StatefulSetOrdinals', 'Stateful set ordinals.', {
  start: int32(1, { always: true, doc: 'The number of the first Pod.' }),
})
export type StatefulSetOrdinals = Static<typeof StatefulSetOrdinals>

export const StatefulSetSpec = message(
  'StatefulSetSpec',
  'How many Pods to keep, what they and their storage look like.',
  {
    replicas: int32(1, { pointer: true, default: 1, doc: 'How many there are to be.' }),
    selector: ref(2, LabelSelector, { required: true, doc: 'Which objects are meant, by their labels.' }),
    template: embed(3, PodTemplateSpec, { required: true, doc: 'What new ones look like.' }),
    volumeClaimTemplates: list(4, PersistentVolumeClaim, {
      list: 'atomic',
      doc: 'What the storage of each Pod looks like.',
    }),
    serviceName: string(5, { always: true, doc: 'The Service that names its Pods.' }),
    podManagementPolicy: string(6, {
      default: 'OrderedReady',
      enum: PodManagementPolicyType,
      doc: 'Whether Pods come and go one after another or all at once.',
    }),
    updateStrategy: embed(7, StatefulSetUpdateStrategy, { doc: 'How to replace the old by the new.' }),
    revisionHistoryLimit: int32(8, { pointer: true, default: 10, doc: 'How many old revisions are kept.' }),
    minReadySeconds: int32(9, { doc: 'How long a Pod must be ready before it is available, in seconds.' }),
    persistentVolumeClaimRetentionPolicy: ref(10, StatefulSetPersistentVolumeClaimRetentionPolicy, {
      default: {},
      doc: 'What becomes of claims that nobody needs.',
    }),
    ordinals: ref(11, StatefulSetOrdinals, { doc: 'How Pods are numbered.' }),
  },
)
export type StatefulSetSpec = Static<typeof StatefulSetSpec>

export const StatefulSetCondition = message(
  'StatefulSetCondition',
  'One thing that holds, or does not, of the stateful set.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    lastTransitionTime: time(3, { doc: 'When it last changed.' }),
    reason: string(4, { doc: 'Why, in one word.' }),
    message: string(5, { doc: 'What happened, for people to read.' }),
  },
)
export type StatefulSetCondition = Static<typeof StatefulSetCondition>

export const StatefulSetStatus = message('StatefulSetStatus', 'What is known of the stateful set.', {
  observedGeneration: int64(1, { doc: 'The generation that this was written for.' }),
  replicas: int32(2, { required: true, doc: 'How many Pods there are.' }),
  readyReplicas: int32(3, { doc: 'How many Pods are ready.' }),
  currentReplicas: int32(4, { doc: 'How many Pods there are of the current revision.' }),
  updatedReplicas: int32(5, { doc: 'How many Pods are of the newest template.' }),
  currentRevision: string(6, { doc: 'The version of the Pods that were not replaced yet.' }),
  updateRevision: string(7, { doc: 'The version of the newest template.' }),
  collisionCount: int32(9, { pointer: true, doc: 'How often a new name was taken already.' }),
  conditions: list(10, StatefulSetCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
  availableReplicas: int32(11, { always: true, doc: 'How many Pods have been ready long enough.' }),
})
export type StatefulSetStatus = Static<typeof StatefulSetStatus>

export const StatefulSet = object('StatefulSet', 'Keeps numbered Pods, each with its own name and storage.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, StatefulSetSpec, { doc: 'What is wanted.' }),
  status: embed(3, StatefulSetStatus, { doc: 'What is known.' }),
})
export type StatefulSet = Static<typeof StatefulSet>

export const StatefulSetList = object('StatefulSetList', 'A page of stateful set objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, StatefulSet, { required: true, doc: 'The objects.' }),
})
export type StatefulSetList = Static<typeof StatefulSetList>
