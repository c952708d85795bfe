import { Connection } from './connection.ts'
import type { Loaded } from './endpoint.ts'
import { load } from './load.ts'

/** Objects as applications have them: a pod of about 2 KB, a ConfigMap of 1 KB. */

let sequence = 0

export function newName(prefix: string): string {
  return `${prefix}-${(sequence++).toString(36).padStart(5, '0')}`
}

const POD = JSON.stringify(pod({ schedulerName: 'none' }))
const SCHEDULABLE_POD = JSON.stringify(pod({}))

/** A pod on which nobody acts, so that what is measured is the request itself. */
export function podBody(name: string): string {
  return POD.replace('NAME', name)
}

/** The same pod, for the scheduler. */
export function schedulablePodBody(name: string): string {
  return SCHEDULABLE_POD.replace('NAME', name)
}

/** Many of the same pod. */
export function deploymentBody(name: string, replicas: number): string {
  const { metadata, spec } = pod({})
  const { labels, annotations } = metadata
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas,
      selector: { matchLabels: { app: labels.app } },
      template: { metadata: { labels, annotations }, spec },
    },
  })
}

function pod(more: object) {
  const container = (name: string, port: number): object => ({
    name,
    image: `registry.test/shop/${name}:2.7.1`,
    imagePullPolicy: 'IfNotPresent',
    args: [`--listen=:${port}`, '--log-format=json'],
    ports: [{ name: `http-${port}`, containerPort: port, protocol: 'TCP' }],
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      { name: 'DATABASE', value: 'postgres://shop.data.svc.cluster.local:5432/shop' },
      { name: 'FLAGS', value: 'cart,search,recommendations' },
    ],
    resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'settings', mountPath: '/etc/shop', readOnly: true },
    ],
    livenessProbe: { httpGet: { path: '/live', port }, initialDelaySeconds: 5, periodSeconds: 10, timeoutSeconds: 2 },
    readinessProbe: { httpGet: { path: '/ready', port }, periodSeconds: 5, timeoutSeconds: 2 },
    securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true, runAsUser: 1000 },
  })
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'NAME',
      labels: { app: 'shop', tier: 'web', 'app.kubernetes.io/name': 'shop', 'app.kubernetes.io/version': '2.7.1' },
      annotations: { 'example.com/team': 'checkout', 'example.com/contact': 'checkout@example.com' },
    },
    spec: {
      ...more,
      automountServiceAccountToken: false,
      containers: [container('web', 8080), container('metrics', 9090)],
      volumes: [
        { name: 'tmp', emptyDir: {} },
        { name: 'settings', configMap: { name: 'settings', optional: true } },
      ],
      tolerations: [{ key: 'dedicated', operator: 'Equal', value: 'shop', effect: 'NoSchedule' }],
    },
  }
}

const CONFIG_BYTES = 1024

export function configMapBody(name: string): string {
  const settings = 'retries=3 timeout=250ms pool=16\n'.repeat(CONFIG_BYTES / 32)
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { app: 'shop' } },
    data: { settings },
  })
}

/** What a node's agent writes when a pod becomes ready, or stops being so. */
export function podStatus(round: number): object {
  const isReady = round % 2 === 0 ? 'True' : 'False'
  const lastTransitionTime = new Date(Date.UTC(2026, 0, 1) + round * 1000).toISOString().replace('.000', '')
  return {
    phase: 'Running',
    podIP: `10.244.${(round >> 8) & 255}.${round & 255}`,
    conditions: ['Ready', 'ContainersReady'].map((type) => ({ type, status: isReady, lastTransitionTime })),
  }
}

/** A namespace as its controller leaves it, so that pods are admitted at once. */
export async function makeNamespace(server: Loaded, namespace: string): Promise<void> {
  await using connection = await Connection.open(server.endpoint)
  const metadata = { name: namespace }
  await connection.request('POST', '/api/v1/namespaces', { body: JSON.stringify({ metadata }) })
  const account = JSON.stringify({ metadata: { name: 'default' } })
  await connection.request('POST', `/api/v1/namespaces/${namespace}/serviceaccounts`, { body: account })
}

export const podsIn = (namespace: string): string => `/api/v1/namespaces/${namespace}/pods`

/** Creates pods and answers their names. */
export async function makePods(server: Loaded, namespace: string, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, () => newName('shop'))
  let next = 0
  await load(server, {
    connections: 16,
    requests: count,
    next: () => ({ method: 'POST', path: podsIn(namespace), body: podBody(names[next++]!) }),
  })
  return names
}
