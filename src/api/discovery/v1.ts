import { ObjectReference } from '../core/v1.ts'
import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bool, embed, groupVersion, int32, list, map, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({ group: 'discovery.k8s.io', version: 'v1', proto: 'k8s.io.api.discovery.v1' })

export const AddressType = ['FQDN', 'IPv4', 'IPv6'] as const
export type AddressType = (typeof AddressType)[number]

export const EndpointConditions = message('EndpointConditions', 'Endpoint conditions.', {
  ready: bool(1, { pointer: true, doc: 'Whether it takes traffic.' }),
  serving: bool(2, { pointer: true, doc: 'Whether it takes traffic, even if it is about to end.' }),
  terminating: bool(3, { pointer: true, doc: 'Whether it is about to end.' }),
})
export type EndpointConditions = Static<typeof EndpointConditions>

export const ForZone = message('ForZone', 'For zone.', {
  name: string(1, { required: true, doc: 'Its name.' }),
})
export type ForZone = Static<typeof ForZone>

export const ForNode = message('ForNode', 'For node.', {
  name: string(1, { required: true, doc: 'Its name.' }),
})
export type ForNode = Static<typeof ForNode>

export const EndpointHints = message('EndpointHints', 'Endpoint hints.', {
  forZones: list(1, ForZone, { list: 'atomic', doc: 'The zones that should use it.' }),
  forNodes: list(2, ForNode, { list: 'atomic', doc: 'The nodes that should use it.' }),
})
export type EndpointHints = Static<typeof EndpointHints>

export const Endpoint = message('Endpoint', 'Endpoint.', {
  addresses: list(1, 'string', { required: true, list: 'set', doc: 'Where it can be reached.' }),
  conditions: embed(2, EndpointConditions, { doc: 'What holds now, and since when.' }),
  hostname: string(3, { pointer: true, doc: 'The name of the host as the Pod sees it.' }),
  targetRef: ref(4, ObjectReference, { doc: 'The object behind the address.' }),
  deprecatedTopology: map(5, 'string', { doc: 'Deprecated topology, by key.' }),
  nodeName: string(6, { pointer: true, doc: 'The node that runs it.' }),
  zone: string(7, { pointer: true, doc: 'The zone.' }),
  hints: ref(8, EndpointHints, { doc: 'Which zones or nodes should use it.' }),
})
export type Endpoint = Static<typeof Endpoint>

export const EndpointPort = message(
  'EndpointPort',
  'Endpoint port.',
  {
    name: string(1, { pointer: true, default: '', doc: 'Its name.' }),
    protocol: string(2, { pointer: true, default: 'TCP', doc: 'TCP, UDP or SCTP.' }),
    port: int32(3, { pointer: true, doc: 'The port.' }),
    appProtocol: string(4, { pointer: true, doc: 'What is spoken over the port.' }),
  },
  { atomic: true },
)
export type EndpointPort = Static<typeof EndpointPort>

export const EndpointSlice = object('EndpointSlice', 'Some of the addresses behind a Service.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  addressType: string(4, { required: true, enum: AddressType, doc: 'IPv4, IPv6 or FQDN.' }),
  endpoints: list(2, Endpoint, { always: true, list: 'atomic', doc: 'Endpoints.' }),
  ports: list(3, EndpointPort, { always: true, list: 'atomic', doc: 'The ports.' }),
})
export type EndpointSlice = Static<typeof EndpointSlice>

export const EndpointSliceList = object('EndpointSliceList', 'A page of endpoint slice objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, EndpointSlice, { required: true, doc: 'The objects.' }),
})
export type EndpointSliceList = Static<typeof EndpointSliceList>
