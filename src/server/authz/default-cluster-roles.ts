import type { PolicyRule } from '../../api/rbac/v1.ts'
import { EVENTS, pathRule, READ, rule, WRITE } from './default-rules.ts'

/** A ClusterRole that every cluster has. */
export interface DefaultClusterRole {
  readonly rules: readonly PolicyRule[]
  readonly labels?: Readonly<Record<string, string>>
  /** Its rules are those of all roles with this label. */
  readonly aggregates?: string
}

const aggregateTo = (role: string): string => `rbac.authorization.k8s.io/aggregate-to-${role}`

/** What a node may do wherever it is: the rest depends on what runs on it (node-authorizer.ts). */
export const NODE_RULES: readonly PolicyRule[] = [
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews subjectaccessreviews'),
  rule(READ, '', 'services'),
  rule('create', '', 'nodes'),
  rule('patch update', '', 'nodes nodes/status'),
  EVENTS,
  rule('create delete', '', 'pods'),
  rule('patch update', '', 'pods/status'),
  rule('create', '', 'pods/eviction'),
  rule('get', '', 'endpoints'),
  rule('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
  rule(READ, 'certificates.k8s.io', 'clustertrustbundles'),
  rule(READ, 'storage.k8s.io', 'csidrivers'),
  rule(READ, 'node.k8s.io', 'runtimeclasses'),
]

/** What the agent's network, DNS and gateway need, which other clusters run as pods with accounts of their own. */
const AGENT_RULES: readonly PolicyRule[] = [
  rule(READ, '', 'endpoints namespaces nodes services'),
  rule(READ, 'discovery.k8s.io', 'endpointslices'),
  rule(READ, 'networking.k8s.io', 'ingressclasses ingresses networkpolicies'),
  rule('patch update', 'networking.k8s.io', 'ingresses/status'),
  rule('patch update', '', 'services/status'),
  rule('create', 'wherry.dev', 'decisions'),
]

const APPS_WORKLOADS =
  'daemonsets deployments deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale'
const APPS_STATUS = 'daemonsets/status deployments/status replicasets/status statefulsets/status'
const SIGNER = (name: string): PolicyRule => rule('approve', 'certificates.k8s.io', 'signers', `kubernetes.io/${name}`)
const DELEGATION = [
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
]

/** The ClusterRoles that clients and charts count on, by name. */
export const DEFAULT_CLUSTER_ROLES: Readonly<Record<string, DefaultClusterRole>> = {
  'cluster-admin': { rules: [rule('*', '*', '*'), pathRule('*', '*')] },
  admin: { rules: [], aggregates: aggregateTo('admin') },
  edit: { rules: [], aggregates: aggregateTo('edit'), labels: { [aggregateTo('admin')]: 'true' } },
  view: { rules: [], aggregates: aggregateTo('view'), labels: { [aggregateTo('edit')]: 'true' } },
  'system:aggregate-to-admin': {
    labels: { [aggregateTo('admin')]: 'true' },
    rules: [
      rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
      rule([...READ, ...WRITE], 'rbac.authorization.k8s.io', 'rolebindings roles'),
    ],
  },
  'system:aggregate-to-edit': {
    labels: { [aggregateTo('edit')]: 'true' },
    rules: [
      rule(READ, '', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
      rule('impersonate', '', 'serviceaccounts'),
      rule(WRITE, '', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
      rule('create', '', 'pods/eviction'),
      rule(WRITE, '', 'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale'),
      rule(WRITE, '', 'secrets serviceaccounts services services/proxy'),
      rule('create', '', 'serviceaccounts/token'),
      rule(WRITE, 'apps', `${APPS_WORKLOADS} deployments/rollback`),
      rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
      rule(WRITE, 'batch', 'cronjobs jobs'),
      rule(WRITE, 'policy', 'poddisruptionbudgets'),
      rule(WRITE, 'networking.k8s.io', 'ingresses networkpolicies'),
      rule([...READ, ...WRITE], 'coordination.k8s.io', 'leases'),
      rule(WRITE, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
    ],
  },
  'system:aggregate-to-view': {
    labels: { [aggregateTo('view')]: 'true' },
    rules: [
      rule(READ, '', 'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods'),
      rule(READ, '', 'replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status'),
      rule(READ, '', 'bindings events limitranges namespaces/status pods/log pods/status'),
      rule(READ, '', 'replicationcontrollers/status resourcequotas resourcequotas/status'),
      rule(READ, '', 'namespaces'),
      rule(READ, 'discovery.k8s.io', 'endpointslices'),
      rule(READ, 'apps', `controllerrevisions ${APPS_WORKLOADS} ${APPS_STATUS}`),
      rule(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
      rule(READ, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
      rule(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
      rule(READ, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
      rule(READ, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
      rule('get list', 'wherry.dev', 'decisions'),
    ],
  },
  'system:auth-delegator': { rules: DELEGATION },
  'system:basic-user': {
    rules: [
      rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
    ],
  },
  'system:certificates.k8s.io:certificatesigningrequests:nodeclient': {
    rules: [rule('create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient')],
  },
  'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient': {
    rules: [rule('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient')],
  },
  'system:certificates.k8s.io:kube-apiserver-client-approver': { rules: [SIGNER('kube-apiserver-client')] },
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': {
    rules: [SIGNER('kube-apiserver-client-kubelet')],
  },
  'system:certificates.k8s.io:kubelet-serving-approver': { rules: [SIGNER('kubelet-serving')] },
  'system:certificates.k8s.io:legacy-unknown-approver': { rules: [SIGNER('legacy-unknown')] },
  'system:discovery': {
    rules: [
      pathRule('get', '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/'),
    ],
  },
  'system:kube-aggregator': { rules: [rule(READ, '', 'endpoints services')] },
  'system:kube-controller-manager': {
    rules: [
      EVENTS,
      rule('create', 'coordination.k8s.io', 'leases'),
      rule('get update', 'coordination.k8s.io', 'leases', 'kube-controller-manager'),
      rule('create update', '', 'secrets serviceaccounts'),
      rule('delete', '', 'secrets'),
      rule('get', '', 'configmaps namespaces secrets serviceaccounts'),
      ...DELEGATION,
      rule('list watch', '*', '*'),
      rule('create', '', 'serviceaccounts/token'),
    ],
  },
  'system:kube-dns': { rules: [rule('list watch', '', 'endpoints services')] },
  'system:kube-scheduler': {
    rules: [
      EVENTS,
      rule('create', 'coordination.k8s.io', 'leases'),
      rule('get update', 'coordination.k8s.io', 'leases', 'kube-scheduler'),
      rule(READ, '', 'namespaces nodes persistentvolumeclaims persistentvolumes replicationcontrollers services'),
      rule([...READ, 'delete'], '', 'pods'),
      rule('create', '', 'bindings pods/binding'),
      rule('patch update', '', 'pods/status'),
      rule(READ, 'apps', 'replicasets statefulsets'),
      rule(READ, 'policy', 'poddisruptionbudgets'),
      ...DELEGATION,
      rule(READ, 'storage.k8s.io', 'csidrivers csinodes csistoragecapacities storageclasses volumeattachments'),
      rule(READ, 'scheduling.k8s.io', 'priorityclasses'),
      rule(READ, 'resource.k8s.io', 'deviceclasses resourceclaims resourceslices'),
      rule('patch update', 'resource.k8s.io', 'resourceclaims resourceclaims/binding resourceclaims/status'),
      rule('update', '', 'pods/finalizers'),
      rule('create', 'wherry.dev', 'decisions'),
    ],
  },
  'system:kubelet-api-admin': {
    rules: [
      rule(READ, '', 'nodes'),
      rule('proxy', '', 'nodes'),
      rule('*', '', 'nodes/configz nodes/healthz nodes/log nodes/metrics nodes/pods nodes/proxy nodes/stats'),
    ],
  },
  'system:monitoring': {
    rules: [pathRule('get', '/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*')],
  },
  // Bound to nobody: the Node authorizer gives each node its part of it.
  'system:node': {
    rules: [
      ...NODE_RULES,
      rule(READ, '', 'configmaps nodes pods secrets'),
      rule('get', '', 'persistentvolumeclaims persistentvolumes serviceaccounts'),
      rule('get patch update', '', 'persistentvolumeclaims/status'),
      rule('create', '', 'serviceaccounts/token'),
      rule('create delete get patch update', 'coordination.k8s.io', 'leases'),
      rule('get', 'storage.k8s.io', 'volumeattachments'),
      rule('create delete get patch update', 'storage.k8s.io', 'csinodes'),
      rule('get', 'resource.k8s.io', 'resourceclaims'),
    ],
  },
  'system:node-bootstrapper': {
    rules: [rule('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests')],
  },
  'system:node-problem-detector': { rules: [rule('get', '', 'nodes'), rule('patch', '', 'nodes/status'), EVENTS] },
  'system:node-proxier': {
    rules: [
      rule('list watch', '', 'endpoints services'),
      rule(READ, '', 'nodes'),
      EVENTS,
      rule('list watch', 'discovery.k8s.io', 'endpointslices'),
      rule('list watch', 'networking.k8s.io', 'servicecidrs'),
    ],
  },
  'system:persistent-volume-provisioner': {
    rules: [
      rule('create delete get list watch', '', 'persistentvolumes'),
      rule('get list update watch', '', 'persistentvolumeclaims'),
      rule(READ, 'storage.k8s.io', 'storageclasses'),
      rule('watch', '', 'events'),
      EVENTS,
    ],
  },
  'system:public-info-viewer': { rules: [pathRule('get', '/healthz /livez /readyz /version /version/')] },
  'system:service-account-issuer-discovery': {
    rules: [
      pathRule(
        'get',
        '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
      ),
    ],
  },
  'system:volume-scheduler': {
    rules: [
      rule('get list patch update watch', '', 'persistentvolumeclaims persistentvolumes'),
      rule(READ, 'storage.k8s.io', 'storageclasses'),
    ],
  },
  'system:wherry:agent': { rules: AGENT_RULES },
}
