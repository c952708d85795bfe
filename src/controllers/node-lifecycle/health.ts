import type { Lease } from '../../api/coordination/v1.ts'
import type { Node, NodeCondition, Taint } from '../../api/core/v1.ts'
import { formatTime } from '../../api/meta/time.ts'

/** How long a node may be silent before nothing is known of it any more. */
export const GRACE_MS = 40_000
/** The same for a node that has not yet said anything. */
export const STARTUP_GRACE_MS = 60_000

/** What was last seen of a node's own signs of life, and when that changed. */
export interface Sighting {
  readonly renewed: string | undefined
  readonly heartbeat: string | undefined
  readonly ready: string | undefined
  readonly atMs: number
}

/**
 * A new sighting when the node has said something since the last one. Times are those at which we saw the change:
 * clocks of nodes need not agree with ours.
 */
export function sight(node: Node, lease: Lease | undefined, last: Sighting | undefined, nowMs: number): Sighting {
  const condition = conditionOf(node, 'Ready')
  const renewed = lease?.spec.renewTime
  const heartbeat = condition?.lastHeartbeatTime
  const ready = condition?.status
  // What we wrote ourselves about a silent node is no sign of life.
  const isSame =
    last !== undefined &&
    renewed === last.renewed &&
    (ready === 'Unknown' || (heartbeat === last.heartbeat && ready === last.ready))
  return isSame ? last : { renewed, heartbeat, ready, atMs: nowMs }
}

/** In how many milliseconds the node counts as silent; 0 when it does. */
export function silentInMs(node: Node, sighting: Sighting, nowMs: number): number {
  const hasSpoken = conditionOf(node, 'Ready') !== undefined
  const since = hasSpoken ? sighting.atMs : Math.max(sighting.atMs, Date.parse(node.metadata.creationTimestamp))
  return Math.max(0, since + (hasSpoken ? GRACE_MS : STARTUP_GRACE_MS) - nowMs)
}

export function conditionOf(node: Node, type: string): NodeCondition | undefined {
  return node.status.conditions?.find((condition) => condition.type === type)
}

const WATCHED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

/** The conditions of a node that has fallen silent: nothing is known of it. */
export function unknownConditions(node: Node, nowMs: number): NodeCondition[] {
  const now = formatTime(nowMs)
  const missing = WATCHED.filter((type) => conditionOf(node, type) === undefined)
  const known = (node.status.conditions ?? []).map((condition) => {
    const isOurs = (WATCHED as readonly string[]).includes(condition.type) && condition.status !== 'Unknown'
    if (!isOurs) return condition
    const reason = 'NodeStatusUnknown'
    const message = 'Kubelet stopped posting node status.'
    return { ...condition, status: 'Unknown' as const, reason, message, lastTransitionTime: now }
  })
  const added = missing.map((type): NodeCondition => ({
    type,
    status: 'Unknown',
    reason: 'NodeStatusNeverUpdated',
    message: 'Kubelet never posted node status.',
    lastHeartbeatTime: formatTime(Date.parse(node.metadata.creationTimestamp)),
    lastTransitionTime: now,
  }))
  return [...known, ...added]
}

export const NOT_READY = 'node.kubernetes.io/not-ready'
export const UNREACHABLE = 'node.kubernetes.io/unreachable'

const BY_CONDITION: readonly { readonly type: string; readonly status: string; readonly key: string }[] = [
  { type: 'Ready', status: 'False', key: NOT_READY },
  { type: 'Ready', status: 'Unknown', key: UNREACHABLE },
  { type: 'MemoryPressure', status: 'True', key: 'node.kubernetes.io/memory-pressure' },
  { type: 'DiskPressure', status: 'True', key: 'node.kubernetes.io/disk-pressure' },
  { type: 'PIDPressure', status: 'True', key: 'node.kubernetes.io/pid-pressure' },
  { type: 'NetworkUnavailable', status: 'True', key: 'node.kubernetes.io/network-unavailable' },
]
const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable'
const OURS: ReadonlySet<string> = new Set([...BY_CONDITION.map(({ key }) => key), UNSCHEDULABLE])

/**
 * The taints that a node should have: those of others as they are, and ours by its conditions. `evict` says whether the
 * Pods of a node that is not ready are to go as well; without it such a taint stays when it is there and still true.
 */
export function taintsFor(node: Node, evict: boolean, nowMs: number): Taint[] {
  const had = node.spec.taints ?? []
  const wanted = BY_CONDITION.filter(({ type, status }) => conditionOf(node, type)?.status === status).map(
    ({ key }) => key,
  )
  if (node.spec.unschedulable === true) wanted.push(UNSCHEDULABLE)
  const executing = wanted.filter((key) => key === NOT_READY || key === UNREACHABLE)
  const find = (key: string, effect: Taint['effect']): Taint | undefined =>
    had.find((taint) => taint.key === key && taint.effect === effect)
  const timeAdded = formatTime(nowMs)
  return [
    ...had.filter((taint) => !OURS.has(taint.key) || taint.effect === 'PreferNoSchedule'),
    ...wanted.map((key): Taint => find(key, 'NoSchedule') ?? { key, effect: 'NoSchedule', timeAdded }),
    ...executing.flatMap((key): Taint[] => {
      const old = find(key, 'NoExecute')
      if (old !== undefined) return [old]
      return evict ? [{ key, effect: 'NoExecute', timeAdded }] : []
    }),
  ]
}

export type Disruption = 'none' | 'partial' | 'full'

/** How much of the cluster has failed: where most nodes seem to be gone, it is rather the network, or us. */
export function disruptionOf(nodes: readonly Node[]): Disruption {
  const ready = nodes.filter((node) => conditionOf(node, 'Ready')?.status === 'True').length
  const notReady = nodes.length - ready
  if (ready === 0 && notReady > 0) return 'full'
  return notReady > 2 && notReady / nodes.length >= 0.55 ? 'partial' : 'none'
}
