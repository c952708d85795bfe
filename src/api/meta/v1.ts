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
  groupVersion: string(1, { required: true, doc: 'The group and version, with a slash between them.' }),
  version: string(2, { required: true, doc: 'The version; * is all.' }),
})
export type GroupVersionForDiscovery = Static<typeof GroupVersionForDiscovery>

export const ServerAddressByClientCIDR = message('ServerAddressByClientCIDR', 'Server address by client CIDR.', {
  clientCIDR: string(1, { required: true, doc: 'Client CIDR.' }),
  serverAddress: string(2, { required: true, doc: 'Server address.' }),
})
export type ServerAddressByClientCIDR = Static<typeof ServerAddressByClientCIDR>

export const APIGroup = object('APIGroup', 'API group.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  versions: list(2, GroupVersionForDiscovery, { required: true, list: 'atomic', doc: 'The versions.' }),
  preferredVersion: embed(3, GroupVersionForDiscovery, { doc: 'The version to use.' }),
  serverAddressByClientCIDRs: list(4, ServerAddressByClientCIDR, {
    list: 'atomic',
    doc: 'Addresses of the server, by where the client is.',
  }),
})
export type APIGroup = Static<typeof APIGroup>

export const APIGroupList = object('APIGroupList', 'A page of API group objects.', {
  groups: list(1, APIGroup, { required: true, list: 'atomic', doc: 'The groups of the user.' }),
})
export type APIGroupList = Static<typeof APIGroupList>

export const APIResource = message('APIResource', 'API resource.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  singularName: string(6, { required: true, doc: 'The name of one of them.' }),
  namespaced: bool(2, { required: true, doc: 'Whether its objects live in namespaces.' }),
  group: string(8, { doc: 'The API group; * is all.' }),
  version: string(9, { doc: 'The version; * is all.' }),
  kind: string(3, { required: true, doc: 'The kind of the thing.' }),
  verbs: strings(4, { required: true, doc: 'What may be done.' }),
  shortNames: list(5, 'string', { list: 'atomic', doc: 'Short names for typing.' }),
  categories: list(7, 'string', { list: 'atomic', doc: 'Groups of kinds that are listed together, such as all.' }),
  storageVersionHash: string(10, { doc: 'Changes with the version in which objects are stored.' }),
})
export type APIResource = Static<typeof APIResource>

export const APIResourceList = object('APIResourceList', 'A page of API resource objects.', {
  groupVersion: string(1, { required: true, doc: 'The group and version, with a slash between them.' }),
  resources: list(2, APIResource, { required: true, list: 'atomic', doc: 'How much it needs, and may take at most.' }),
})
export type APIResourceList = Static<typeof APIResourceList>

export const APIVersions = object('APIVersions', 'API versions.', {
  versions: list(1, 'string', { required: true, list: 'atomic', doc: 'The versions.' }),
  serverAddressByClientCIDRs: list(2, ServerAddressByClientCIDR, {
    required: true,
    list: 'atomic',
    doc: 'Addresses of the server, by where the client is.',
  }),
})
export type APIVersions = Static<typeof APIVersions>

export const ApplyOptions = object('ApplyOptions', 'Apply options.', {
  dryRun: list(1, 'string', { list: 'atomic', doc: 'Whether nothing is to be stored.' }),
  force: bool(2, { required: true, doc: 'Whether to take fields from their owners.' }),
  fieldManager: string(3, { required: true, doc: 'Who changes the fields.' }),
})
export type ApplyOptions = Static<typeof ApplyOptions>

export const Condition = message('Condition', 'One thing that holds, does not, or is not known, since when and why.', {
  type: string(1, { required: true, doc: 'What it is about.' }),
  status: string(2, { required: true, doc: 'True, False or Unknown.' }),
  observedGeneration: int64(3, { doc: 'The generation that this was written for.' }),
  lastTransitionTime: time(4, { required: true, doc: 'When it last changed.' }),
  reason: string(5, { required: true, doc: 'Why, in one word.' }),
  message: string(6, { required: true, doc: 'What happened, for people to read.' }),
})
export type Condition = Static<typeof Condition>

export const CreateOptions = object('CreateOptions', 'Create options.', {
  dryRun: list(1, 'string', { list: 'atomic', doc: 'Whether nothing is to be stored.' }),
  fieldManager: string(3, { doc: 'Who changes the fields.' }),
  fieldValidation: string(4, { doc: 'What to do with unknown fields: Ignore, Warn or Strict.' }),
})
export type CreateOptions = Static<typeof CreateOptions>

export const Preconditions = message('Preconditions', 'Preconditions.', {
  uid: string(1, { pointer: true, doc: 'Unique over all time and space; set by the server.' }),
  resourceVersion: string(2, { pointer: true, doc: 'Changes with every write; opaque to clients.' }),
})
export type Preconditions = Static<typeof Preconditions>

export const DeleteOptions = object('DeleteOptions', 'Delete options.', {
  gracePeriodSeconds: int64(1, { pointer: true, doc: 'How long the end may take, in seconds.' }),
  preconditions: ref(2, Preconditions, { doc: 'What has to be true of the object.' }),
  orphanDependents: bool(3, { pointer: true, doc: 'Old form of propagationPolicy Orphan.' }),
  propagationPolicy: string(4, { pointer: true, doc: 'What becomes of what it owns.' }),
  dryRun: list(5, 'string', { list: 'atomic', doc: 'Whether nothing is to be stored.' }),
  ignoreStoreReadErrorWithClusterBreakingPotential: bool(6, {
    pointer: true,
    doc: 'Whether an object that cannot be read is removed all the same.',
  }),
})
export type DeleteOptions = Static<typeof DeleteOptions>

export const FieldSelectorRequirement = message('FieldSelectorRequirement', 'Field selector requirement.', {
  key: string(1, { required: true, doc: 'The key.' }),
  operator: string(2, { required: true, doc: 'How key and values are compared.' }),
  values: list(3, 'string', { list: 'atomic', doc: 'The values.' }),
})
export type FieldSelectorRequirement = Static<typeof FieldSelectorRequirement>

export const GetOptions = object('GetOptions', 'Get options.', {
  resourceVersion: string(1, { doc: 'Changes with every write; opaque to clients.' }),
})
export type GetOptions = Static<typeof GetOptions>

export const GroupKind = message('GroupKind', 'Group kind.', {
  group: string(1, { required: true, doc: 'The API group; * is all.' }),
  kind: string(2, { required: true, doc: 'The kind of the thing.' }),
})
export type GroupKind = Static<typeof GroupKind>

export const GroupResource = message('GroupResource', 'Group resource.', {
  group: string(1, { required: true, doc: 'The API group; * is all.' }),
  resource: string(2, { required: true, doc: 'The resource.' }),
})
export type GroupResource = Static<typeof GroupResource>

export const GroupVersion = message('GroupVersion', 'Group version.', {
  group: string(1, { required: true, doc: 'The API group; * is all.' }),
  version: string(2, { required: true, doc: 'The version; * is all.' }),
})
export type GroupVersion = Static<typeof GroupVersion>

export const GroupVersionKind = message('GroupVersionKind', 'Group version kind.', {
  group: string(1, { required: true, doc: 'The API group; * is all.' }),
  version: string(2, { required: true, doc: 'The version; * is all.' }),
  kind: string(3, { required: true, doc: 'The kind of the thing.' }),
})
export type GroupVersionKind = Static<typeof GroupVersionKind>

export const GroupVersionResource = message('GroupVersionResource', 'Group version resource.', {
  group: string(1, { required: true, doc: 'The API group; * is all.' }),
  version: string(2, { required: true, doc: 'The version; * is all.' }),
  resource: string(3, { required: true, doc: 'The resource.' }),
})
export type GroupVersionResource = Static<typeof GroupVersionResource>

export const LabelSelectorRequirement = message('LabelSelectorRequirement', 'One condition on a label.', {
  key: string(1, { required: true, doc: 'The key.' }),
  operator: string(2, { required: true, doc: 'How key and values are compared.' }),
  values: list(3, 'string', { list: 'atomic', doc: 'The values.' }),
})
export type LabelSelectorRequirement = Static<typeof LabelSelectorRequirement>

export const LabelSelector = message(
  'LabelSelector',
  'Chooses objects by their labels; an empty one chooses all.',
  {
    matchLabels: map(1, 'string', { doc: 'Labels that all have to be there, with these values.' }),
    matchExpressions: list(2, LabelSelectorRequirement, { list: 'atomic', doc: 'Conditions that all have to hold.' }),
  },
  { atomic: true },
)
export type LabelSelector = Static<typeof LabelSelector>

export const ShardInfo = message('ShardInfo', 'Shard info.', {
  selector: string(1, { required: true, doc: 'Which objects are meant, by their labels.' }),
})
export type ShardInfo = Static<typeof ShardInfo>

export const ListMeta = message('ListMeta', 'What a page of a list says about itself.', {
  selfLink: string(1, { doc: 'No longer set.' }),
  resourceVersion: string(2, { doc: 'Changes with every write; opaque to clients.' }),
  continue: string(3, { doc: 'Where the next page of the list begins.' }),
  remainingItemCount: int64(4, { pointer: true, doc: 'About how many objects follow.' }),
  shardInfo: ref(5, ShardInfo, { doc: 'Shard info.' }),
})
export type ListMeta = Static<typeof ListMeta>

export const List = object('List', 'List.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, 'rawExtension', { required: true, doc: 'The objects.' }),
})
export type List = Static<typeof List>

export const ListOptions = object('ListOptions', 'List options.', {
  labelSelector: string(1, { doc: 'Labels of the objects that are meant.' }),
  fieldSelector: string(2, { doc: 'Fields of the objects that are meant.' }),
  watch: bool(3, { doc: 'Whether to go on with every change.' }),
  allowWatchBookmarks: bool(9, { doc: 'Whether a watch may say how far it is.' }),
  resourceVersion: string(4, { doc: 'Changes with every write; opaque to clients.' }),
  resourceVersionMatch: string(10, { doc: 'Whether the version is meant exactly or at least.' }),
  timeoutSeconds: int64(5, { pointer: true, doc: 'How long to wait for an answer, in seconds.' }),
  limit: int64(7, { doc: 'How many objects a page may have.' }),
  continue: string(8, { doc: 'Where the next page of the list begins.' }),
  sendInitialEvents: bool(11, { pointer: true, doc: 'Whether a watch begins with what is there.' }),
  shardSelector: string(15, { doc: 'Shard selector.' }),
})
export type ListOptions = Static<typeof ListOptions>

export const ManagedFieldsEntry = message(
  'ManagedFieldsEntry',
  'The fields that somebody owns since an apply or update.',
  {
    manager: string(1, { doc: 'Who it is.' }),
    operation: string(2, { doc: 'Apply or Update.' }),
    apiVersion: string(3, { doc: 'The version of the API that this is written for.' }),
    time: time(4, { pointer: true, doc: 'When.' }),
    fieldsType: string(6, { doc: 'The form in which the fields are written.' }),
    fieldsV1: fieldsV1(7, { pointer: true, doc: 'The fields.' }),
    subresource: string(8, { doc: 'The subresource; the object itself when empty.' }),
  },
)
export type ManagedFieldsEntry = Static<typeof ManagedFieldsEntry>

export const OwnerReference = message(
  'OwnerReference',
  'Names the object that this one is part of, and dies with.',
  {
    apiVersion: string(5, { required: true, doc: 'The version of the API that this is written for.' }),
    kind: string(1, { required: true, doc: 'The kind of the thing.' }),
    name: string(3, { required: true, doc: 'Its name.' }),
    uid: string(4, { required: true, doc: 'Unique over all time and space; set by the server.' }),
    controller: bool(6, { pointer: true, doc: 'Whether this owner manages the object.' }),
    blockOwnerDeletion: bool(7, {
      pointer: true,
      doc: 'Whether the owner waits for this object when it is deleted in the foreground.',
    }),
  },
  { atomic: true },
)
export type OwnerReference = Static<typeof OwnerReference>

export const ObjectMeta = message('ObjectMeta', 'What every object says about itself.', {
  name: string(1, { doc: 'Its name: unique for its kind in its namespace.' }),
  generateName: string(2, { doc: 'The beginning of a name that the server completes.' }),
  namespace: string(3, { doc: 'The namespace that it lives in.' }),
  selfLink: string(4, { doc: 'No longer set.' }),
  uid: string(5, { doc: 'Unique over all time and space; set by the server.' }),
  resourceVersion: string(6, { doc: 'Changes with every write; opaque to clients.' }),
  generation: int64(7, { doc: 'Counts changes of what is wanted.' }),
  creationTimestamp: time(8, { doc: 'CreationTimestamp is a timestamp: when the server created the object.' }),
  deletionTimestamp: time(9, { pointer: true, doc: 'When it is to be gone; set by the server on delete.' }),
  deletionGracePeriodSeconds: int64(10, { pointer: true, doc: 'How long the end may take, in seconds.' }),
  labels: map(11, 'string', { doc: 'What objects are chosen by, by key.' }),
  annotations: map(12, 'string', { doc: 'Anything else worth noting, by key.' }),
  ownerReferences: list(13, OwnerReference, {
    list: 'map',
    keys: ['uid'],
    patchStrategy: 'merge',
    mergeKey: 'uid',
    doc: 'What it is part of; it goes with the last of them.',
  }),
  finalizers: list(14, 'string', {
    list: 'set',
    patchStrategy: 'merge',
    doc: 'Who still has to clean up before the object is gone.',
  }),
  managedFields: list(17, ManagedFieldsEntry, { list: 'atomic', doc: 'Who owns which fields.' }),
})
export type ObjectMeta = Static<typeof ObjectMeta>

export const PartialObjectMetadata = object('PartialObjectMetadata', 'Partial object metadata.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
})
export type PartialObjectMetadata = Static<typeof PartialObjectMetadata>

export const PartialObjectMetadataList = object(
  'PartialObjectMetadataList',
  'A page of partial object metadata objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, PartialObjectMetadata, { required: true, doc: 'The objects.' }),
  },
)
export type PartialObjectMetadataList = Static<typeof PartialObjectMetadataList>

export const Patch = message('Patch', 'Patch.', {})
export type Patch = Static<typeof Patch>

export const PatchOptions = object('PatchOptions', 'Patch options.', {
  dryRun: list(1, 'string', { list: 'atomic', doc: 'Whether nothing is to be stored.' }),
  force: bool(2, { pointer: true, doc: 'Whether to take fields from their owners.' }),
  fieldManager: string(3, { doc: 'Who changes the fields.' }),
  fieldValidation: string(4, { doc: 'What to do with unknown fields: Ignore, Warn or Strict.' }),
})
export type PatchOptions = Static<typeof PatchOptions>

export const RootPaths = message('RootPaths', 'Root paths.', {
  paths: list(1, 'string', { required: true, list: 'atomic', doc: 'The paths, and where they lead.' }),
})
export type RootPaths = Static<typeof RootPaths>

export const StatusCause = message('StatusCause', 'One field that was wrong.', {
  reason: string(1, { doc: 'Why, in one word.' }),
  message: string(2, { doc: 'What happened, for people to read.' }),
  field: string(3, { doc: 'The path of the field.' }),
})
export type StatusCause = Static<typeof StatusCause>

export const StatusDetails = message('StatusDetails', 'What a failure was about.', {
  name: string(1, { doc: 'Its name.' }),
  group: string(2, { doc: 'The API group; * is all.' }),
  kind: string(3, { doc: 'The kind of the thing.' }),
  uid: string(6, { doc: 'Unique over all time and space; set by the server.' }),
  causes: list(4, StatusCause, { list: 'atomic', doc: 'All that was wrong.' }),
  retryAfterSeconds: int32(5, { doc: 'When to try again, in seconds.' }),
})
export type StatusDetails = Static<typeof StatusDetails>

export const Status = object('Status', 'What became of a request.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  status: string(2, { doc: 'Success or Failure.' }),
  message: string(3, { doc: 'What happened, for people to read.' }),
  reason: string(4, { doc: 'Why, in one word.' }),
  details: ref(5, StatusDetails, { doc: 'More about a failure.' }),
  code: int32(6, { doc: 'The status code of HTTP.' }),
})
export type Status = Static<typeof Status>

export const TableOptions = object('TableOptions', 'Table options.', {
  includeObject: string(1, { doc: 'How much of each object comes along.' }),
})
export type TableOptions = Static<typeof TableOptions>

export const Timestamp = message('Timestamp', 'Timestamp.', {
  seconds: int64(1, { required: true, doc: 'How long, in seconds.' }),
  nanos: int32(2, { required: true, doc: 'Nanos.' }),
})
export type Timestamp = Static<typeof Timestamp>

export const TypeMeta = message('TypeMeta', 'Type meta.', {
  kind: string(1, { doc: 'The kind of the thing.' }),
  apiVersion: string(2, { doc: 'The version of the API that this is written for.' }),
})
export type TypeMeta = Static<typeof TypeMeta>

export const UpdateOptions = object('UpdateOptions', 'Update options.', {
  dryRun: list(1, 'string', { list: 'atomic', doc: 'Whether nothing is to be stored.' }),
  fieldManager: string(2, { doc: 'Who changes the fields.' }),
  fieldValidation: string(3, { doc: 'What to do with unknown fields: Ignore, Warn or Strict.' }),
})
export type UpdateOptions = Static<typeof UpdateOptions>

export const WatchEvent = message('WatchEvent', 'A change of an object.', {
  type: string(1, { required: true, doc: 'ADDED, MODIFIED, DELETED, BOOKMARK or ERROR.' }),
  object: rawExtension(2, { required: true, doc: 'The object after the change; before it, for a deletion.' }),
})
export type WatchEvent = Static<typeof WatchEvent>
