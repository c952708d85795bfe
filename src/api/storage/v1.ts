import { PersistentVolumeSpec, TopologySelectorTerm } from '../core/v1.ts'
import { LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, int32, int64, list, map, quantity, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'storage.k8s.io', version: 'v1', proto: 'k8s.io.api.storage.v1' })

export const VolumeBindingMode = ['Immediate', 'WaitForFirstConsumer'] as const
export type VolumeBindingMode = (typeof VolumeBindingMode)[number]

export const TokenRequest = message('TokenRequest', 'Asks for a token of a ServiceAccount.', {
  audience: string(1, { required: true, doc: 'For whom the token is meant.' }),
  expirationSeconds: int64(2, { pointer: true, doc: 'How long it is good, in seconds.' }),
})
export type TokenRequest = Static<typeof TokenRequest>

export const CSIDriverSpec = message('CSIDriverSpec', 'What is wanted of the CSI driver.', {
  attachRequired: bool(1, {
    pointer: true,
    default: true,
    doc: 'Whether volumes are attached to a node before they are mounted.',
  }),
  podInfoOnMount: bool(2, { pointer: true, default: false, doc: 'Whether the driver is told about the Pod.' }),
  volumeLifecycleModes: list(3, 'string', {
    default: ['Persistent'],
    list: 'set',
    doc: 'Whether volumes live on their own or as long as a Pod.',
  }),
  storageCapacity: bool(4, { pointer: true, default: false, doc: 'Whether the driver says how much room there is.' }),
  fsGroupPolicy: string(5, {
    pointer: true,
    default: 'ReadWriteOnceWithFSType',
    doc: 'Whether the owner of files can be set.',
  }),
  tokenRequests: list(6, TokenRequest, { list: 'atomic', doc: 'Tokens that the driver gets.' }),
  requiresRepublish: bool(7, {
    pointer: true,
    default: false,
    doc: 'Whether the driver is called again and again while a volume is in use.',
  }),
  seLinuxMount: bool(8, {
    pointer: true,
    default: false,
    doc: 'Whether volumes can be mounted with an SELinux label.',
  }),
  nodeAllocatableUpdatePeriodSeconds: int64(9, { pointer: true, doc: 'Node allocatable update period, in seconds.' }),
  serviceAccountTokenInSecrets: bool(10, { pointer: true, doc: 'Whether tokens are handed over among the secrets.' }),
  preventPodSchedulingIfMissing: bool(11, { pointer: true, doc: 'Whether Pods wait for the driver to be on a node.' }),
})
export type CSIDriverSpec = Static<typeof CSIDriverSpec>

export const CSIDriver = object('CSIDriver', 'How a storage driver wants to be used.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, CSIDriverSpec, { required: true, doc: 'What is wanted.' }),
})
export type CSIDriver = Static<typeof CSIDriver>

export const CSIDriverList = object('CSIDriverList', 'A page of CSI driver objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, CSIDriver, { required: true, doc: 'The objects.' }),
})
export type CSIDriverList = Static<typeof CSIDriverList>

export const VolumeNodeResources = message('VolumeNodeResources', 'Volume node resources.', {
  count: int32(1, { pointer: true, doc: 'How often.' }),
})
export type VolumeNodeResources = Static<typeof VolumeNodeResources>

export const CSINodeDriver = message('CSINodeDriver', 'CSI node driver.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  nodeID: string(2, { required: true, doc: 'The name of the node to the driver.' }),
  topologyKeys: list(3, 'string', { always: true, list: 'atomic', doc: 'The labels that say where a node is.' }),
  allocatable: ref(4, VolumeNodeResources, { doc: 'How much there is for Pods.' }),
})
export type CSINodeDriver = Static<typeof CSINodeDriver>

export const CSINodeSpec = message('CSINodeSpec', 'What is wanted of the CSI node.', {
  drivers: list(1, CSINodeDriver, {
    required: true,
    list: 'map',
    keys: ['name'],
    patchStrategy: 'merge',
    mergeKey: 'name',
    doc: 'The drivers.',
  }),
})
export type CSINodeSpec = Static<typeof CSINodeSpec>

export const CSINode = object('CSINode', 'The storage drivers on a node.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, CSINodeSpec, { required: true, doc: 'What is wanted.' }),
})
export type CSINode = Static<typeof CSINode>

export const CSINodeList = object('CSINodeList', 'A page of CSI node objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, CSINode, { required: true, doc: 'The objects.' }),
})
export type CSINodeList = Static<typeof CSINodeList>

export const CSIStorageCapacity = object('CSIStorageCapacity', 'CSI storage capacity.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  nodeTopology: ref(2, LabelSelector, { doc: 'The nodes that it is about.' }),
  storageClassName: string(3, { required: true, doc: 'The class of the storage.' }),
  capacity: quantity(4, { pointer: true, doc: 'How much there is.' }),
  maximumVolumeSize: quantity(5, { pointer: true, doc: 'How large one volume can be.' }),
})
export type CSIStorageCapacity = Static<typeof CSIStorageCapacity>

export const CSIStorageCapacityList = object('CSIStorageCapacityList', 'A page of CSI storage capacity objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, CSIStorageCapacity, { required: true, doc: 'The objects.' }),
})
export type CSIStorageCapacityList = Static<typeof CSIStorageCapacityList>

export const StorageClass = object('StorageClass', 'How new storage is made.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  provisioner: string(2, { required: true, doc: 'Who makes the storage.' }),
  parameters: map(3, 'string', { doc: 'Settings for whoever makes the storage.' }),
  reclaimPolicy: string(4, {
    pointer: true,
    default: 'Delete',
    doc: 'What becomes of storage when the claim is gone.',
  }),
  mountOptions: list(5, 'string', { list: 'atomic', doc: 'Options for mounting.' }),
  allowVolumeExpansion: bool(6, { pointer: true, doc: 'Whether claims may grow.' }),
  volumeBindingMode: string(7, {
    pointer: true,
    default: 'Immediate',
    enum: VolumeBindingMode,
    doc: 'Whether storage is made at once or when a Pod needs it.',
  }),
  allowedTopologies: list(8, TopologySelectorTerm, { list: 'atomic', doc: 'Where storage may be made.' }),
})
export type StorageClass = Static<typeof StorageClass>

export const StorageClassList = object('StorageClassList', 'A page of storage class objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, StorageClass, { required: true, doc: 'The objects.' }),
})
export type StorageClassList = Static<typeof StorageClassList>

export const VolumeAttachmentSource = message('VolumeAttachmentSource', 'Volume attachment source.', {
  persistentVolumeName: string(1, { pointer: true, doc: 'The name of the volume.' }),
  inlineVolumeSpec: ref(2, PersistentVolumeSpec, { doc: 'Inline volume spec.' }),
})
export type VolumeAttachmentSource = Static<typeof VolumeAttachmentSource>

export const VolumeAttachmentSpec = message('VolumeAttachmentSpec', 'What is wanted of the volume attachment.', {
  attacher: string(1, { required: true, doc: 'Who attaches it.' }),
  source: embed(2, VolumeAttachmentSource, { required: true, doc: 'Where it comes from.' }),
  nodeName: string(3, { required: true, doc: 'The node that runs it.' }),
})
export type VolumeAttachmentSpec = Static<typeof VolumeAttachmentSpec>

export const VolumeError = message('VolumeError', 'Volume error.', {
  time: time(1, { doc: 'When.' }),
  message: string(2, { doc: 'What happened, for people to read.' }),
  errorCode: int32(3, { pointer: true, doc: 'The code of the failure.' }),
})
export type VolumeError = Static<typeof VolumeError>

export const VolumeAttachmentStatus = message('VolumeAttachmentStatus', 'What is known of the volume attachment.', {
  attached: bool(1, { required: true, doc: 'Whether it is attached.' }),
  attachmentMetadata: map(2, 'string', { doc: 'What the driver wants to know again.' }),
  attachError: ref(3, VolumeError, { doc: 'Why attaching failed.' }),
  detachError: ref(4, VolumeError, { doc: 'Why detaching failed.' }),
})
export type VolumeAttachmentStatus = Static<typeof VolumeAttachmentStatus>

export const VolumeAttachment = object('VolumeAttachment', 'Attaches storage to a node.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, VolumeAttachmentSpec, { required: true, doc: 'What is wanted.' }),
  status: embed(3, VolumeAttachmentStatus, { doc: 'What is known.' }),
})
export type VolumeAttachment = Static<typeof VolumeAttachment>

export const VolumeAttachmentList = object('VolumeAttachmentList', 'A page of volume attachment objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, VolumeAttachment, { required: true, doc: 'The objects.' }),
})
export type VolumeAttachmentList = Static<typeof VolumeAttachmentList>

export const VolumeAttributesClass = object(
  'VolumeAttributesClass',
  'Settings of storage that can change while it is in use.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    driverName: string(2, { required: true, doc: 'The name of the driver.' }),
    parameters: map(3, 'string', { doc: 'The settings, for the driver.' }),
  },
)
export type VolumeAttributesClass = Static<typeof VolumeAttributesClass>

export const VolumeAttributesClassList = object(
  'VolumeAttributesClassList',
  'A page of volume attributes class objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, VolumeAttributesClass, { required: true, doc: 'The objects.' }),
  },
)
export type VolumeAttributesClassList = Static<typeof VolumeAttributesClassList>
