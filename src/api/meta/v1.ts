import {
  bool,
  embed,
  fieldsV1,
  groupVersion,
  int32,
  int64,
  list,
  map,
  rawExtension,
  ref,
  string,
  strings,
  time,
} from './schema.ts'
import type { Static } from './schema.ts'

const { message, object } = groupVersion({
  group: 'meta.k8s.io',
  version: 'v1',
  proto: 'k8s.io.apimachinery.pkg.apis.meta.v1',
})

export const GroupVersionForDiscovery = message('GroupVersionForDiscovery', 'Group version for discovery.', {
  groupVersion: string(1, { required: true, doc: 'Group version.' }),
  version: string(2, { required: true, doc: 'Version.' }),
})
export type GroupVersionForDiscovery = Static<typeof GroupVersionForDiscovery>

export const ServerAddressByClientCIDR = message('ServerAddressByClientCIDR', 'Server address by client CIDR.', {
  clientCIDR: string(1, { required: true, doc: 'Client CIDR.' }),
  serverAddress: string(2, { required: true, doc: 'Server address.' }),
})
export type ServerAddressByClientCIDR = Static<typeof ServerAddressByClientCIDR>

export const APIGroup = object('APIGroup', 'API group.', {
  name: string(1, { required: true, doc: 'Name.' }),
  versions: list(2, GroupVersionForDiscovery, { required: true, list: 'atomic', doc: 'Versions.' }),
  preferredVersion: embed(3, GroupVersionForDiscovery, { doc: 'Preferred version.' }),
  serverAddressByClientCIDRs: list(4, ServerAddressByClientCIDR, {
    list: 'atomic',
    doc: 'Server address by client CIDRs.',
  }),
})
export type APIGroup = Static<typeof APIGroup>

export const APIGroupList = object('APIGroupList', 'A page of objects: API group.', {
  groups: list(1, APIGroup, { required: true, list: 'atomic', doc: 'Groups.' }),
})
export type APIGroupList = Static<typeof APIGroupList>

export const APIResource = message('APIResource', 'API resource.', {
  name: string(1, { required: true, doc: 'Name.' }),
  singularName: string(6, { required: true, doc: 'Singular name.' }),
  namespaced: bool(2, { required: true, doc: 'Whether it is so: namespaced.' }),
  group: string(8, { doc: 'Group.' }),
  version: string(9, { doc: 'Version.' }),
  kind: string(3, { required: true, doc: 'Kind.' }),
  verbs: strings(4, { required: true, doc: 'Verbs.' }),
  shortNames: list(5, 'string', { list: 'atomic', doc: 'Short names.' }),
  categories: list(7, 'string', { list: 'atomic', doc: 'Categories.' }),
  storageVersionHash: string(10, { doc: 'Storage version hash.' }),
})
export type APIResource = Static<typeof APIResource>

export const APIResourceList = object('APIResourceList', 'A page of objects: API resource.', {
  groupVersion: string(1, { required: true, doc: 'Group version.' }),
  resources: list(2, APIResource, { required: true, list: 'atomic', doc: 'Resources.' }),
})
export type APIResourceList = Static<typeof APIResourceList>

export const APIVersions = object('APIVersions', 'API versions.', {
  versions: list(1, 'string', { required: true, list: 'atomic', doc: 'Versions.' }),
  serverAddressByClientCIDRs: list(2, ServerAddressByClientCIDR, {
    required: true,
    list: 'atomic',
    doc: 'Server address by client CIDRs.',
  }),
})
export type APIVersions = Static<typeof APIVersions>

export const ApplyOptions = object('ApplyOptions', 'Apply options.', {
  dryRun: list(1, 'string', { list: 'atomic', doc: 'Dry run.' }),
  force: bool(2, { always: true, doc: 'Whether it is so: force.' }),
  fieldManager: string(3, { always: true, doc: 'Field manager.' }),
})
export type ApplyOptions = Static<typeof ApplyOptions>

export const Condition = message('Condition', 'Condition.', {
  type: string(1, { required: true, doc: 'Type.' }),
  status: string(2, { required: true, doc: 'Status.' }),
  observedGeneration: int64(3, { doc: 'Observed generation.' }),
  lastTransitionTime: time(4, { required: true, doc: 'When: last transition.' }),
  reason: string(5, { required: true, doc: 'Reason.' }),
  message: string(6, { required: true, doc: 'Message.' }),
})
export type Condition = Static<typeof Condition>

export const CreateOptions = object('CreateOptions', 'Create options.', {
  dryRun: list(1, 'string', { list: 'atomic', doc: 'Dry run.' }),
  fieldManager: string(3, { doc: 'Field manager.' }),
  fieldValidation: string(4, { doc: 'Field validation.' }),
})
export type CreateOptions = Static<typeof CreateOptions>

export const Preconditions = message('Preconditions', 'Preconditions.', {
  uid: string(1, { pointer: true, doc: 'Uid.' }),
  resourceVersion: string(2, { pointer: true, doc: 'Resource version.' }),
})
export type Preconditions = Static<typeof Preconditions>

export const DeleteOptions = object('DeleteOptions', 'Delete options.', {
  gracePeriodSeconds: int64(1, { pointer: true, doc: 'Grace period, in seconds.' }),
  preconditions: ref(2, Preconditions, { doc: 'Preconditions.' }),
  orphanDependents: bool(3, { pointer: true, doc: 'Whether it is so: orphan dependents.' }),
  propagationPolicy: string(4, { pointer: true, doc: 'Propagation policy.' }),
  dryRun: list(5, 'string', { list: 'atomic', doc: 'Dry run.' }),
  ignoreStoreReadErrorWithClusterBreakingPotential: bool(6, {
    pointer: true,
    doc: 'Whether it is so: ignore store read error with cluster breaking potential.',
  }),
})
export type DeleteOptions = Static<typeof DeleteOptions>

export const FieldSelectorRequirement = message('FieldSelectorRequirement', 'Field selector requirement.', {
  key: string(1, { required: true, doc: 'Key.' }),
  operator: string(2, { required: true, doc: 'Operator.' }),
  values: list(3, 'string', { list: 'atomic', doc: 'Values.' }),
})
export type FieldSelectorRequirement = Static<typeof FieldSelectorRequirement>

export const GetOptions = object('GetOptions', 'Get options.', {
  resourceVersion: string(1, { doc: 'Resource version.' }),
})
export type GetOptions = Static<typeof GetOptions>

export const GroupKind = message('GroupKind', 'Group kind.', {
  group: string(1, { always: true, doc: 'Group.' }),
  kind: string(2, { always: true, doc: 'Kind.' }),
})
export type GroupKind = Static<typeof GroupKind>

export const GroupResource = message('GroupResource', 'Group resource.', {
  group: string(1, { required: true, doc: 'Group.' }),
  resource: string(2, { required: true, doc: 'Resource.' }),
})
export type GroupResource = Static<typeof GroupResource>

export const GroupVersion = message('GroupVersion', 'Group version.', {
  group: string(1, { always: true, doc: 'Group.' }),
  version: string(2, { always: true, doc: 'Version.' }),
})
export type GroupVersion = Static<typeof GroupVersion>

export const GroupVersionKind = message('GroupVersionKind', 'Group version kind.', {
  group: string(1, { always: true, doc: 'Group.' }),
  version: string(2, { always: true, doc: 'Version.' }),
  kind: string(3, { always: true, doc: 'Kind.' }),
})
export type GroupVersionKind = Static<typeof GroupVersionKind>

export const GroupVersionResource = message('GroupVersionResource', 'Group version resource.', {
  group: string(1, { always: true, doc: 'Group.' }),
  version: string(2, { always: true, doc: 'Version.' }),
  resource: string(3, { always: true, doc: 'Resource.' }),
})
export type GroupVersionResource = Static<typeof GroupVersionResource>

export const LabelSelectorRequirement = message('LabelSelectorRequirement', 'Label selector requirement.', {
  key: string(1, { required: true, doc: 'Key.' }),
  operator: string(2, { required: true, doc: 'Operator.' }),
  values: list(3, 'string', { list: 'atomic', doc: 'Values.' }),
})
export type LabelSelectorRequirement = Static<typeof LabelSelectorRequirement>

export const LabelSelector = message(
  'LabelSelector',
  'Label selector.',
  {
    matchLabels: map(1, 'string', { doc: 'Match labels, by key.' }),
    matchExpressions: list(2, LabelSelectorRequirement, { list: 'atomic', doc: 'Match expressions.' }),
  },
  { atomic: true },
)
export type LabelSelector = Static<typeof LabelSelector>

export const ShardInfo = message('ShardInfo', 'Shard info.', {
  selector: string(1, { required: true, doc: 'Selector.' }),
})
export type ShardInfo = Static<typeof ShardInfo>

export const ListMeta = message('ListMeta', 'List meta.', {
  selfLink: string(1, { doc: 'Self link.' }),
  resourceVersion: string(2, { doc: 'Resource version.' }),
  continue: string(3, { doc: 'Continue.' }),
  remainingItemCount: int64(4, { pointer: true, doc: 'Remaining item count.' }),
  shardInfo: ref(5, ShardInfo, { doc: 'Shard info.' }),
})
export type ListMeta = Static<typeof ListMeta>

export const List = object('List', 'List.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, 'rawExtension', { always: true, doc: 'Items.' }),
})
export type List = Static<typeof List>

export const ListOptions = object('ListOptions', 'List options.', {
  labelSelector: string(1, { doc: 'Label selector.' }),
  fieldSelector: string(2, { doc: 'Field selector.' }),
  watch: bool(3, { doc: 'Whether it is so: watch.' }),
  allowWatchBookmarks: bool(9, { doc: 'Whether it is so: allow watch bookmarks.' }),
  resourceVersion: string(4, { doc: 'Resource version.' }),
  resourceVersionMatch: string(10, { doc: 'Resource version match.' }),
  timeoutSeconds: int64(5, { pointer: true, doc: 'Timeout, in seconds.' }),
  limit: int64(7, { doc: 'Limit.' }),
  continue: string(8, { doc: 'Continue.' }),
  sendInitialEvents: bool(11, { pointer: true, doc: 'Whether it is so: send initial events.' }),
  shardSelector: string(15, { doc: 'Shard selector.' }),
})
export type ListOptions = Static<typeof ListOptions>

export const ManagedFieldsEntry = message('ManagedFieldsEntry', 'Managed fields entry.', {
  manager: string(1, { doc: 'Manager.' }),
  operation: string(2, { doc: 'Operation.' }),
  apiVersion: string(3, { doc: 'Api version.' }),
  time: time(4, { pointer: true, doc: 'When: time.' }),
  fieldsType: string(6, { doc: 'Fields type.' }),
  fieldsV1: fieldsV1(7, { pointer: true, doc: 'Fields V1.' }),
  subresource: string(8, { doc: 'Subresource.' }),
})
export type ManagedFieldsEntry = Static<typeof ManagedFieldsEntry>

export const OwnerReference = message(
  'OwnerReference',
  'Owner reference.',
  {
    apiVersion: string(5, { required: true, doc: 'Api version.' }),
    kind: string(1, { required: true, doc: 'Kind.' }),
    name: string(3, { required: true, doc: 'Name.' }),
    uid: string(4, { required: true, doc: 'Uid.' }),
    controller: bool(6, { pointer: true, doc: 'Whether it is so: controller.' }),
    blockOwnerDeletion: bool(7, { pointer: true, doc: 'Whether it is so: block owner deletion.' }),
  },
  { atomic: true },
)
export type OwnerReference = Static<typeof OwnerReference>

export const ObjectMeta = message('ObjectMeta', 'Object meta.', {
  name: string(1, { doc: 'Name.' }),
  generateName: string(2, { doc: 'Generate name.' }),
  namespace: string(3, { doc: 'Namespace.' }),
  selfLink: string(4, { doc: 'Self link.' }),
  uid: string(5, { doc: 'Uid.' }),
  resourceVersion: string(6, { doc: 'Resource version.' }),
  generation: int64(7, { doc: 'Generation.' }),
  creationTimestamp: time(8, { doc: 'When: creation.' }),
  deletionTimestamp: time(9, { pointer: true, doc: 'When: deletion.' }),
  deletionGracePeriodSeconds: int64(10, { pointer: true, doc: 'Deletion grace period, in seconds.' }),
  labels: map(11, 'string', { doc: 'Labels, by key.' }),
  annotations: map(12, 'string', { doc: 'Annotations, by key.' }),
  ownerReferences: list(13, OwnerReference, {
    list: 'map',
    keys: ['uid'],
    patchStrategy: 'merge',
    mergeKey: 'uid',
    doc: 'Owner references.',
  }),
  finalizers: list(14, 'string', { list: 'set', patchStrategy: 'merge', doc: 'Finalizers.' }),
  managedFields: list(17, ManagedFieldsEntry, { list: 'atomic', doc: 'Managed fields.' }),
})
export type ObjectMeta = Static<typeof ObjectMeta>

export const PartialObjectMetadata = object('PartialObjectMetadata', 'Partial object metadata.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
})
export type PartialObjectMetadata = Static<typeof PartialObjectMetadata>

export const PartialObjectMetadataList = object(
  'PartialObjectMetadataList',
  'A page of objects: partial object metadata.',
  {
    metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
    items: list(2, PartialObjectMetadata, { always: true, doc: 'Items.' }),
  },
)
export type PartialObjectMetadataList = Static<typeof PartialObjectMetadataList>

export const Patch = message('Patch', 'Patch.', {})
export type Patch = Static<typeof Patch>

export const PatchOptions = object('PatchOptions', 'Patch options.', {
  dryRun: list(1, 'string', { list: 'atomic', doc: 'Dry run.' }),
  force: bool(2, { pointer: true, doc: 'Whether it is so: force.' }),
  fieldManager: string(3, { doc: 'Field manager.' }),
  fieldValidation: string(4, { doc: 'Field validation.' }),
})
export type PatchOptions = Static<typeof PatchOptions>

export const RootPaths = message('RootPaths', 'Root paths.', {
  paths: list(1, 'string', { always: true, list: 'atomic', doc: 'Paths.' }),
})
export type RootPaths = Static<typeof RootPaths>

export const StatusCause = message('StatusCause', 'Status cause.', {
  reason: string(1, { doc: 'Reason.' }),
  message: string(2, { doc: 'Message.' }),
  field: string(3, { doc: 'Field.' }),
})
export type StatusCause = Static<typeof StatusCause>

export const StatusDetails = message('StatusDetails', 'Status details.', {
  name: string(1, { doc: 'Name.' }),
  group: string(2, { doc: 'Group.' }),
  kind: string(3, { doc: 'Kind.' }),
  uid: string(6, { doc: 'Uid.' }),
  causes: list(4, StatusCause, { list: 'atomic', doc: 'Causes.' }),
  retryAfterSeconds: int32(5, { doc: 'Retry after, in seconds.' }),
})
export type StatusDetails = Static<typeof StatusDetails>

export const Status = object('Status', 'Status.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  status: string(2, { doc: 'Status.' }),
  message: string(3, { doc: 'Message.' }),
  reason: string(4, { doc: 'Reason.' }),
  details: ref(5, StatusDetails, { doc: 'Details.' }),
  code: int32(6, { doc: 'Code.' }),
})
export type Status = Static<typeof Status>

export const TableOptions = object('TableOptions', 'Table options.', {
  includeObject: string(1, { doc: 'Include object.' }),
})
export type TableOptions = Static<typeof TableOptions>

export const Timestamp = message('Timestamp', 'Timestamp.', {
  seconds: int64(1, { always: true, doc: 'Seconds.' }),
  nanos: int32(2, { always: true, doc: 'Nanos.' }),
})
export type Timestamp = Static<typeof Timestamp>

export const TypeMeta = message('TypeMeta', 'Type meta.', {
  kind: string(1, { doc: 'Kind.' }),
  apiVersion: string(2, { doc: 'Api version.' }),
})
export type TypeMeta = Static<typeof TypeMeta>

export const UpdateOptions = object('UpdateOptions', 'Update options.', {
  dryRun: list(1, 'string', { list: 'atomic', doc: 'Dry run.' }),
  fieldManager: string(2, { doc: 'Field manager.' }),
  fieldValidation: string(3, { doc: 'Field validation.' }),
})
export type UpdateOptions = Static<typeof UpdateOptions>

export const WatchEvent = message('WatchEvent', 'Watch event.', {
  type: string(1, { required: true, doc: 'Type.' }),
  object: rawExtension(2, { required: true, doc: 'Object.' }),
})
export type WatchEvent = Static<typeof WatchEvent>
