import { GroupVersionKind, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, list, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'apidiscovery.k8s.io',
  version: 'v2',
  proto: 'k8s.io.api.apidiscovery.v2',
})

export const APISubresourceDiscovery = message('APISubresourceDiscovery', 'API subresource discovery.', {
  subresource: string(1, { required: true, doc: 'The subresource; the object itself when empty.' }),
  responseKind: ref(2, GroupVersionKind, { doc: 'The kind of the answers.' }),
  acceptedTypes: list(3, GroupVersionKind, {
    list: 'map',
    keys: ['group', 'version', 'kind'],
    doc: 'The kinds that it takes.',
  }),
  verbs: list(4, 'string', { required: true, list: 'set', doc: 'What may be done.' }),
})
export type APISubresourceDiscovery = Static<typeof APISubresourceDiscovery>

export const APIResourceDiscovery = message('APIResourceDiscovery', 'API resource discovery.', {
  resource: string(1, { required: true, doc: 'The resource.' }),
  responseKind: ref(2, GroupVersionKind, { doc: 'The kind of the answers.' }),
  scope: string(3, { required: true, doc: 'What it reaches over.' }),
  singularResource: string(4, { required: true, doc: 'The name of one of them.' }),
  verbs: list(5, 'string', { required: true, list: 'set', doc: 'What may be done.' }),
  shortNames: list(6, 'string', { list: 'set', doc: 'Short names for typing.' }),
  categories: list(7, 'string', { list: 'set', doc: 'Groups of kinds that are listed together, such as all.' }),
  subresources: list(8, APISubresourceDiscovery, {
    list: 'map',
    keys: ['subresource'],
    doc: 'What there is below the objects.',
  }),
})
export type APIResourceDiscovery = Static<typeof APIResourceDiscovery>

export const APIVersionDiscovery = message('APIVersionDiscovery', 'API version discovery.', {
  version: string(1, { required: true, doc: 'The version; * is all.' }),
  resources: list(2, APIResourceDiscovery, {
    list: 'map',
    keys: ['resource'],
    doc: 'How much it needs, and may take at most.',
  }),
  freshness: string(3, { doc: 'Whether this is what the server says now.' }),
})
export type APIVersionDiscovery = Static<typeof APIVersionDiscovery>

export const APIGroupDiscovery = object('APIGroupDiscovery', 'API group discovery.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  versions: list(2, APIVersionDiscovery, { list: 'map', keys: ['version'], doc: 'The versions.' }),
})
export type APIGroupDiscovery = Static<typeof APIGroupDiscovery>

export const APIGroupDiscoveryList = object('APIGroupDiscoveryList', 'A page of API group discovery objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, APIGroupDiscovery, { required: true, doc: 'The objects.' }),
})
export type APIGroupDiscoveryList = Static<typeof APIGroupDiscoveryList>
