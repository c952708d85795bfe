import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'
import type { Loaded } from './endpoint.ts'
import { load } from './load.ts'

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'
const CAPACITY = { cpu: '8', memory: '32Gi', pods: '110', 'ephemeral-storage': '100Gi' }
const RENEW_MS = 10_000
const READY_MS_MAX = 120_000

/** Nodes without machines: ready as an agent would say, with Leases that are renewed until this is disposed of. */
export async function startNodes(server: Loaded, count: number, signal: AbortSignal): Promise<AsyncDisposable> {
  const names = Array.from({ length: count }, (_, index) => `node-${String(index).padStart(4, '0')}`)
  await post(server, '/api/v1/nodes', names, nodeBody)
  await post(server, LEASES, names, leaseBody)
  await taintsAreGone(server, signal)
  const stop = new AbortController()
  const renewing = renewLeases(server, names, AbortSignal.any([stop.signal, signal]))
  return {
    async [Symbol.asyncDispose]() {
      stop.abort()
      await renewing
    },
  }
}

async function post(
  server: Loaded,
  path: string,
  names: readonly string[],
  bodyOf: (name: string, index: number) => object,
): Promise<void> {
  let next = 0
  const request = () => ({ method: 'POST', path, body: JSON.stringify(bodyOf(names[next]!, next++)) })
  await load(server, { connections: 8, requests: names.length, next: request })
}

function nodeBody(name: string, index: number): object {
  const now = `${new Date().toISOString().slice(0, 19)}Z`
  const condition = (type: string, status: string): object => ({
    type,
    status,
    reason: 'Simulated',
    message: 'This node is simulated',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  })
  return {
    metadata: {
      name,
      labels: {
        'kubernetes.io/hostname': name,
        'kubernetes.io/os': 'linux',
        'kubernetes.io/arch': 'amd64',
        'topology.kubernetes.io/zone': `zone-${index % 3}`,
      },
    },
    spec: { podCIDR: `10.${240 + (index >> 8)}.${index & 255}.0/24` },
    status: {
      capacity: CAPACITY,
      allocatable: CAPACITY,
      addresses: [{ type: 'InternalIP', address: `192.168.${index >> 8}.${index & 255}` }],
      conditions: [
        ...['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type) => condition(type, 'False')),
        condition('Ready', 'True'),
      ],
    },
  }
}

function leaseBody(name: string): object {
  return { metadata: { name }, spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: microTime() } }
}

const microTime = (): string => new Date().toISOString().replace('Z', '000Z')

/** A node is tainted until the control plane has seen that it is ready. */
async function taintsAreGone(server: Loaded, signal: AbortSignal): Promise<void> {
  await using connection = await Connection.open(server.endpoint)
  for (const end = Date.now() + READY_MS_MAX; ;) {
    const { body } = await connection.request('GET', '/api/v1/nodes')
    const { items } = JSON.parse(body.toString('utf8')) as { items: { spec: { taints?: unknown[] } }[] }
    const tainted = items.filter(({ spec }) => (spec.taints ?? []).length > 0).length
    if (tainted === 0) return
    if (Date.now() > end) throw new Error(`${tainted} of ${items.length} nodes do not become ready`)
    await sleep(50, undefined, { signal })
  }
}

/** Each Lease once in its time, evenly over it. */
async function renewLeases(server: Loaded, names: readonly string[], signal: AbortSignal): Promise<void> {
  await using connection = await Connection.open(server.endpoint)
  const contentType = 'application/merge-patch+json'
  for (let round = 0; !signal.aborted; round++) {
    await sleep(RENEW_MS / names.length, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    const body = JSON.stringify({ spec: { renewTime: microTime() } })
    await connection.request('PATCH', `${LEASES}/${names[round % names.length]}`, { body, contentType })
  }
}
