import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { applyMergePatch } from '../lib/patch/merge-patch.ts'
import { MutatingWebhookConfigurations } from './admissionregistration/mutating-webhook-configuration.ts'
import { DaemonSets } from './apps/daemon-set.ts'
import { Deployments } from './apps/deployment.ts'
import { StatefulSets } from './apps/stateful-set.ts'
import { HorizontalPodAutoscalers } from './autoscaling/horizontal-pod-autoscaler.ts'
import { CronJobs } from './batch/cron-job.ts'
import { Jobs } from './batch/job.ts'
import { CertificateSigningRequests } from './certificates/certificate-signing-request.ts'
import { Leases } from './coordination/lease.ts'
import { ConfigMaps } from './core/config-map.ts'
import { Endpoints } from './core/endpoints.ts'
import { Events } from './core/event.ts'
import { LimitRanges } from './core/limit-range.ts'
import { Nodes } from './core/node.ts'
import { PersistentVolumeClaims } from './core/persistent-volume-claim.ts'
import { PersistentVolumes } from './core/persistent-volume.ts'
import { ReplicationControllers } from './core/replication-controller.ts'
import { ResourceQuotas } from './core/resource-quota.ts'
import { Secrets } from './core/secret.ts'
import { Services } from './core/service.ts'
import { EndpointSlices } from './discovery/endpoint-slice.ts'
import { applyDefaults } from './meta/defaults.ts'
import { decodeObject } from './meta/decode.ts'
import type { Kind } from './meta/kind.ts'
import { Problems } from './meta/problems.ts'
import { validateFields } from './meta/validate.ts'
import { IngressClasses } from './networking/ingress-class.ts'
import { Ingresses } from './networking/ingress.ts'
import { NetworkPolicies } from './networking/network-policy.ts'
import { RuntimeClasses } from './node/runtime-class.ts'
import { PodDisruptionBudgets } from './policy/pod-disruption-budget.ts'
import { ClusterRoleBindings } from './rbac/cluster-role-binding.ts'
import { ClusterRoles } from './rbac/cluster-role.ts'
import { RoleBindings } from './rbac/role-binding.ts'
import { Roles } from './rbac/role.ts'
import { PriorityClasses } from './scheduling/priority-class.ts'
import { StorageClasses } from './storage/storage-class.ts'

const labels = { app: 'web' }
const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'i' }] } }
const selector = { matchLabels: labels }
const jobTemplate = { spec: { ...template.spec, restartPolicy: 'Never' } }
/** For CN=x in O=system:nodes. */
const request = Buffer.from(
  `-----BEGIN CERTIFICATE REQUEST-----
MIHdMIGFAgEAMCMxFTATBgNVBAoMDHN5c3RlbTpub2RlczEKMAgGA1UEAwwBeDBZ
MBMGByqGSM49AgEGCCqGSM49AwEHA0IABIbOWW6ZJ66BjpEwIgTus+4Tw+lpSodk
24fxvlQ2W6DBr35KonhQFCmQ6as794FEvz9lH+kzML9NWKBBjsJNUnigADAKBggq
hkjOPQQDAgNHADBEAiBvsIjEz11GE3QcS/RAM0xpNECyFSwgVHJ0PP9eGShb1gIg
F9YgF8zHpkSs39tCeEs0DsbF/NjTR+pKMhEUW3dZyvk=
-----END CERTIFICATE REQUEST-----
`,
).toString('base64')
const backend = { service: { name: 's', port: { number: 80 } } }
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'r' }

/** An object of each kind with which nothing is wrong. */
const good = new Map<Kind<any>, object>([
  [Deployments, { spec: { selector, template } }],
  [DaemonSets, { spec: { selector, template } }],
  [StatefulSets, { spec: { selector, template, serviceName: 's' } }],
  [ReplicationControllers, { spec: { selector: labels, template } }],
  [Jobs, { spec: { template: jobTemplate } }],
  [
    CronJobs,
    {
      spec: {
        schedule: '*/5 0-6,12 * jan-mar mon',
        timeZone: 'Europe/Berlin',
        jobTemplate: { spec: { template: jobTemplate } },
      },
    },
  ],
  [Services, { spec: { ports: [{ port: 80 }], clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'] } }],
  [ConfigMaps, { data: { a: 'x' } }],
  [Secrets, { data: { a: 'eA==' } }],
  [
    Nodes,
    { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }], podCIDRs: ['10.0.0.0/24'], podCIDR: '10.0.0.0/24' } },
  ],
  [LimitRanges, { spec: { limits: [{ type: 'Container', min: { cpu: '1' }, max: { cpu: '2' } }] } }],
  [
    ResourceQuotas,
    { spec: { hard: { pods: '1', 'requests.cpu': '1', 'count/deployments.apps': '2', 'services.nodeports': '0' } } },
  ],
  [PersistentVolumeClaims, { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }],
  [
    PersistentVolumes,
    { spec: { accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' }, hostPath: { path: '/x' } } },
  ],
  [Endpoints, { subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }] }] }],
  [Events, { involvedObject: { namespace: 'ns' } }],
  [EndpointSlices, { addressType: 'IPv4', endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ name: 'a', port: 80 }] }],
  [
    Ingresses,
    {
      spec: {
        rules: [{ host: '*.x.io', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }],
        tls: [{ hosts: ['a.x.io'], secretName: 's' }],
      },
    },
  ],
  [IngressClasses, { spec: { controller: 'x.io/y' } }],
  [
    NetworkPolicies,
    {
      spec: {
        podSelector: {},
        ingress: [
          { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }], ports: [{ port: 1, endPort: 2 }] },
        ],
      },
    },
  ],
  [PodDisruptionBudgets, { spec: { minAvailable: '50%', selector } }],
  [
    HorizontalPodAutoscalers,
    {
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { kind: 'Deployment', name: 'd' },
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
        ],
      },
    },
  ],
  [PriorityClasses, { value: 1000 }],
  [StorageClasses, { provisioner: 'x.io/y' }],
  [RuntimeClasses, { handler: 'h' }],
  [Leases, { spec: { holderIdentity: 'me', leaseDurationSeconds: 40 } }],
  [Roles, { rules: [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }] }],
  [ClusterRoles, { rules: [{ verbs: ['get'], nonResourceURLs: ['/healthz'] }] }],
  [
    RoleBindings,
    {
      roleRef,
      subjects: [
        { kind: 'ServiceAccount', name: 'a' },
        { kind: 'User', name: 'u', apiGroup: 'rbac.authorization.k8s.io' },
      ],
    },
  ],
  [ClusterRoleBindings, { roleRef }],
  [CertificateSigningRequests, { spec: { request, signerName: 'x.io/y', usages: ['client auth'] } }],
  [
    MutatingWebhookConfigurations,
    {
      webhooks: [
        { name: 'a.b.c', sideEffects: 'None', admissionReviewVersions: ['v1'], clientConfig: { url: 'https://x/y' } },
      ],
    },
  ],
])

function make(kind: Kind<any>, patch: object = {}): any {
  const base = { apiVersion: kind.apiVersion, kind: kind.kind, metadata: { name: 'x', namespace: 'ns', uid: 'u' } }
  const { object } = decodeObject(kind.message, applyMergePatch({ ...base, ...good.get(kind) }, patch)) as {
    object: any
  }
  applyDefaults(kind.message, object)
  kind.defaults?.(object)
  kind.prepare?.(object, undefined, '')
  return object
}

function lines({ causes }: Problems): string[] {
  return causes.map(({ field, message }) => `${field}: ${message}`)
}

function wrongWith(kind: Kind<any>, patch?: object): string[] {
  const problems = new Problems()
  const object = make(kind, patch)
  validateFields(kind.message, object, problems)
  kind.validate?.(object, problems)
  kind.validateCreate?.(object, problems)
  return lines(problems)
}

function wrongChange(kind: Kind<any>, next: object, old: object = {}): string[] {
  const problems = new Problems()
  kind.validateUpdate?.(make(kind, next), make(kind, old), problems, '')
  return lines(problems)
}

describe('validation', () => {
  for (const kind of good.keys()) {
    it(`finds nothing wrong with a good one of ${kind.plural}`, () => {
      assert.deepEqual(wrongWith(kind), [])
      assert.deepEqual(wrongChange(kind, {}), [])
    })
  }

  const wrong: [Kind<any>, object, string[]][] = [
    [
      Deployments,
      { spec: { selector: { matchLabels: { app: 'other' } } } },
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      Deployments,
      { spec: { selector: { matchLabels: null } } },
      ['spec.selector: Invalid value: {}: empty selector is invalid for deployment'],
    ],
    [Deployments, { spec: { selector: null } }, ['spec.selector: Required value']],
    [
      Deployments,
      { spec: { replicas: -1, progressDeadlineSeconds: 5, minReadySeconds: 5 } },
      [
        'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        'spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds',
      ],
    ],
    [
      Deployments,
      { spec: { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } } },
      ['spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when `maxSurge` is 0'],
    ],
    [
      Deployments,
      { spec: { strategy: { type: 'Recreate', rollingUpdate: {} } } },
      ["spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy `type` is 'Recreate'"],
    ],
    [
      Deployments,
      { spec: { template: { spec: { restartPolicy: 'Never', activeDeadlineSeconds: 5 } } } },
      [
        'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
        'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported',
      ],
    ],
    [
      Deployments,
      { spec: { template: { spec: { containers: [{ name: 'c' }] } } } },
      ['spec.template.spec.containers[0].image: Required value'],
    ],
    [
      DaemonSets,
      { spec: { updateStrategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } } },
      ['spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero'],
    ],
    [
      StatefulSets,
      { spec: { updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: -1 } } } },
      [
        'spec.updateStrategy.rollingUpdate: Invalid value: {"partition":-1}: only allowed for updateStrategy \'RollingUpdate\'',
        'spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0',
      ],
    ],
    [
      StatefulSets,
      {
        spec: {
          template: {
            spec: { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] },
          },
        },
      },
      ['spec.template.spec.containers[0].volumeMounts[0].name: Not found: "data"'],
    ],
    [
      ReplicationControllers,
      { spec: { selector: { a: 'b' } } },
      ['spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`'],
    ],
    [
      Jobs,
      { spec: { template: { spec: { restartPolicy: null } } } },
      ['spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"'],
    ],
    [
      Jobs,
      { spec: { completionMode: 'Indexed', parallelism: 2 } },
      ['spec.completions: Required value: when completion mode is Indexed'],
    ],
    [
      Jobs,
      { spec: { backoffLimitPerIndex: 1 } },
      ['spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
    ],
    [
      Jobs,
      { spec: { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [0] } }] } } },
      ['spec.podFailurePolicy.rules[0].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator'],
    ],
    [
      CronJobs,
      { spec: { schedule: '* * *' } },
      ['spec.schedule: Invalid value: "* * *": expected exactly 5 fields, found 3: [* * *]'],
    ],
    [
      CronJobs,
      { spec: { schedule: '60 * * * *' } },
      ['spec.schedule: Invalid value: "60 * * * *": end of range (60) above maximum (59): 60'],
    ],
    [
      CronJobs,
      { spec: { schedule: 'TZ=UTC @daily', timeZone: 'Mars/Base' } },
      [
        'spec.schedule: Invalid value: "TZ=UTC @daily": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
        'spec.timeZone: Invalid value: "Mars/Base": unknown time zone Mars/Base',
      ],
    ],
    [
      CronJobs,
      { metadata: { name: 'x'.repeat(53) } },
      [`metadata.name: Invalid value: "${'x'.repeat(53)}": must be no more than 52 characters`],
    ],
    [Services, { spec: { ports: null } }, ['spec.ports: Required value']],
    [
      Services,
      { spec: { ports: [{ port: 0 }, { port: 80, name: 'a', nodePort: 30000 }, { port: 80, name: 'a' }] } },
      [
        'spec.ports[0].name: Required value',
        'spec.ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive',
        "spec.ports[1].nodePort: Forbidden: may not be used when `type` is 'ClusterIP'",
        'spec.ports[2].name: Duplicate value: "a"',
        'spec.ports[2]: Duplicate value: {"protocol":"TCP","port":80}',
      ],
    ],
    [
      Services,
      { spec: { type: 'ExternalName', clusterIP: null, clusterIPs: null } },
      ['spec.externalName: Required value'],
    ],
    [
      Services,
      { spec: { type: 'NodePort', clusterIP: 'None', clusterIPs: ['None'] } },
      ['spec.clusterIPs[0]: Invalid value: "None": may not be set to \'None\' for NodePort services'],
    ],
    [
      Services,
      { spec: { clusterIP: 'x', clusterIPs: ['x'] } },
      ['spec.clusterIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
    ],
    [
      Services,
      { spec: { externalTrafficPolicy: 'Local' } },
      ['spec.externalTrafficPolicy: Invalid value: "Local": may only be set for externally-accessible services'],
    ],
    [
      Services,
      { spec: { type: 'Router' } },
      [
        'spec.type: Unsupported value: "Router": supported values: "ClusterIP", "ExternalName", "LoadBalancer", "NodePort"',
      ],
    ],
    [
      ConfigMaps,
      { data: { 'a/b': 'x' } },
      [
        "data[a/b]: Invalid value: \"a/b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
      ],
    ],
    [
      ConfigMaps,
      { binaryData: { a: 'eA==' } },
      ['data[a]: Invalid value: "a": duplicate of key present in binaryData'],
    ],
    [ConfigMaps, { data: { a: 'x'.repeat(1024 * 1024 + 1) } }, ['[]: Too long: may not be more than 1048576 bytes']],
    [Secrets, { type: 'kubernetes.io/tls' }, ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
    [
      Secrets,
      { type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'eA==' } },
      ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": invalid character in JSON'],
    ],
    [
      Secrets,
      { type: 'kubernetes.io/service-account-token' },
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
    [
      Nodes,
      {
        spec: {
          taints: [
            { key: 'a', effect: 'NoSchedule' },
            { key: 'a', effect: 'NoSchedule' },
          ],
        },
      },
      ['spec.taints[1]: Duplicate value: {"key":"a","effect":"NoSchedule"}'],
    ],
    [
      LimitRanges,
      { spec: { limits: [{ type: 'Container', min: { cpu: '3' }, max: { cpu: '2' } }] } },
      [
        'spec.limits[0].min[cpu]: Invalid value: "3": min value 3 is greater than default request value 2',
        'spec.limits[0].min[cpu]: Invalid value: "3": min value 3 is greater than default value 2',
        'spec.limits[0].min[cpu]: Invalid value: "3": min value 3 is greater than max value 2',
      ],
    ],
    [
      ResourceQuotas,
      { spec: { hard: { pods: '1.5', foo: '1' } } },
      [
        'spec.hard[pods]: Invalid value: "1500m": must be an integer',
        'spec.hard[foo]: Invalid value: "foo": must be a standard resource type or fully qualified',
      ],
    ],
    [
      ResourceQuotas,
      { spec: { scopes: ['Sunny'] } },
      [
        'spec.scopes[0]: Unsupported value: "Sunny": supported values: "BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating", "VolumeAttributesClass"',
      ],
    ],
    [
      PersistentVolumeClaims,
      { spec: { accessModes: null, resources: null } },
      [
        'spec.accessModes: Required value: at least 1 access mode is required',
        'spec.resources[storage]: Required value',
      ],
    ],
    [
      PersistentVolumes,
      { spec: { hostPath: null, capacity: { cpu: '1', storage: null } } },
      [
        'spec.capacity: Unsupported value: "cpu": supported values: "storage"',
        'spec: Required value: must specify a volume type',
      ],
    ],
    [
      Endpoints,
      { subsets: [{ addresses: [{ ip: '127.0.0.1' }], ports: [{ port: 1 }, { port: 2, name: 'b' }] }, {}] },
      [
        'subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be an unspecified, loopback or link-local address',
        'subsets[0].ports[0].name: Required value',
        'subsets[1]: Required value: must specify `addresses` or `notReadyAddresses`',
      ],
    ],
    [
      Events,
      { involvedObject: { namespace: 'other' } },
      ['involvedObject.namespace: Invalid value: "other": does not match event.namespace'],
    ],
    [
      EndpointSlices,
      { addressType: 'IPv6' },
      ['endpoints[0].addresses[0]: Invalid value: "10.0.0.1": must be a valid IPv6 address'],
    ],
    [
      EndpointSlices,
      { addressType: null, ports: [{ name: 'a' }, { name: 'a' }] },
      ['addressType: Required value', 'ports[1].name: Duplicate value: "a"'],
    ],
    [
      Ingresses,
      { spec: { rules: null } },
      ['spec: Invalid value: []: either `defaultBackend` or `rules` must be specified'],
    ],
    [
      Ingresses,
      { spec: { rules: [{ host: '1.2.3.4', http: { paths: [{ path: 'x//y', pathType: 'Exact', backend: {} }] } }] } },
      [
        'spec.rules[0].host: Invalid value: "1.2.3.4": must be a DNS name, not an IP address',
        'spec.rules[0].http.paths[0].path: Invalid value: "x//y": must be an absolute path',
        'spec.rules[0].http.paths[0].path: Invalid value: "x//y": must not contain \'//\'',
        'spec.rules[0].http.paths[0].backend: Required value: resource or service backend is required',
      ],
    ],
    [
      Ingresses,
      { metadata: { annotations: { 'kubernetes.io/ingress.class': 'a' } }, spec: { ingressClassName: 'b' } },
      [
        'metadata.annotations.kubernetes.io/ingress.class: Invalid value: "a": can not be set when the class field is also set',
      ],
    ],
    [
      IngressClasses,
      { spec: { controller: 'x' } },
      ['spec.controller: Invalid value: "x": must be a domain-prefixed path (such as "acme.io/foo")'],
    ],
    [
      NetworkPolicies,
      {
        spec: {
          ingress: [
            { from: [{}, { ipBlock: { cidr: '10.0.0.0/8', except: ['11.0.0.0/16'] } }], ports: [{ endPort: 5 }] },
          ],
        },
      },
      [
        'spec.ingress[0].ports[0].endPort: Required value: may not be specified when `port` is not specified',
        'spec.ingress[0].from[0]: Required value: must specify a peer',
        'spec.ingress[0].from[1].ipBlock.except[0]: Invalid value: "11.0.0.0/16": must be a strict subset of `cidr`',
      ],
    ],
    [
      PodDisruptionBudgets,
      { spec: { minAvailable: '150%' } },
      ['spec.minAvailable: Invalid value: "150%": must not be greater than 100%'],
    ],
    [
      HorizontalPodAutoscalers,
      { spec: { minReplicas: 5, metrics: [{ type: 'Pods' }] } },
      [
        'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`',
        'spec.metrics[0].pods: Required value: must populate information for the given metric source',
      ],
    ],
    [
      PriorityClasses,
      { value: 1_000_000_001 },
      ['value: Forbidden: maximum allowed value of a user defined priority is 1000000000'],
    ],
    [
      PriorityClasses,
      { metadata: { name: 'system-x' } },
      [
        "metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-x is not a known system priority class",
      ],
    ],
    [
      StorageClasses,
      { reclaimPolicy: 'Recycle' },
      ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
    ],
    [
      RuntimeClasses,
      { handler: 'A' },
      [
        "handler: Invalid value: \"A\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
      ],
    ],
    [
      Leases,
      { spec: { leaseDurationSeconds: 0 } },
      ['spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0'],
    ],
    [
      Roles,
      {
        rules: [
          { verbs: [], apiGroups: [''], resources: [] },
          { verbs: ['get'], nonResourceURLs: ['/x'] },
        ],
      },
      [
        'rules[0].verbs: Required value: verbs must contain at least one value',
        'rules[0].resources: Required value: resource rules must supply at least one resource',
        'rules[1].nonResourceURLs: Invalid value: ["/x"]: namespaced rules cannot apply to non-resource URLs',
      ],
    ],
    [
      ClusterRoleBindings,
      {
        roleRef: { kind: 'Role' },
        subjects: [
          { kind: 'ServiceAccount', name: 'a' },
          { kind: 'Robot', name: 'r' },
        ],
      },
      [
        'roleRef.kind: Unsupported value: "Role": supported values: "ClusterRole"',
        'subjects[0].namespace: Required value',
        'subjects[1].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User"',
      ],
    ],
    [
      CertificateSigningRequests,
      { spec: { request: 'eA==', usages: [], signerName: 'x', expirationSeconds: 5 } },
      [
        'spec.request: Invalid value: "eA==": PEM block type must be CERTIFICATE REQUEST',
        'spec.usages: Required value',
        'spec.signerName: Invalid value: "x": must be a fully qualified domain and path of the form "example.com/signer-name"',
        'spec.expirationSeconds: Invalid value: 5: may not specify a duration less than 600 seconds (10 minutes)',
      ],
    ],
    [
      MutatingWebhookConfigurations,
      { webhooks: [{ name: 'a', sideEffects: 'Some', timeoutSeconds: 31, clientConfig: {} }] },
      [
        'webhooks[0].name: Invalid value: "a": should be a domain with at least three segments separated by dots',
        'webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun"',
        'webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds',
        'webhooks[0].clientConfig: Required value: exactly one of url or service is required',
        'webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1',
      ],
    ],
  ]
  for (const [kind, patch, expected] of wrong) {
    it(`finds what is wrong with one of ${kind.plural}: ${expected[0]!.slice(0, 60)}`, () => {
      assert.deepEqual(wrongWith(kind, patch), expected)
    })
  }

  const changes: [Kind<any>, object, object, string[]][] = [
    [
      Deployments,
      { spec: { selector: { matchLabels: { app: 'web', b: 'c' } } } },
      {},
      ['spec.selector: Invalid value: {"matchLabels":{"app":"web","b":"c"}}: field is immutable'],
    ],
    [
      StatefulSets,
      { spec: { replicas: 5, serviceName: 'other' } },
      {},
      [
        "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
      ],
    ],
    [StatefulSets, { spec: { replicas: 5 } }, {}, []],
    [Jobs, { spec: { parallelism: 5, completions: 1 } }, {}, []],
    [Jobs, { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } }, { spec: { suspend: true } }, []],
    [
      Services,
      { spec: { clusterIP: '10.96.0.8', clusterIPs: ['10.96.0.8'] } },
      {},
      ['spec.clusterIPs[0]: Invalid value: ["10.96.0.8"]: may not change once set'],
    ],
    [
      Services,
      { spec: { clusterIP: null, clusterIPs: null } },
      {},
      ['spec.clusterIPs[0]: Invalid value: []: primary clusterIP can not be unset'],
    ],
    [
      ConfigMaps,
      { data: { a: 'y' } },
      { immutable: true },
      [
        'immutable: Forbidden: field is immutable when `immutable` is set',
        'data: Forbidden: field is immutable when `immutable` is set',
      ],
    ],
    [Secrets, { type: 'x' }, {}, ['type: Invalid value: "x": field is immutable']],
    [
      Nodes,
      { spec: { podCIDRs: ['10.1.0.0/24'], podCIDR: '10.1.0.0/24' } },
      {},
      ['spec.podCIDRs: Forbidden: node updates may not change podCIDR except from "" to valid'],
    ],
    [PersistentVolumeClaims, { spec: { resources: { requests: { storage: '2Gi' } }, volumeName: 'v' } }, {}, []],
    [
      PersistentVolumeClaims,
      { spec: { accessModes: ['ReadWriteMany'] } },
      {},
      [
        'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims\n',
      ],
    ],
    [
      PersistentVolumes,
      { spec: { hostPath: { path: '/y' } } },
      {},
      ['spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation'],
    ],
    [EndpointSlices, { addressType: 'IPv6' }, {}, ['addressType: Invalid value: "IPv6": field is immutable']],
    [PriorityClasses, { value: 1 }, {}, ['value: Forbidden: may not be changed in an update.']],
    [StorageClasses, { provisioner: 'x.io/z' }, {}, ['provisioner: Forbidden: updates to provisioner are forbidden.']],
    [RuntimeClasses, { handler: 'i' }, {}, ['handler: Invalid value: "i": field is immutable']],
    [
      RoleBindings,
      { roleRef: { name: 'other' } },
      {},
      [
        'roleRef: Invalid value: {"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"other"}: cannot change roleRef',
      ],
    ],
  ]
  for (const [kind, next, old, expected] of changes) {
    it(`${expected.length === 0 ? 'lets' : 'does not let'} ${kind.plural} change by ${JSON.stringify(next).slice(0, 60)}`, () => {
      assert.deepEqual(wrongChange(kind, next, old), expected)
    })
  }
})
