import type { PolicyRule } from '../../api/rbac/v1.ts'
import { EVENTS, READ, rule } from './default-rules.ts'

/** All of them read what they own, and write Events. */
const owner = (groups: string, plural: string, verbs = 'get list update watch'): PolicyRule[] => [
  rule(verbs, groups, plural),
  rule('patch update', groups, `${plural}/status`),
  rule('update', groups, `${plural}/finalizers`),
]

const PODS_OF_ITS_OWN = rule('create delete list patch watch', '', 'pods')
const REVISIONS = rule('create delete get list patch update watch', 'apps', 'controllerrevisions')
const SLICES = [
  rule('create delete get list update watch', 'discovery.k8s.io', 'endpointslices'),
  rule('create', 'discovery.k8s.io', 'endpointslices/restricted'),
]

/**
 * What each controller may do: the ClusterRole `system:controller:NAME`, given to the ServiceAccount of that name in
 * kube-system and to the one identity under which our own controllers run.
 */
export const CONTROLLER_ROLES: Readonly<Record<string, readonly PolicyRule[]>> = {
  'attachdetach-controller': [
    rule('list watch', '', 'persistentvolumeclaims persistentvolumes pods'),
    rule(READ, '', 'nodes'),
    rule('patch update', '', 'nodes/status'),
    EVENTS,
    rule('create delete get list watch', 'storage.k8s.io', 'volumeattachments'),
    rule(READ, 'storage.k8s.io', 'csidrivers csinodes'),
  ],
  'certificate-controller': [
    rule('delete get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
    rule('update', 'certificates.k8s.io', 'certificatesigningrequests/approval certificatesigningrequests/status'),
    rule(
      'approve',
      'certificates.k8s.io',
      'signers',
      'kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving',
    ),
    rule(
      'sign',
      'certificates.k8s.io',
      'signers',
      'kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving kubernetes.io/legacy-unknown',
    ),
    rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    EVENTS,
  ],
  'clusterrole-aggregation-controller': [
    rule('escalate get list patch update watch', 'rbac.authorization.k8s.io', 'clusterroles'),
  ],
  'cronjob-controller': [
    ...owner('batch', 'cronjobs'),
    rule('create delete get list patch update watch', 'batch', 'jobs'),
    rule('delete list watch', '', 'pods'),
    EVENTS,
  ],
  'daemon-set-controller': [
    ...owner('apps', 'daemonsets', 'get list watch'),
    rule('list watch', '', 'nodes'),
    PODS_OF_ITS_OWN,
    rule('create', '', 'pods/binding'),
    REVISIONS,
    EVENTS,
  ],
  'deployment-controller': [
    ...owner('apps', 'deployments'),
    rule('create delete get list patch update watch', 'apps', 'replicasets'),
    rule('get list update watch', '', 'pods'),
    EVENTS,
  ],
  'disruption-controller': [
    rule(READ, 'apps', 'deployments replicasets statefulsets'),
    rule(READ, '', 'replicationcontrollers'),
    ...owner('policy', 'poddisruptionbudgets', 'get list watch'),
    rule('patch update', '', 'pods/status'),
    rule('get', '*', '*/scale'),
    EVENTS,
  ],
  'endpoint-controller': [
    rule(READ, '', 'pods services'),
    rule('create delete get list update watch', '', 'endpoints'),
    rule('create', '', 'endpoints/restricted'),
    EVENTS,
  ],
  'endpointslice-controller': [
    rule(READ, '', 'nodes pods services'),
    rule('update', '', 'services/finalizers'),
    ...SLICES,
    EVENTS,
  ],
  'endpointslicemirroring-controller': [
    rule(READ, '', 'endpoints services'),
    rule('update', '', 'endpoints/finalizers services/finalizers'),
    ...SLICES,
    EVENTS,
  ],
  'ephemeral-volume-controller': [
    rule(READ, '', 'pods'),
    rule('update', '', 'pods/finalizers'),
    rule('create get list watch', '', 'persistentvolumeclaims'),
    EVENTS,
  ],
  'expand-controller': [
    rule('get list patch update watch', '', 'persistentvolumes'),
    rule('patch update', '', 'persistentvolumeclaims/status'),
    rule(READ, '', 'persistentvolumeclaims'),
    EVENTS,
  ],
  'generic-garbage-collector': [rule('delete get list patch update watch', '*', '*'), EVENTS],
  'horizontal-pod-autoscaler': [
    rule(READ, 'autoscaling', 'horizontalpodautoscalers'),
    rule('update', 'autoscaling', 'horizontalpodautoscalers/status'),
    rule('get update', '*', '*/scale'),
    rule('list watch', '', 'pods'),
    rule('list watch', 'metrics.k8s.io', 'pods'),
    rule(READ, 'custom.metrics.k8s.io external.metrics.k8s.io', '*'),
    EVENTS,
  ],
  'job-controller': [...owner('batch', 'jobs', 'get list patch update watch'), PODS_OF_ITS_OWN, EVENTS],
  'legacy-service-account-token-cleaner': [
    rule('get', '', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'),
    rule('delete patch', '', 'secrets'),
  ],
  'namespace-controller': [
    rule('delete get list watch', '', 'namespaces'),
    rule('update', '', 'namespaces/finalize namespaces/status'),
    rule('delete deletecollection get list watch', '*', '*'),
  ],
  'node-controller': [
    rule('delete get list patch update watch', '', 'nodes'),
    rule('patch update', '', 'nodes/status pods/status'),
    rule('delete get list watch', '', 'pods'),
    rule(READ, 'coordination.k8s.io', 'leases'),
    EVENTS,
  ],
  'persistent-volume-binder': [
    rule('create delete get list update watch', '', 'persistentvolumes'),
    rule('update', '', 'persistentvolumeclaims/status persistentvolumes/status'),
    rule('get list update watch', '', 'persistentvolumeclaims'),
    rule('create delete get list watch', '', 'pods'),
    rule(READ, 'storage.k8s.io', 'storageclasses'),
    rule('list watch', '', 'nodes'),
    rule('watch', '', 'events'),
    EVENTS,
  ],
  'pod-garbage-collector': [
    rule('delete list watch', '', 'pods'),
    rule(READ, '', 'nodes'),
    rule('patch', '', 'pods/status'),
  ],
  'pv-protection-controller': [rule('get list update watch', '', 'persistentvolumes'), EVENTS],
  'pvc-protection-controller': [
    rule('get list update watch', '', 'persistentvolumeclaims'),
    rule('update', '', 'persistentvolumeclaims/status'),
    rule(READ, '', 'pods'),
    EVENTS,
  ],
  'replicaset-controller': [...owner('apps', 'replicasets'), PODS_OF_ITS_OWN, EVENTS],
  'replication-controller': [...owner('', 'replicationcontrollers'), PODS_OF_ITS_OWN, EVENTS],
  'resource-claim-controller': [
    rule(READ, '', 'pods'),
    rule('update', '', 'pods/finalizers'),
    rule('create delete get list watch', 'resource.k8s.io', 'resourceclaims'),
    rule('patch update', 'resource.k8s.io', 'resourceclaims resourceclaims/binding resourceclaims/status'),
    rule('patch update', '', 'pods/status'),
    EVENTS,
  ],
  'resourcequota-controller': [rule('list watch', '*', '*'), rule('update', '', 'resourcequotas/status'), EVENTS],
  'root-ca-cert-publisher': [rule('create update', '', 'configmaps'), EVENTS],
  'route-controller': [rule('list watch', '', 'nodes'), rule('patch', '', 'nodes/status'), EVENTS],
  'service-account-controller': [rule('create', '', 'serviceaccounts'), EVENTS],
  'service-cidrs-controller': [
    rule('get list patch update watch', 'networking.k8s.io', 'servicecidrs'),
    rule('patch update', 'networking.k8s.io', 'servicecidrs/finalizers servicecidrs/status'),
    rule(READ, 'networking.k8s.io', 'ipaddresses'),
    EVENTS,
  ],
  'service-controller': [
    rule(READ, '', 'services'),
    rule('patch update', '', 'services/status'),
    rule('list watch', '', 'nodes'),
    EVENTS,
  ],
  'statefulset-controller': [
    ...owner('apps', 'statefulsets', 'get list watch'),
    rule('create delete get list patch update watch', '', 'pods'),
    REVISIONS,
    rule('create delete get list update watch', '', 'persistentvolumeclaims'),
    rule('update', '', 'pods/finalizers'),
    EVENTS,
  ],
  'ttl-after-finished-controller': [rule('delete get list watch', 'batch', 'jobs'), EVENTS],
  'ttl-controller': [rule('list patch update watch', '', 'nodes'), EVENTS],
  'validatingadmissionpolicy-status-controller': [
    rule(READ, 'admissionregistration.k8s.io', 'validatingadmissionpolicies'),
    rule('get patch update', 'admissionregistration.k8s.io', 'validatingadmissionpolicies/status'),
    EVENTS,
  ],
}
