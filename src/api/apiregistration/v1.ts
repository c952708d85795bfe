import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bool, bytes, embed, groupVersion, int32, list, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  proto: 'k8s.io.kube_aggregator.pkg.apis.apiregistration.v1',
})

export const ServiceReference = message('ServiceReference', 'Service reference.', {
  namespace: string(1, { doc: 'Namespace.' }),
  name: string(2, { doc: 'Name.' }),
  port: int32(3, { pointer: true, doc: 'Port.' }),
})
export type ServiceReference = Static<typeof ServiceReference>

export const APIServiceSpec = message('APIServiceSpec', 'What is wanted of: API service.', {
  service: ref(1, ServiceReference, { doc: 'Service.' }),
  group: string(2, { doc: 'Group.' }),
  version: string(3, { doc: 'Version.' }),
  insecureSkipTLSVerify: bool(4, { doc: 'Whether it is so: insecure skip TLS verify.' }),
  caBundle: bytes(5, { doc: 'Ca bundle.' }),
  groupPriorityMinimum: int32(7, { required: true, doc: 'Group priority minimum.' }),
  versionPriority: int32(8, { required: true, doc: 'Version priority.' }),
})
export type APIServiceSpec = Static<typeof APIServiceSpec>

export const APIServiceCondition = message(
  'APIServiceCondition',
  'One thing that holds, or does not, of: API service.',
  {
    type: string(1, { required: true, doc: 'Type.' }),
    status: string(2, { required: true, doc: 'Status.' }),
    lastTransitionTime: time(3, { doc: 'When: last transition.' }),
    reason: string(4, { doc: 'Reason.' }),
    message: string(5, { doc: 'Message.' }),
  },
)
export type APIServiceCondition = Static<typeof APIServiceCondition>

export const APIServiceStatus = message('APIServiceStatus', 'What is known of: API service.', {
  conditions: list(1, APIServiceCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'Conditions.',
  }),
})
export type APIServiceStatus = Static<typeof APIServiceStatus>

export const APIService = object('APIService', 'API service.', {
  metadata: embed(1, ObjectMeta, { doc: 'Metadata.' }),
  spec: embed(2, APIServiceSpec, { doc: 'Spec.' }),
  status: embed(3, APIServiceStatus, { doc: 'Status.' }),
})
export type APIService = Static<typeof APIService>

export const APIServiceList = object('APIServiceList', 'A page of objects: API service.', {
  metadata: embed(1, ListMeta, { doc: 'Metadata.' }),
  items: list(2, APIService, { required: true, doc: 'Items.' }),
})
export type APIServiceList = Static<typeof APIServiceList>
