import { NodeSelector } from '../core/v1.ts'
import { Condition, ListMeta, ObjectMeta } from '../meta/v1.ts'
import {
  bool,
  embed,
  groupVersion,
  inline,
  int64,
  list,
  map,
  quantity,
  rawExtension,
  ref,
  string,
  time,
} from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'resource.k8s.io', version: 'v1', proto: 'k8s.io.api.resource.v1' })

export const AllocationConfigSource = ['FromClass', 'FromClaim'] as const
export type AllocationConfigSource = (typeof AllocationConfigSource)[number]

export const DeviceAllocationMode = ['ExactCount', 'All'] as const
export type DeviceAllocationMode = (typeof DeviceAllocationMode)[number]

export const DeviceTaintEffect = ['None', 'NoSchedule', 'NoExecute'] as const
export type DeviceTaintEffect = (typeof DeviceTaintEffect)[number]

export const DeviceTolerationOperator = ['Exists', 'Equal'] as const
export type DeviceTolerationOperator = (typeof DeviceTolerationOperator)[number]

export const NetworkDeviceData = message('NetworkDeviceData', 'Network device data.', {
  interfaceName: string(1, { doc: 'Interface name.' }),
  ips: list(2, 'string', { list: 'atomic', doc: 'Ips.' }),
  hardwareAddress: string(3, { doc: 'Hardware address.' }),
})
export type NetworkDeviceData = Static<typeof NetworkDeviceData>

export const AllocatedDeviceStatus = message('AllocatedDeviceStatus', 'What is known of the allocated device.', {
  driver: string(1, { required: true, doc: 'The name of the driver.' }),
  pool: string(2, { required: true, doc: 'Pool.' }),
  device: string(3, { required: true, doc: 'The name of the device.' }),
  shareID: string(7, { pointer: true, doc: 'Share ID.' }),
  conditions: list(4, Condition, { always: true, list: 'map', keys: ['type'], doc: 'What holds now, and since when.' }),
  data: rawExtension(5, { pointer: true, doc: 'The content, by key.' }),
  networkData: ref(6, NetworkDeviceData, { doc: 'Network data.' }),
})
export type AllocatedDeviceStatus = Static<typeof AllocatedDeviceStatus>

export const DeviceToleration = message('DeviceToleration', 'Device toleration.', {
  key: string(1, { doc: 'The key.' }),
  operator: string(2, { default: 'Equal', enum: DeviceTolerationOperator, doc: 'How key and values are compared.' }),
  value: string(3, { doc: 'The value.' }),
  effect: string(4, { enum: DeviceTaintEffect, doc: 'What happens to Pods that do not tolerate it.' }),
  tolerationSeconds: int64(5, { pointer: true, doc: 'How long it may stay, in seconds.' }),
})
export type DeviceToleration = Static<typeof DeviceToleration>

export const DeviceRequestAllocationResult = message(
  'DeviceRequestAllocationResult',
  'Device request allocation result.',
  {
    request: string(1, { required: true, doc: 'Request.' }),
    driver: string(2, { required: true, doc: 'The name of the driver.' }),
    pool: string(3, { required: true, doc: 'Pool.' }),
    device: string(4, { required: true, doc: 'The name of the device.' }),
    adminAccess: bool(5, { pointer: true, doc: 'Whether devices in use may be watched over.' }),
    tolerations: list(6, DeviceToleration, { list: 'atomic', doc: 'Taints that do not matter.' }),
    bindingConditions: list(7, 'string', { list: 'atomic', doc: 'Binding conditions.' }),
    bindingFailureConditions: list(8, 'string', { list: 'atomic', doc: 'Binding failure conditions.' }),
    shareID: string(9, { pointer: true, doc: 'Share ID.' }),
    consumedCapacity: map(10, 'quantity', { doc: 'Consumed capacity, by key.' }),
  },
)
export type DeviceRequestAllocationResult = Static<typeof DeviceRequestAllocationResult>

export const OpaqueDeviceConfiguration = message('OpaqueDeviceConfiguration', 'Opaque device configuration.', {
  driver: string(1, { required: true, doc: 'The name of the driver.' }),
  parameters: rawExtension(2, { required: true, doc: 'More settings.' }),
})
export type OpaqueDeviceConfiguration = Static<typeof OpaqueDeviceConfiguration>

export const DeviceConfiguration = message('DeviceConfiguration', 'Device configuration.', {
  opaque: ref(1, OpaqueDeviceConfiguration, { doc: 'Opaque.' }),
})
export type DeviceConfiguration = Static<typeof DeviceConfiguration>

export const DeviceAllocationConfiguration = message(
  'DeviceAllocationConfiguration',
  'Device allocation configuration.',
  {
    source: string(1, { required: true, enum: AllocationConfigSource, doc: 'Where it comes from.' }),
    requests: list(2, 'string', { list: 'atomic', doc: 'How much it needs.' }),
    deviceConfiguration: inline(3, DeviceConfiguration),
  },
)
export type DeviceAllocationConfiguration = Static<typeof DeviceAllocationConfiguration>

export const DeviceAllocationResult = message('DeviceAllocationResult', 'Device allocation result.', {
  results: list(1, DeviceRequestAllocationResult, { list: 'atomic', doc: 'Results.' }),
  config: list(2, DeviceAllocationConfiguration, { list: 'atomic', doc: 'Config.' }),
})
export type DeviceAllocationResult = Static<typeof DeviceAllocationResult>

export const AllocationResult = message('AllocationResult', 'Allocation result.', {
  devices: embed(1, DeviceAllocationResult, { doc: 'The devices.' }),
  nodeSelector: ref(3, NodeSelector, { doc: 'Labels that the node has to have.' }),
  allocationTimestamp: time(5, { pointer: true, doc: 'Time of allocation.' }),
})
export type AllocationResult = Static<typeof AllocationResult>

export const CELDeviceSelector = message('CELDeviceSelector', 'CEL device selector.', {
  expression: string(1, { required: true, doc: 'An expression in CEL.' }),
})
export type CELDeviceSelector = Static<typeof CELDeviceSelector>

export const CapacityRequestPolicyRange = message('CapacityRequestPolicyRange', 'Capacity request policy range.', {
  min: quantity(1, { required: true, omitempty: true, pointer: true, doc: 'The least that is allowed.' }),
  max: quantity(2, { pointer: true, doc: 'The most that is allowed.' }),
  step: quantity(3, { pointer: true, doc: 'Step.' }),
})
export type CapacityRequestPolicyRange = Static<typeof CapacityRequestPolicyRange>

export const CapacityRequestPolicy = message('CapacityRequestPolicy', 'Capacity request policy.', {
  default: quantity(1, { always: true, pointer: true, doc: 'How much is taken when nothing is said.' }),
  validValues: list(3, 'quantity', { list: 'atomic', doc: 'Valid values.' }),
  validRange: ref(4, CapacityRequestPolicyRange, { doc: 'Valid range.' }),
})
export type CapacityRequestPolicy = Static<typeof CapacityRequestPolicy>

export const CapacityRequirements = message('CapacityRequirements', 'Capacity requirements.', {
  requests: map(1, 'quantity', { doc: 'How much it needs.' }),
})
export type CapacityRequirements = Static<typeof CapacityRequirements>

export const Counter = message('Counter', 'Counter.', {
  value: quantity(1, { required: true, doc: 'The value.' }),
})
export type Counter = Static<typeof Counter>

export const CounterSet = message('CounterSet', 'Counter set.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  counters: map(2, Counter, { required: true, omitempty: true, doc: 'Amounts that devices share.' }),
})
export type CounterSet = Static<typeof CounterSet>

export const DeviceAttribute = message('DeviceAttribute', 'Device attribute.', {
  int: int64(2, { pointer: true, doc: 'Int.' }),
  bool: bool(3, { pointer: true, doc: 'A value that is true or false.' }),
  string: string(4, { pointer: true, doc: 'String.' }),
  version: string(5, { pointer: true, doc: 'The version; * is all.' }),
  ints: list(6, 'int64', { list: 'atomic', doc: 'Ints.' }),
  bools: list(7, 'bool', { list: 'atomic', doc: 'Values that are true or false.' }),
  strings: list(8, 'string', { list: 'atomic', doc: 'Strings.' }),
  versions: list(9, 'string', { list: 'atomic', doc: 'The versions.' }),
})
export type DeviceAttribute = Static<typeof DeviceAttribute>

export const DeviceCapacity = message('DeviceCapacity', 'Device capacity.', {
  value: quantity(1, { required: true, doc: 'The value.' }),
  requestPolicy: ref(2, CapacityRequestPolicy, { doc: 'Request policy.' }),
})
export type DeviceCapacity = Static<typeof DeviceCapacity>

export const DeviceCounterConsumption = message('DeviceCounterConsumption', 'Device counter consumption.', {
  counterSet: string(1, { required: true, doc: 'Counter set.' }),
  counters: map(2, Counter, { required: true, omitempty: true, doc: 'Amounts that devices share.' }),
})
export type DeviceCounterConsumption = Static<typeof DeviceCounterConsumption>

export const DeviceTaint = message('DeviceTaint', 'Device taint.', {
  key: string(1, { required: true, doc: 'The key.' }),
  value: string(2, { doc: 'The value.' }),
  effect: string(3, { required: true, enum: DeviceTaintEffect, doc: 'What happens to Pods that do not tolerate it.' }),
  timeAdded: time(4, { pointer: true, doc: 'Since when.' }),
})
export type DeviceTaint = Static<typeof DeviceTaint>

export const NodeAllocatableResourceMapping = message(
  'NodeAllocatableResourceMapping',
  'Node allocatable resource mapping.',
  {
    capacityKey: string(1, { pointer: true, doc: 'Capacity key.' }),
    allocationMultiplier: quantity(2, { pointer: true, doc: 'Allocation multiplier.' }),
  },
)
export type NodeAllocatableResourceMapping = Static<typeof NodeAllocatableResourceMapping>

export const Device = message('Device', 'Device.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  attributes: map(2, DeviceAttribute, { doc: 'What is known of the device.' }),
  capacity: map(3, DeviceCapacity, { doc: 'How much there is.' }),
  consumesCounters: list(4, DeviceCounterConsumption, { list: 'atomic', doc: 'Consumes counters.' }),
  nodeName: string(5, { pointer: true, doc: 'The node that runs it.' }),
  nodeSelector: ref(6, NodeSelector, { doc: 'Labels that the node has to have.' }),
  allNodes: bool(7, { pointer: true, doc: 'Whether every node can reach it.' }),
  taints: list(8, DeviceTaint, { list: 'atomic', doc: 'What keeps Pods away that do not tolerate it.' }),
  bindsToNode: bool(9, { pointer: true, doc: 'Whether using it ties the claim to its node.' }),
  bindingConditions: list(10, 'string', { list: 'atomic', doc: 'Binding conditions.' }),
  bindingFailureConditions: list(11, 'string', { list: 'atomic', doc: 'Binding failure conditions.' }),
  allowMultipleAllocations: bool(12, { pointer: true, doc: 'Whether several claims can share it.' }),
  nodeAllocatableResourceMappings: map(13, NodeAllocatableResourceMapping, {
    doc: 'Node allocatable resource mappings, by key.',
  }),
})
export type Device = Static<typeof Device>

export const DeviceSelector = message('DeviceSelector', 'Device selector.', {
  cel: ref(1, CELDeviceSelector, { doc: 'Cel.' }),
})
export type DeviceSelector = Static<typeof DeviceSelector>

export const ExactDeviceRequest = message('ExactDeviceRequest', 'Exact device request.', {
  deviceClassName: string(1, { required: true, doc: 'The class of the devices.' }),
  selectors: list(2, DeviceSelector, { list: 'atomic', doc: 'Conditions that devices have to meet.' }),
  allocationMode: string(3, {
    default: 'ExactCount',
    enum: DeviceAllocationMode,
    doc: 'Whether a number of devices is wanted or all.',
  }),
  count: int64(4, { doc: 'How many devices.' }),
  adminAccess: bool(5, { pointer: true, doc: 'Whether devices in use may be watched over.' }),
  tolerations: list(6, DeviceToleration, { list: 'atomic', doc: 'Taints that do not matter.' }),
  capacity: ref(7, CapacityRequirements, { doc: 'How much there is.' }),
})
export type ExactDeviceRequest = Static<typeof ExactDeviceRequest>

export const DeviceSubRequest = message('DeviceSubRequest', 'Device sub request.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  deviceClassName: string(2, { required: true, doc: 'The class of the devices.' }),
  selectors: list(3, DeviceSelector, { list: 'atomic', doc: 'Conditions that devices have to meet.' }),
  allocationMode: string(4, {
    default: 'ExactCount',
    enum: DeviceAllocationMode,
    doc: 'Whether a number of devices is wanted or all.',
  }),
  count: int64(5, { doc: 'How many devices.' }),
  tolerations: list(6, DeviceToleration, { list: 'atomic', doc: 'Taints that do not matter.' }),
  capacity: ref(7, CapacityRequirements, { doc: 'How much there is.' }),
})
export type DeviceSubRequest = Static<typeof DeviceSubRequest>

export const DeviceRequest = message('DeviceRequest', 'Device request.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  exactly: ref(2, ExactDeviceRequest, { doc: 'One way to satisfy the request.' }),
  firstAvailable: list(3, DeviceSubRequest, { list: 'atomic', doc: 'Ways to satisfy the request, the best first.' }),
})
export type DeviceRequest = Static<typeof DeviceRequest>

export const DeviceConstraint = message('DeviceConstraint', 'Device constraint.', {
  requests: list(1, 'string', { list: 'atomic', doc: 'How much it needs.' }),
  matchAttribute: string(2, { pointer: true, doc: 'Match attribute.' }),
  distinctAttribute: string(3, { pointer: true, doc: 'Distinct attribute.' }),
})
export type DeviceConstraint = Static<typeof DeviceConstraint>

export const DeviceClaimConfiguration = message('DeviceClaimConfiguration', 'Device claim configuration.', {
  requests: list(1, 'string', { list: 'atomic', doc: 'How much it needs.' }),
  deviceConfiguration: inline(2, DeviceConfiguration),
})
export type DeviceClaimConfiguration = Static<typeof DeviceClaimConfiguration>

export const DeviceClaim = message('DeviceClaim', 'Device claim.', {
  requests: list(1, DeviceRequest, { always: true, list: 'atomic', doc: 'How much it needs.' }),
  constraints: list(2, DeviceConstraint, { list: 'atomic', doc: 'Conditions that devices have to meet together.' }),
  config: list(3, DeviceClaimConfiguration, { list: 'atomic', doc: 'Config.' }),
})
export type DeviceClaim = Static<typeof DeviceClaim>

export const DeviceClassConfiguration = message('DeviceClassConfiguration', 'Device class configuration.', {
  deviceConfiguration: inline(1, DeviceConfiguration),
})
export type DeviceClassConfiguration = Static<typeof DeviceClassConfiguration>

export const DeviceClassSpec = message('DeviceClassSpec', 'What is wanted of the device class.', {
  selectors: list(1, DeviceSelector, { list: 'atomic', doc: 'Conditions that devices have to meet.' }),
  config: list(2, DeviceClassConfiguration, { list: 'atomic', doc: 'Config.' }),
  extendedResourceName: string(4, { pointer: true, doc: 'Extended resource name.' }),
})
export type DeviceClassSpec = Static<typeof DeviceClassSpec>

export const DeviceClass = object('DeviceClass', 'A choice of devices and their settings, under a name.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, DeviceClassSpec, { required: true, doc: 'What is wanted.' }),
})
export type DeviceClass = Static<typeof DeviceClass>

export const DeviceClassList = object('DeviceClassList', 'A page of device class objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, DeviceClass, { required: true, doc: 'The objects.' }),
})
export type DeviceClassList = Static<typeof DeviceClassList>

export const ResourceClaimSpec = message('ResourceClaimSpec', 'What is wanted of the resource claim.', {
  devices: embed(1, DeviceClaim, { always: true, doc: 'The devices.' }),
})
export type ResourceClaimSpec = Static<typeof ResourceClaimSpec>

export const ResourceClaimConsumerReference = message(
  'ResourceClaimConsumerReference',
  'Resource claim consumer reference.',
  {
    apiGroup: string(1, { doc: 'The API group of the thing that is named.' }),
    resource: string(3, { required: true, doc: 'The resource.' }),
    name: string(4, { required: true, doc: 'Its name.' }),
    uid: string(5, { required: true, doc: 'Unique over all time and space; set by the server.' }),
  },
)
export type ResourceClaimConsumerReference = Static<typeof ResourceClaimConsumerReference>

export const ResourceClaimStatus = message('ResourceClaimStatus', 'What is known of the resource claim.', {
  allocation: ref(1, AllocationResult, { doc: 'What was given.' }),
  reservedFor: list(2, ResourceClaimConsumerReference, {
    list: 'map',
    keys: ['uid'],
    patchStrategy: 'merge',
    mergeKey: 'uid',
    doc: 'Who may use it.',
  }),
  devices: list(4, AllocatedDeviceStatus, {
    list: 'map',
    keys: ['driver', 'device', 'pool', 'shareID'],
    doc: 'The devices.',
  }),
})
export type ResourceClaimStatus = Static<typeof ResourceClaimStatus>

export const ResourceClaim = object('ResourceClaim', 'Asks for devices.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, ResourceClaimSpec, { required: true, doc: 'What is wanted.' }),
  status: embed(3, ResourceClaimStatus, { doc: 'What is known.' }),
})
export type ResourceClaim = Static<typeof ResourceClaim>

export const ResourceClaimList = object('ResourceClaimList', 'A page of resource claim objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ResourceClaim, { required: true, doc: 'The objects.' }),
})
export type ResourceClaimList = Static<typeof ResourceClaimList>

export const ResourceClaimTemplateSpec = message(
  'ResourceClaimTemplateSpec',
  'What is wanted of the resource claim template.',
  {
    metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
    spec: embed(2, ResourceClaimSpec, { required: true, doc: 'What is wanted.' }),
  },
)
export type ResourceClaimTemplateSpec = Static<typeof ResourceClaimTemplateSpec>

export const ResourceClaimTemplate = object('ResourceClaimTemplate', 'A template for ResourceClaims.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, ResourceClaimTemplateSpec, { required: true, doc: 'What is wanted.' }),
})
export type ResourceClaimTemplate = Static<typeof ResourceClaimTemplate>

export const ResourceClaimTemplateList = object(
  'ResourceClaimTemplateList',
  'A page of resource claim template objects.',
  {
    metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
    items: list(2, ResourceClaimTemplate, { required: true, doc: 'The objects.' }),
  },
)
export type ResourceClaimTemplateList = Static<typeof ResourceClaimTemplateList>

export const ResourcePool = message('ResourcePool', 'Resource pool.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  generation: int64(2, { required: true, doc: 'Counts changes of what is wanted.' }),
  resourceSliceCount: int64(3, { required: true, doc: 'Resource slice count.' }),
})
export type ResourcePool = Static<typeof ResourcePool>

export const ResourceSliceSpec = message('ResourceSliceSpec', 'What is wanted of the resource slice.', {
  driver: string(1, { required: true, doc: 'The name of the driver.' }),
  pool: embed(2, ResourcePool, { required: true, doc: 'Pool.' }),
  nodeName: string(3, { pointer: true, doc: 'The node that runs it.' }),
  nodeSelector: ref(4, NodeSelector, { doc: 'Labels that the node has to have.' }),
  allNodes: bool(5, { pointer: true, doc: 'Whether every node can reach it.' }),
  devices: list(6, Device, { list: 'atomic', doc: 'The devices.' }),
  perDeviceNodeSelection: bool(7, { pointer: true, doc: 'Whether each device says which nodes can reach it.' }),
  sharedCounters: list(8, CounterSet, { list: 'atomic', doc: 'Shared counters.' }),
})
export type ResourceSliceSpec = Static<typeof ResourceSliceSpec>

export const ResourceSlice = object('ResourceSlice', 'Devices that a driver offers.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, ResourceSliceSpec, { required: true, doc: 'What is wanted.' }),
})
export type ResourceSlice = Static<typeof ResourceSlice>

export const ResourceSliceList = object('ResourceSliceList', 'A page of resource slice objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ResourceSlice, { required: true, doc: 'The objects.' }),
})
export type ResourceSliceList = Static<typeof ResourceSliceList>
