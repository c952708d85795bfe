import { kindRegistry } from './meta/registry.ts'
import type { ServedGroup } from './meta/registry.ts'

/**
 * What is served by default, in the order in which `/apis` lists the groups, the preferred version first: all stable
 * versions. (The list of betas that are on by default is empty in v1.36.)
 */
export const servedGroups: readonly ServedGroup[] = [
  {
    group: '',
    versions: [
      {
        version: 'v1',
        kinds: [
          { plural: 'bindings', kind: 'Binding', load: async () => (await import('./core/binding.ts')).Bindings },
          {
            plural: 'componentstatuses',
            kind: 'ComponentStatus',
            load: async () => (await import('./core/component-status.ts')).ComponentStatuses,
          },
          {
            plural: 'configmaps',
            kind: 'ConfigMap',
            load: async () => (await import('./core/config-map.ts')).ConfigMaps,
          },
          { plural: 'endpoints', kind: 'Endpoints', load: async () => (await import('./core/endpoints.ts')).Endpoints },
          { plural: 'events', kind: 'Event', load: async () => (await import('./core/event.ts')).Events },
          {
            plural: 'limitranges',
            kind: 'LimitRange',
            load: async () => (await import('./core/limit-range.ts')).LimitRanges,
          },
          {
            plural: 'namespaces',
            kind: 'Namespace',
            load: async () => (await import('./core/namespace.ts')).Namespaces,
          },
          { plural: 'nodes', kind: 'Node', load: async () => (await import('./core/node.ts')).Nodes },
          {
            plural: 'persistentvolumeclaims',
            kind: 'PersistentVolumeClaim',
            load: async () => (await import('./core/persistent-volume-claim.ts')).PersistentVolumeClaims,
          },
          {
            plural: 'persistentvolumes',
            kind: 'PersistentVolume',
            load: async () => (await import('./core/persistent-volume.ts')).PersistentVolumes,
          },
          { plural: 'pods', kind: 'Pod', load: async () => (await import('./core/pod.ts')).Pods },
          {
            plural: 'podtemplates',
            kind: 'PodTemplate',
            load: async () => (await import('./core/pod-template.ts')).PodTemplates,
          },
          {
            plural: 'replicationcontrollers',
            kind: 'ReplicationController',
            load: async () => (await import('./core/replication-controller.ts')).ReplicationControllers,
          },
          {
            plural: 'resourcequotas',
            kind: 'ResourceQuota',
            load: async () => (await import('./core/resource-quota.ts')).ResourceQuotas,
          },
          { plural: 'secrets', kind: 'Secret', load: async () => (await import('./core/secret.ts')).Secrets },
          {
            plural: 'serviceaccounts',
            kind: 'ServiceAccount',
            load: async () => (await import('./core/service-account.ts')).ServiceAccounts,
          },
          { plural: 'services', kind: 'Service', load: async () => (await import('./core/service.ts')).Services },
        ],
      },
    ],
  },
  {
    group: 'apiregistration.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'apiservices',
            kind: 'APIService',
            load: async () => (await import('./apiregistration/api-service.ts')).APIServices,
          },
        ],
      },
    ],
  },
  {
    group: 'apps',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'controllerrevisions',
            kind: 'ControllerRevision',
            load: async () => (await import('./apps/controller-revision.ts')).ControllerRevisions,
          },
          {
            plural: 'daemonsets',
            kind: 'DaemonSet',
            load: async () => (await import('./apps/daemon-set.ts')).DaemonSets,
          },
          {
            plural: 'deployments',
            kind: 'Deployment',
            load: async () => (await import('./apps/deployment.ts')).Deployments,
          },
          {
            plural: 'replicasets',
            kind: 'ReplicaSet',
            load: async () => (await import('./apps/replica-set.ts')).ReplicaSets,
          },
          {
            plural: 'statefulsets',
            kind: 'StatefulSet',
            load: async () => (await import('./apps/stateful-set.ts')).StatefulSets,
          },
        ],
      },
    ],
  },
  {
    group: 'events.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [{ plural: 'events', kind: 'Event', load: async () => (await import('./events/event.ts')).Events }],
      },
    ],
  },
  {
    group: 'authentication.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'selfsubjectreviews',
            kind: 'SelfSubjectReview',
            load: async () => (await import('./authentication/self-subject-review.ts')).SelfSubjectReviews,
          },
          {
            plural: 'tokenreviews',
            kind: 'TokenReview',
            load: async () => (await import('./authentication/token-review.ts')).TokenReviews,
          },
        ],
      },
    ],
  },
  {
    group: 'authorization.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'localsubjectaccessreviews',
            kind: 'LocalSubjectAccessReview',
            load: async () =>
              (await import('./authorization/local-subject-access-review.ts')).LocalSubjectAccessReviews,
          },
          {
            plural: 'selfsubjectaccessreviews',
            kind: 'SelfSubjectAccessReview',
            load: async () => (await import('./authorization/self-subject-access-review.ts')).SelfSubjectAccessReviews,
          },
          {
            plural: 'selfsubjectrulesreviews',
            kind: 'SelfSubjectRulesReview',
            load: async () => (await import('./authorization/self-subject-rules-review.ts')).SelfSubjectRulesReviews,
          },
          {
            plural: 'subjectaccessreviews',
            kind: 'SubjectAccessReview',
            load: async () => (await import('./authorization/subject-access-review.ts')).SubjectAccessReviews,
          },
        ],
      },
    ],
  },
  {
    group: 'autoscaling',
    versions: [
      {
        version: 'v2',
        kinds: [
          {
            plural: 'horizontalpodautoscalers',
            kind: 'HorizontalPodAutoscaler',
            load: async () => (await import('./autoscaling/horizontal-pod-autoscaler.ts')).HorizontalPodAutoscalers,
          },
        ],
      },
      {
        version: 'v1',
        kinds: [
          {
            plural: 'horizontalpodautoscalers',
            kind: 'HorizontalPodAutoscaler',
            load: async () =>
              (await import('./autoscaling/horizontal-pod-autoscaler-v1.ts')).HorizontalPodAutoscalersV1,
          },
        ],
      },
    ],
  },
  {
    group: 'batch',
    versions: [
      {
        version: 'v1',
        kinds: [
          { plural: 'cronjobs', kind: 'CronJob', load: async () => (await import('./batch/cron-job.ts')).CronJobs },
          { plural: 'jobs', kind: 'Job', load: async () => (await import('./batch/job.ts')).Jobs },
        ],
      },
    ],
  },
  {
    group: 'certificates.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'certificatesigningrequests',
            kind: 'CertificateSigningRequest',
            load: async () =>
              (await import('./certificates/certificate-signing-request.ts')).CertificateSigningRequests,
          },
        ],
      },
    ],
  },
  {
    group: 'networking.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'ingressclasses',
            kind: 'IngressClass',
            load: async () => (await import('./networking/ingress-class.ts')).IngressClasses,
          },
          {
            plural: 'ingresses',
            kind: 'Ingress',
            load: async () => (await import('./networking/ingress.ts')).Ingresses,
          },
          {
            plural: 'ipaddresses',
            kind: 'IPAddress',
            load: async () => (await import('./networking/ip-address.ts')).IPAddresses,
          },
          {
            plural: 'networkpolicies',
            kind: 'NetworkPolicy',
            load: async () => (await import('./networking/network-policy.ts')).NetworkPolicies,
          },
          {
            plural: 'servicecidrs',
            kind: 'ServiceCIDR',
            load: async () => (await import('./networking/service-cidr.ts')).ServiceCIDRs,
          },
        ],
      },
    ],
  },
  {
    group: 'policy',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'poddisruptionbudgets',
            kind: 'PodDisruptionBudget',
            load: async () => (await import('./policy/pod-disruption-budget.ts')).PodDisruptionBudgets,
          },
        ],
      },
    ],
  },
  {
    group: 'rbac.authorization.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'clusterrolebindings',
            kind: 'ClusterRoleBinding',
            load: async () => (await import('./rbac/cluster-role-binding.ts')).ClusterRoleBindings,
          },
          {
            plural: 'clusterroles',
            kind: 'ClusterRole',
            load: async () => (await import('./rbac/cluster-role.ts')).ClusterRoles,
          },
          {
            plural: 'rolebindings',
            kind: 'RoleBinding',
            load: async () => (await import('./rbac/role-binding.ts')).RoleBindings,
          },
          { plural: 'roles', kind: 'Role', load: async () => (await import('./rbac/role.ts')).Roles },
        ],
      },
    ],
  },
  {
    group: 'storage.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'csidrivers',
            kind: 'CSIDriver',
            load: async () => (await import('./storage/csi-driver.ts')).CSIDrivers,
          },
          { plural: 'csinodes', kind: 'CSINode', load: async () => (await import('./storage/csi-node.ts')).CSINodes },
          {
            plural: 'csistoragecapacities',
            kind: 'CSIStorageCapacity',
            load: async () => (await import('./storage/csi-storage-capacity.ts')).CSIStorageCapacities,
          },
          {
            plural: 'storageclasses',
            kind: 'StorageClass',
            load: async () => (await import('./storage/storage-class.ts')).StorageClasses,
          },
          {
            plural: 'volumeattachments',
            kind: 'VolumeAttachment',
            load: async () => (await import('./storage/volume-attachment.ts')).VolumeAttachments,
          },
          {
            plural: 'volumeattributesclasses',
            kind: 'VolumeAttributesClass',
            load: async () => (await import('./storage/volume-attributes-class.ts')).VolumeAttributesClasses,
          },
        ],
      },
    ],
  },
  {
    group: 'admissionregistration.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'mutatingadmissionpolicies',
            kind: 'MutatingAdmissionPolicy',
            load: async () =>
              (await import('./admissionregistration/mutating-admission-policy.ts')).MutatingAdmissionPolicies,
          },
          {
            plural: 'mutatingadmissionpolicybindings',
            kind: 'MutatingAdmissionPolicyBinding',
            load: async () =>
              (await import('./admissionregistration/mutating-admission-policy-binding.ts'))
                .MutatingAdmissionPolicyBindings,
          },
          {
            plural: 'mutatingwebhookconfigurations',
            kind: 'MutatingWebhookConfiguration',
            load: async () =>
              (await import('./admissionregistration/mutating-webhook-configuration.ts')).MutatingWebhookConfigurations,
          },
          {
            plural: 'validatingadmissionpolicies',
            kind: 'ValidatingAdmissionPolicy',
            load: async () =>
              (await import('./admissionregistration/validating-admission-policy.ts')).ValidatingAdmissionPolicies,
          },
          {
            plural: 'validatingadmissionpolicybindings',
            kind: 'ValidatingAdmissionPolicyBinding',
            load: async () =>
              (await import('./admissionregistration/validating-admission-policy-binding.ts'))
                .ValidatingAdmissionPolicyBindings,
          },
          {
            plural: 'validatingwebhookconfigurations',
            kind: 'ValidatingWebhookConfiguration',
            load: async () =>
              (await import('./admissionregistration/validating-webhook-configuration.ts'))
                .ValidatingWebhookConfigurations,
          },
        ],
      },
    ],
  },
  {
    group: 'apiextensions.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'customresourcedefinitions',
            kind: 'CustomResourceDefinition',
            load: async () => (await import('./apiextensions/custom-resource-definition.ts')).CustomResourceDefinitions,
          },
        ],
      },
    ],
  },
  {
    group: 'scheduling.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'priorityclasses',
            kind: 'PriorityClass',
            load: async () => (await import('./scheduling/priority-class.ts')).PriorityClasses,
          },
        ],
      },
    ],
  },
  {
    group: 'coordination.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          { plural: 'leases', kind: 'Lease', load: async () => (await import('./coordination/lease.ts')).Leases },
        ],
      },
    ],
  },
  {
    group: 'node.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'runtimeclasses',
            kind: 'RuntimeClass',
            load: async () => (await import('./node/runtime-class.ts')).RuntimeClasses,
          },
        ],
      },
    ],
  },
  {
    group: 'discovery.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'endpointslices',
            kind: 'EndpointSlice',
            load: async () => (await import('./discovery/endpoint-slice.ts')).EndpointSlices,
          },
        ],
      },
    ],
  },
  {
    group: 'resource.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'deviceclasses',
            kind: 'DeviceClass',
            load: async () => (await import('./resource/device-class.ts')).DeviceClasses,
          },
          {
            plural: 'resourceclaims',
            kind: 'ResourceClaim',
            load: async () => (await import('./resource/resource-claim.ts')).ResourceClaims,
          },
          {
            plural: 'resourceclaimtemplates',
            kind: 'ResourceClaimTemplate',
            load: async () => (await import('./resource/resource-claim-template.ts')).ResourceClaimTemplates,
          },
          {
            plural: 'resourceslices',
            kind: 'ResourceSlice',
            load: async () => (await import('./resource/resource-slice.ts')).ResourceSlices,
          },
        ],
      },
    ],
  },
  {
    group: 'flowcontrol.apiserver.k8s.io',
    versions: [
      {
        version: 'v1',
        kinds: [
          {
            plural: 'flowschemas',
            kind: 'FlowSchema',
            load: async () => (await import('./flowcontrol/flow-schema.ts')).FlowSchemas,
          },
          {
            plural: 'prioritylevelconfigurations',
            kind: 'PriorityLevelConfiguration',
            load: async () =>
              (await import('./flowcontrol/priority-level-configuration.ts')).PriorityLevelConfigurations,
          },
        ],
      },
    ],
  },
]

export const { loadKind, loadKindNamed, allKinds } = kindRegistry(servedGroups)
