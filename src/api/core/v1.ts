import { Condition, LabelSelector, ListMeta, ObjectMeta, OwnerReference } from '../meta/v1.ts'
import {
  bool,
  bytes,
  embed,
  groupVersion,
  inline,
  int32,
  int64,
  intOrString,
  list,
  map,
  microTime,
  quantity,
  ref,
  string,
  time,
} from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: '', version: 'v1', proto: 'k8s.io.api.core.v1' })

export const AppArmorProfileType = ['Unconfined', 'RuntimeDefault', 'Localhost'] as const
export type AppArmorProfileType = (typeof AppArmorProfileType)[number]

export const AzureDataDiskCachingMode = ['None', 'ReadOnly', 'ReadWrite'] as const
export type AzureDataDiskCachingMode = (typeof AzureDataDiskCachingMode)[number]

export const AzureDataDiskKind = ['Shared', 'Dedicated', 'Managed'] as const
export type AzureDataDiskKind = (typeof AzureDataDiskKind)[number]

export const DNSPolicy = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'] as const
export type DNSPolicy = (typeof DNSPolicy)[number]

export const HostPathType = [
  '',
  'DirectoryOrCreate',
  'Directory',
  'FileOrCreate',
  'File',
  'Socket',
  'CharDevice',
  'BlockDevice',
] as const
export type HostPathType = (typeof HostPathType)[number]

export const IPFamily = ['IPv4', 'IPv6', ''] as const
export type IPFamily = (typeof IPFamily)[number]

export const IPFamilyPolicy = ['SingleStack', 'PreferDualStack', 'RequireDualStack'] as const
export type IPFamilyPolicy = (typeof IPFamilyPolicy)[number]

export const MountPropagationMode = ['None', 'HostToContainer', 'Bidirectional'] as const
export type MountPropagationMode = (typeof MountPropagationMode)[number]

export const NamespacePhase = ['Active', 'Terminating'] as const
export type NamespacePhase = (typeof NamespacePhase)[number]

export const NodeInclusionPolicy = ['Ignore', 'Honor'] as const
export type NodeInclusionPolicy = (typeof NodeInclusionPolicy)[number]

export const NodePhase = ['Pending', 'Running', 'Terminated'] as const
export type NodePhase = (typeof NodePhase)[number]

export const NodeSelectorOperator = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'] as const
export type NodeSelectorOperator = (typeof NodeSelectorOperator)[number]

export const PersistentVolumeAccessMode = [
  'ReadWriteOnce',
  'ReadOnlyMany',
  'ReadWriteMany',
  'ReadWriteOncePod',
] as const
export type PersistentVolumeAccessMode = (typeof PersistentVolumeAccessMode)[number]

export const PersistentVolumeClaimModifyVolumeStatus = ['Pending', 'InProgress', 'Infeasible'] as const
export type PersistentVolumeClaimModifyVolumeStatus = (typeof PersistentVolumeClaimModifyVolumeStatus)[number]

export const PersistentVolumeClaimPhase = ['Pending', 'Bound', 'Lost'] as const
export type PersistentVolumeClaimPhase = (typeof PersistentVolumeClaimPhase)[number]

export const PersistentVolumeMode = ['Block', 'Filesystem'] as const
export type PersistentVolumeMode = (typeof PersistentVolumeMode)[number]

export const PersistentVolumePhase = ['Pending', 'Available', 'Bound', 'Released', 'Failed'] as const
export type PersistentVolumePhase = (typeof PersistentVolumePhase)[number]

export const PersistentVolumeReclaimPolicy = ['Recycle', 'Delete', 'Retain'] as const
export type PersistentVolumeReclaimPolicy = (typeof PersistentVolumeReclaimPolicy)[number]

export const PodFSGroupChangePolicy = ['OnRootMismatch', 'Always'] as const
export type PodFSGroupChangePolicy = (typeof PodFSGroupChangePolicy)[number]

export const PodPhase = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'] as const
export type PodPhase = (typeof PodPhase)[number]

export const PodQOSClass = ['Guaranteed', 'Burstable', 'BestEffort'] as const
export type PodQOSClass = (typeof PodQOSClass)[number]

export const PreemptionPolicy = ['PreemptLowerPriority', 'Never'] as const
export type PreemptionPolicy = (typeof PreemptionPolicy)[number]

export const ProcMountType = ['Default', 'Unmasked'] as const
export type ProcMountType = (typeof ProcMountType)[number]

export const Protocol = ['TCP', 'UDP', 'SCTP'] as const
export type Protocol = (typeof Protocol)[number]

export const PullPolicy = ['Always', 'Never', 'IfNotPresent'] as const
export type PullPolicy = (typeof PullPolicy)[number]

export const ResourceQuotaScope = [
  'Terminating',
  'NotTerminating',
  'BestEffort',
  'NotBestEffort',
  'PriorityClass',
  'CrossNamespacePodAffinity',
  'VolumeAttributesClass',
] as const
export type ResourceQuotaScope = (typeof ResourceQuotaScope)[number]

export const RestartPolicy = ['Always', 'OnFailure', 'Never'] as const
export type RestartPolicy = (typeof RestartPolicy)[number]

export const ScopeSelectorOperator = ['In', 'NotIn', 'Exists', 'DoesNotExist'] as const
export type ScopeSelectorOperator = (typeof ScopeSelectorOperator)[number]

export const SeccompProfileType = ['Unconfined', 'RuntimeDefault', 'Localhost'] as const
export type SeccompProfileType = (typeof SeccompProfileType)[number]

export const ServiceAffinity = ['ClientIP', 'None'] as const
export type ServiceAffinity = (typeof ServiceAffinity)[number]

export const ServiceExternalTrafficPolicy = ['Cluster', 'Local'] as const
export type ServiceExternalTrafficPolicy = (typeof ServiceExternalTrafficPolicy)[number]

export const ServiceInternalTrafficPolicy = ['Cluster', 'Local'] as const
export type ServiceInternalTrafficPolicy = (typeof ServiceInternalTrafficPolicy)[number]

export const ServiceType = ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] as const
export type ServiceType = (typeof ServiceType)[number]

export const Signal = [
  'SIGABRT',
  'SIGALRM',
  'SIGBUS',
  'SIGCHLD',
  'SIGCLD',
  'SIGCONT',
  'SIGFPE',
  'SIGHUP',
  'SIGILL',
  'SIGINT',
  'SIGIO',
  'SIGIOT',
  'SIGKILL',
  'SIGPIPE',
  'SIGPOLL',
  'SIGPROF',
  'SIGPWR',
  'SIGQUIT',
  'SIGSEGV',
  'SIGSTKFLT',
  'SIGSTOP',
  'SIGSYS',
  'SIGTERM',
  'SIGTRAP',
  'SIGTSTP',
  'SIGTTIN',
  'SIGTTOU',
  'SIGURG',
  'SIGUSR1',
  'SIGUSR2',
  'SIGVTALRM',
  'SIGWINCH',
  'SIGXCPU',
  'SIGXFSZ',
  'SIGRTMIN',
  'SIGRTMIN+1',
  'SIGRTMIN+2',
  'SIGRTMIN+3',
  'SIGRTMIN+4',
  'SIGRTMIN+5',
  'SIGRTMIN+6',
  'SIGRTMIN+7',
  'SIGRTMIN+8',
  'SIGRTMIN+9',
  'SIGRTMIN+10',
  'SIGRTMIN+11',
  'SIGRTMIN+12',
  'SIGRTMIN+13',
  'SIGRTMIN+14',
  'SIGRTMIN+15',
  'SIGRTMAX-14',
  'SIGRTMAX-13',
  'SIGRTMAX-12',
  'SIGRTMAX-11',
  'SIGRTMAX-10',
  'SIGRTMAX-9',
  'SIGRTMAX-8',
  'SIGRTMAX-7',
  'SIGRTMAX-6',
  'SIGRTMAX-5',
  'SIGRTMAX-4',
  'SIGRTMAX-3',
  'SIGRTMAX-2',
  'SIGRTMAX-1',
  'SIGRTMAX',
] as const
export type Signal = (typeof Signal)[number]

export const SupplementalGroupsPolicy = ['Merge', 'Strict'] as const
export type SupplementalGroupsPolicy = (typeof SupplementalGroupsPolicy)[number]

export const TaintEffect = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const
export type TaintEffect = (typeof TaintEffect)[number]

export const TerminationMessagePolicy = ['File', 'FallbackToLogsOnError'] as const
export type TerminationMessagePolicy = (typeof TerminationMessagePolicy)[number]

export const TolerationOperator = ['Exists', 'Equal', 'Lt', 'Gt'] as const
export type TolerationOperator = (typeof TolerationOperator)[number]

export const URIScheme = ['HTTP', 'HTTPS'] as const
export type URIScheme = (typeof URIScheme)[number]

export const UnsatisfiableConstraintAction = ['DoNotSchedule', 'ScheduleAnyway'] as const
export type UnsatisfiableConstraintAction = (typeof UnsatisfiableConstraintAction)[number]

export const AWSElasticBlockStoreVolumeSource = message(
  'AWSElasticBlockStoreVolumeSource',
  'AWS elastic block store volume source.',
  {
    volumeID: string(1, { required: true, doc: 'The identity of the volume.' }),
    fsType: string(2, { doc: 'The kind of file system.' }),
    partition: int32(3, { doc: 'The part of the disk.' }),
    readOnly: bool(4, { doc: 'Whether nobody may write.' }),
  },
)
export type AWSElasticBlockStoreVolumeSource = Static<typeof AWSElasticBlockStoreVolumeSource>

export const NodeSelectorRequirement = message('NodeSelectorRequirement', 'Node selector requirement.', {
  key: string(1, { required: true, doc: 'The key.' }),
  operator: string(2, { required: true, enum: NodeSelectorOperator, doc: 'How key and values are compared.' }),
  values: list(3, 'string', { list: 'atomic', doc: 'The values.' }),
})
export type NodeSelectorRequirement = Static<typeof NodeSelectorRequirement>

export const NodeSelectorTerm = message(
  'NodeSelectorTerm',
  'Node selector term.',
  {
    matchExpressions: list(1, NodeSelectorRequirement, { list: 'atomic', doc: 'Conditions that all have to hold.' }),
    matchFields: list(2, NodeSelectorRequirement, {
      list: 'atomic',
      doc: 'Conditions on fields, that all have to hold.',
    }),
  },
  { atomic: true },
)
export type NodeSelectorTerm = Static<typeof NodeSelectorTerm>

export const NodeSelector = message(
  'NodeSelector',
  'Node selector.',
  {
    nodeSelectorTerms: list(1, NodeSelectorTerm, {
      required: true,
      list: 'atomic',
      doc: 'Conditions, of which one has to hold.',
    }),
  },
  { atomic: true },
)
export type NodeSelector = Static<typeof NodeSelector>

export const PreferredSchedulingTerm = message('PreferredSchedulingTerm', 'Preferred scheduling term.', {
  weight: int32(1, { required: true, doc: 'How much it matters, from 1 to 100.' }),
  preference: embed(2, NodeSelectorTerm, { required: true, doc: 'What should hold.' }),
})
export type PreferredSchedulingTerm = Static<typeof PreferredSchedulingTerm>

export const NodeAffinity = message('NodeAffinity', 'Node affinity.', {
  requiredDuringSchedulingIgnoredDuringExecution: ref(1, NodeSelector, {
    doc: 'What has to hold when a node is chosen.',
  }),
  preferredDuringSchedulingIgnoredDuringExecution: list(2, PreferredSchedulingTerm, {
    list: 'atomic',
    doc: 'What should hold when a node is chosen, with weights.',
  }),
})
export type NodeAffinity = Static<typeof NodeAffinity>

export const PodAffinityTerm = message('PodAffinityTerm', 'Pod affinity term.', {
  labelSelector: ref(1, LabelSelector, { doc: 'Labels of the objects that are meant.' }),
  namespaces: list(2, 'string', { list: 'atomic', doc: 'Namespaces.' }),
  topologyKey: string(3, { required: true, doc: 'The label whose values make up the places.' }),
  namespaceSelector: ref(4, LabelSelector, { doc: 'Namespaces that count, by their labels.' }),
  matchLabelKeys: list(5, 'string', { list: 'atomic', doc: 'Labels whose values have to be those of the Pod itself.' }),
  mismatchLabelKeys: list(6, 'string', {
    list: 'atomic',
    doc: 'Labels whose values have to be others than those of the Pod itself.',
  }),
})
export type PodAffinityTerm = Static<typeof PodAffinityTerm>

export const WeightedPodAffinityTerm = message('WeightedPodAffinityTerm', 'Weighted pod affinity term.', {
  weight: int32(1, { required: true, doc: 'How much it matters, from 1 to 100.' }),
  podAffinityTerm: embed(2, PodAffinityTerm, { required: true, doc: 'Pod affinity term.' }),
})
export type WeightedPodAffinityTerm = Static<typeof WeightedPodAffinityTerm>

export const PodAffinity = message('PodAffinity', 'Pod affinity.', {
  requiredDuringSchedulingIgnoredDuringExecution: list(1, PodAffinityTerm, {
    list: 'atomic',
    doc: 'What has to hold when a node is chosen.',
  }),
  preferredDuringSchedulingIgnoredDuringExecution: list(2, WeightedPodAffinityTerm, {
    list: 'atomic',
    doc: 'What should hold when a node is chosen, with weights.',
  }),
})
export type PodAffinity = Static<typeof PodAffinity>

export const PodAntiAffinity = message('PodAntiAffinity', 'Pod anti affinity.', {
  requiredDuringSchedulingIgnoredDuringExecution: list(1, PodAffinityTerm, {
    list: 'atomic',
    doc: 'What has to hold when a node is chosen.',
  }),
  preferredDuringSchedulingIgnoredDuringExecution: list(2, WeightedPodAffinityTerm, {
    list: 'atomic',
    doc: 'What should hold when a node is chosen, with weights.',
  }),
})
export type PodAntiAffinity = Static<typeof PodAntiAffinity>

export const Affinity = message('Affinity', 'Where a Pod would rather run, or not.', {
  nodeAffinity: ref(1, NodeAffinity, { doc: 'Nodes where it runs, or would rather run.' }),
  podAffinity: ref(2, PodAffinity, { doc: 'Pods that it runs near to.' }),
  podAntiAffinity: ref(3, PodAntiAffinity, { doc: 'Pods that it keeps away from.' }),
})
export type Affinity = Static<typeof Affinity>

export const AppArmorProfile = message('AppArmorProfile', 'App armor profile.', {
  type: string(1, { required: true, enum: AppArmorProfileType, doc: 'Which of several kinds it is.' }),
  localhostProfile: string(2, { pointer: true, doc: 'The name of a profile on the node.' }),
})
export type AppArmorProfile = Static<typeof AppArmorProfile>

export const AttachedVolume = message('AttachedVolume', 'Attached volume.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  devicePath: string(2, { required: true, doc: 'The path of the device.' }),
})
export type AttachedVolume = Static<typeof AttachedVolume>

export const PodSignature = message('PodSignature', 'Pod signature.', {
  podController: ref(1, OwnerReference, { doc: 'Pod controller.' }),
})
export type PodSignature = Static<typeof PodSignature>

export const PreferAvoidPodsEntry = message('PreferAvoidPodsEntry', 'Prefer avoid pods entry.', {
  podSignature: embed(1, PodSignature, { required: true, doc: 'Pod signature.' }),
  evictionTime: time(2, { doc: 'Time of eviction.' }),
  reason: string(3, { doc: 'Why, in one word.' }),
  message: string(4, { doc: 'What happened, for people to read.' }),
})
export type PreferAvoidPodsEntry = Static<typeof PreferAvoidPodsEntry>

export const AvoidPods = message('AvoidPods', 'Avoid pods.', {
  preferAvoidPods: list(1, PreferAvoidPodsEntry, { list: 'atomic', doc: 'Prefer avoid pods.' }),
})
export type AvoidPods = Static<typeof AvoidPods>

export const AzureDiskVolumeSource = message('AzureDiskVolumeSource', 'Azure disk volume source.', {
  diskName: string(1, { required: true, doc: 'The name of the disk.' }),
  diskURI: string(2, { required: true, doc: 'The address of the disk.' }),
  cachingMode: string(3, {
    pointer: true,
    default: 'ReadWrite',
    enum: AzureDataDiskCachingMode,
    doc: 'Whether the host keeps what is read and written.',
  }),
  fsType: string(4, { pointer: true, default: 'ext4', doc: 'The kind of file system.' }),
  readOnly: bool(5, { pointer: true, default: false, doc: 'Whether nobody may write.' }),
  kind: string(6, { pointer: true, default: 'Shared', enum: AzureDataDiskKind, doc: 'The kind of the thing.' }),
})
export type AzureDiskVolumeSource = Static<typeof AzureDiskVolumeSource>

export const AzureFilePersistentVolumeSource = message(
  'AzureFilePersistentVolumeSource',
  'Azure file persistent volume source.',
  {
    secretName: string(1, { required: true, doc: 'The name of the Secret.' }),
    shareName: string(2, { required: true, doc: 'The name of the share.' }),
    readOnly: bool(3, { doc: 'Whether nobody may write.' }),
    secretNamespace: string(4, { always: true, pointer: true, doc: 'The namespace of the Secret.' }),
  },
)
export type AzureFilePersistentVolumeSource = Static<typeof AzureFilePersistentVolumeSource>

export const AzureFileVolumeSource = message('AzureFileVolumeSource', 'Azure file volume source.', {
  secretName: string(1, { required: true, doc: 'The name of the Secret.' }),
  shareName: string(2, { required: true, doc: 'The name of the share.' }),
  readOnly: bool(3, { doc: 'Whether nobody may write.' }),
})
export type AzureFileVolumeSource = Static<typeof AzureFileVolumeSource>

export const ObjectReference = message(
  'ObjectReference',
  'Names an object of any kind.',
  {
    kind: string(1, { doc: 'The kind of the thing.' }),
    namespace: string(2, { doc: 'The namespace that it lives in.' }),
    name: string(3, { doc: 'Its name.' }),
    uid: string(4, { doc: 'Unique over all time and space; set by the server.' }),
    apiVersion: string(5, { doc: 'The version of the API that this is written for.' }),
    resourceVersion: string(6, { doc: 'Changes with every write; opaque to clients.' }),
    fieldPath: string(7, { doc: 'The path of the field.' }),
  },
  { atomic: true },
)
export type ObjectReference = Static<typeof ObjectReference>

export const Binding = object('Binding', 'Puts a Pod on a node.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  target: embed(2, ObjectReference, { required: true, doc: 'How much there should be.' }),
})
export type Binding = Static<typeof Binding>

export const SecretReference = message(
  'SecretReference',
  'Secret reference.',
  {
    name: string(1, { doc: 'Its name.' }),
    namespace: string(2, { doc: 'The namespace that it lives in.' }),
  },
  { atomic: true },
)
export type SecretReference = Static<typeof SecretReference>

export const CSIPersistentVolumeSource = message('CSIPersistentVolumeSource', 'CSI persistent volume source.', {
  driver: string(1, { required: true, doc: 'The name of the driver.' }),
  volumeHandle: string(2, { required: true, doc: 'The identity of the volume to its driver.' }),
  readOnly: bool(3, { doc: 'Whether nobody may write.' }),
  fsType: string(4, { doc: 'The kind of file system.' }),
  volumeAttributes: map(5, 'string', { doc: 'Settings of the volume for its driver.' }),
  controllerPublishSecretRef: ref(6, SecretReference, { doc: 'The Secret for attaching.' }),
  nodeStageSecretRef: ref(7, SecretReference, { doc: 'The Secret for mounting on a node.' }),
  nodePublishSecretRef: ref(8, SecretReference, { doc: 'The Secret for mounting in a Pod.' }),
  controllerExpandSecretRef: ref(9, SecretReference, { doc: 'The Secret for growing.' }),
  nodeExpandSecretRef: ref(10, SecretReference, { doc: 'The Secret for growing on a node.' }),
})
export type CSIPersistentVolumeSource = Static<typeof CSIPersistentVolumeSource>

export const LocalObjectReference = message(
  'LocalObjectReference',
  'Names an object of the same namespace.',
  {
    name: string(1, { default: '', doc: 'Its name.' }),
  },
  { atomic: true },
)
export type LocalObjectReference = Static<typeof LocalObjectReference>

export const CSIVolumeSource = message('CSIVolumeSource', 'CSI volume source.', {
  driver: string(1, { required: true, doc: 'The name of the driver.' }),
  readOnly: bool(2, { pointer: true, doc: 'Whether nobody may write.' }),
  fsType: string(3, { pointer: true, doc: 'The kind of file system.' }),
  volumeAttributes: map(4, 'string', { doc: 'Settings of the volume for its driver.' }),
  nodePublishSecretRef: ref(5, LocalObjectReference, { doc: 'The Secret for mounting in a Pod.' }),
})
export type CSIVolumeSource = Static<typeof CSIVolumeSource>

export const Capabilities = message('Capabilities', 'Capabilities.', {
  add: list(1, 'string', { list: 'atomic', doc: 'What is added.' }),
  drop: list(2, 'string', { list: 'atomic', doc: 'What is taken away.' }),
})
export type Capabilities = Static<typeof Capabilities>

export const CephFSPersistentVolumeSource = message(
  'CephFSPersistentVolumeSource',
  'Ceph FS persistent volume source.',
  {
    monitors: list(1, 'string', { required: true, list: 'atomic', doc: 'The addresses of the monitors.' }),
    path: string(2, { doc: 'The path.' }),
    user: string(3, { doc: 'The name of the user.' }),
    secretFile: string(4, { doc: 'The file with the key.' }),
    secretRef: ref(5, SecretReference, { doc: 'The Secret.' }),
    readOnly: bool(6, { doc: 'Whether nobody may write.' }),
  },
)
export type CephFSPersistentVolumeSource = Static<typeof CephFSPersistentVolumeSource>

export const CephFSVolumeSource = message('CephFSVolumeSource', 'Ceph FS volume source.', {
  monitors: list(1, 'string', { required: true, list: 'atomic', doc: 'The addresses of the monitors.' }),
  path: string(2, { doc: 'The path.' }),
  user: string(3, { doc: 'The name of the user.' }),
  secretFile: string(4, { doc: 'The file with the key.' }),
  secretRef: ref(5, LocalObjectReference, { doc: 'The Secret.' }),
  readOnly: bool(6, { doc: 'Whether nobody may write.' }),
})
export type CephFSVolumeSource = Static<typeof CephFSVolumeSource>

export const CinderPersistentVolumeSource = message(
  'CinderPersistentVolumeSource',
  'Cinder persistent volume source.',
  {
    volumeID: string(1, { required: true, doc: 'The identity of the volume.' }),
    fsType: string(2, { doc: 'The kind of file system.' }),
    readOnly: bool(3, { doc: 'Whether nobody may write.' }),
    secretRef: ref(4, SecretReference, { doc: 'The Secret.' }),
  },
)
export type CinderPersistentVolumeSource = Static<typeof CinderPersistentVolumeSource>

export const CinderVolumeSource = message('CinderVolumeSource', 'Cinder volume source.', {
  volumeID: string(1, { required: true, doc: 'The identity of the volume.' }),
  fsType: string(2, { doc: 'The kind of file system.' }),
  readOnly: bool(3, { doc: 'Whether nobody may write.' }),
  secretRef: ref(4, LocalObjectReference, { doc: 'The Secret.' }),
})
export type CinderVolumeSource = Static<typeof CinderVolumeSource>

export const ClientIPConfig = message('ClientIPConfig', 'Client IP config.', {
  timeoutSeconds: int32(1, { pointer: true, doc: 'How long to wait for an answer, in seconds.' }),
})
export type ClientIPConfig = Static<typeof ClientIPConfig>

export const ClusterTrustBundleProjection = message(
  'ClusterTrustBundleProjection',
  'Cluster trust bundle projection.',
  {
    name: string(1, { pointer: true, doc: 'Its name.' }),
    signerName: string(2, { pointer: true, doc: 'Who signs.' }),
    labelSelector: ref(3, LabelSelector, { doc: 'Labels of the objects that are meant.' }),
    optional: bool(5, { pointer: true, doc: 'Whether it may be missing.' }),
    path: string(4, { required: true, doc: 'The path.' }),
  },
)
export type ClusterTrustBundleProjection = Static<typeof ClusterTrustBundleProjection>

export const ComponentCondition = message(
  'ComponentCondition',
  'One thing that holds, or does not, of the component.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    message: string(3, { doc: 'What happened, for people to read.' }),
    error: string(4, { doc: 'What went wrong.' }),
  },
)
export type ComponentCondition = Static<typeof ComponentCondition>

export const ComponentStatus = object('ComponentStatus', 'What is known of the component.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  conditions: list(2, ComponentCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
})
export type ComponentStatus = Static<typeof ComponentStatus>

export const ComponentStatusList = object('ComponentStatusList', 'A page of component status objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ComponentStatus, { required: true, doc: 'The objects.' }),
})
export type ComponentStatusList = Static<typeof ComponentStatusList>

export const ConfigMap = object('ConfigMap', 'Settings that are no secret, by key.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  immutable: bool(4, { pointer: true, doc: 'Whether the content is fixed for good.' }),
  data: map(2, 'string', { doc: 'The content, by key.' }),
  binaryData: map(3, 'bytes', { doc: 'Settings that are not text, in base64.' }),
})
export type ConfigMap = Static<typeof ConfigMap>

export const ConfigMapEnvSource = message('ConfigMapEnvSource', 'Config map env source.', {
  localObjectReference: inline(1, LocalObjectReference),
  optional: bool(2, { pointer: true, doc: 'Whether it may be missing.' }),
})
export type ConfigMapEnvSource = Static<typeof ConfigMapEnvSource>

export const ConfigMapKeySelector = message(
  'ConfigMapKeySelector',
  'Config map key selector.',
  {
    localObjectReference: inline(1, LocalObjectReference),
    key: string(2, { required: true, doc: 'The key.' }),
    optional: bool(3, { pointer: true, doc: 'Whether it may be missing.' }),
  },
  { atomic: true },
)
export type ConfigMapKeySelector = Static<typeof ConfigMapKeySelector>

export const ConfigMapList = object('ConfigMapList', 'A page of config map objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ConfigMap, { required: true, doc: 'The objects.' }),
})
export type ConfigMapList = Static<typeof ConfigMapList>

export const ConfigMapNodeConfigSource = message('ConfigMapNodeConfigSource', 'Config map node config source.', {
  namespace: string(1, { required: true, doc: 'The namespace that it lives in.' }),
  name: string(2, { required: true, doc: 'Its name.' }),
  uid: string(3, { doc: 'Unique over all time and space; set by the server.' }),
  resourceVersion: string(4, { doc: 'Changes with every write; opaque to clients.' }),
  kubeletConfigKey: string(5, { required: true, doc: 'Kubelet config key.' }),
})
export type ConfigMapNodeConfigSource = Static<typeof ConfigMapNodeConfigSource>

export const KeyToPath = message('KeyToPath', 'Key to path.', {
  key: string(1, { required: true, doc: 'The key.' }),
  path: string(2, { required: true, doc: 'The path.' }),
  mode: int32(3, { pointer: true, doc: 'The mode of the file.' }),
})
export type KeyToPath = Static<typeof KeyToPath>

export const ConfigMapProjection = message('ConfigMapProjection', 'Config map projection.', {
  localObjectReference: inline(1, LocalObjectReference),
  items: list(2, KeyToPath, { list: 'atomic', doc: 'The objects.' }),
  optional: bool(4, { pointer: true, doc: 'Whether it may be missing.' }),
})
export type ConfigMapProjection = Static<typeof ConfigMapProjection>

export const ConfigMapVolumeSource = message('ConfigMapVolumeSource', 'Config map volume source.', {
  localObjectReference: inline(1, LocalObjectReference),
  items: list(2, KeyToPath, { list: 'atomic', doc: 'The objects.' }),
  defaultMode: int32(3, { pointer: true, default: 420, doc: 'The file mode of what says no other.' }),
  optional: bool(4, { pointer: true, doc: 'Whether it may be missing.' }),
})
export type ConfigMapVolumeSource = Static<typeof ConfigMapVolumeSource>

export const ContainerPort = message('ContainerPort', 'A port that a container listens on.', {
  name: string(1, { doc: 'Its name.' }),
  hostPort: int32(2, { doc: 'The port of the node that leads to this one.' }),
  containerPort: int32(3, { required: true, doc: 'The number of the port.' }),
  protocol: string(4, { default: 'TCP', enum: Protocol, doc: 'TCP, UDP or SCTP.' }),
  hostIP: string(5, { doc: 'The address of the node.' }),
})
export type ContainerPort = Static<typeof ContainerPort>

export const SecretEnvSource = message('SecretEnvSource', 'Secret env source.', {
  localObjectReference: inline(1, LocalObjectReference),
  optional: bool(2, { pointer: true, doc: 'Whether it may be missing.' }),
})
export type SecretEnvSource = Static<typeof SecretEnvSource>

export const EnvFromSource = message('EnvFromSource', 'Env from source.', {
  prefix: string(1, { doc: 'The beginning of the names.' }),
  configMapRef: ref(2, ConfigMapEnvSource, { doc: 'The ConfigMap.' }),
  secretRef: ref(3, SecretEnvSource, { doc: 'The Secret.' }),
})
export type EnvFromSource = Static<typeof EnvFromSource>

export const ObjectFieldSelector = message(
  'ObjectFieldSelector',
  'Object field selector.',
  {
    apiVersion: string(1, { default: 'v1', doc: 'The version of the API that this is written for.' }),
    fieldPath: string(2, { required: true, doc: 'The path of the field.' }),
  },
  { atomic: true },
)
export type ObjectFieldSelector = Static<typeof ObjectFieldSelector>

export const ResourceFieldSelector = message(
  'ResourceFieldSelector',
  'Resource field selector.',
  {
    containerName: string(1, { doc: 'The name of the container.' }),
    resource: string(2, { required: true, doc: 'The resource.' }),
    divisor: quantity(3, { doc: 'The unit of the number.' }),
  },
  { atomic: true },
)
export type ResourceFieldSelector = Static<typeof ResourceFieldSelector>

export const SecretKeySelector = message(
  'SecretKeySelector',
  'Secret key selector.',
  {
    localObjectReference: inline(1, LocalObjectReference),
    key: string(2, { required: true, doc: 'The key.' }),
    optional: bool(3, { pointer: true, doc: 'Whether it may be missing.' }),
  },
  { atomic: true },
)
export type SecretKeySelector = Static<typeof SecretKeySelector>

export const FileKeySelector = message(
  'FileKeySelector',
  'File key selector.',
  {
    volumeName: string(1, { required: true, doc: 'The name of the volume.' }),
    path: string(2, { required: true, doc: 'The path.' }),
    key: string(3, { required: true, doc: 'The key.' }),
    optional: bool(4, { pointer: true, default: false, doc: 'Whether it may be missing.' }),
  },
  { atomic: true },
)
export type FileKeySelector = Static<typeof FileKeySelector>

export const EnvVarSource = message('EnvVarSource', 'Env var source.', {
  fieldRef: ref(1, ObjectFieldSelector, { doc: 'A field of the Pod.' }),
  resourceFieldRef: ref(2, ResourceFieldSelector, { doc: 'A resource of the container.' }),
  configMapKeyRef: ref(3, ConfigMapKeySelector, { doc: 'A key of a ConfigMap.' }),
  secretKeyRef: ref(4, SecretKeySelector, { doc: 'A key of a Secret.' }),
  fileKeyRef: ref(5, FileKeySelector, { doc: 'A key of a file in a volume.' }),
})
export type EnvVarSource = Static<typeof EnvVarSource>

export const EnvVar = message('EnvVar', 'One variable of the environment of a container.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  value: string(2, { doc: 'The value.' }),
  valueFrom: ref(3, EnvVarSource, { doc: 'Where the value comes from.' }),
})
export type EnvVar = Static<typeof EnvVar>

export const ResourceClaim = message('ResourceClaim', 'Asks for devices.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  request: string(2, { doc: 'Request.' }),
})
export type ResourceClaim = Static<typeof ResourceClaim>

export const ResourceRequirements = message(
  'ResourceRequirements',
  'How much a container needs, and may take at most.',
  {
    limits: map(1, 'quantity', { doc: 'How much it may take at most.' }),
    requests: map(2, 'quantity', { doc: 'How much it needs.' }),
    claims: list(3, ResourceClaim, { list: 'map', keys: ['name'], doc: 'Claims of the Pod that it uses.' }),
  },
)
export type ResourceRequirements = Static<typeof ResourceRequirements>

export const ContainerResizePolicy = message('ContainerResizePolicy', 'Container resize policy.', {
  resourceName: string(1, { required: true, doc: 'The name of the resource.' }),
  restartPolicy: string(2, { required: true, doc: 'Whether it is started again when it ends.' }),
})
export type ContainerResizePolicy = Static<typeof ContainerResizePolicy>

export const ContainerRestartRuleOnExitCodes = message(
  'ContainerRestartRuleOnExitCodes',
  'Container restart rule on exit codes.',
  {
    operator: string(1, { required: true, omitempty: true, doc: 'How key and values are compared.' }),
    values: list(2, 'int32', { list: 'set', doc: 'The values.' }),
  },
)
export type ContainerRestartRuleOnExitCodes = Static<typeof ContainerRestartRuleOnExitCodes>

export const ContainerRestartRule = message('ContainerRestartRule', 'Container restart rule.', {
  action: string(1, { required: true, omitempty: true, doc: 'What follows.' }),
  exitCodes: ref(2, ContainerRestartRuleOnExitCodes, { doc: 'The exit codes that it is about.' }),
})
export type ContainerRestartRule = Static<typeof ContainerRestartRule>

export const VolumeMount = message('VolumeMount', 'Where a volume appears in a container.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  readOnly: bool(2, { doc: 'Whether nobody may write.' }),
  recursiveReadOnly: string(7, { pointer: true, doc: 'Whether mounts below it are read-only too.' }),
  mountPath: string(3, { required: true, doc: 'The path at which it appears.' }),
  subPath: string(4, { doc: 'The part of the volume that appears.' }),
  mountPropagation: string(5, {
    pointer: true,
    enum: MountPropagationMode,
    doc: 'Whether mounts made later are seen on the other side.',
  }),
  subPathExpr: string(6, { doc: 'The part of the volume that appears, with variables.' }),
})
export type VolumeMount = Static<typeof VolumeMount>

export const VolumeDevice = message('VolumeDevice', 'Volume device.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  devicePath: string(2, { required: true, doc: 'The path of the device.' }),
})
export type VolumeDevice = Static<typeof VolumeDevice>

export const ExecAction = message('ExecAction', 'Runs a command in the container.', {
  command: list(1, 'string', {
    list: 'atomic',
    doc: 'The program and its first arguments; those of the image when absent.',
  }),
})
export type ExecAction = Static<typeof ExecAction>

export const HTTPHeader = message('HTTPHeader', 'HTTP header.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  value: string(2, { required: true, doc: 'The value.' }),
})
export type HTTPHeader = Static<typeof HTTPHeader>

export const HTTPGetAction = message('HTTPGetAction', 'Sends an HTTP GET to the container.', {
  path: string(1, { default: '/', doc: 'The path.' }),
  port: intOrString(2, { required: true, doc: 'The port.' }),
  host: string(3, { doc: 'The name of the host.' }),
  scheme: string(4, { default: 'HTTP', enum: URIScheme, doc: 'HTTP or HTTPS.' }),
  httpHeaders: list(5, HTTPHeader, { list: 'atomic', doc: 'Headers of the request.' }),
})
export type HTTPGetAction = Static<typeof HTTPGetAction>

export const TCPSocketAction = message('TCPSocketAction', 'Opens a TCP connection to the container.', {
  port: intOrString(1, { required: true, doc: 'The port.' }),
  host: string(2, { doc: 'The name of the host.' }),
})
export type TCPSocketAction = Static<typeof TCPSocketAction>

export const GRPCAction = message('GRPCAction', 'Asks the gRPC health service of the container.', {
  port: int32(1, { required: true, doc: 'The port.' }),
  service: string(2, { always: true, pointer: true, default: '', doc: 'The name of the service that is asked about.' }),
})
export type GRPCAction = Static<typeof GRPCAction>

export const ProbeHandler = message('ProbeHandler', 'Probe handler.', {
  exec: ref(1, ExecAction, { doc: 'Runs a command in the container.' }),
  httpGet: ref(2, HTTPGetAction, { doc: 'Sends an HTTP GET.' }),
  tcpSocket: ref(3, TCPSocketAction, { doc: 'Opens a TCP connection.' }),
  grpc: ref(4, GRPCAction, { doc: 'Asks the gRPC health service.' }),
})
export type ProbeHandler = Static<typeof ProbeHandler>

export const Probe = message('Probe', 'Asks a container now and then how it is.', {
  handler: inline(1, ProbeHandler),
  initialDelaySeconds: int32(2, { doc: 'How long to wait before the first time, in seconds.' }),
  timeoutSeconds: int32(3, { default: 1, doc: 'How long to wait for an answer, in seconds.' }),
  periodSeconds: int32(4, { default: 10, doc: 'How long from one time to the next, in seconds.' }),
  successThreshold: int32(5, { default: 1, doc: 'How many successes in a row count.' }),
  failureThreshold: int32(6, { default: 3, doc: 'How many failures in a row count.' }),
  terminationGracePeriodSeconds: int64(7, { pointer: true, doc: 'How long it may take to stop, in seconds.' }),
})
export type Probe = Static<typeof Probe>

export const SleepAction = message('SleepAction', 'Sleep action.', {
  seconds: int64(1, { required: true, doc: 'How long, in seconds.' }),
})
export type SleepAction = Static<typeof SleepAction>

export const LifecycleHandler = message('LifecycleHandler', 'Lifecycle handler.', {
  exec: ref(1, ExecAction, { doc: 'Runs a command in the container.' }),
  httpGet: ref(2, HTTPGetAction, { doc: 'Sends an HTTP GET.' }),
  tcpSocket: ref(3, TCPSocketAction, { doc: 'Opens a TCP connection.' }),
  sleep: ref(4, SleepAction, { doc: 'Waits.' }),
})
export type LifecycleHandler = Static<typeof LifecycleHandler>

export const Lifecycle = message('Lifecycle', 'What to do after a container has started and before it stops.', {
  postStart: ref(1, LifecycleHandler, { doc: 'What to do when the container has started.' }),
  preStop: ref(2, LifecycleHandler, { doc: 'What to do before the container is stopped.' }),
  stopSignal: string(3, { pointer: true, enum: Signal, doc: 'The signal that asks it to stop.' }),
})
export type Lifecycle = Static<typeof Lifecycle>

export const SELinuxOptions = message('SELinuxOptions', 'SE linux options.', {
  user: string(1, { doc: 'The name of the user.' }),
  role: string(2, { doc: 'Role.' }),
  type: string(3, { doc: 'Which of several kinds it is.' }),
  level: string(4, { doc: 'Level.' }),
})
export type SELinuxOptions = Static<typeof SELinuxOptions>

export const WindowsSecurityContextOptions = message(
  'WindowsSecurityContextOptions',
  'Windows security context options.',
  {
    gmsaCredentialSpecName: string(1, { pointer: true, doc: 'Gmsa credential spec name.' }),
    gmsaCredentialSpec: string(2, { pointer: true, doc: 'Gmsa credential spec.' }),
    runAsUserName: string(3, { pointer: true, doc: 'Run as user name.' }),
    hostProcess: bool(4, { pointer: true, doc: 'Whether it runs as a process of the node.' }),
  },
)
export type WindowsSecurityContextOptions = Static<typeof WindowsSecurityContextOptions>

export const SeccompProfile = message('SeccompProfile', 'Seccomp profile.', {
  type: string(1, { required: true, enum: SeccompProfileType, doc: 'Which of several kinds it is.' }),
  localhostProfile: string(2, { pointer: true, doc: 'The name of a profile on the node.' }),
})
export type SeccompProfile = Static<typeof SeccompProfile>

export const SecurityContext = message('SecurityContext', 'Identity and rights of a container.', {
  capabilities: ref(1, Capabilities, { doc: 'Rights of the superuser, one by one.' }),
  privileged: bool(2, { pointer: true, doc: 'Whether it has all rights on the node.' }),
  seLinuxOptions: ref(3, SELinuxOptions, { doc: 'The label of SELinux.' }),
  windowsOptions: ref(10, WindowsSecurityContextOptions, { doc: 'What matters on Windows.' }),
  runAsUser: int64(4, { pointer: true, doc: 'The user that it runs as.' }),
  runAsGroup: int64(8, { pointer: true, doc: 'The group that it runs as.' }),
  runAsNonRoot: bool(5, { pointer: true, doc: 'Whether it must not run as the superuser.' }),
  readOnlyRootFilesystem: bool(6, { pointer: true, doc: 'Whether the files of the image cannot be changed.' }),
  allowPrivilegeEscalation: bool(7, {
    pointer: true,
    doc: 'Whether a process may gain more rights than its parent has.',
  }),
  procMount: string(9, { pointer: true, enum: ProcMountType, doc: 'What of /proc is hidden.' }),
  seccompProfile: ref(11, SeccompProfile, { doc: 'Which system calls are allowed.' }),
  appArmorProfile: ref(12, AppArmorProfile, { doc: 'Which profile of AppArmor applies.' }),
})
export type SecurityContext = Static<typeof SecurityContext>

export const Container = message('Container', 'One program of a Pod, with its image and its surroundings.', {
  name: string(1, { required: true, doc: 'Its name, unique in the Pod.' }),
  image: string(2, { doc: 'The image to run.' }),
  command: list(3, 'string', {
    list: 'atomic',
    doc: 'The program and its first arguments; those of the image when absent.',
  }),
  args: list(4, 'string', { list: 'atomic', doc: 'Arguments of the program; those of the image when absent.' }),
  workingDir: string(5, { doc: 'The folder in which it starts.' }),
  ports: list(6, ContainerPort, {
    list: 'map',
    keys: ['containerPort', 'protocol'],
    patchStrategy: 'merge',
    mergeKey: 'containerPort',
    doc: 'Ports that it listens on; others can be reached all the same.',
  }),
  envFrom: list(19, EnvFromSource, { list: 'atomic', doc: 'Where more variables of the environment come from.' }),
  env: list(7, EnvVar, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Variables of the environment.',
  }),
  resources: embed(8, ResourceRequirements, { doc: 'How much it needs, and may take at most.' }),
  resizePolicy: list(23, ContainerResizePolicy, {
    list: 'atomic',
    doc: 'Whether the container restarts when its resources change.',
  }),
  restartPolicy: string(24, { pointer: true, doc: 'Whether it is started again when it ends.' }),
  restartPolicyRules: list(25, ContainerRestartRule, {
    list: 'atomic',
    doc: 'Exit codes that decide whether it is started again.',
  }),
  volumeMounts: list(9, VolumeMount, {
    list: 'map',
    keys: ['mountPath'],
    patchStrategy: 'merge',
    mergeKey: 'mountPath',
    doc: 'Where volumes appear.',
  }),
  volumeDevices: list(21, VolumeDevice, {
    list: 'map',
    keys: ['devicePath'],
    patchStrategy: 'merge',
    mergeKey: 'devicePath',
    doc: 'Where block devices appear.',
  }),
  livenessProbe: ref(10, Probe, { doc: 'Restarts the container when it fails.' }),
  readinessProbe: ref(11, Probe, { doc: 'Says whether the container takes traffic.' }),
  startupProbe: ref(22, Probe, { doc: 'Holds off the other probes until it succeeds once.' }),
  lifecycle: ref(12, Lifecycle, { doc: 'What to do after it has started and before it stops.' }),
  terminationMessagePath: string(13, {
    default: '/dev/termination-log',
    doc: 'The file in which the container leaves its last words.',
  }),
  terminationMessagePolicy: string(20, {
    default: 'File',
    enum: TerminationMessagePolicy,
    doc: 'Where the last words come from when the file is empty.',
  }),
  imagePullPolicy: string(14, {
    enum: PullPolicy,
    doc: 'When the image is pulled: always, never, or if it is not there.',
  }),
  securityContext: ref(15, SecurityContext, { doc: 'Identity and rights.' }),
  stdin: bool(16, { doc: 'Whether standard input is open.' }),
  stdinOnce: bool(17, { doc: 'Whether standard input closes after the first client.' }),
  tty: bool(18, { doc: 'Whether it has a terminal.' }),
})
export type Container = Static<typeof Container>

export const ContainerExtendedResourceRequest = message(
  'ContainerExtendedResourceRequest',
  'Container extended resource request.',
  {
    containerName: string(1, { required: true, doc: 'The name of the container.' }),
    resourceName: string(2, { required: true, doc: 'The name of the resource.' }),
    requestName: string(3, { required: true, doc: 'The name of the request.' }),
  },
)
export type ContainerExtendedResourceRequest = Static<typeof ContainerExtendedResourceRequest>

export const ContainerImage = message('ContainerImage', 'Container image.', {
  names: list(1, 'string', { always: true, list: 'atomic', doc: 'The names of the image.' }),
  sizeBytes: int64(2, { doc: 'How large it is, in bytes.' }),
})
export type ContainerImage = Static<typeof ContainerImage>

export const ContainerStateWaiting = message('ContainerStateWaiting', 'Container state waiting.', {
  reason: string(1, { doc: 'Why, in one word.' }),
  message: string(2, { doc: 'What happened, for people to read.' }),
})
export type ContainerStateWaiting = Static<typeof ContainerStateWaiting>

export const ContainerStateRunning = message('ContainerStateRunning', 'Container state running.', {
  startedAt: time(1, { doc: 'When it started.' }),
})
export type ContainerStateRunning = Static<typeof ContainerStateRunning>

export const ContainerStateTerminated = message('ContainerStateTerminated', 'Container state terminated.', {
  exitCode: int32(1, { required: true, doc: 'The exit code.' }),
  signal: int32(2, { doc: 'The signal that ended it.' }),
  reason: string(3, { doc: 'Why, in one word.' }),
  message: string(4, { doc: 'What happened, for people to read.' }),
  startedAt: time(5, { doc: 'When it started.' }),
  finishedAt: time(6, { doc: 'When it ended.' }),
  containerID: string(7, { doc: 'The identity of the container to the runtime.' }),
})
export type ContainerStateTerminated = Static<typeof ContainerStateTerminated>

export const ContainerState = message('ContainerState', 'Container state.', {
  waiting: ref(1, ContainerStateWaiting, { doc: 'Why it does not run yet.' }),
  running: ref(2, ContainerStateRunning, { doc: 'Since when it runs.' }),
  terminated: ref(3, ContainerStateTerminated, { doc: 'How it ended.' }),
})
export type ContainerState = Static<typeof ContainerState>

export const ImageVolumeStatus = message('ImageVolumeStatus', 'What is known of the image volume.', {
  imageRef: string(1, { required: true, omitempty: true, doc: 'The image that is mounted.' }),
})
export type ImageVolumeStatus = Static<typeof ImageVolumeStatus>

export const VolumeStatus = message('VolumeStatus', 'What is known of the volume.', {
  image: ref(1, ImageVolumeStatus, { doc: 'The image to run.' }),
})
export type VolumeStatus = Static<typeof VolumeStatus>

export const VolumeMountStatus = message('VolumeMountStatus', 'What is known of the volume mount.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  mountPath: string(2, { required: true, doc: 'The path at which it appears.' }),
  readOnly: bool(3, { doc: 'Whether nobody may write.' }),
  recursiveReadOnly: string(4, { pointer: true, doc: 'Whether mounts below it are read-only too.' }),
  volumeStatus: ref(5, VolumeStatus, { doc: 'Volume status.' }),
})
export type VolumeMountStatus = Static<typeof VolumeMountStatus>

export const LinuxContainerUser = message('LinuxContainerUser', 'Linux container user.', {
  uid: int64(1, { required: true, doc: 'Unique over all time and space; set by the server.' }),
  gid: int64(2, { required: true, doc: 'The group.' }),
  supplementalGroups: list(3, 'int64', { list: 'atomic', doc: 'More groups.' }),
})
export type LinuxContainerUser = Static<typeof LinuxContainerUser>

export const ContainerUser = message('ContainerUser', 'Container user.', {
  linux: ref(1, LinuxContainerUser, { doc: 'Linux.' }),
})
export type ContainerUser = Static<typeof ContainerUser>

export const ResourceHealth = message('ResourceHealth', 'Resource health.', {
  resourceID: string(1, { required: true, doc: 'Resource ID.' }),
  health: string(2, { doc: 'Health.' }),
  message: string(6, { pointer: true, doc: 'What happened, for people to read.' }),
})
export type ResourceHealth = Static<typeof ResourceHealth>

export const ResourceStatus = message('ResourceStatus', 'What is known of the resource.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  resources: list(2, ResourceHealth, {
    list: 'map',
    keys: ['resourceID'],
    doc: 'How much it needs, and may take at most.',
  }),
})
export type ResourceStatus = Static<typeof ResourceStatus>

export const ContainerStatus = message('ContainerStatus', 'What is known of one container.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  state: embed(2, ContainerState, { doc: 'How it is.' }),
  lastState: embed(3, ContainerState, { doc: 'How it was before.' }),
  ready: bool(4, { required: true, doc: 'Whether it takes traffic.' }),
  restartCount: int32(5, { required: true, doc: 'How often it was restarted.' }),
  image: string(6, { required: true, doc: 'The image to run.' }),
  imageID: string(7, { required: true, doc: 'The identity of the image that runs.' }),
  containerID: string(8, { doc: 'The identity of the container to the runtime.' }),
  started: bool(9, { pointer: true, doc: 'Whether it has started.' }),
  allocatedResources: map(10, 'quantity', { doc: 'What the node has set aside.' }),
  resources: ref(11, ResourceRequirements, { doc: 'How much it needs, and may take at most.' }),
  volumeMounts: list(12, VolumeMountStatus, {
    list: 'map',
    keys: ['mountPath'],
    patchStrategy: 'merge',
    mergeKey: 'mountPath',
    doc: 'Where volumes appear.',
  }),
  user: ref(13, ContainerUser, { doc: 'The name of the user.' }),
  allocatedResourcesStatus: list(14, ResourceStatus, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'The health of the devices in use.',
  }),
  stopSignal: string(15, { pointer: true, enum: Signal, doc: 'The signal that asks it to stop.' }),
})
export type ContainerStatus = Static<typeof ContainerStatus>

export const DaemonEndpoint = message('DaemonEndpoint', 'Daemon endpoint.', {
  Port: int32(1, { required: true, doc: 'The number of the port.' }),
})
export type DaemonEndpoint = Static<typeof DaemonEndpoint>

export const DownwardAPIVolumeFile = message('DownwardAPIVolumeFile', 'Downward API volume file.', {
  path: string(1, { required: true, doc: 'The path.' }),
  fieldRef: ref(2, ObjectFieldSelector, { doc: 'A field of the Pod.' }),
  resourceFieldRef: ref(3, ResourceFieldSelector, { doc: 'A resource of the container.' }),
  mode: int32(4, { pointer: true, doc: 'The mode of the file.' }),
})
export type DownwardAPIVolumeFile = Static<typeof DownwardAPIVolumeFile>

export const DownwardAPIProjection = message('DownwardAPIProjection', 'Downward API projection.', {
  items: list(1, DownwardAPIVolumeFile, { list: 'atomic', doc: 'The objects.' }),
})
export type DownwardAPIProjection = Static<typeof DownwardAPIProjection>

export const DownwardAPIVolumeSource = message('DownwardAPIVolumeSource', 'Downward API volume source.', {
  items: list(1, DownwardAPIVolumeFile, { list: 'atomic', doc: 'The objects.' }),
  defaultMode: int32(2, { pointer: true, default: 420, doc: 'The file mode of what says no other.' }),
})
export type DownwardAPIVolumeSource = Static<typeof DownwardAPIVolumeSource>

export const EmptyDirVolumeSource = message('EmptyDirVolumeSource', 'A folder that lives as long as its Pod.', {
  medium: string(1, { doc: 'Where the files are: on the disk of the node, or in memory.' }),
  sizeLimit: quantity(2, { pointer: true, doc: 'How much it may hold.' }),
})
export type EmptyDirVolumeSource = Static<typeof EmptyDirVolumeSource>

export const EndpointAddress = message(
  'EndpointAddress',
  'Endpoint address.',
  {
    ip: string(1, { required: true, doc: 'The address.' }),
    hostname: string(3, { doc: 'The name of the host as the Pod sees it.' }),
    nodeName: string(4, { pointer: true, doc: 'The node that runs it.' }),
    targetRef: ref(2, ObjectReference, { doc: 'The object behind the address.' }),
  },
  { atomic: true },
)
export type EndpointAddress = Static<typeof EndpointAddress>

export const EndpointPort = message(
  'EndpointPort',
  'Endpoint port.',
  {
    name: string(1, { doc: 'Its name.' }),
    port: int32(2, { required: true, doc: 'The port.' }),
    protocol: string(3, { default: 'TCP', enum: Protocol, doc: 'TCP, UDP or SCTP.' }),
    appProtocol: string(4, { pointer: true, doc: 'What is spoken over the port.' }),
  },
  { atomic: true },
)
export type EndpointPort = Static<typeof EndpointPort>

export const EndpointSubset = message('EndpointSubset', 'Endpoint subset.', {
  addresses: list(1, EndpointAddress, { list: 'atomic', doc: 'Where it can be reached.' }),
  notReadyAddresses: list(2, EndpointAddress, { list: 'atomic', doc: 'Addresses that take no traffic.' }),
  ports: list(3, EndpointPort, { list: 'atomic', doc: 'The ports.' }),
})
export type EndpointSubset = Static<typeof EndpointSubset>

export const Endpoints = object('Endpoints', 'The addresses behind a Service, in the old form.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  subsets: list(2, EndpointSubset, { list: 'atomic', doc: 'Addresses with the same ports.' }),
})
export type Endpoints = Static<typeof Endpoints>

export const EndpointsList = object('EndpointsList', 'A page of endpoints objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Endpoints, { required: true, doc: 'The objects.' }),
})
export type EndpointsList = Static<typeof EndpointsList>

export const EphemeralContainerCommon = message('EphemeralContainerCommon', 'Ephemeral container common.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  image: string(2, { doc: 'The image to run.' }),
  command: list(3, 'string', {
    list: 'atomic',
    doc: 'The program and its first arguments; those of the image when absent.',
  }),
  args: list(4, 'string', { list: 'atomic', doc: 'Arguments of the program; those of the image when absent.' }),
  workingDir: string(5, { doc: 'The folder in which it starts.' }),
  ports: list(6, ContainerPort, {
    list: 'map',
    keys: ['containerPort', 'protocol'],
    patchStrategy: 'merge',
    mergeKey: 'containerPort',
    doc: 'The ports.',
  }),
  envFrom: list(19, EnvFromSource, { list: 'atomic', doc: 'Where more variables of the environment come from.' }),
  env: list(7, EnvVar, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Variables of the environment.',
  }),
  resources: embed(8, ResourceRequirements, { doc: 'How much it needs, and may take at most.' }),
  resizePolicy: list(23, ContainerResizePolicy, {
    list: 'atomic',
    doc: 'Whether the container restarts when its resources change.',
  }),
  restartPolicy: string(24, { pointer: true, doc: 'Whether it is started again when it ends.' }),
  restartPolicyRules: list(25, ContainerRestartRule, {
    list: 'atomic',
    doc: 'Exit codes that decide whether it is started again.',
  }),
  volumeMounts: list(9, VolumeMount, {
    list: 'map',
    keys: ['mountPath'],
    patchStrategy: 'merge',
    mergeKey: 'mountPath',
    doc: 'Where volumes appear.',
  }),
  volumeDevices: list(21, VolumeDevice, {
    list: 'map',
    keys: ['devicePath'],
    patchStrategy: 'merge',
    mergeKey: 'devicePath',
    doc: 'Where block devices appear.',
  }),
  livenessProbe: ref(10, Probe, { doc: 'Restarts the container when it fails.' }),
  readinessProbe: ref(11, Probe, { doc: 'Says whether the container takes traffic.' }),
  startupProbe: ref(22, Probe, { doc: 'Holds off the other probes until it succeeds once.' }),
  lifecycle: ref(12, Lifecycle, { doc: 'What to do after it has started and before it stops.' }),
  terminationMessagePath: string(13, {
    default: '/dev/termination-log',
    doc: 'The file in which the container leaves its last words.',
  }),
  terminationMessagePolicy: string(20, {
    default: 'File',
    enum: TerminationMessagePolicy,
    doc: 'Where the last words come from when the file is empty.',
  }),
  imagePullPolicy: string(14, {
    enum: PullPolicy,
    doc: 'When the image is pulled: always, never, or if it is not there.',
  }),
  securityContext: ref(15, SecurityContext, { doc: 'Identity and rights.' }),
  stdin: bool(16, { doc: 'Whether standard input is open.' }),
  stdinOnce: bool(17, { doc: 'Whether standard input closes after the first client.' }),
  tty: bool(18, { doc: 'Whether it has a terminal.' }),
})
export type EphemeralContainerCommon = Static<typeof EphemeralContainerCommon>

export const EphemeralContainer = message(
  'EphemeralContainer',
  'A container that is added to a running Pod, to look into it.',
  {
    ephemeralContainerCommon: inline(1, EphemeralContainerCommon),
    targetContainerName: string(2, { doc: 'The container whose processes it sees.' }),
  },
)
export type EphemeralContainer = Static<typeof EphemeralContainer>

export const VolumeResourceRequirements = message('VolumeResourceRequirements', 'Volume resource requirements.', {
  limits: map(1, 'quantity', { doc: 'How much it may take at most.' }),
  requests: map(2, 'quantity', { doc: 'How much it needs.' }),
})
export type VolumeResourceRequirements = Static<typeof VolumeResourceRequirements>

export const TypedLocalObjectReference = message(
  'TypedLocalObjectReference',
  'Typed local object reference.',
  {
    apiGroup: string(1, { always: true, pointer: true, doc: 'The API group of the thing that is named.' }),
    kind: string(2, { required: true, doc: 'The kind of the thing.' }),
    name: string(3, { required: true, doc: 'Its name.' }),
  },
  { atomic: true },
)
export type TypedLocalObjectReference = Static<typeof TypedLocalObjectReference>

export const TypedObjectReference = message('TypedObjectReference', 'Typed object reference.', {
  apiGroup: string(1, { always: true, pointer: true, doc: 'The API group of the thing that is named.' }),
  kind: string(2, { required: true, doc: 'The kind of the thing.' }),
  name: string(3, { required: true, doc: 'Its name.' }),
  namespace: string(4, { pointer: true, doc: 'The namespace that it lives in.' }),
})
export type TypedObjectReference = Static<typeof TypedObjectReference>

export const PersistentVolumeClaimSpec = message(
  'PersistentVolumeClaimSpec',
  'What is wanted of the persistent volume claim.',
  {
    accessModes: list(1, 'string', {
      enum: PersistentVolumeAccessMode,
      list: 'atomic',
      doc: 'How many nodes may mount it, and whether they may write.',
    }),
    selector: ref(4, LabelSelector, { doc: 'Which objects are meant, by their labels.' }),
    resources: embed(2, VolumeResourceRequirements, { doc: 'How much it needs, and may take at most.' }),
    volumeName: string(3, { doc: 'The name of the volume.' }),
    storageClassName: string(5, { pointer: true, doc: 'The class of the storage.' }),
    volumeMode: string(6, {
      pointer: true,
      default: 'Filesystem',
      enum: PersistentVolumeMode,
      doc: 'Whether it is a file system or a bare block device.',
    }),
    dataSource: ref(7, TypedLocalObjectReference, { doc: 'Where the content comes from.' }),
    dataSourceRef: ref(8, TypedObjectReference, { doc: 'Where the content comes from.' }),
    volumeAttributesClassName: string(9, { pointer: true, doc: 'The class of settings that can change in use.' }),
  },
)
export type PersistentVolumeClaimSpec = Static<typeof PersistentVolumeClaimSpec>

export const PersistentVolumeClaimTemplate = message(
  'PersistentVolumeClaimTemplate',
  'Persistent volume claim template.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    spec: embed(2, PersistentVolumeClaimSpec, { required: true, doc: 'What is wanted.' }),
  },
)
export type PersistentVolumeClaimTemplate = Static<typeof PersistentVolumeClaimTemplate>

export const EphemeralVolumeSource = message('EphemeralVolumeSource', 'Ephemeral volume source.', {
  volumeClaimTemplate: ref(1, PersistentVolumeClaimTemplate, { doc: 'What the claim looks like.' }),
})
export type EphemeralVolumeSource = Static<typeof EphemeralVolumeSource>

export const EventSource = message('EventSource', 'Event source.', {
  component: string(1, { doc: 'The component.' }),
  host: string(2, { doc: 'The name of the host.' }),
})
export type EventSource = Static<typeof EventSource>

export const EventSeries = message('EventSeries', 'Event series.', {
  count: int32(1, { doc: 'How often.' }),
  lastObservedTime: microTime(2, { doc: 'When it last happened.' }),
})
export type EventSeries = Static<typeof EventSeries>

export const Event = object('Event', 'Something that happened to an object.', {
  metadata: embed(1, ObjectMeta, { required: true, doc: 'What it says about itself.' }),
  involvedObject: embed(2, ObjectReference, { required: true, doc: 'The object that it happened to.' }),
  reason: string(3, { doc: 'Why, in one word.' }),
  message: string(4, { doc: 'What happened, for people to read.' }),
  source: embed(5, EventSource, { doc: 'Who says so.' }),
  firstTimestamp: time(6, { doc: 'When it first happened.' }),
  lastTimestamp: time(7, { doc: 'When it last happened.' }),
  count: int32(8, { doc: 'How often.' }),
  type: string(9, { doc: 'Which of several kinds it is.' }),
  eventTime: microTime(10, { doc: 'When it happened.' }),
  series: ref(11, EventSeries, { doc: 'How often and until when it went on happening.' }),
  action: string(12, { doc: 'What was done.' }),
  related: ref(13, ObjectReference, { doc: 'Another object that has to do with it.' }),
  reportingComponent: string(14, { always: true, doc: 'Who says so.' }),
  reportingInstance: string(15, { always: true, doc: 'Which of several it is that says so.' }),
})
export type Event = Static<typeof Event>

export const EventList = object('EventList', 'A page of event objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Event, { required: true, doc: 'The objects.' }),
})
export type EventList = Static<typeof EventList>

export const FCVolumeSource = message('FCVolumeSource', 'FC volume source.', {
  targetWWNs: list(1, 'string', { list: 'atomic', doc: 'The world wide names of the target.' }),
  lun: int32(2, { pointer: true, doc: 'The number of the logical unit.' }),
  fsType: string(3, { doc: 'The kind of file system.' }),
  readOnly: bool(4, { doc: 'Whether nobody may write.' }),
  wwids: list(5, 'string', { list: 'atomic', doc: 'The world wide identities of the volume.' }),
})
export type FCVolumeSource = Static<typeof FCVolumeSource>

export const FlexPersistentVolumeSource = message('FlexPersistentVolumeSource', 'Flex persistent volume source.', {
  driver: string(1, { required: true, doc: 'The name of the driver.' }),
  fsType: string(2, { doc: 'The kind of file system.' }),
  secretRef: ref(3, SecretReference, { doc: 'The Secret.' }),
  readOnly: bool(4, { doc: 'Whether nobody may write.' }),
  options: map(5, 'string', { doc: 'More settings, by key.' }),
})
export type FlexPersistentVolumeSource = Static<typeof FlexPersistentVolumeSource>

export const FlexVolumeSource = message('FlexVolumeSource', 'Flex volume source.', {
  driver: string(1, { required: true, doc: 'The name of the driver.' }),
  fsType: string(2, { doc: 'The kind of file system.' }),
  secretRef: ref(3, LocalObjectReference, { doc: 'The Secret.' }),
  readOnly: bool(4, { doc: 'Whether nobody may write.' }),
  options: map(5, 'string', { doc: 'More settings, by key.' }),
})
export type FlexVolumeSource = Static<typeof FlexVolumeSource>

export const FlockerVolumeSource = message('FlockerVolumeSource', 'Flocker volume source.', {
  datasetName: string(1, { doc: 'Dataset name.' }),
  datasetUUID: string(2, { doc: 'Dataset UUID.' }),
})
export type FlockerVolumeSource = Static<typeof FlockerVolumeSource>

export const GCEPersistentDiskVolumeSource = message(
  'GCEPersistentDiskVolumeSource',
  'GCE persistent disk volume source.',
  {
    pdName: string(1, { required: true, doc: 'Pd name.' }),
    fsType: string(2, { doc: 'The kind of file system.' }),
    partition: int32(3, { doc: 'The part of the disk.' }),
    readOnly: bool(4, { doc: 'Whether nobody may write.' }),
  },
)
export type GCEPersistentDiskVolumeSource = Static<typeof GCEPersistentDiskVolumeSource>

export const GitRepoVolumeSource = message('GitRepoVolumeSource', 'Git repo volume source.', {
  repository: string(1, { required: true, doc: 'The address of the repository.' }),
  revision: string(2, { doc: 'The version of the files.' }),
  directory: string(3, { doc: 'The folder.' }),
})
export type GitRepoVolumeSource = Static<typeof GitRepoVolumeSource>

export const GlusterfsPersistentVolumeSource = message(
  'GlusterfsPersistentVolumeSource',
  'Glusterfs persistent volume source.',
  {
    endpoints: string(1, { required: true, doc: 'Endpoints.' }),
    path: string(2, { required: true, doc: 'The path.' }),
    readOnly: bool(3, { doc: 'Whether nobody may write.' }),
    endpointsNamespace: string(4, { pointer: true, doc: 'The namespace of the endpoints.' }),
  },
)
export type GlusterfsPersistentVolumeSource = Static<typeof GlusterfsPersistentVolumeSource>

export const GlusterfsVolumeSource = message('GlusterfsVolumeSource', 'Glusterfs volume source.', {
  endpoints: string(1, { required: true, doc: 'Endpoints.' }),
  path: string(2, { required: true, doc: 'The path.' }),
  readOnly: bool(3, { doc: 'Whether nobody may write.' }),
})
export type GlusterfsVolumeSource = Static<typeof GlusterfsVolumeSource>

export const HostAlias = message('HostAlias', 'Host alias.', {
  ip: string(1, { required: true, doc: 'The address.' }),
  hostnames: list(2, 'string', { list: 'atomic', doc: 'Names of the address.' }),
})
export type HostAlias = Static<typeof HostAlias>

export const HostIP = message('HostIP', 'Host IP.', {
  ip: string(1, { required: true, doc: 'The address.' }),
})
export type HostIP = Static<typeof HostIP>

export const HostPathVolumeSource = message('HostPathVolumeSource', 'Host path volume source.', {
  path: string(1, { required: true, doc: 'The path.' }),
  type: string(2, { pointer: true, default: '', enum: HostPathType, doc: 'Which of several kinds it is.' }),
})
export type HostPathVolumeSource = Static<typeof HostPathVolumeSource>

export const ISCSIPersistentVolumeSource = message('ISCSIPersistentVolumeSource', 'ISCSI persistent volume source.', {
  targetPortal: string(1, { required: true, doc: 'The address of the target.' }),
  iqn: string(2, { required: true, doc: 'The name of the target.' }),
  lun: int32(3, { required: true, doc: 'The number of the logical unit.' }),
  iscsiInterface: string(4, { default: 'default', doc: 'The interface that is used.' }),
  fsType: string(5, { doc: 'The kind of file system.' }),
  readOnly: bool(6, { doc: 'Whether nobody may write.' }),
  portals: list(7, 'string', { list: 'atomic', doc: 'More addresses of the target.' }),
  chapAuthDiscovery: bool(8, { doc: 'Whether discovery is authenticated by CHAP.' }),
  chapAuthSession: bool(11, { doc: 'Whether the session is authenticated by CHAP.' }),
  secretRef: ref(10, SecretReference, { doc: 'The Secret.' }),
  initiatorName: string(12, { pointer: true, doc: 'The name of the initiator.' }),
})
export type ISCSIPersistentVolumeSource = Static<typeof ISCSIPersistentVolumeSource>

export const ISCSIVolumeSource = message('ISCSIVolumeSource', 'ISCSI volume source.', {
  targetPortal: string(1, { required: true, doc: 'The address of the target.' }),
  iqn: string(2, { required: true, doc: 'The name of the target.' }),
  lun: int32(3, { required: true, doc: 'The number of the logical unit.' }),
  iscsiInterface: string(4, { default: 'default', doc: 'The interface that is used.' }),
  fsType: string(5, { doc: 'The kind of file system.' }),
  readOnly: bool(6, { doc: 'Whether nobody may write.' }),
  portals: list(7, 'string', { list: 'atomic', doc: 'More addresses of the target.' }),
  chapAuthDiscovery: bool(8, { doc: 'Whether discovery is authenticated by CHAP.' }),
  chapAuthSession: bool(11, { doc: 'Whether the session is authenticated by CHAP.' }),
  secretRef: ref(10, LocalObjectReference, { doc: 'The Secret.' }),
  initiatorName: string(12, { pointer: true, doc: 'The name of the initiator.' }),
})
export type ISCSIVolumeSource = Static<typeof ISCSIVolumeSource>

export const ImageVolumeSource = message('ImageVolumeSource', 'Image volume source.', {
  reference: string(1, { doc: 'What is named.' }),
  pullPolicy: string(2, { enum: PullPolicy, doc: 'When the image is pulled.' }),
})
export type ImageVolumeSource = Static<typeof ImageVolumeSource>

export const LimitRangeItem = message('LimitRangeItem', 'Limit range item.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  max: map(2, 'quantity', { doc: 'The most that is allowed.' }),
  min: map(3, 'quantity', { doc: 'The least that is allowed.' }),
  default: map(4, 'quantity', { doc: 'What is taken when nothing is said.' }),
  defaultRequest: map(5, 'quantity', { doc: 'What is asked for when nothing is said.' }),
  maxLimitRequestRatio: map(6, 'quantity', { doc: 'How many times the request the limit may be.' }),
})
export type LimitRangeItem = Static<typeof LimitRangeItem>

export const LimitRangeSpec = message('LimitRangeSpec', 'What is wanted of the limit range.', {
  limits: list(1, LimitRangeItem, { required: true, list: 'atomic', doc: 'How much it may take at most.' }),
})
export type LimitRangeSpec = Static<typeof LimitRangeSpec>

export const LimitRange = object('LimitRange', 'Bounds and defaults for the resources of one namespace.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, LimitRangeSpec, { doc: 'What is wanted.' }),
})
export type LimitRange = Static<typeof LimitRange>

export const LimitRangeList = object('LimitRangeList', 'A page of limit range objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, LimitRange, { required: true, doc: 'The objects.' }),
})
export type LimitRangeList = Static<typeof LimitRangeList>

export const List = message('List', 'List.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, 'rawExtension', { required: true, doc: 'The objects.' }),
})
export type List = Static<typeof List>

export const PortStatus = message('PortStatus', 'What is known of the port.', {
  port: int32(1, { required: true, doc: 'The port.' }),
  protocol: string(2, { required: true, enum: Protocol, doc: 'TCP, UDP or SCTP.' }),
  error: string(3, { pointer: true, doc: 'What went wrong.' }),
})
export type PortStatus = Static<typeof PortStatus>

export const LoadBalancerIngress = message('LoadBalancerIngress', 'Load balancer ingress.', {
  ip: string(1, { doc: 'The address.' }),
  hostname: string(2, { doc: 'The name of the host as the Pod sees it.' }),
  ipMode: string(3, { pointer: true, doc: 'Whether traffic keeps the address of the load balancer.' }),
  ports: list(4, PortStatus, { list: 'atomic', doc: 'The ports.' }),
})
export type LoadBalancerIngress = Static<typeof LoadBalancerIngress>

export const LoadBalancerStatus = message('LoadBalancerStatus', 'What is known of the load balancer.', {
  ingress: list(1, LoadBalancerIngress, { list: 'atomic', doc: 'Where the load balancer is reached.' }),
})
export type LoadBalancerStatus = Static<typeof LoadBalancerStatus>

export const LocalVolumeSource = message('LocalVolumeSource', 'Local volume source.', {
  path: string(1, { required: true, doc: 'The path.' }),
  fsType: string(2, { pointer: true, doc: 'The kind of file system.' }),
})
export type LocalVolumeSource = Static<typeof LocalVolumeSource>

export const ModifyVolumeStatus = message('ModifyVolumeStatus', 'What is known of the modify volume.', {
  targetVolumeAttributesClassName: string(1, { doc: 'Target volume attributes class name.' }),
  status: string(2, { required: true, enum: PersistentVolumeClaimModifyVolumeStatus, doc: 'What is known.' }),
})
export type ModifyVolumeStatus = Static<typeof ModifyVolumeStatus>

export const NFSVolumeSource = message('NFSVolumeSource', 'NFS volume source.', {
  server: string(1, { required: true, doc: 'The address of the server.' }),
  path: string(2, { required: true, doc: 'The path.' }),
  readOnly: bool(3, { doc: 'Whether nobody may write.' }),
})
export type NFSVolumeSource = Static<typeof NFSVolumeSource>

export const NamespaceSpec = message('NamespaceSpec', 'What is wanted of the namespace.', {
  finalizers: list(1, 'string', { list: 'atomic', doc: 'Who still has to clean up before the object is gone.' }),
})
export type NamespaceSpec = Static<typeof NamespaceSpec>

export const NamespaceCondition = message(
  'NamespaceCondition',
  'One thing that holds, or does not, of the namespace.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    lastTransitionTime: time(4, { doc: 'When it last changed.' }),
    reason: string(5, { doc: 'Why, in one word.' }),
    message: string(6, { doc: 'What happened, for people to read.' }),
  },
)
export type NamespaceCondition = Static<typeof NamespaceCondition>

export const NamespaceStatus = message('NamespaceStatus', 'What is known of the namespace.', {
  phase: string(1, { default: 'Active', enum: NamespacePhase, doc: 'Where it stands, in one word.' }),
  conditions: list(2, NamespaceCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
})
export type NamespaceStatus = Static<typeof NamespaceStatus>

export const Namespace = object('Namespace', 'A room for names: most objects live in one.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, NamespaceSpec, { doc: 'What is wanted.' }),
  status: embed(3, NamespaceStatus, { doc: 'What is known.' }),
})
export type Namespace = Static<typeof Namespace>

export const NamespaceList = object('NamespaceList', 'A page of namespace objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Namespace, { required: true, doc: 'The objects.' }),
})
export type NamespaceList = Static<typeof NamespaceList>

export const Taint = message('Taint', 'Keeps Pods off a node that do not tolerate it.', {
  key: string(1, { required: true, doc: 'The key.' }),
  value: string(2, { doc: 'The value.' }),
  effect: string(3, { required: true, enum: TaintEffect, doc: 'What happens to Pods that do not tolerate it.' }),
  timeAdded: time(4, { pointer: true, doc: 'Since when.' }),
})
export type Taint = Static<typeof Taint>

export const NodeConfigSource = message('NodeConfigSource', 'Node config source.', {
  configMap: ref(2, ConfigMapNodeConfigSource, { doc: 'A ConfigMap as files.' }),
})
export type NodeConfigSource = Static<typeof NodeConfigSource>

export const NodeSpec = message('NodeSpec', 'What is wanted of a machine.', {
  podCIDR: string(1, { doc: 'The range of addresses for Pods.' }),
  podCIDRs: list(7, 'string', {
    list: 'set',
    patchStrategy: 'merge',
    doc: 'The ranges of addresses for Pods, one for each IP family.',
  }),
  providerID: string(3, { doc: 'The identity of the machine to who provides it.' }),
  unschedulable: bool(4, { doc: 'Whether no more Pods are to come here.' }),
  taints: list(5, Taint, { list: 'atomic', doc: 'What keeps Pods away that do not tolerate it.' }),
  configSource: ref(6, NodeConfigSource, { doc: 'Config source.' }),
  externalID: string(2, { doc: 'External ID.' }),
})
export type NodeSpec = Static<typeof NodeSpec>

export const NodeCondition = message('NodeCondition', 'One thing that holds, or does not, of the node.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  status: string(2, { required: true, doc: 'What is known.' }),
  lastHeartbeatTime: time(3, { doc: 'When the node last said so.' }),
  lastTransitionTime: time(4, { doc: 'When it last changed.' }),
  reason: string(5, { doc: 'Why, in one word.' }),
  message: string(6, { doc: 'What happened, for people to read.' }),
})
export type NodeCondition = Static<typeof NodeCondition>

export const NodeAddress = message('NodeAddress', 'Node address.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  address: string(2, { required: true, doc: 'The address.' }),
})
export type NodeAddress = Static<typeof NodeAddress>

export const NodeDaemonEndpoints = message('NodeDaemonEndpoints', 'Node daemon endpoints.', {
  kubeletEndpoint: embed(1, DaemonEndpoint, { doc: 'The port of the agent.' }),
})
export type NodeDaemonEndpoints = Static<typeof NodeDaemonEndpoints>

export const NodeSwapStatus = message('NodeSwapStatus', 'What is known of the node swap.', {
  capacity: int64(1, { pointer: true, doc: 'How much there is.' }),
})
export type NodeSwapStatus = Static<typeof NodeSwapStatus>

export const NodeSystemInfo = message('NodeSystemInfo', 'Node system info.', {
  machineID: string(1, { required: true, doc: 'The identity of the machine.' }),
  systemUUID: string(2, { required: true, doc: 'The identity that the firmware tells.' }),
  bootID: string(3, { required: true, doc: 'The identity of this start.' }),
  kernelVersion: string(4, { required: true, doc: 'The version of the kernel.' }),
  osImage: string(5, { required: true, doc: 'The name of the system.' }),
  containerRuntimeVersion: string(6, { required: true, doc: 'The version of the runtime of containers.' }),
  kubeletVersion: string(7, { required: true, doc: 'The version of the agent.' }),
  kubeProxyVersion: string(8, { required: true, doc: 'No longer set.' }),
  operatingSystem: string(9, { required: true, doc: 'The operating system.' }),
  architecture: string(10, { required: true, doc: 'The architecture of the processor.' }),
  swap: ref(11, NodeSwapStatus, { doc: 'The memory on disk.' }),
})
export type NodeSystemInfo = Static<typeof NodeSystemInfo>

export const NodeConfigStatus = message('NodeConfigStatus', 'What is known of the node config.', {
  assigned: ref(1, NodeConfigSource, { doc: 'Assigned.' }),
  active: ref(2, NodeConfigSource, { doc: 'What is in use.' }),
  lastKnownGood: ref(3, NodeConfigSource, { doc: 'Last known good.' }),
  error: string(4, { doc: 'What went wrong.' }),
})
export type NodeConfigStatus = Static<typeof NodeConfigStatus>

export const NodeRuntimeHandlerFeatures = message('NodeRuntimeHandlerFeatures', 'Node runtime handler features.', {
  recursiveReadOnlyMounts: bool(1, { pointer: true, doc: 'Whether mounts below a mount can be read-only too.' }),
  userNamespaces: bool(2, { pointer: true, doc: 'Whether containers can have users of their own.' }),
})
export type NodeRuntimeHandlerFeatures = Static<typeof NodeRuntimeHandlerFeatures>

export const NodeRuntimeHandler = message('NodeRuntimeHandler', 'Node runtime handler.', {
  name: string(1, { always: true, doc: 'Its name.' }),
  features: ref(2, NodeRuntimeHandlerFeatures, { doc: 'What it can do.' }),
})
export type NodeRuntimeHandler = Static<typeof NodeRuntimeHandler>

export const NodeFeatures = message('NodeFeatures', 'Node features.', {
  supplementalGroupsPolicy: bool(1, { pointer: true, doc: 'Whether the policy for more groups is understood.' }),
})
export type NodeFeatures = Static<typeof NodeFeatures>

export const NodeStatus = message('NodeStatus', 'What a machine says about itself.', {
  capacity: map(1, 'quantity', { doc: 'How much there is.' }),
  allocatable: map(2, 'quantity', { doc: 'How much there is for Pods.' }),
  phase: string(3, { enum: NodePhase, doc: 'Where it stands, in one word.' }),
  conditions: list(4, NodeCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
  addresses: list(5, NodeAddress, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'Where it can be reached.',
  }),
  daemonEndpoints: embed(6, NodeDaemonEndpoints, { doc: 'The ports of the agent.' }),
  nodeInfo: embed(7, NodeSystemInfo, { doc: 'Versions and identities of the machine.' }),
  images: list(8, ContainerImage, { list: 'atomic', doc: 'The images that are there.' }),
  volumesInUse: list(9, 'string', { list: 'atomic', doc: 'Volumes that Pods use.' }),
  volumesAttached: list(10, AttachedVolume, { list: 'atomic', doc: 'Volumes that are attached.' }),
  config: ref(11, NodeConfigStatus, { doc: 'Config.' }),
  runtimeHandlers: list(12, NodeRuntimeHandler, { list: 'atomic', doc: 'The ways in which containers can be run.' }),
  features: ref(13, NodeFeatures, { doc: 'What it can do.' }),
  declaredFeatures: list(14, 'string', { list: 'atomic', doc: 'What the node says that it can do.' }),
})
export type NodeStatus = Static<typeof NodeStatus>

export const Node = object('Node', 'A machine that runs Pods.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, NodeSpec, { doc: 'What is wanted.' }),
  status: embed(3, NodeStatus, { doc: 'What is known.' }),
})
export type Node = Static<typeof Node>

export const NodeAllocatableResourceClaimStatus = message(
  'NodeAllocatableResourceClaimStatus',
  'What is known of the node allocatable resource claim.',
  {
    resourceClaimName: string(1, { required: true, doc: 'The name of the claim.' }),
    containers: list(2, 'string', { list: 'set', doc: 'The programs, at least one.' }),
    resources: map(3, 'quantity', { required: true, doc: 'How much it needs, and may take at most.' }),
  },
)
export type NodeAllocatableResourceClaimStatus = Static<typeof NodeAllocatableResourceClaimStatus>

export const NodeList = object('NodeList', 'A page of node objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Node, { required: true, doc: 'The objects.' }),
})
export type NodeList = Static<typeof NodeList>

export const NodeProxyOptions = object('NodeProxyOptions', 'Node proxy options.', {
  path: string(1, { doc: 'The path.' }),
})
export type NodeProxyOptions = Static<typeof NodeProxyOptions>

export const RBDPersistentVolumeSource = message('RBDPersistentVolumeSource', 'RBD persistent volume source.', {
  monitors: list(1, 'string', { required: true, list: 'atomic', doc: 'The addresses of the monitors.' }),
  image: string(2, { required: true, doc: 'The image to run.' }),
  fsType: string(3, { doc: 'The kind of file system.' }),
  pool: string(4, { default: 'rbd', doc: 'Pool.' }),
  user: string(5, { default: 'admin', doc: 'The name of the user.' }),
  keyring: string(6, { default: '/etc/ceph/keyring', doc: 'Keyring.' }),
  secretRef: ref(7, SecretReference, { doc: 'The Secret.' }),
  readOnly: bool(8, { doc: 'Whether nobody may write.' }),
})
export type RBDPersistentVolumeSource = Static<typeof RBDPersistentVolumeSource>

export const VsphereVirtualDiskVolumeSource = message(
  'VsphereVirtualDiskVolumeSource',
  'Vsphere virtual disk volume source.',
  {
    volumePath: string(1, { required: true, doc: 'Volume path.' }),
    fsType: string(2, { doc: 'The kind of file system.' }),
    storagePolicyName: string(3, { doc: 'Storage policy name.' }),
    storagePolicyID: string(4, { doc: 'Storage policy ID.' }),
  },
)
export type VsphereVirtualDiskVolumeSource = Static<typeof VsphereVirtualDiskVolumeSource>

export const QuobyteVolumeSource = message('QuobyteVolumeSource', 'Quobyte volume source.', {
  registry: string(1, { required: true, doc: 'Registry.' }),
  volume: string(2, { required: true, doc: 'Volume.' }),
  readOnly: bool(3, { doc: 'Whether nobody may write.' }),
  user: string(4, { doc: 'The name of the user.' }),
  group: string(5, { doc: 'The group that owns the files.' }),
  tenant: string(6, { doc: 'Tenant.' }),
})
export type QuobyteVolumeSource = Static<typeof QuobyteVolumeSource>

export const PhotonPersistentDiskVolumeSource = message(
  'PhotonPersistentDiskVolumeSource',
  'Photon persistent disk volume source.',
  {
    pdID: string(1, { required: true, doc: 'Pd ID.' }),
    fsType: string(2, { doc: 'The kind of file system.' }),
  },
)
export type PhotonPersistentDiskVolumeSource = Static<typeof PhotonPersistentDiskVolumeSource>

export const PortworxVolumeSource = message('PortworxVolumeSource', 'Portworx volume source.', {
  volumeID: string(1, { required: true, doc: 'The identity of the volume.' }),
  fsType: string(2, { doc: 'The kind of file system.' }),
  readOnly: bool(3, { doc: 'Whether nobody may write.' }),
})
export type PortworxVolumeSource = Static<typeof PortworxVolumeSource>

export const ScaleIOPersistentVolumeSource = message(
  'ScaleIOPersistentVolumeSource',
  'Scale IO persistent volume source.',
  {
    gateway: string(1, { required: true, doc: 'Gateway.' }),
    system: string(2, { required: true, doc: 'System.' }),
    secretRef: ref(3, SecretReference, { required: true, doc: 'The Secret.' }),
    sslEnabled: bool(4, { doc: 'Whether the gateway is reached by TLS.' }),
    protectionDomain: string(5, { doc: 'Protection domain.' }),
    storagePool: string(6, { doc: 'Storage pool.' }),
    storageMode: string(7, { default: 'ThinProvisioned', doc: 'Storage mode.' }),
    volumeName: string(8, { doc: 'The name of the volume.' }),
    fsType: string(9, { default: 'xfs', doc: 'The kind of file system.' }),
    readOnly: bool(10, { doc: 'Whether nobody may write.' }),
  },
)
export type ScaleIOPersistentVolumeSource = Static<typeof ScaleIOPersistentVolumeSource>

export const StorageOSPersistentVolumeSource = message(
  'StorageOSPersistentVolumeSource',
  'Storage OS persistent volume source.',
  {
    volumeName: string(1, { doc: 'The name of the volume.' }),
    volumeNamespace: string(2, { doc: 'Volume namespace.' }),
    fsType: string(3, { doc: 'The kind of file system.' }),
    readOnly: bool(4, { doc: 'Whether nobody may write.' }),
    secretRef: ref(5, ObjectReference, { doc: 'The Secret.' }),
  },
)
export type StorageOSPersistentVolumeSource = Static<typeof StorageOSPersistentVolumeSource>

export const PersistentVolumeSource = message('PersistentVolumeSource', 'Persistent volume source.', {
  gcePersistentDisk: ref(1, GCEPersistentDiskVolumeSource, { doc: 'Gce persistent disk.' }),
  awsElasticBlockStore: ref(2, AWSElasticBlockStoreVolumeSource, { doc: 'Aws elastic block store.' }),
  hostPath: ref(3, HostPathVolumeSource, { doc: 'A path of the node.' }),
  glusterfs: ref(4, GlusterfsPersistentVolumeSource, { doc: 'Glusterfs.' }),
  nfs: ref(5, NFSVolumeSource, { doc: 'A share of an NFS server.' }),
  rbd: ref(6, RBDPersistentVolumeSource, { doc: 'Rbd.' }),
  iscsi: ref(7, ISCSIPersistentVolumeSource, { doc: 'A disk by iSCSI.' }),
  cinder: ref(8, CinderPersistentVolumeSource, { doc: 'Cinder.' }),
  cephfs: ref(9, CephFSPersistentVolumeSource, { doc: 'Cephfs.' }),
  fc: ref(10, FCVolumeSource, { doc: 'A disk by Fibre Channel.' }),
  flocker: ref(11, FlockerVolumeSource, { doc: 'Flocker.' }),
  flexVolume: ref(12, FlexPersistentVolumeSource, { doc: 'Flex volume.' }),
  azureFile: ref(13, AzureFilePersistentVolumeSource, { doc: 'Azure file.' }),
  vsphereVolume: ref(14, VsphereVirtualDiskVolumeSource, { doc: 'Vsphere volume.' }),
  quobyte: ref(15, QuobyteVolumeSource, { doc: 'Quobyte.' }),
  azureDisk: ref(16, AzureDiskVolumeSource, { doc: 'Azure disk.' }),
  photonPersistentDisk: ref(17, PhotonPersistentDiskVolumeSource, { doc: 'Photon persistent disk.' }),
  portworxVolume: ref(18, PortworxVolumeSource, { doc: 'Portworx volume.' }),
  scaleIO: ref(19, ScaleIOPersistentVolumeSource, { doc: 'Scale IO.' }),
  local: ref(20, LocalVolumeSource, { doc: 'A path or disk of one node.' }),
  storageos: ref(21, StorageOSPersistentVolumeSource, { doc: 'Storageos.' }),
  csi: ref(22, CSIPersistentVolumeSource, { doc: 'A volume of a storage driver.' }),
})
export type PersistentVolumeSource = Static<typeof PersistentVolumeSource>

export const VolumeNodeAffinity = message('VolumeNodeAffinity', 'Volume node affinity.', {
  required: ref(1, NodeSelector, { doc: 'What has to hold.' }),
})
export type VolumeNodeAffinity = Static<typeof VolumeNodeAffinity>

export const PersistentVolumeSpec = message('PersistentVolumeSpec', 'What is wanted of the persistent volume.', {
  capacity: map(1, 'quantity', { doc: 'How much there is.' }),
  persistentVolumeSource: inline(2, PersistentVolumeSource),
  accessModes: list(3, 'string', {
    enum: PersistentVolumeAccessMode,
    list: 'atomic',
    doc: 'How many nodes may mount it, and whether they may write.',
  }),
  claimRef: ref(4, ObjectReference, { granular: true, doc: 'The claim that has it.' }),
  persistentVolumeReclaimPolicy: string(5, {
    default: 'Retain',
    enum: PersistentVolumeReclaimPolicy,
    doc: 'What becomes of it when the claim is gone.',
  }),
  storageClassName: string(6, { doc: 'The class of the storage.' }),
  mountOptions: list(7, 'string', { list: 'atomic', doc: 'Options for mounting.' }),
  volumeMode: string(8, {
    pointer: true,
    default: 'Filesystem',
    enum: PersistentVolumeMode,
    doc: 'Whether it is a file system or a bare block device.',
  }),
  nodeAffinity: ref(9, VolumeNodeAffinity, { doc: 'Nodes that can reach it.' }),
  volumeAttributesClassName: string(10, { pointer: true, doc: 'The class of settings that can change in use.' }),
})
export type PersistentVolumeSpec = Static<typeof PersistentVolumeSpec>

export const PersistentVolumeStatus = message('PersistentVolumeStatus', 'What is known of the persistent volume.', {
  phase: string(1, { default: 'Pending', enum: PersistentVolumePhase, doc: 'Where it stands, in one word.' }),
  message: string(2, { doc: 'What happened, for people to read.' }),
  reason: string(3, { doc: 'Why, in one word.' }),
  lastPhaseTransitionTime: time(4, { pointer: true, doc: 'When the phase last changed.' }),
})
export type PersistentVolumeStatus = Static<typeof PersistentVolumeStatus>

export const PersistentVolume = object('PersistentVolume', 'A piece of storage.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, PersistentVolumeSpec, { doc: 'What is wanted.' }),
  status: embed(3, PersistentVolumeStatus, { doc: 'What is known.' }),
})
export type PersistentVolume = Static<typeof PersistentVolume>

export const PersistentVolumeClaimCondition = message(
  'PersistentVolumeClaimCondition',
  'One thing that holds, or does not, of the persistent volume claim.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    lastProbeTime: time(3, { doc: 'When it was last looked at.' }),
    lastTransitionTime: time(4, { doc: 'When it last changed.' }),
    reason: string(5, { doc: 'Why, in one word.' }),
    message: string(6, { doc: 'What happened, for people to read.' }),
  },
)
export type PersistentVolumeClaimCondition = Static<typeof PersistentVolumeClaimCondition>

export const PersistentVolumeClaimStatus = message(
  'PersistentVolumeClaimStatus',
  'What is known of the persistent volume claim.',
  {
    phase: string(1, { default: 'Pending', enum: PersistentVolumeClaimPhase, doc: 'Where it stands, in one word.' }),
    accessModes: list(2, 'string', {
      enum: PersistentVolumeAccessMode,
      list: 'atomic',
      doc: 'How many nodes may mount it, and whether they may write.',
    }),
    capacity: map(3, 'quantity', { doc: 'How much there is.' }),
    conditions: list(4, PersistentVolumeClaimCondition, {
      list: 'map',
      keys: ['type'],
      patchStrategy: 'merge',
      mergeKey: 'type',
      doc: 'What holds now, and since when.',
    }),
    allocatedResources: map(5, 'quantity', { doc: 'What the node has set aside.' }),
    allocatedResourceStatuses: map(7, 'string', { granular: true, doc: 'How growing goes, by resource.' }),
    currentVolumeAttributesClassName: string(8, { pointer: true, doc: 'The class of settings in use.' }),
    modifyVolumeStatus: ref(9, ModifyVolumeStatus, { doc: 'How changing the settings goes.' }),
  },
)
export type PersistentVolumeClaimStatus = Static<typeof PersistentVolumeClaimStatus>

export const PersistentVolumeClaim = object('PersistentVolumeClaim', 'Asks for a piece of storage.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, PersistentVolumeClaimSpec, { doc: 'What is wanted.' }),
  status: embed(3, PersistentVolumeClaimStatus, { doc: 'What is known.' }),
})
export type PersistentVolumeClaim = Static<typeof PersistentVolumeClaim>

export const PersistentVolumeClaimList = object(
  'PersistentVolumeClaimList',
  'A page of persistent volume claim objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, PersistentVolumeClaim, { required: true, doc: 'The objects.' }),
  },
)
export type PersistentVolumeClaimList = Static<typeof PersistentVolumeClaimList>

export const PersistentVolumeClaimVolumeSource = message(
  'PersistentVolumeClaimVolumeSource',
  'Persistent volume claim volume source.',
  {
    claimName: string(1, { required: true, doc: 'The name of the claim.' }),
    readOnly: bool(2, { doc: 'Whether nobody may write.' }),
  },
)
export type PersistentVolumeClaimVolumeSource = Static<typeof PersistentVolumeClaimVolumeSource>

export const PersistentVolumeList = object('PersistentVolumeList', 'A page of persistent volume objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, PersistentVolume, { required: true, doc: 'The objects.' }),
})
export type PersistentVolumeList = Static<typeof PersistentVolumeList>

export const SecretVolumeSource = message('SecretVolumeSource', 'Secret volume source.', {
  secretName: string(1, { doc: 'The name of the Secret.' }),
  items: list(2, KeyToPath, { list: 'atomic', doc: 'The objects.' }),
  defaultMode: int32(3, { pointer: true, default: 420, doc: 'The file mode of what says no other.' }),
  optional: bool(4, { pointer: true, doc: 'Whether it may be missing.' }),
})
export type SecretVolumeSource = Static<typeof SecretVolumeSource>

export const RBDVolumeSource = message('RBDVolumeSource', 'RBD volume source.', {
  monitors: list(1, 'string', { required: true, list: 'atomic', doc: 'The addresses of the monitors.' }),
  image: string(2, { required: true, doc: 'The image to run.' }),
  fsType: string(3, { doc: 'The kind of file system.' }),
  pool: string(4, { default: 'rbd', doc: 'Pool.' }),
  user: string(5, { default: 'admin', doc: 'The name of the user.' }),
  keyring: string(6, { default: '/etc/ceph/keyring', doc: 'Keyring.' }),
  secretRef: ref(7, LocalObjectReference, { doc: 'The Secret.' }),
  readOnly: bool(8, { doc: 'Whether nobody may write.' }),
})
export type RBDVolumeSource = Static<typeof RBDVolumeSource>

export const SecretProjection = message('SecretProjection', 'Secret projection.', {
  localObjectReference: inline(1, LocalObjectReference),
  items: list(2, KeyToPath, { list: 'atomic', doc: 'The objects.' }),
  optional: bool(4, { pointer: true, doc: 'Whether it may be missing.' }),
})
export type SecretProjection = Static<typeof SecretProjection>

export const ServiceAccountTokenProjection = message(
  'ServiceAccountTokenProjection',
  'Service account token projection.',
  {
    audience: string(1, { doc: 'For whom the token is meant.' }),
    expirationSeconds: int64(2, { pointer: true, default: 3600, doc: 'How long it is good, in seconds.' }),
    path: string(3, { required: true, doc: 'The path.' }),
  },
)
export type ServiceAccountTokenProjection = Static<typeof ServiceAccountTokenProjection>

export const PodCertificateProjection = message('PodCertificateProjection', 'Pod certificate projection.', {
  signerName: string(1, { required: true, omitempty: true, doc: 'Who signs.' }),
  keyType: string(2, { required: true, omitempty: true, doc: 'Key type.' }),
  maxExpirationSeconds: int32(3, { pointer: true, doc: 'Max expiration, in seconds.' }),
  credentialBundlePath: string(4, { doc: 'Credential bundle path.' }),
  keyPath: string(5, { doc: 'Key path.' }),
  certificateChainPath: string(6, { doc: 'Certificate chain path.' }),
  userAnnotations: map(7, 'string', { doc: 'User annotations, by key.' }),
})
export type PodCertificateProjection = Static<typeof PodCertificateProjection>

export const VolumeProjection = message('VolumeProjection', 'Volume projection.', {
  secret: ref(1, SecretProjection, { doc: 'A Secret as files.' }),
  downwardAPI: ref(2, DownwardAPIProjection, { doc: 'Facts about the Pod as files.' }),
  configMap: ref(3, ConfigMapProjection, { doc: 'A ConfigMap as files.' }),
  serviceAccountToken: ref(4, ServiceAccountTokenProjection, {
    doc: 'A token of the ServiceAccount, which is renewed.',
  }),
  clusterTrustBundle: ref(5, ClusterTrustBundleProjection, { doc: 'Certificates of authorities.' }),
  podCertificate: ref(6, PodCertificateProjection, { doc: 'A key and certificate of the Pod, which are renewed.' }),
})
export type VolumeProjection = Static<typeof VolumeProjection>

export const ProjectedVolumeSource = message('ProjectedVolumeSource', 'Projected volume source.', {
  sources: list(1, VolumeProjection, { always: true, list: 'atomic', doc: 'What is put together.' }),
  defaultMode: int32(2, { pointer: true, default: 420, doc: 'The file mode of what says no other.' }),
})
export type ProjectedVolumeSource = Static<typeof ProjectedVolumeSource>

export const ScaleIOVolumeSource = message('ScaleIOVolumeSource', 'Scale IO volume source.', {
  gateway: string(1, { required: true, doc: 'Gateway.' }),
  system: string(2, { required: true, doc: 'System.' }),
  secretRef: ref(3, LocalObjectReference, { required: true, doc: 'The Secret.' }),
  sslEnabled: bool(4, { doc: 'Whether the gateway is reached by TLS.' }),
  protectionDomain: string(5, { doc: 'Protection domain.' }),
  storagePool: string(6, { doc: 'Storage pool.' }),
  storageMode: string(7, { default: 'ThinProvisioned', doc: 'Storage mode.' }),
  volumeName: string(8, { doc: 'The name of the volume.' }),
  fsType: string(9, { default: 'xfs', doc: 'The kind of file system.' }),
  readOnly: bool(10, { doc: 'Whether nobody may write.' }),
})
export type ScaleIOVolumeSource = Static<typeof ScaleIOVolumeSource>

export const StorageOSVolumeSource = message('StorageOSVolumeSource', 'Storage OS volume source.', {
  volumeName: string(1, { doc: 'The name of the volume.' }),
  volumeNamespace: string(2, { doc: 'Volume namespace.' }),
  fsType: string(3, { doc: 'The kind of file system.' }),
  readOnly: bool(4, { doc: 'Whether nobody may write.' }),
  secretRef: ref(5, LocalObjectReference, { doc: 'The Secret.' }),
})
export type StorageOSVolumeSource = Static<typeof StorageOSVolumeSource>

export const VolumeSource = message('VolumeSource', 'Volume source.', {
  hostPath: ref(1, HostPathVolumeSource, { doc: 'A path of the node.' }),
  emptyDir: ref(2, EmptyDirVolumeSource, { doc: 'A folder that lives as long as the Pod.' }),
  gcePersistentDisk: ref(3, GCEPersistentDiskVolumeSource, { doc: 'Gce persistent disk.' }),
  awsElasticBlockStore: ref(4, AWSElasticBlockStoreVolumeSource, { doc: 'Aws elastic block store.' }),
  gitRepo: ref(5, GitRepoVolumeSource, { doc: 'Git repo.' }),
  secret: ref(6, SecretVolumeSource, { doc: 'A Secret as files.' }),
  nfs: ref(7, NFSVolumeSource, { doc: 'A share of an NFS server.' }),
  iscsi: ref(8, ISCSIVolumeSource, { doc: 'A disk by iSCSI.' }),
  glusterfs: ref(9, GlusterfsVolumeSource, { doc: 'Glusterfs.' }),
  persistentVolumeClaim: ref(10, PersistentVolumeClaimVolumeSource, { doc: 'What a claim got.' }),
  rbd: ref(11, RBDVolumeSource, { doc: 'Rbd.' }),
  flexVolume: ref(12, FlexVolumeSource, { doc: 'Flex volume.' }),
  cinder: ref(13, CinderVolumeSource, { doc: 'Cinder.' }),
  cephfs: ref(14, CephFSVolumeSource, { doc: 'Cephfs.' }),
  flocker: ref(15, FlockerVolumeSource, { doc: 'Flocker.' }),
  downwardAPI: ref(16, DownwardAPIVolumeSource, { doc: 'Facts about the Pod as files.' }),
  fc: ref(17, FCVolumeSource, { doc: 'A disk by Fibre Channel.' }),
  azureFile: ref(18, AzureFileVolumeSource, { doc: 'Azure file.' }),
  configMap: ref(19, ConfigMapVolumeSource, { doc: 'A ConfigMap as files.' }),
  vsphereVolume: ref(20, VsphereVirtualDiskVolumeSource, { doc: 'Vsphere volume.' }),
  quobyte: ref(21, QuobyteVolumeSource, { doc: 'Quobyte.' }),
  azureDisk: ref(22, AzureDiskVolumeSource, { doc: 'Azure disk.' }),
  photonPersistentDisk: ref(23, PhotonPersistentDiskVolumeSource, { doc: 'Photon persistent disk.' }),
  projected: ref(26, ProjectedVolumeSource, { doc: 'Several sources in one folder.' }),
  portworxVolume: ref(24, PortworxVolumeSource, { doc: 'Portworx volume.' }),
  scaleIO: ref(25, ScaleIOVolumeSource, { doc: 'Scale IO.' }),
  storageos: ref(27, StorageOSVolumeSource, { doc: 'Storageos.' }),
  csi: ref(28, CSIVolumeSource, { doc: 'A volume of a storage driver.' }),
  ephemeral: ref(29, EphemeralVolumeSource, { doc: 'A claim that lives as long as the Pod.' }),
  image: ref(30, ImageVolumeSource, { doc: 'The files of an image.' }),
})
export type VolumeSource = Static<typeof VolumeSource>

export const Volume = message('Volume', 'Files that containers of the Pod can mount.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  volumeSource: inline(2, VolumeSource),
})
export type Volume = Static<typeof Volume>

export const Sysctl = message('Sysctl', 'Sysctl.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  value: string(2, { required: true, doc: 'The value.' }),
})
export type Sysctl = Static<typeof Sysctl>

export const PodSecurityContext = message('PodSecurityContext', 'Identity and rights of all containers of a Pod.', {
  seLinuxOptions: ref(1, SELinuxOptions, { doc: 'The label of SELinux.' }),
  windowsOptions: ref(8, WindowsSecurityContextOptions, { doc: 'What matters on Windows.' }),
  runAsUser: int64(2, { pointer: true, doc: 'The user that it runs as.' }),
  runAsGroup: int64(6, { pointer: true, doc: 'The group that it runs as.' }),
  runAsNonRoot: bool(3, { pointer: true, doc: 'Whether it must not run as the superuser.' }),
  supplementalGroups: list(4, 'int64', { list: 'atomic', doc: 'More groups.' }),
  supplementalGroupsPolicy: string(12, {
    pointer: true,
    enum: SupplementalGroupsPolicy,
    doc: 'Whether groups of the image count.',
  }),
  fsGroup: int64(5, { pointer: true, doc: 'The group that owns the files of volumes.' }),
  sysctls: list(7, Sysctl, { list: 'atomic', doc: 'Settings of the kernel.' }),
  fsGroupChangePolicy: string(9, {
    pointer: true,
    enum: PodFSGroupChangePolicy,
    doc: 'Whether the owner of all files is set at every start.',
  }),
  seccompProfile: ref(10, SeccompProfile, { doc: 'Which system calls are allowed.' }),
  appArmorProfile: ref(11, AppArmorProfile, { doc: 'Which profile of AppArmor applies.' }),
  seLinuxChangePolicy: string(13, { pointer: true, doc: 'How files of volumes get their label.' }),
})
export type PodSecurityContext = Static<typeof PodSecurityContext>

export const Toleration = message('Toleration', 'Lets a Pod onto nodes with a taint.', {
  key: string(1, { doc: 'The key.' }),
  operator: string(2, { enum: TolerationOperator, doc: 'How key and values are compared.' }),
  value: string(3, { doc: 'The value.' }),
  effect: string(4, { enum: TaintEffect, doc: 'What happens to Pods that do not tolerate it.' }),
  tolerationSeconds: int64(5, { pointer: true, doc: 'How long it may stay, in seconds.' }),
})
export type Toleration = Static<typeof Toleration>

export const PodDNSConfigOption = message('PodDNSConfigOption', 'Pod DNS config option.', {
  name: string(1, { doc: 'Its name.' }),
  value: string(2, { pointer: true, doc: 'The value.' }),
})
export type PodDNSConfigOption = Static<typeof PodDNSConfigOption>

export const PodDNSConfig = message('PodDNSConfig', 'Pod DNS config.', {
  nameservers: list(1, 'string', { list: 'atomic', doc: 'The addresses of name servers.' }),
  searches: list(2, 'string', { list: 'atomic', doc: 'Domains in which names are looked for.' }),
  options: list(3, PodDNSConfigOption, { list: 'atomic', doc: 'More settings, by key.' }),
})
export type PodDNSConfig = Static<typeof PodDNSConfig>

export const PodReadinessGate = message('PodReadinessGate', 'Pod readiness gate.', {
  conditionType: string(1, { required: true, doc: 'The type of the condition.' }),
})
export type PodReadinessGate = Static<typeof PodReadinessGate>

export const TopologySpreadConstraint = message(
  'TopologySpreadConstraint',
  'Spreads Pods evenly over nodes, zones or the like.',
  {
    maxSkew: int32(1, { required: true, doc: 'How uneven it may be.' }),
    topologyKey: string(2, { required: true, doc: 'The label whose values make up the places.' }),
    whenUnsatisfiable: string(3, {
      required: true,
      enum: UnsatisfiableConstraintAction,
      doc: 'What happens when it would be too uneven.',
    }),
    labelSelector: ref(4, LabelSelector, { doc: 'Labels of the objects that are meant.' }),
    minDomains: int32(5, { pointer: true, doc: 'How many places there have to be at least.' }),
    nodeAffinityPolicy: string(6, {
      pointer: true,
      enum: NodeInclusionPolicy,
      doc: 'Whether nodes count that the Pod cannot run on.',
    }),
    nodeTaintsPolicy: string(7, {
      pointer: true,
      enum: NodeInclusionPolicy,
      doc: 'Whether nodes count whose taints keep the Pod away.',
    }),
    matchLabelKeys: list(8, 'string', {
      list: 'atomic',
      doc: 'Labels whose values have to be those of the Pod itself.',
    }),
  },
)
export type TopologySpreadConstraint = Static<typeof TopologySpreadConstraint>

export const PodOS = message('PodOS', 'Pod OS.', {
  name: string(1, { required: true, doc: 'Its name.' }),
})
export type PodOS = Static<typeof PodOS>

export const PodSchedulingGate = message('PodSchedulingGate', 'Pod scheduling gate.', {
  name: string(1, { required: true, doc: 'Its name.' }),
})
export type PodSchedulingGate = Static<typeof PodSchedulingGate>

export const PodResourceClaim = message('PodResourceClaim', 'Pod resource claim.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  resourceClaimName: string(3, { pointer: true, doc: 'The name of the claim.' }),
  resourceClaimTemplateName: string(4, { pointer: true, doc: 'The name of the template.' }),
})
export type PodResourceClaim = Static<typeof PodResourceClaim>

export const PodSchedulingGroup = message('PodSchedulingGroup', 'Pod scheduling group.', {
  podGroupName: string(1, { pointer: true, doc: 'Pod group name.' }),
})
export type PodSchedulingGroup = Static<typeof PodSchedulingGroup>

export const PodSpec = message('PodSpec', 'The containers of a Pod, and where and how they run.', {
  volumes: list(1, Volume, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge,retainKeys',
    mergeKey: 'name',
    doc: 'Files that containers can mount.',
  }),
  initContainers: list(20, Container, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Programs that run before the others, one after another; with restartPolicy Always, beside them.',
  }),
  containers: list(2, Container, {
    required: true,
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'The programs, at least one.',
  }),
  ephemeralContainers: list(34, EphemeralContainer, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Containers that were added to look into the Pod.',
  }),
  restartPolicy: string(3, {
    default: 'Always',
    enum: RestartPolicy,
    doc: 'Whether it is started again when it ends.',
  }),
  terminationGracePeriodSeconds: int64(4, {
    pointer: true,
    default: 30,
    doc: 'How long it may take to stop, in seconds.',
  }),
  activeDeadlineSeconds: int64(5, { pointer: true, doc: 'How long it may run at all, in seconds.' }),
  dnsPolicy: string(6, { default: 'ClusterFirst', enum: DNSPolicy, doc: 'Which name servers are asked.' }),
  nodeSelector: map(7, 'string', { atomic: true, doc: 'Labels that the node has to have.' }),
  serviceAccountName: string(8, { doc: 'The identity of its programs.' }),
  serviceAccount: string(9, { doc: 'Old name of serviceAccountName.' }),
  automountServiceAccountToken: bool(21, { pointer: true, doc: 'Whether the token of the ServiceAccount is mounted.' }),
  nodeName: string(10, { doc: 'The node that runs it; set by the scheduler.' }),
  hostNetwork: bool(11, { doc: 'Whether it uses the network of the node.' }),
  hostPID: bool(12, { doc: 'Whether it sees the processes of the node.' }),
  hostIPC: bool(13, { doc: 'Whether it shares the IPC namespace of the node.' }),
  shareProcessNamespace: bool(27, { pointer: true, doc: 'Whether containers see the processes of each other.' }),
  securityContext: ref(14, PodSecurityContext, { default: {}, doc: 'Identity and rights.' }),
  imagePullSecrets: list(15, LocalObjectReference, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Secrets for pulling images.',
  }),
  hostname: string(16, { doc: 'The name of the host as the Pod sees it.' }),
  subdomain: string(17, { doc: 'The domain of the Pod within its namespace.' }),
  affinity: ref(18, Affinity, { doc: 'Where to run it rather, or not.' }),
  schedulerName: string(19, { default: 'default-scheduler', doc: 'Who chooses the node.' }),
  tolerations: list(22, Toleration, { list: 'atomic', doc: 'Taints that do not matter.' }),
  hostAliases: list(23, HostAlias, {
    list: 'map',
    keys: ['ip'],
    patchStrategy: 'merge',
    mergeKey: 'ip',
    doc: 'More lines for /etc/hosts.',
  }),
  priorityClassName: string(24, { doc: 'The class that says which come first.' }),
  priority: int32(25, { pointer: true, doc: 'Which come first; from its class.' }),
  dnsConfig: ref(26, PodDNSConfig, { doc: 'More settings for resolving names.' }),
  readinessGates: list(28, PodReadinessGate, {
    list: 'atomic',
    doc: 'More conditions that have to hold before it is ready.',
  }),
  runtimeClassName: string(29, { pointer: true, doc: 'How its containers are run.' }),
  enableServiceLinks: bool(30, { pointer: true, doc: 'Whether Services show as variables of the environment.' }),
  preemptionPolicy: string(31, { pointer: true, enum: PreemptionPolicy, doc: 'Whether it may push out others.' }),
  overhead: map(32, 'quantity', { doc: 'What running the Pod takes besides its containers.' }),
  topologySpreadConstraints: list(33, TopologySpreadConstraint, {
    list: 'map',
    keys: ['topologyKey', 'whenUnsatisfiable'],
    patchStrategy: 'merge',
    mergeKey: 'topologyKey',
    doc: 'How to spread over nodes, zones and the like.',
  }),
  setHostnameAsFQDN: bool(35, { pointer: true, doc: 'Whether the host is called by its full name.' }),
  os: ref(36, PodOS, { doc: 'The operating system that it needs.' }),
  hostUsers: bool(37, { pointer: true, doc: 'Whether users are those of the node.' }),
  schedulingGates: list(38, PodSchedulingGate, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'What has to happen before a node is chosen.',
  }),
  resourceClaims: list(39, PodResourceClaim, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge,retainKeys',
    mergeKey: 'name',
    doc: 'Devices that it uses.',
  }),
  resources: ref(40, ResourceRequirements, { doc: 'How much it needs, and may take at most.' }),
  hostnameOverride: string(41, { pointer: true, doc: 'The name of the host, whatever else is said.' }),
  schedulingGroup: ref(43, PodSchedulingGroup, { doc: 'Scheduling group.' }),
})
export type PodSpec = Static<typeof PodSpec>

export const PodCondition = message('PodCondition', 'One thing that holds, or does not, of the pod.', {
  type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
  observedGeneration: int64(7, { doc: 'The generation that this was written for.' }),
  status: string(2, { required: true, doc: 'What is known.' }),
  lastProbeTime: time(3, { doc: 'When it was last looked at.' }),
  lastTransitionTime: time(4, { doc: 'When it last changed.' }),
  reason: string(5, { doc: 'Why, in one word.' }),
  message: string(6, { doc: 'What happened, for people to read.' }),
})
export type PodCondition = Static<typeof PodCondition>

export const PodIP = message('PodIP', 'Pod IP.', {
  ip: string(1, { required: true, doc: 'The address.' }),
})
export type PodIP = Static<typeof PodIP>

export const PodResourceClaimStatus = message('PodResourceClaimStatus', 'What is known of the pod resource claim.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  resourceClaimName: string(2, { pointer: true, doc: 'The name of the claim.' }),
})
export type PodResourceClaimStatus = Static<typeof PodResourceClaimStatus>

export const PodExtendedResourceClaimStatus = message(
  'PodExtendedResourceClaimStatus',
  'What is known of the pod extended resource claim.',
  {
    requestMappings: list(1, ContainerExtendedResourceRequest, {
      required: true,
      list: 'atomic',
      doc: 'Request mappings.',
    }),
    resourceClaimName: string(2, { required: true, doc: 'The name of the claim.' }),
  },
)
export type PodExtendedResourceClaimStatus = Static<typeof PodExtendedResourceClaimStatus>

export const PodStatus = message('PodStatus', 'What is known of a Pod.', {
  observedGeneration: int64(17, { doc: 'The generation that this was written for.' }),
  phase: string(1, { enum: PodPhase, doc: 'Where it stands, in one word.' }),
  conditions: list(2, PodCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
  message: string(3, { doc: 'What happened, for people to read.' }),
  reason: string(4, { doc: 'Why, in one word.' }),
  nominatedNodeName: string(11, { doc: 'The node that is being cleared for it.' }),
  hostIP: string(5, { doc: 'The address of the node.' }),
  hostIPs: list(16, HostIP, {
    list: 'atomic',
    patchStrategy: 'merge',
    mergeKey: 'ip',
    doc: 'The addresses of the node.',
  }),
  podIP: string(6, { doc: 'Its address.' }),
  podIPs: list(12, PodIP, {
    list: 'map',
    keys: ['ip'],
    patchStrategy: 'merge',
    mergeKey: 'ip',
    doc: 'Its addresses, one for each IP family.',
  }),
  startTime: time(7, { pointer: true, doc: 'When it began.' }),
  initContainerStatuses: list(10, ContainerStatus, { list: 'atomic', doc: 'What is known of each init container.' }),
  containerStatuses: list(8, ContainerStatus, { list: 'atomic', doc: 'What is known of each container.' }),
  qosClass: string(9, { enum: PodQOSClass, doc: 'How sure its resources are.' }),
  ephemeralContainerStatuses: list(13, ContainerStatus, {
    list: 'atomic',
    doc: 'What is known of each ephemeral container.',
  }),
  resize: string(14, { doc: 'How changing the resources goes.' }),
  resourceClaimStatuses: list(15, PodResourceClaimStatus, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge,retainKeys',
    mergeKey: 'name',
    doc: 'The claims that were made for it.',
  }),
  extendedResourceClaimStatus: ref(18, PodExtendedResourceClaimStatus, { doc: 'Extended resource claim status.' }),
  allocatedResources: map(19, 'quantity', { doc: 'What the node has set aside.' }),
  resources: ref(20, ResourceRequirements, { doc: 'How much it needs, and may take at most.' }),
  nodeAllocatableResourceClaimStatuses: list(21, NodeAllocatableResourceClaimStatus, {
    list: 'atomic',
    doc: 'Node allocatable resource claim statuses.',
  }),
})
export type PodStatus = Static<typeof PodStatus>

export const Pod = object('Pod', 'Containers that run together on one node.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, PodSpec, { doc: 'What is wanted.' }),
  status: embed(3, PodStatus, { doc: 'What is known.' }),
})
export type Pod = Static<typeof Pod>

export const PodAttachOptions = object('PodAttachOptions', 'Pod attach options.', {
  stdin: bool(1, { doc: 'Whether standard input is open.' }),
  stdout: bool(2, { doc: 'Whether standard output is sent.' }),
  stderr: bool(3, { doc: 'Whether standard error is sent.' }),
  tty: bool(4, { doc: 'Whether it has a terminal.' }),
  container: string(5, { doc: 'The name of the container.' }),
})
export type PodAttachOptions = Static<typeof PodAttachOptions>

export const PodExecOptions = object('PodExecOptions', 'Pod exec options.', {
  stdin: bool(1, { doc: 'Whether standard input is open.' }),
  stdout: bool(2, { doc: 'Whether standard output is sent.' }),
  stderr: bool(3, { doc: 'Whether standard error is sent.' }),
  tty: bool(4, { doc: 'Whether it has a terminal.' }),
  container: string(5, { doc: 'The name of the container.' }),
  command: list(6, 'string', {
    required: true,
    list: 'atomic',
    doc: 'The program and its first arguments; those of the image when absent.',
  }),
})
export type PodExecOptions = Static<typeof PodExecOptions>

export const PodList = object('PodList', 'A page of pod objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Pod, { required: true, doc: 'The objects.' }),
})
export type PodList = Static<typeof PodList>

export const PodLogOptions = object('PodLogOptions', 'Pod log options.', {
  container: string(1, { doc: 'The name of the container.' }),
  follow: bool(2, { doc: 'Whether to go on with what is written later.' }),
  previous: bool(3, { doc: 'Whether the container before the last restart is meant.' }),
  sinceSeconds: int64(4, { pointer: true, doc: 'How far back, in seconds.' }),
  sinceTime: time(5, { pointer: true, doc: 'From when on.' }),
  timestamps: bool(6, { doc: 'Whether each line begins with its time.' }),
  tailLines: int64(7, { pointer: true, doc: 'How many lines, from the end.' }),
  limitBytes: int64(8, { pointer: true, doc: 'How much at most, in bytes.' }),
  insecureSkipTLSVerifyBackend: bool(9, { doc: 'Whether the certificate of the node does not matter.' }),
  stream: string(10, { pointer: true, doc: 'Which of the outputs.' }),
})
export type PodLogOptions = Static<typeof PodLogOptions>

export const PodPortForwardOptions = object('PodPortForwardOptions', 'Pod port forward options.', {
  ports: list(1, 'int32', { list: 'atomic', doc: 'The ports.' }),
})
export type PodPortForwardOptions = Static<typeof PodPortForwardOptions>

export const PodProxyOptions = object('PodProxyOptions', 'Pod proxy options.', {
  path: string(1, { doc: 'The path.' }),
})
export type PodProxyOptions = Static<typeof PodProxyOptions>

export const PodStatusResult = object('PodStatusResult', 'Pod status result.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  status: embed(2, PodStatus, { doc: 'What is known.' }),
})
export type PodStatusResult = Static<typeof PodStatusResult>

export const PodTemplateSpec = message('PodTemplateSpec', 'What new Pods look like.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, PodSpec, { doc: 'What is wanted.' }),
})
export type PodTemplateSpec = Static<typeof PodTemplateSpec>

export const PodTemplate = object('PodTemplate', 'A template for Pods, kept for later use.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  template: embed(2, PodTemplateSpec, { doc: 'What new ones look like.' }),
})
export type PodTemplate = Static<typeof PodTemplate>

export const PodTemplateList = object('PodTemplateList', 'A page of pod template objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, PodTemplate, { required: true, doc: 'The objects.' }),
})
export type PodTemplateList = Static<typeof PodTemplateList>

export const Preconditions = message('Preconditions', 'Preconditions.', {
  uid: string(1, { pointer: true, doc: 'Unique over all time and space; set by the server.' }),
})
export type Preconditions = Static<typeof Preconditions>

export const RangeAllocation = object('RangeAllocation', 'Range allocation.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  range: string(2, { required: true, doc: 'Range.' }),
  data: bytes(3, { required: true, doc: 'The content, by key.' }),
})
export type RangeAllocation = Static<typeof RangeAllocation>

export const ReplicationControllerSpec = message(
  'ReplicationControllerSpec',
  'What is wanted of the replication controller.',
  {
    replicas: int32(1, { pointer: true, default: 1, doc: 'How many there are to be.' }),
    minReadySeconds: int32(4, { default: 0, doc: 'How long a Pod must be ready before it is available, in seconds.' }),
    selector: map(2, 'string', { atomic: true, doc: 'Which objects are meant, by their labels.' }),
    template: ref(3, PodTemplateSpec, { doc: 'What new ones look like.' }),
  },
)
export type ReplicationControllerSpec = Static<typeof ReplicationControllerSpec>

export const ReplicationControllerCondition = message(
  'ReplicationControllerCondition',
  'One thing that holds, or does not, of the replication controller.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    lastTransitionTime: time(3, { doc: 'When it last changed.' }),
    reason: string(4, { doc: 'Why, in one word.' }),
    message: string(5, { doc: 'What happened, for people to read.' }),
  },
)
export type ReplicationControllerCondition = Static<typeof ReplicationControllerCondition>

export const ReplicationControllerStatus = message(
  'ReplicationControllerStatus',
  'What is known of the replication controller.',
  {
    replicas: int32(1, { required: true, doc: 'How many Pods there are.' }),
    fullyLabeledReplicas: int32(2, { doc: 'How many Pods have all labels of the template.' }),
    readyReplicas: int32(4, { doc: 'How many Pods are ready.' }),
    availableReplicas: int32(5, { doc: 'How many Pods have been ready long enough.' }),
    observedGeneration: int64(3, { doc: 'The generation that this was written for.' }),
    conditions: list(6, ReplicationControllerCondition, {
      list: 'map',
      keys: ['type'],
      patchStrategy: 'merge',
      mergeKey: 'type',
      doc: 'What holds now, and since when.',
    }),
  },
)
export type ReplicationControllerStatus = Static<typeof ReplicationControllerStatus>

export const ReplicationController = object('ReplicationController', 'Keeps a number of Pods, in the old form.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, ReplicationControllerSpec, { doc: 'What is wanted.' }),
  status: embed(3, ReplicationControllerStatus, { doc: 'What is known.' }),
})
export type ReplicationController = Static<typeof ReplicationController>

export const ReplicationControllerList = object(
  'ReplicationControllerList',
  'A page of replication controller objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, ReplicationController, { required: true, doc: 'The objects.' }),
  },
)
export type ReplicationControllerList = Static<typeof ReplicationControllerList>

export const ScopedResourceSelectorRequirement = message(
  'ScopedResourceSelectorRequirement',
  'Scoped resource selector requirement.',
  {
    scopeName: string(1, { required: true, enum: ResourceQuotaScope, doc: 'Scope name.' }),
    operator: string(2, { required: true, enum: ScopeSelectorOperator, doc: 'How key and values are compared.' }),
    values: list(3, 'string', { list: 'atomic', doc: 'The values.' }),
  },
)
export type ScopedResourceSelectorRequirement = Static<typeof ScopedResourceSelectorRequirement>

export const ScopeSelector = message(
  'ScopeSelector',
  'Scope selector.',
  {
    matchExpressions: list(1, ScopedResourceSelectorRequirement, {
      list: 'atomic',
      doc: 'Conditions that all have to hold.',
    }),
  },
  { atomic: true },
)
export type ScopeSelector = Static<typeof ScopeSelector>

export const ResourceQuotaSpec = message('ResourceQuotaSpec', 'What is wanted of the resource quota.', {
  hard: map(1, 'quantity', { doc: 'How much there may be.' }),
  scopes: list(2, 'string', { enum: ResourceQuotaScope, list: 'atomic', doc: 'What has to be true of what counts.' }),
  scopeSelector: ref(3, ScopeSelector, { doc: 'What has to be true of what counts, by conditions.' }),
})
export type ResourceQuotaSpec = Static<typeof ResourceQuotaSpec>

export const ResourceQuotaStatus = message('ResourceQuotaStatus', 'What is known of the resource quota.', {
  hard: map(1, 'quantity', { doc: 'How much there may be.' }),
  used: map(2, 'quantity', { doc: 'How much there is.' }),
})
export type ResourceQuotaStatus = Static<typeof ResourceQuotaStatus>

export const ResourceQuota = object('ResourceQuota', 'How much one namespace may have in all.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, ResourceQuotaSpec, { doc: 'What is wanted.' }),
  status: embed(3, ResourceQuotaStatus, { doc: 'What is known.' }),
})
export type ResourceQuota = Static<typeof ResourceQuota>

export const ResourceQuotaList = object('ResourceQuotaList', 'A page of resource quota objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ResourceQuota, { required: true, doc: 'The objects.' }),
})
export type ResourceQuotaList = Static<typeof ResourceQuotaList>

export const Secret = object('Secret', 'Something to keep to oneself, by key.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  immutable: bool(5, { pointer: true, doc: 'Whether the content is fixed for good.' }),
  data: map(2, 'bytes', { doc: 'The content, by key.' }),
  stringData: map(4, 'string', { doc: 'Content as plain text; written into `data`, never read back.' }),
  type: string(3, { default: 'Opaque', doc: 'Which of several kinds it is.' }),
})
export type Secret = Static<typeof Secret>

export const SecretList = object('SecretList', 'A page of secret objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Secret, { required: true, doc: 'The objects.' }),
})
export type SecretList = Static<typeof SecretList>

export const SerializedReference = object('SerializedReference', 'Serialized reference.', {
  reference: embed(1, ObjectReference, { doc: 'What is named.' }),
})
export type SerializedReference = Static<typeof SerializedReference>

export const ServicePort = message('ServicePort', 'A port of a Service, and the port behind it.', {
  name: string(1, { doc: 'Its name.' }),
  protocol: string(2, { default: 'TCP', enum: Protocol, doc: 'TCP, UDP or SCTP.' }),
  appProtocol: string(6, { pointer: true, doc: 'What is spoken over the port.' }),
  port: int32(3, { required: true, doc: 'The port.' }),
  targetPort: intOrString(4, { doc: 'The port of the Pods, by number or name.' }),
  nodePort: int32(5, { doc: 'The port of every node that leads to this one.' }),
})
export type ServicePort = Static<typeof ServicePort>

export const SessionAffinityConfig = message('SessionAffinityConfig', 'Session affinity config.', {
  clientIP: ref(1, ClientIPConfig, { doc: 'Settings for clients by address.' }),
})
export type SessionAffinityConfig = Static<typeof SessionAffinityConfig>

export const ServiceSpec = message('ServiceSpec', 'Which Pods stand behind the address, and by which ports.', {
  ports: list(1, ServicePort, {
    list: 'map',
    keys: ['port', 'protocol'],
    patchStrategy: 'merge',
    mergeKey: 'port',
    doc: 'The ports.',
  }),
  selector: map(2, 'string', {
    atomic: true,
    doc: 'Labels of the Pods behind it; without, somebody else says where traffic goes.',
  }),
  clusterIP: string(3, { doc: 'The address of the Service, `None` for a Service without one.' }),
  clusterIPs: list(18, 'string', { list: 'atomic', doc: 'The addresses of the Service, one for each IP family.' }),
  type: string(4, {
    default: 'ClusterIP',
    enum: ServiceType,
    doc: 'Who can reach it: the cluster, nodes, the outside, or nobody but a name.',
  }),
  externalIPs: list(5, 'string', { list: 'atomic', doc: 'More addresses at which nodes take its traffic.' }),
  sessionAffinity: string(7, { default: 'None', enum: ServiceAffinity, doc: 'Whether a client stays with one Pod.' }),
  loadBalancerIP: string(8, { doc: 'The address that the load balancer should have.' }),
  loadBalancerSourceRanges: list(9, 'string', { list: 'atomic', doc: 'Who may use the load balancer.' }),
  externalName: string(10, { doc: 'The name that its name stands for.' }),
  externalTrafficPolicy: string(11, {
    enum: ServiceExternalTrafficPolicy,
    doc: 'Whether traffic from outside stays on the node where it arrives.',
  }),
  healthCheckNodePort: int32(12, { doc: 'The port at which a node says whether it has Pods of the Service.' }),
  publishNotReadyAddresses: bool(13, { doc: 'Whether Pods count that are not ready.' }),
  sessionAffinityConfig: ref(14, SessionAffinityConfig, { doc: 'How long a client stays with one Pod.' }),
  ipFamilies: list(19, 'string', { enum: IPFamily, list: 'atomic', doc: 'IPv4, IPv6 or both.' }),
  ipFamilyPolicy: string(17, {
    pointer: true,
    enum: IPFamilyPolicy,
    doc: 'Whether it wants addresses of one IP family or of both.',
  }),
  allocateLoadBalancerNodePorts: bool(20, {
    pointer: true,
    doc: 'Whether a load balancer gets ports on the nodes too.',
  }),
  loadBalancerClass: string(21, { pointer: true, doc: 'Who provides the load balancer.' }),
  internalTrafficPolicy: string(22, {
    pointer: true,
    enum: ServiceInternalTrafficPolicy,
    doc: 'Whether traffic from Pods stays on their node.',
  }),
  trafficDistribution: string(23, { pointer: true, doc: 'Whether near Pods come first.' }),
})
export type ServiceSpec = Static<typeof ServiceSpec>

export const ServiceStatus = message('ServiceStatus', 'What is known of the service.', {
  loadBalancer: embed(1, LoadBalancerStatus, { doc: 'What is known of the load balancer.' }),
  conditions: list(2, Condition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
})
export type ServiceStatus = Static<typeof ServiceStatus>

export const Service = object('Service', 'One address for many Pods.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, ServiceSpec, { doc: 'What is wanted.' }),
  status: embed(3, ServiceStatus, { doc: 'What is known.' }),
})
export type Service = Static<typeof Service>

export const ServiceAccount = object('ServiceAccount', 'An identity for the programs in Pods.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  secrets: list(2, ObjectReference, {
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Secrets that belong to it.',
  }),
  imagePullSecrets: list(3, LocalObjectReference, { list: 'atomic', doc: 'Secrets for pulling images.' }),
  automountServiceAccountToken: bool(4, { pointer: true, doc: 'Whether the token of the ServiceAccount is mounted.' }),
})
export type ServiceAccount = Static<typeof ServiceAccount>

export const ServiceAccountList = object('ServiceAccountList', 'A page of service account objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ServiceAccount, { required: true, doc: 'The objects.' }),
})
export type ServiceAccountList = Static<typeof ServiceAccountList>

export const ServiceList = object('ServiceList', 'A page of service objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Service, { required: true, doc: 'The objects.' }),
})
export type ServiceList = Static<typeof ServiceList>

export const ServiceProxyOptions = object('ServiceProxyOptions', 'Service proxy options.', {
  path: string(1, { doc: 'The path.' }),
})
export type ServiceProxyOptions = Static<typeof ServiceProxyOptions>

export const TopologySelectorLabelRequirement = message(
  'TopologySelectorLabelRequirement',
  'Topology selector label requirement.',
  {
    key: string(1, { required: true, doc: 'The key.' }),
    values: list(2, 'string', { required: true, list: 'atomic', doc: 'The values.' }),
  },
)
export type TopologySelectorLabelRequirement = Static<typeof TopologySelectorLabelRequirement>

export const TopologySelectorTerm = message(
  'TopologySelectorTerm',
  'Topology selector term.',
  {
    matchLabelExpressions: list(1, TopologySelectorLabelRequirement, {
      list: 'atomic',
      doc: 'Match label expressions.',
    }),
  },
  { atomic: true },
)
export type TopologySelectorTerm = Static<typeof TopologySelectorTerm>
