import { PersistentVolumeSpec, TopologySelectorTerm } from '../core/v1.ts'
import { LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, int32, int64, list, map, quantity, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'storage.k8s.io', version: 'v1', proto: 'k8s.io.api.storage.v1' })

export const VolumeBindingMode = ['Immediate', 'WaitForFirstConsumer'] as const
export type VolumeBindingMode = (typeof VolumeBindingMode)[number]

export const TokenRequest = message('TokenRequest', 'Asks for a token of a ServiceAccount.', {
  audience: string(1, { required: true, doc: 'Audience.' }),
  expirationSeconds: int64(2, { pointer: true, doc: 'Expiration, in seconds.' }),
})
export type TokenRequest = Static<typeof TokenRequest>

export const CSIDriverSpec = message('CSIDriverSpec', 'What is wanted of: CSI driver.', {
  attachRequired: bool(1, { pointer: true, default: true, doc: 'Whether: attach required.' }),
  podInfoOnMount: bool(2, { pointer: true, default: false, doc: 'Whether: pod info on mount.' }),
  volumeLifecycleModes: list(3, 'string', { default: ['Persistent'], list: 'set', doc: 'Volume lifecycle modes.' }),
  storageCapacity: bool(4, { pointer: true, default: false, doc: 'Whether: storage capacity.' }),
  fsGroupPolicy: string(5, { pointer: true, default: 'ReadWriteOnceWithFSType', doc: 'Fs group policy.' }),
  tokenRequests: list(6, TokenRequest, { list: 'atomic', doc: 'Token requests.' }),
  requiresRepublish: bool(7, { pointer: true, default: false, doc: 'Whether: requires republish.' }),
  seLinuxMount: bool(8, { pointer: true, default: false, doc: 'Whether: se linux mount.' }),
  nodeAllocatableUpdatePeriodSeconds: int64(9, { pointer: true, doc: 'Node allocatable update period, in seconds.' }),
  serviceAccountTokenInSecrets: bool(10, { pointer: true, doc: 'Whether: service account token in secrets.' }),
  preventPodSchedulingIfMissing: bool(11, { pointer: true, doc: 'Whether: prevent pod scheduling if missing.' }),
})
export type CSIDriverSpec = Static<typeof CSIDriverSpec>

export const CSIDriver = object('CSIDriver', 'How a storage driver wants to be used.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, CSIDriverSpec, { required: true, doc: 'What is wanted.' }),
})
export type CSIDriver = Static<typeof CSIDriver>

export const CSIDriverList = object('CSIDriverList', 'A page of objects: CSI driver.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, CSIDriver, { required: true, doc: 'The objects.' }),
})
export type CSIDriverList = Static<typeof CSIDriverList>

export const VolumeNodeResources = message('VolumeNodeResources', 'Volume node resources.', {
  count: int32(1, { pointer: true, doc: 'Count.' }),
})
export type VolumeNodeResources = Static<typeof VolumeNodeResources>

export const CSINodeDriver = message('CSINodeDriver', 'CSI node driver.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  nodeID: string(2, { required: true, doc: 'Node ID.' }),
  topologyKeys: list(3, 'string', { always: true, list: 'atomic', doc: 'Topology keys.' }),
  allocatable: ref(4, VolumeNodeResources, { doc: 'Allocatable.' }),
})
export type CSINodeDriver = Static<typeof CSINodeDriver>

export const CSINodeSpec = message('CSINodeSpec', 'What is wanted of: CSI node.', {
  drivers: list(1, CSINodeDriver, {
    required: true,
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'Drivers.',
  }),
})
export type CSINodeSpec = Static<typeof CSINodeSpec>

export const CSINode = object('CSINode', 'The storage drivers on a node.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, CSINodeSpec, { required: true, doc: 'What is wanted.' }),
})
export type CSINode = Static<typeof CSINode>

export const CSINodeList = object('CSINodeList', 'A page of objects: CSI node.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, CSINode, { required: true, doc: 'The objects.' }),
})
export type CSINodeList = Static<typeof CSINodeList>

export const CSIStorageCapacity = object('CSIStorageCapacity', 'CSI storage capacity.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  nodeTopology: ref(2, LabelSelector, { doc: 'Node topology.' }),
  storageClassName: string(3, { required: true, doc: 'The class of the storage.' }),
  capacity: quantity(4, { pointer: true, doc: 'How much there is.' }),
  maximumVolumeSize: quantity(5, { pointer: true, doc: 'Maximum volume size.' }),
})
export type CSIStorageCapacity = Static<typeof CSIStorageCapacity>

export const CSIStorageCapacityList = object('CSIStorageCapacityList', 'A page of objects: CSI storage capacity.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, CSIStorageCapacity, { required: true, doc: 'The objects.' }),
})
export type CSIStorageCapacityList = Static<typeof CSIStorageCapacityList>

export const StorageClass = object('StorageClass', 'How new storage is made.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  provisioner: string(2, { required: true, doc: 'Who makes the storage.' }),
  parameters: map(3, 'string', { doc: 'Parameters, by key.' }),
  reclaimPolicy: string(4, { pointer: true, default: 'Delete', doc: 'Reclaim policy.' }),
  mountOptions: list(5, 'string', { list: 'atomic', doc: 'Mount options.' }),
  allowVolumeExpansion: bool(6, { pointer: true, doc: 'Whether: allow volume expansion.' }),
  volumeBindingMode: string(7, {
    pointer: true,
    default: 'Immediate',
    enum: VolumeBindingMode,
    doc: 'Volume binding mode.',
  }),
  allowedTopologies: list(8, TopologySelectorTerm, { list: 'atomic', doc: 'Allowed topologies.' }),
})
export type StorageClass = Static<typeof StorageClass>

export const StorageClassList = object('StorageClassList', 'A page of objects: storage class.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, StorageClass, { required: true, doc: 'The objects.' }),
})
export type StorageClassList = Static<typeof StorageClassList>

export const VolumeAttachmentSource = message('VolumeAttachmentSource', 'Where it comes from: volume attachment.', {
  persistentVolumeName: string(1, { pointer: true, doc: 'Persistent volume name.' }),
  inlineVolumeSpec: ref(2, PersistentVolumeSpec, { doc: 'Inline volume spec.' }),
})
export type VolumeAttachmentSource = Static<typeof VolumeAttachmentSource>

export const VolumeAttachmentSpec = message('VolumeAttachmentSpec', 'What is wanted of: volume attachment.', {
  attacher: string(1, { required: true, doc: 'Attacher.' }),
  source: embed(2, VolumeAttachmentSource, { required: true, doc: 'Source.' }),
  nodeName: string(3, { required: true, doc: 'The node that runs it.' }),
})
export type VolumeAttachmentSpec = Static<typeof VolumeAttachmentSpec>

export const VolumeError = message('VolumeError', 'Volume error.', {
  time: time(1, { doc: 'When: time.' }),
  message: string(2, { doc: 'What happened, for people to read.' }),
  errorCode: int32(3, { pointer: true, doc: 'Error code.' }),
})
export type VolumeError = Static<typeof VolumeError>

export const VolumeAttachmentStatus = message('VolumeAttachmentStatus', 'What is known of: volume attachment.', {
  attached: bool(1, { required: true, doc: 'Whether: attached.' }),
  attachmentMetadata: map(2, 'string', { doc: 'Attachment metadata, by key.' }),
  attachError: ref(3, VolumeError, { doc: 'Attach error.' }),
  detachError: ref(4, VolumeError, { doc: 'Detach error.' }),
})
export type VolumeAttachmentStatus = Static<typeof VolumeAttachmentStatus>

export const VolumeAttachment = object('VolumeAttachment', 'Attaches storage to a node.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, VolumeAttachmentSpec, { required: true, doc: 'What is wanted.' }),
  status: embed(3, VolumeAttachmentStatus, { doc: 'What is known.' }),
})
export type VolumeAttachment = Static<typeof VolumeAttachment>

export const VolumeAttachmentList = object('VolumeAttachmentList', 'A page of objects: volume attachment.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, VolumeAttachment, { required: true, doc: 'The objects.' }),
})
export type VolumeAttachmentList = Static<typeof VolumeAttachmentList>

export const VolumeAttributesClass = object(
  'VolumeAttributesClass',
  'Settings of storage that can change while it is in use.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    driverName: string(2, { required: true, doc: 'Driver name.' }),
    parameters: map(3, 'string', { doc: 'Parameters, by key.' }),
  },
)
export type VolumeAttributesClass = Static<typeof VolumeAttributesClass>

export const VolumeAttributesClassList = object(
  'VolumeAttributesClassList',
  'A page of objects: volume attributes class.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, VolumeAttributesClass, { required: true, doc: 'The objects.' }),
  },
)
export type VolumeAttributesClassList = Static<typeof VolumeAttributesClassList>
