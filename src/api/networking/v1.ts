import { TypedLocalObjectReference } from '../core/v1.ts'
import { Condition, LabelSelector, ListMeta, ObjectMeta } from '../meta/v1.ts'
import { embed, groupVersion, inline, int32, intOrString, list, ref, string } from '../meta/schema.ts'
import type { Static } from '../meta/schema.ts'

const { message, object } = groupVersion({
  group: 'networking.k8s.io',
  version: 'v1',
  proto: 'k8s.io.api.networking.v1',
})

export const PathType = ['Exact', 'Prefix', 'ImplementationSpecific'] as const
export type PathType = (typeof PathType)[number]

export const PolicyType = ['Ingress', 'Egress'] as const
export type PolicyType = (typeof PolicyType)[number]

export const ServiceBackendPort = message(
  'ServiceBackendPort',
  'Service backend port.',
  {
    name: string(1, { doc: 'Its name.' }),
    number: int32(2, { doc: 'The number of the port.' }),
  },
  { atomic: true },
)
export type ServiceBackendPort = Static<typeof ServiceBackendPort>

export const IngressServiceBackend = message('IngressServiceBackend', 'Ingress service backend.', {
  name: string(1, { required: true, doc: 'Its name.' }),
  port: embed(2, ServiceBackendPort, { doc: 'The port.' }),
})
export type IngressServiceBackend = Static<typeof IngressServiceBackend>

export const IngressBackend = message('IngressBackend', 'Ingress backend.', {
  service: ref(4, IngressServiceBackend, { doc: 'Service.' }),
  resource: ref(3, TypedLocalObjectReference, { doc: 'The resource.' }),
})
export type IngressBackend = Static<typeof IngressBackend>

export const HTTPIngressPath = message('HTTPIngressPath', 'HTTP ingress path.', {
  path: string(1, { doc: 'The path.' }),
  pathType: string(3, {
    required: true,
    pointer: true,
    enum: PathType,
    doc: 'Whether the path is meant exactly or as a beginning.',
  }),
  backend: embed(2, IngressBackend, { required: true, doc: 'Where the requests go.' }),
})
export type HTTPIngressPath = Static<typeof HTTPIngressPath>

export const HTTPIngressRuleValue = message('HTTPIngressRuleValue', 'HTTP ingress rule value.', {
  paths: list(1, HTTPIngressPath, { required: true, list: 'atomic', doc: 'The paths, and where they lead.' }),
})
export type HTTPIngressRuleValue = Static<typeof HTTPIngressRuleValue>

export const ParentReference = message('ParentReference', 'Parent reference.', {
  group: string(1, { doc: 'The API group; * is all.' }),
  resource: string(2, { required: true, omitempty: true, doc: 'The resource.' }),
  namespace: string(3, { doc: 'The namespace that it lives in.' }),
  name: string(4, { required: true, omitempty: true, doc: 'Its name.' }),
})
export type ParentReference = Static<typeof ParentReference>

export const IPAddressSpec = message('IPAddressSpec', 'What is wanted of the IP address.', {
  parentRef: ref(1, ParentReference, { required: true, omitempty: true, doc: 'Who has the address.' }),
})
export type IPAddressSpec = Static<typeof IPAddressSpec>

export const IPAddress = object('IPAddress', 'An address of the Service range, and who has it.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, IPAddressSpec, { required: true, omitempty: true, doc: 'What is wanted.' }),
})
export type IPAddress = Static<typeof IPAddress>

export const IPAddressList = object('IPAddressList', 'A page of IP address objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, IPAddress, { required: true, doc: 'The objects.' }),
})
export type IPAddressList = Static<typeof IPAddressList>

export const IPBlock = message('IPBlock', 'IP block.', {
  cidr: string(1, { required: true, doc: 'A range of addresses.' }),
  except: list(2, 'string', { list: 'atomic', doc: 'Ranges that are left out.' }),
})
export type IPBlock = Static<typeof IPBlock>

export const IngressTLS = message('IngressTLS', 'Ingress TLS.', {
  hosts: list(1, 'string', { list: 'atomic', doc: 'The names of the hosts.' }),
  secretName: string(2, { doc: 'The name of the Secret.' }),
})
export type IngressTLS = Static<typeof IngressTLS>

export const IngressRuleValue = message('IngressRuleValue', 'Ingress rule value.', {
  http: ref(1, HTTPIngressRuleValue, { doc: 'Which paths go where.' }),
})
export type IngressRuleValue = Static<typeof IngressRuleValue>

export const IngressRule = message('IngressRule', 'Ingress rule.', {
  host: string(1, { doc: 'The name of the host.' }),
  ingressRuleValue: inline(2, IngressRuleValue),
})
export type IngressRule = Static<typeof IngressRule>

export const IngressSpec = message('IngressSpec', 'What is wanted of the ingress.', {
  ingressClassName: string(4, { pointer: true, doc: 'The gateway that it is meant for.' }),
  defaultBackend: ref(1, IngressBackend, { doc: 'Where requests go that no rule is for.' }),
  tls: list(2, IngressTLS, { list: 'atomic', doc: 'Certificates, by host.' }),
  rules: list(3, IngressRule, { list: 'atomic', doc: 'Which requests go where, by host and path.' }),
})
export type IngressSpec = Static<typeof IngressSpec>

export const IngressPortStatus = message('IngressPortStatus', 'What is known of the ingress port.', {
  port: int32(1, { required: true, doc: 'The port.' }),
  protocol: string(2, { required: true, doc: 'TCP, UDP or SCTP.' }),
  error: string(3, { pointer: true, doc: 'What went wrong.' }),
})
export type IngressPortStatus = Static<typeof IngressPortStatus>

export const IngressLoadBalancerIngress = message('IngressLoadBalancerIngress', 'Ingress load balancer ingress.', {
  ip: string(1, { doc: 'The address.' }),
  hostname: string(2, { doc: 'The name of the host as the Pod sees it.' }),
  ports: list(4, IngressPortStatus, { list: 'atomic', doc: 'The ports.' }),
})
export type IngressLoadBalancerIngress = Static<typeof IngressLoadBalancerIngress>

export const IngressLoadBalancerStatus = message(
  'IngressLoadBalancerStatus',
  'What is known of the ingress load balancer.',
  {
    ingress: list(1, IngressLoadBalancerIngress, { list: 'atomic', doc: 'Where the load balancer is reached.' }),
  },
)
export type IngressLoadBalancerStatus = Static<typeof IngressLoadBalancerStatus>

export const IngressStatus = message('IngressStatus', 'What is known of the ingress.', {
  loadBalancer: embed(1, IngressLoadBalancerStatus, { doc: 'What is known of the load balancer.' }),
})
export type IngressStatus = Static<typeof IngressStatus>

export const Ingress = object('Ingress', 'Leads HTTP requests from outside to Services, by host and path.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, IngressSpec, { doc: 'Which requests go where.' }),
  status: embed(3, IngressStatus, { doc: 'What is known.' }),
})
export type Ingress = Static<typeof Ingress>

export const IngressClassParametersReference = message(
  'IngressClassParametersReference',
  'Ingress class parameters reference.',
  {
    apiGroup: string(1, { pointer: true, doc: 'The API group of the thing that is named.' }),
    kind: string(2, { required: true, doc: 'The kind of the thing.' }),
    name: string(3, { required: true, doc: 'Its name.' }),
    scope: string(4, { always: true, pointer: true, default: 'Cluster', doc: 'What it reaches over.' }),
    namespace: string(5, { pointer: true, doc: 'The namespace that it lives in.' }),
  },
)
export type IngressClassParametersReference = Static<typeof IngressClassParametersReference>

export const IngressClassSpec = message('IngressClassSpec', 'What is wanted of the ingress class.', {
  controller: string(1, { doc: 'Whether this owner manages the object.' }),
  parameters: ref(2, IngressClassParametersReference, { doc: 'More settings.' }),
})
export type IngressClassSpec = Static<typeof IngressClassSpec>

export const IngressClass = object('IngressClass', 'A gateway that Ingresses can ask for.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, IngressClassSpec, { doc: 'What is wanted.' }),
})
export type IngressClass = Static<typeof IngressClass>

export const IngressClassList = object('IngressClassList', 'A page of ingress class objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, IngressClass, { required: true, doc: 'The objects.' }),
})
export type IngressClassList = Static<typeof IngressClassList>

export const IngressList = object('IngressList', 'A page of ingress objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, Ingress, { required: true, doc: 'The objects.' }),
})
export type IngressList = Static<typeof IngressList>

export const NetworkPolicyPort = message('NetworkPolicyPort', 'Network policy port.', {
  protocol: string(1, { pointer: true, default: 'TCP', doc: 'TCP, UDP or SCTP.' }),
  port: intOrString(2, { pointer: true, doc: 'The port.' }),
  endPort: int32(3, { pointer: true, doc: 'The last port of a range that begins with port.' }),
})
export type NetworkPolicyPort = Static<typeof NetworkPolicyPort>

export const NetworkPolicyPeer = message('NetworkPolicyPeer', 'Network policy peer.', {
  podSelector: ref(1, LabelSelector, { doc: 'Which Pods it is about.' }),
  namespaceSelector: ref(2, LabelSelector, { doc: 'Namespaces that count, by their labels.' }),
  ipBlock: ref(3, IPBlock, { doc: 'A range of addresses.' }),
})
export type NetworkPolicyPeer = Static<typeof NetworkPolicyPeer>

export const NetworkPolicyIngressRule = message('NetworkPolicyIngressRule', 'Network policy ingress rule.', {
  ports: list(1, NetworkPolicyPort, { list: 'atomic', doc: 'The ports.' }),
  from: list(2, NetworkPolicyPeer, { list: 'atomic', doc: 'Where traffic may come from; everywhere when empty.' }),
})
export type NetworkPolicyIngressRule = Static<typeof NetworkPolicyIngressRule>

export const NetworkPolicyEgressRule = message('NetworkPolicyEgressRule', 'Network policy egress rule.', {
  ports: list(1, NetworkPolicyPort, { list: 'atomic', doc: 'The ports.' }),
  to: list(2, NetworkPolicyPeer, { list: 'atomic', doc: 'Where traffic may go; everywhere when empty.' }),
})
export type NetworkPolicyEgressRule = Static<typeof NetworkPolicyEgressRule>

export const NetworkPolicySpec = message('NetworkPolicySpec', 'What is wanted of the network policy.', {
  podSelector: embed(1, LabelSelector, { always: true, doc: 'Which Pods it is about.' }),
  ingress: list(2, NetworkPolicyIngressRule, { list: 'atomic', doc: 'What may come in.' }),
  egress: list(3, NetworkPolicyEgressRule, { list: 'atomic', doc: 'What may go out.' }),
  policyTypes: list(4, 'string', {
    enum: PolicyType,
    list: 'atomic',
    doc: 'Whether it is about what comes in, what goes out, or both.',
  }),
})
export type NetworkPolicySpec = Static<typeof NetworkPolicySpec>

export const NetworkPolicy = object('NetworkPolicy', 'Says which traffic reaches Pods, or leaves them.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, NetworkPolicySpec, { doc: 'What is wanted.' }),
})
export type NetworkPolicy = Static<typeof NetworkPolicy>

export const NetworkPolicyList = object('NetworkPolicyList', 'A page of network policy objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, NetworkPolicy, { required: true, doc: 'The objects.' }),
})
export type NetworkPolicyList = Static<typeof NetworkPolicyList>

export const ServiceCIDRSpec = message('ServiceCIDRSpec', 'What is wanted of the service CIDR.', {
  cidrs: list(1, 'string', { list: 'atomic', doc: 'The ranges of addresses.' }),
})
export type ServiceCIDRSpec = Static<typeof ServiceCIDRSpec>

export const ServiceCIDRStatus = message('ServiceCIDRStatus', 'What is known of the service CIDR.', {
  conditions: list(1, Condition, {
    list: 'map',
    keys: ['type'],
    patchStrategy: 'merge',
    mergeKey: 'type',
    doc: 'What holds now, and since when.',
  }),
})
export type ServiceCIDRStatus = Static<typeof ServiceCIDRStatus>

export const ServiceCIDR = object('ServiceCIDR', 'A range of addresses for Services.', {
  metadata: embed(1, ObjectMeta, { doc: 'What it says about itself.' }),
  spec: embed(2, ServiceCIDRSpec, { doc: 'What is wanted.' }),
  status: embed(3, ServiceCIDRStatus, { doc: 'What is known.' }),
})
export type ServiceCIDR = Static<typeof ServiceCIDR>

export const ServiceCIDRList = object('ServiceCIDRList', 'A page of service CIDR objects.', {
  metadata: embed(1, ListMeta, { doc: 'What it says about itself.' }),
  items: list(2, ServiceCIDR, { required: true, doc: 'The objects.' }),
})
export type ServiceCIDRList = Static<typeof ServiceCIDRList>
