import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { DaemonSets } from './apps/daemon-set.ts'
import { Deployments } from './apps/deployment.ts'
import { CronJobs } from './batch/cron-job.ts'
import { Jobs } from './batch/job.ts'
import { CertificateSigningRequests } from './certificates/certificate-signing-request.ts'
import { Endpoints } from './core/endpoints.ts'
import { Events } from './core/event.ts'
import { Nodes } from './core/node.ts'
import { PersistentVolumeClaims } from './core/persistent-volume-claim.ts'
import { Pods } from './core/pod.ts'
import { ResourceQuotas } from './core/resource-quota.ts'
import { Services } from './core/service.ts'
import { EndpointSlices } from './discovery/endpoint-slice.ts'
import { applyDefaults } from './meta/defaults.ts'
import { decodeObject } from './meta/decode.ts'
import type { Kind } from './meta/kind.ts'
import { Ingresses } from './networking/ingress.ts'
import { ClusterRoleBindings } from './rbac/cluster-role-binding.ts'

const now = Date.UTC(2026, 0, 1, 1)
const hourAgo = '2026-01-01T00:00:00Z'

/** The cells of one object by the names of their columns. */
function row(kind: Kind<any>, raw: object): Record<string, unknown> {
  const { object } = decodeObject(kind.message, raw) as { object: any }
  applyDefaults(kind.message, object)
  return Object.fromEntries(kind.columns!.map(({ name, value }) => [name, value(object, now)]))
}

const template = {
  spec: {
    containers: [
      { name: 'a', image: 'i' },
      { name: 'b', image: 'j' },
    ],
  },
}
const selector = { matchLabels: { app: 'web' } }

describe('columns', () => {
  const cases: [Kind<any>, object, Record<string, unknown>][] = [
    [
      Pods,
      {
        spec: { containers: [{ name: 'a' }], nodeName: 'n', readinessGates: [{ conditionType: 'x' }] },
        status: {
          phase: 'Running',
          podIPs: [{ ip: '10.0.0.1' }],
          conditions: [{ type: 'x', status: 'True' }],
          containerStatuses: [
            {
              name: 'a',
              ready: true,
              restartCount: 2,
              state: { running: {} },
              lastState: { terminated: { exitCode: 1, finishedAt: '2026-01-01T00:55:00Z' } },
            },
          ],
        },
      },
      {
        Ready: '1/1',
        Status: 'Running',
        Restarts: '2 (5m ago)',
        IP: '10.0.0.1',
        Node: 'n',
        'Nominated Node': '<none>',
        'Readiness Gates': '1/1',
      },
    ],
    [
      Deployments,
      { spec: { replicas: 3, selector, template }, status: { readyReplicas: 2, updatedReplicas: 1 } },
      { Ready: '2/3', 'Up-to-date': 1, Available: 0, Containers: 'a,b', Images: 'i,j', Selector: 'app=web' },
    ],
    [
      DaemonSets,
      { spec: { template: { spec: { containers: [], nodeSelector: { b: '2', a: '1' } } } } },
      { 'Node Selector': 'a=1,b=2', Selector: '<none>' },
    ],
    [
      Jobs,
      {
        spec: { completions: 3, template },
        status: { succeeded: 1, startTime: hourAgo, conditions: [{ type: 'Complete', status: 'False' }] },
      },
      { Status: 'Running', Completions: '1/3', Duration: '60m' },
    ],
    [
      Jobs,
      { spec: { parallelism: 4, template }, status: { conditions: [{ type: 'Failed', status: 'True' }] } },
      { Status: 'Failed', Completions: '0/1 of 4', Duration: '' },
    ],
    [
      CronJobs,
      {
        spec: { schedule: '@daily', jobTemplate: { spec: { template } } },
        status: { lastScheduleTime: hourAgo, active: [{}] },
      },
      { Schedule: '@daily', Timezone: '<none>', Suspend: 'False', Active: 1, 'Last Schedule': '60m' },
    ],
    [
      Services,
      {
        spec: {
          type: 'LoadBalancer',
          ports: [
            { port: 80, nodePort: 30080 },
            { port: 53, protocol: 'UDP' },
          ],
        },
      },
      { 'Cluster-IP': '<none>', 'External-IP': '<pending>', 'Port(s)': '80:30080/TCP,53/UDP', Selector: '<none>' },
    ],
    [
      Services,
      {
        spec: { type: 'LoadBalancer', externalIPs: ['9.9.9.9'] },
        status: { loadBalancer: { ingress: [{ ip: '2.2.2.2' }, { hostname: 'h' }] } },
      },
      { 'External-IP': '2.2.2.2,h,9.9.9.9', 'Port(s)': '<none>' },
    ],
    [Services, { spec: { type: 'ExternalName', externalName: 'x.example' } }, { 'External-IP': 'x.example' }],
    [
      Services,
      { spec: { clusterIP: 'None', clusterIPs: ['None'] } },
      { Type: 'ClusterIP', 'Cluster-IP': 'None', 'External-IP': '<none>' },
    ],
    [
      Ingresses,
      {
        spec: { rules: ['a', 'b', 'c', 'd'].map((host) => ({ host })), tls: [{}] },
        status: { loadBalancer: { ingress: [{ ip: '1.1.1.1' }] } },
      },
      { Class: '<none>', Hosts: 'a,b,c + 1 more...', Address: '1.1.1.1', Ports: '80, 443' },
    ],
    [
      Endpoints,
      { subsets: [{ addresses: [{ ip: '1.1.1.1' }, { ip: '::1' }], ports: [{ port: 80 }, { port: 81 }] }] },
      { Endpoints: '1.1.1.1:80,[::1]:80,1.1.1.1:81 + 1 more...' },
    ],
    [
      EndpointSlices,
      { addressType: 'IPv4', endpoints: [{ addresses: ['1.1.1.1'] }], ports: [] },
      { AddressType: 'IPv4', Ports: '<unset>', Endpoints: '1.1.1.1' },
    ],
    [
      Nodes,
      {
        metadata: { labels: { 'node-role.kubernetes.io/worker': '', 'kubernetes.io/role': 'admin' } },
        spec: { unschedulable: true },
        status: {
          conditions: [{ type: 'Ready', status: 'Unknown' }],
          nodeInfo: { kernelVersion: '6.1', architecture: 'amd64' },
        },
      },
      {
        Status: 'NotReady,SchedulingDisabled',
        Roles: 'admin,worker',
        'Internal-IP': '<none>',
        'OS-Image': '<unknown>',
        'Kernel-Version': '6.1 (amd64)',
      },
    ],
    [
      Events,
      {
        metadata: { name: 'e' },
        involvedObject: { kind: 'Pod', name: 'p' },
        message: ' hi\n',
        source: { component: 'c', host: 'h' },
        lastTimestamp: hourAgo,
      },
      { 'Last Seen': hourAgo, Object: 'pod/p', Source: 'c, h', Message: 'hi', Count: 1, Name: 'e' },
    ],
    [
      PersistentVolumeClaims,
      {
        spec: { volumeName: 'v', storageClassName: 's' },
        status: { phase: 'Bound', capacity: { storage: '1Gi' }, accessModes: ['ReadWriteMany', 'ReadWriteOnce'] },
      },
      { Status: 'Bound', Capacity: '1Gi', 'Access Modes': 'RWO,RWX', StorageClass: 's', VolumeMode: 'Filesystem' },
    ],
    [
      ResourceQuotas,
      { status: { hard: { pods: '3', cpu: '2', 'limits.cpu': '4' }, used: { pods: '1' } } },
      { Request: 'cpu: 0/2, pods: 1/3', Limit: 'limits.cpu: 0/4' },
    ],
    [
      ClusterRoleBindings,
      {
        roleRef: { kind: 'ClusterRole', name: 'r' },
        subjects: [
          { kind: 'User', name: 'u' },
          { kind: 'ServiceAccount', namespace: 'n', name: 's' },
        ],
      },
      { Role: 'ClusterRole/r', Users: 'u', Groups: '', ServiceAccounts: 'n/s' },
    ],
    [
      CertificateSigningRequests,
      {
        spec: { signerName: 's', expirationSeconds: 3600 },
        status: { conditions: [{ type: 'Approved' }], certificate: 'eA==' },
      },
      { SignerName: 's', RequestedDuration: '60m', Condition: 'Approved,Issued' },
    ],
  ]
  for (const [kind, raw, expected] of cases) {
    it(`show ${kind.plural}: ${Object.keys(expected).join(', ')}`, () => {
      const cells = row(kind, raw)
      assert.deepEqual(Object.fromEntries(Object.keys(expected).map((name) => [name, cells[name]])), expected)
    })
  }
})
