import { ListMeta, ObjectMeta } from '../meta/v1.ts'
import { bool, bytes, embed, groupVersion, int32, list, ref, string, time } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  proto: 'k8s.io.kube_aggregator.pkg.apis.apiregistration.v1',
})

export const ServiceReference = message('ServiceReference', 'Service reference.', {
  namespace: string(1, { doc: 'The namespace that it lives in.' }),
  name: string(2, { doc: 'Its name.' }),
  port: int32(3, { pointer: true, default: 443, doc: 'The port.' }),
})
export type ServiceReference = Static<typeof ServiceReference>

export const APIServiceSpec = message('APIServiceSpec', 'What is wanted of the API service.', {
  service: ref(1, ServiceReference, { doc: 'The Service that answers; none when this server does.' }),
  group: string(2, { doc: 'The API group; * is all.' }),
  version: string(3, { doc: 'The version; * is all.' }),
  insecureSkipTLSVerify: bool(4, { doc: 'Whether the certificate of the server does not matter.' }),
  caBundle: bytes(5, { list: 'atomic', doc: 'Certificates of authorities, as PEM in base64.' }),
  groupPriorityMinimum: int32(7, { required: true, doc: 'Which groups come first; larger numbers do.' }),
  versionPriority: int32(8, { required: true, doc: 'Which versions come first; larger numbers do.' }),
})
export type APIServiceSpec = Static<typeof APIServiceSpec>

export const APIServiceCondition = message(
  'APIServiceCondition',
  'One thing that holds, or does not, of the API service.',
  {
    type: string(1, { required: true, doc: 'Which of several kinds it is.' }),
    status: string(2, { required: true, doc: 'What is known.' }),
    lastTransitionTime: time(3, { doc: 'When it last changed.' }),
    reason: string(4, { doc: 'Why, in one word.' }),
    message: string(5, { doc: 'What happened, for people to read.' }),
  },
)
export type APIServiceCondition = Static<typeof APIServiceCondition>

export const APIServiceStatus = message('APIServiceStatus', 'What is known of the API service.', {
  conditions: list(1, APIServiceCondition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
})
export type APIServiceStatus = Static<typeof APIServiceStatus>

export const APIService = object('APIService', 'Another server that answers for a version of a group.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, APIServiceSpec, { doc: 'What is wanted.' }),
  status: embed(3, APIServiceStatus, { doc: 'What is known.' }),
})
export type APIService = Static<typeof APIService>

export const APIServiceList = object('APIServiceList', 'A page of API service objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, APIService, { required: true, doc: 'The objects.' }),
})
export type APIServiceList = Static<typeof APIServiceList>
