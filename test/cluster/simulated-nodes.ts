import { Leases } from '../../src/api/coordination/lease.ts'
import { Nodes } from '../../src/api/core/node.ts'
import { Pods } from '../../src/api/core/pod.ts'
import type { Node, Pod } from '../../src/api/core/v1.ts'
import type { Draft } from '../../src/api/meta/schema.ts'
import { formatMicroTime, formatTime } from '../../src/api/meta/time.ts'
import type { WatchCache } from '../../src/client/cache.ts'
import type { Client } from '../../src/client/client.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { isWherryError } from '../../src/lib/errors.ts'

/** What a Pod's annotations say of how it runs on a simulated node. */
export const simulation = {
  /** The exit code with which its containers end; without it they run until they are stopped. */
  exitCode: 'simulate/exit-code',
  /** How long they run before that, in milliseconds. */
  runMs: 'simulate/run-ms',
  /** `false`: it runs but never becomes ready. */
  ready: 'simulate/ready',
} as const

export interface SimulatedNodesOptions {
  readonly client: Client
  readonly clock: Clock
  readonly pods: WatchCache<Pod>
  readonly signal: AbortSignal
  readonly count: number
  readonly capacity?: Readonly<Record<string, string>>
  readonly labels?: (index: number) => Readonly<Record<string, string>>
  /** How long a Pod takes to start, and to stop when it is asked to. */
  readonly startMs?: number
  readonly stopMs?: number
}

export interface SimulatedNodes {
  readonly names: readonly string[]
  /** Creates the Node objects and their Leases. */
  start(): Promise<void>
  /** The node stops saying anything, and its Pods stop changing, until `revive`. */
  kill(name: string): void
  revive(name: string): Promise<void>
  /** Whether nothing is being written right now. */
  isIdle(): boolean
}

const CAPACITY = { cpu: '4', memory: '8Gi', pods: '110', 'ephemeral-storage': '100Gi' }
const RENEW_MS = 10_000

/** Nodes without machines: their Pods run as their annotations say, in virtual time. */
export function simulatedNodes(options: SimulatedNodesOptions): SimulatedNodes {
  const { client, clock, pods, signal, count, capacity = CAPACITY, startMs = 0, stopMs = 0 } = options
  const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`)
  const dead = new Set<string>()
  const addresses = new Map<string, string>()
  const planned = new Set<string>()
  let busy = 0

  const act = async (work: () => Promise<unknown>): Promise<void> => {
    busy++
    try {
      await work()
    } catch (error) {
      // What the Pod or node was meanwhile is not there any more: its next change is acted on.
      if (!isWherryError(error, 'conflict', 'not-found', 'unavailable') && !signal.aborted) throw error
    } finally {
      busy--
    }
  }

  /** Does something for a Pod after a while, once, with the Pod as it is then. */
  const later = (pod: Pod, what: string, delayMs: number, work: (pod: Pod) => Promise<unknown>): void => {
    const key = `${pod.metadata.uid} ${what}`
    if (planned.has(key)) return
    planned.add(key)
    const run = (): void => {
      planned.delete(key)
      const present = pods.get(pod.metadata)
      if (signal.aborted || present?.metadata.uid !== pod.metadata.uid || dead.has(pod.spec.nodeName ?? '')) return
      void act(() => work(present))
    }
    if (delayMs <= 0) queueMicrotask(run)
    else clock.after(delayMs, run)
  }

  const addressOf = (pod: Pod): string => {
    const key = pod.metadata.uid
    let address = addresses.get(key)
    if (address === undefined) {
      const node = names.indexOf(pod.spec.nodeName ?? '')
      const host = addresses.size + 2
      addresses.set(key, (address = `10.${244 + (node >> 8)}.${node & 255}.${host % 254}`))
    }
    return address
  }

  const onPod = (pod: Pod): void => {
    const { nodeName } = pod.spec
    if (!nodeName || dead.has(nodeName) || !names.includes(nodeName)) return
    const { phase } = pod.status
    if (pod.metadata.deletionTimestamp !== undefined) {
      later(pod, 'stop', phase === 'Running' ? stopMs : 0, stop)
    } else if (phase === undefined || phase === 'Pending') {
      later(pod, 'start', startMs, (present) =>
        writeStatus(present, runningStatus(present, clock.now(), addressOf(present))),
      )
    } else if (phase === 'Running' && exitCodeOf(pod) !== undefined) {
      later(pod, `end ${restartsOf(pod)}`, Number(pod.metadata.annotations?.[simulation.runMs] ?? 0), (present) =>
        writeStatus(present, endedStatus(present, clock.now())),
      )
    }
  }

  const stop = async (pod: Pod): Promise<void> => {
    const isOver = pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
    if (!isOver && pod.status.phase === 'Running') await writeStatus(pod, stoppedStatus(pod, clock.now()))
    await client.delete(Pods, pod.metadata, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } })
  }

  const writeStatus = (pod: Pod, status: object): Promise<unknown> => {
    const { uid } = pod.metadata
    return client.patch(Pods, pod.metadata, { metadata: { uid }, status }, { type: 'merge', subresource: 'status' })
  }

  const renew = (name: string): void => {
    clock.after(RENEW_MS, () => {
      if (signal.aborted) return
      renew(name)
      if (dead.has(name)) return
      const spec = { renewTime: formatMicroTime(clock.now()) }
      void act(() => client.patch(Leases, { namespace: 'kube-node-lease', name }, { spec }, { type: 'merge' }))
    })
  }

  const sayReady = (name: string): Promise<unknown> => {
    const status = { conditions: readyConditions(clock.now()) }
    return client.patch(Nodes, { name }, { status }, { type: 'merge', subresource: 'status' })
  }

  return {
    names,
    async start() {
      pods.onChange(({ object }) => object !== undefined && onPod(object))
      for (const [index, name] of names.entries()) {
        const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...options.labels?.(index) }
        await client.create(Nodes, makeNode(name, labels, capacity, clock.now()))
        await client.create(Leases, {
          metadata: { namespace: 'kube-node-lease', name },
          spec: { holderIdentity: name, leaseDurationSeconds: 40, renewTime: formatMicroTime(clock.now()) },
        })
        renew(name)
      }
      for (const pod of pods.list()) onPod(pod)
    },
    kill: (name) => void dead.add(name),
    async revive(name) {
      dead.delete(name)
      await act(() => sayReady(name))
      for (const pod of pods.list()) {
        if (pod.spec.nodeName !== name) continue
        onPod(pod)
        // What was said of its Pods meanwhile it knows better.
        const isRunning = pod.status.phase === 'Running' && pod.metadata.deletionTimestamp === undefined
        if (isRunning)
          later(pod, 'assert', 0, (present) =>
            writeStatus(present, runningStatus(present, clock.now(), addressOf(present))),
          )
      }
    },
    isIdle: () => busy === 0,
  }
}

function makeNode(
  name: string,
  labels: Record<string, string>,
  capacity: Readonly<Record<string, string>>,
  nowMs: number,
): Draft<Node> {
  return {
    metadata: { name, labels },
    spec: {},
    status: {
      capacity: { ...capacity },
      allocatable: { ...capacity },
      conditions: readyConditions(nowMs),
      addresses: [{ type: 'InternalIP', address: `192.168.0.${name.slice(5)}` }],
    },
  }
}

function readyConditions(nowMs: number): Draft<NonNullable<Node['status']['conditions']>> {
  const now = formatTime(nowMs)
  const condition = (type: string, status: 'True' | 'False') => ({
    type,
    status,
    reason: 'Simulated',
    message: '',
    lastHeartbeatTime: now,
    lastTransitionTime: now,
  })
  return [
    condition('MemoryPressure', 'False'),
    condition('DiskPressure', 'False'),
    condition('PIDPressure', 'False'),
    condition('Ready', 'True'),
  ]
}

function exitCodeOf(pod: Pod): number | undefined {
  const text = pod.metadata.annotations?.[simulation.exitCode]
  return text === undefined ? undefined : Number(text)
}

const restartsOf = (pod: Pod): number => pod.status.containerStatuses?.[0]?.restartCount ?? 0

function conditions(pod: Pod, ready: 'True' | 'False', nowMs: number): object[] {
  const now = formatTime(nowMs)
  const others = (pod.status.conditions ?? []).filter(({ type }) => type !== 'Ready' && type !== 'ContainersReady')
  const old = pod.status.conditions?.find(({ type }) => type === 'Ready')
  const since = old?.status === ready ? old.lastTransitionTime : now
  return [
    ...others,
    { type: 'ContainersReady', status: ready, lastTransitionTime: since },
    { type: 'Ready', status: ready, lastTransitionTime: since },
  ]
}

function runningStatus(pod: Pod, nowMs: number, podIP: string): object {
  const isReady = pod.metadata.annotations?.[simulation.ready] !== 'false'
  return {
    phase: 'Running',
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: pod.status.startTime ?? formatTime(nowMs),
    conditions: conditions(pod, isReady ? 'True' : 'False', nowMs),
    containerStatuses: pod.spec.containers.map(({ name, image }) => ({
      name,
      image: image ?? '',
      imageID: '',
      ready: isReady,
      started: true,
      restartCount: restartsOf(pod),
      state: { running: { startedAt: formatTime(nowMs) } },
    })),
  }
}

function terminated(pod: Pod, exitCode: number, nowMs: number, restarts = restartsOf(pod)): object[] {
  return pod.spec.containers.map(({ name, image }) => ({
    name,
    image: image ?? '',
    imageID: '',
    ready: false,
    restartCount: restarts,
    state: {
      terminated: {
        exitCode,
        reason: exitCode === 0 ? 'Completed' : 'Error',
        startedAt: pod.status.startTime ?? formatTime(nowMs),
        finishedAt: formatTime(nowMs),
      },
    },
  }))
}

function endedStatus(pod: Pod, nowMs: number): object {
  const exitCode = exitCodeOf(pod)!
  const { restartPolicy = 'Always' } = pod.spec
  if (restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && exitCode !== 0)) {
    const [status] = pod.status.containerStatuses ?? []
    return { containerStatuses: [{ ...status, restartCount: restartsOf(pod) + 1 }] }
  }
  return {
    phase: exitCode === 0 ? 'Succeeded' : 'Failed',
    conditions: conditions(pod, 'False', nowMs),
    containerStatuses: terminated(pod, exitCode, nowMs),
  }
}

/** A Pod that was asked to end did so by its signal. */
function stoppedStatus(pod: Pod, nowMs: number): object {
  return {
    phase: 'Failed',
    conditions: conditions(pod, 'False', nowMs),
    containerStatuses: terminated(pod, 143, nowMs),
  }
}
