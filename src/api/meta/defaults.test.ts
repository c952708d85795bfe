import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { HorizontalPodAutoscalers } from '../autoscaling/horizontal-pod-autoscaler.ts'
import { DaemonSets } from '../apps/daemon-set.ts'
import { Deployments } from '../apps/deployment.ts'
import { StatefulSets } from '../apps/stateful-set.ts'
import { CronJobs } from '../batch/cron-job.ts'
import { Jobs } from '../batch/job.ts'
import type { JobSpec, PodFailurePolicy } from '../batch/v1.ts'
import { LimitRanges } from '../core/limit-range.ts'
import { Namespaces } from '../core/namespace.ts'
import { Pods } from '../core/pod.ts'
import { Secrets } from '../core/secret.ts'
import { Services } from '../core/service.ts'
import { ReplicationControllers } from '../core/replication-controller.ts'
import { CustomResourceDefinitions } from '../apiextensions/custom-resource-definition.ts'
import { ValidatingWebhookConfigurations } from '../admissionregistration/validating-webhook-configuration.ts'
import { EndpointSlices } from '../discovery/endpoint-slice.ts'
import { PriorityLevelConfigurations } from '../flowcontrol/priority-level-configuration.ts'
import { NetworkPolicies } from '../networking/network-policy.ts'
import { RoleBindings } from '../rbac/role-binding.ts'
import { ResourceClaims } from '../resource/resource-claim.ts'
import { allKinds } from '../kinds.ts'
import { decodeObject } from './decode.ts'
import { applyDefaults } from './defaults.ts'
import type { Kind, KubeObject } from './kind.ts'
import type { Draft } from './schema.ts'

function defaulted<T extends KubeObject>(kind: Kind<T>, draft: Draft<T>): T {
  const { object, problems } = decodeObject(kind.message, draft)
  assert.deepEqual(problems, [])
  applyDefaults(kind.message, object)
  kind.defaults?.(object)
  return object
}

describe('defaults', () => {
  it('are the same when they are set twice, for every kind', async () => {
    for (const kind of await allKinds()) {
      const once = defaulted(kind, {})
      const twice = structuredClone(once)
      applyDefaults(kind.message, twice)
      kind.defaults?.(twice)
      assert.deepEqual(twice, once, `${kind.apiVersion} ${kind.kind}`)
    }
  })

  it('complete a Pod', () => {
    const { spec } = defaulted(Pods, {
      spec: {
        serviceAccount: 'robot',
        containers: [
          {
            name: 'a',
            image: 'registry:5000/web',
            ports: [{ containerPort: 80 }],
            env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
            resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m' } },
            livenessProbe: { httpGet: { port: 80 } },
            readinessProbe: { grpc: { port: 81 }, periodSeconds: 5 },
          },
        ],
        volumes: [
          { name: 'scratch' },
          { name: 'settings', configMap: { name: 'settings' } },
          { name: 'host', hostPath: { path: '/' } },
        ],
      },
    })
    assert.deepEqual(spec, {
      volumes: [
        { name: 'scratch', emptyDir: {} },
        { name: 'settings', configMap: { name: 'settings', defaultMode: 420 } },
        { name: 'host', hostPath: { path: '/', type: '' } },
      ],
      containers: [
        {
          name: 'a',
          image: 'registry:5000/web',
          ports: [{ containerPort: 80, protocol: 'TCP' }],
          env: [{ name: 'IP', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } }],
          resources: { limits: { cpu: '1', memory: '1Gi' }, requests: { cpu: '100m', memory: '1Gi' } },
          livenessProbe: {
            httpGet: { path: '/', port: 80, scheme: 'HTTP' },
            timeoutSeconds: 1,
            periodSeconds: 10,
            successThreshold: 1,
            failureThreshold: 3,
          },
          readinessProbe: {
            grpc: { port: 81, service: '' },
            timeoutSeconds: 1,
            periodSeconds: 5,
            successThreshold: 1,
            failureThreshold: 3,
          },
          terminationMessagePath: '/dev/termination-log',
          terminationMessagePolicy: 'File',
          imagePullPolicy: 'Always',
        },
      ],
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      dnsPolicy: 'ClusterFirst',
      serviceAccountName: 'robot',
      serviceAccount: 'robot',
      securityContext: {},
      schedulerName: 'default-scheduler',
      enableServiceLinks: true,
    })
  })

  it('pull images every time that may change under their name', () => {
    const policies = Object.fromEntries(
      ['web', 'web:latest', 'web:1', 'host:5000/web', 'host:5000/web:1', 'web@sha256:0', 'web:latest@sha256:0'].map(
        (image) => [image, defaulted(Pods, { spec: { containers: [{ image }] } }).spec.containers[0]?.imagePullPolicy],
      ),
    )
    assert.deepEqual(policies, {
      web: 'Always',
      'web:latest': 'Always',
      'web:1': 'IfNotPresent',
      'host:5000/web': 'Always',
      'host:5000/web:1': 'IfNotPresent',
      'web@sha256:0': 'IfNotPresent',
      'web:latest@sha256:0': 'IfNotPresent',
    })
  })

  it('give a Pod on the network of its node the ports of the node', () => {
    const containers = [{ ports: [{ containerPort: 80 }, { containerPort: 81, hostPort: 82 }] }]
    const { spec } = defaulted(Pods, { spec: { hostNetwork: true, containers } })
    assert.deepEqual(
      spec.containers[0]?.ports?.map((port) => port.hostPort),
      [80, 82],
    )
  })

  it('make requests of a whole Pod from its containers and limits', () => {
    const { spec } = defaulted(Pods, {
      spec: {
        resources: { limits: { cpu: '4', memory: '1Gi' } },
        initContainers: [
          { restartPolicy: 'Always', resources: { requests: { cpu: '1' } } },
          { resources: { requests: { cpu: '2' } } },
        ],
        containers: [{ resources: { requests: { cpu: '500m' } } }],
      },
    })
    assert.deepEqual(spec.resources?.requests, { cpu: '3', memory: '1Gi' })
  })

  it('complete workloads and their templates', () => {
    const template = { spec: { containers: [{ name: 'a', image: 'a:1' }] } }
    const deployment = defaulted(Deployments, { spec: { template } }).spec
    assert.equal(deployment.replicas, 1)
    assert.equal(deployment.revisionHistoryLimit, 10)
    assert.equal(deployment.progressDeadlineSeconds, 600)
    assert.deepEqual(deployment.strategy, {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' },
    })
    assert.equal(deployment.template.spec.containers[0]?.imagePullPolicy, 'IfNotPresent')
    assert.equal(deployment.template.spec.enableServiceLinks, undefined)
    assert.deepEqual(defaulted(Deployments, { spec: { strategy: { type: 'Recreate' } } }).spec.strategy, {
      type: 'Recreate',
    })
    assert.equal(defaulted(Deployments, { spec: { replicas: 0 } }).spec.replicas, 0)

    const stateful = defaulted(StatefulSets, { spec: { volumeClaimTemplates: [{ metadata: { name: 'data' } }] } }).spec
    assert.deepEqual(stateful.updateStrategy, { type: 'RollingUpdate', rollingUpdate: { partition: 0 } })
    assert.deepEqual(stateful.persistentVolumeClaimRetentionPolicy, { whenDeleted: 'Retain', whenScaled: 'Retain' })
    assert.equal(stateful.podManagementPolicy, 'OrderedReady')
    const [claim] = stateful.volumeClaimTemplates ?? []
    assert.equal(claim?.kind, 'PersistentVolumeClaim')
    assert.equal(claim?.spec.volumeMode, 'Filesystem')
    assert.equal(claim?.status.phase, 'Pending')

    assert.deepEqual(defaulted(DaemonSets, {}).spec.updateStrategy, {
      type: 'RollingUpdate',
      rollingUpdate: { maxUnavailable: 1, maxSurge: 0 },
    })
    const rc = defaulted(ReplicationControllers, { spec: { template: { metadata: { labels: { a: 'b' } } } } })
    assert.deepEqual([rc.spec.replicas, rc.spec.selector, rc.metadata.labels], [1, { a: 'b' }, { a: 'b' }])
  })

  it('complete Jobs', () => {
    const numbers = (spec: Draft<JobSpec>): unknown => {
      const job = defaulted(Jobs, { spec }).spec
      return [job.completions, job.parallelism, job.backoffLimit, job.podReplacementPolicy]
    }
    assert.deepEqual(numbers({}), [1, 1, 6, 'TerminatingOrFailed'])
    assert.deepEqual(numbers({ parallelism: 2 }), [undefined, 2, 6, 'TerminatingOrFailed'])
    assert.deepEqual(numbers({ completions: 3, backoffLimitPerIndex: 1 }), [3, 1, 2147483647, 'TerminatingOrFailed'])
    const policy: Draft<PodFailurePolicy> = {
      rules: [{ action: 'FailJob', onPodConditions: [{ type: 'DisruptionTarget' }] }],
    }
    const failing = defaulted(Jobs, { spec: { podFailurePolicy: policy } }).spec
    assert.equal(failing.podReplacementPolicy, 'Failed')
    assert.equal(failing.podFailurePolicy?.rules[0]?.onPodConditions?.[0]?.status, 'True')
    const cron = defaulted(CronJobs, {}).spec
    assert.deepEqual(
      [cron.concurrencyPolicy, cron.suspend, cron.successfulJobsHistoryLimit, cron.failedJobsHistoryLimit],
      ['Allow', false, 3, 1],
    )
    assert.equal(cron.jobTemplate.spec.backoffLimit, undefined)
  })

  it('complete Services by their type', () => {
    const ports = [{ port: 80 }, { port: 81, targetPort: 'web' }]
    assert.deepEqual(defaulted(Services, { spec: { ports } }).spec, {
      ports: [
        { protocol: 'TCP', port: 80, targetPort: 80 },
        { protocol: 'TCP', port: 81, targetPort: 'web' },
      ],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      internalTrafficPolicy: 'Cluster',
    })
    const balanced = defaulted(Services, { spec: { type: 'LoadBalancer', sessionAffinity: 'ClientIP' } }).spec
    assert.deepEqual(balanced, {
      type: 'LoadBalancer',
      sessionAffinity: 'ClientIP',
      sessionAffinityConfig: { clientIP: { timeoutSeconds: 10800 } },
      externalTrafficPolicy: 'Cluster',
      internalTrafficPolicy: 'Cluster',
      allocateLoadBalancerNodePorts: true,
    })
    assert.deepEqual(defaulted(Services, { spec: { type: 'ExternalName', externalName: 'a.b' } }).spec, {
      type: 'ExternalName',
      sessionAffinity: 'None',
      externalName: 'a.b',
    })
  })

  it('complete what else depends on other fields', () => {
    assert.deepEqual(defaulted(Namespaces, { metadata: { name: 'a' } }), {
      metadata: { name: 'a', labels: { 'kubernetes.io/metadata.name': 'a' } },
      spec: {},
      status: { phase: 'Active' },
    })
    assert.deepEqual(defaulted(Secrets, { data: { a: 'YQ==' }, stringData: { b: 'ü' } }), {
      metadata: {},
      data: { a: 'YQ==', b: 'w7w=' },
      type: 'Opaque',
    })
    const [bounds] = defaulted(LimitRanges, {
      spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' }, default: { memory: '4Mi' } }] },
    }).spec.limits
    assert.deepEqual(bounds?.default, { cpu: '2', memory: '4Mi' })
    assert.deepEqual(bounds?.defaultRequest, { cpu: '2', memory: '4Mi' })
    assert.deepEqual(defaulted(NetworkPolicies, { spec: { egress: [{}] } }).spec.policyTypes, ['Ingress', 'Egress'])
    const binding = defaulted(RoleBindings, {
      subjects: [
        { kind: 'User', name: 'u' },
        { kind: 'ServiceAccount', name: 's' },
      ],
    })
    assert.deepEqual(
      binding.subjects?.map((subject) => subject.apiGroup),
      ['rbac.authorization.k8s.io', undefined],
    )
    assert.equal(binding.roleRef.apiGroup, 'rbac.authorization.k8s.io')
    const crd = defaulted(CustomResourceDefinitions, { spec: { names: { kind: 'CronTab' } } }).spec
    assert.deepEqual(
      [crd.names.singular, crd.names.listKind, crd.conversion],
      ['crontab', 'CronTabList', { strategy: 'None' }],
    )
    const [webhook] =
      defaulted(ValidatingWebhookConfigurations, {
        webhooks: [{ name: 'a', clientConfig: { service: { name: 's' } }, rules: [{ operations: ['CREATE'] }] }],
      }).webhooks ?? []
    assert.deepEqual(
      [webhook?.failurePolicy, webhook?.timeoutSeconds, webhook?.namespaceSelector, webhook?.rules?.[0]?.scope],
      ['Fail', 10, {}, '*'],
    )
    assert.equal(webhook?.clientConfig.service?.port, 443)
    assert.deepEqual(defaulted(EndpointSlices, { ports: [{ port: 80 }] }).ports, [
      { name: '', protocol: 'TCP', port: 80 },
    ])
    const level = { type: 'Limited', limited: { limitResponse: { type: 'Queue', queuing: {} } } }
    assert.deepEqual(defaulted(PriorityLevelConfigurations, { spec: level }).spec.limited, {
      nominalConcurrencyShares: 30,
      limitResponse: { type: 'Queue', queuing: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
      lendablePercent: 0,
    })
    const claim = defaulted(ResourceClaims, { spec: { devices: { requests: [{ name: 'a', exactly: {} }] } } })
    assert.deepEqual(claim.spec.devices.requests?.[0]?.exactly, {
      deviceClassName: '',
      allocationMode: 'ExactCount',
      count: 1,
    })
    const scaler = defaulted(HorizontalPodAutoscalers, { spec: { behavior: { scaleUp: { policies: [] } } } }).spec
    assert.equal(scaler.minReplicas, 1)
    assert.equal(scaler.metrics?.[0]?.resource?.target.averageUtilization, 80)
    assert.deepEqual(
      scaler.behavior?.scaleUp?.policies?.map((policy) => policy.value),
      [4, 100],
    )
    assert.equal(scaler.behavior?.scaleDown?.stabilizationWindowSeconds, undefined)
  })
})
