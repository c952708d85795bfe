import { Leases } from '../api/coordination/lease.ts'
import type { Lease } from '../api/coordination/v1.ts'
import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import type { Node } from '../api/core/v1.ts'
import { formatTime } from '../api/meta/time.ts'
import { isWherryError } from '../lib/errors.ts'
import { sameJson } from '../lib/patch/json.ts'
import { withoutCondition } from './conditions.ts'
import {
  conditionOf,
  disruptionOf,
  GRACE_MS,
  NOT_READY,
  sight,
  silentInMs,
  taintsFor,
  unknownConditions,
  UNREACHABLE,
} from './node-lifecycle/health.ts'
import type { Sighting } from './node-lifecycle/health.ts'
import { podsOnNode } from './pods-on-node.ts'
import { podCondition } from './pods.ts'
import type { Cluster, Controller } from './runtime/controller.ts'

const LEASES = 'kube-node-lease'
/** Between two nodes whose Pods are told to go: what fails for many at once may be over soon. */
const EVICTION_EVERY_MS = 10_000
/** The same where much of a large cluster has failed; a small one evicts nothing then. */
const SLOW_EVICTION_EVERY_MS = 100_000
const LARGE_CLUSTER = 50

/** Notices nodes that have fallen silent, says so in their conditions and taints, and on their Pods. */
export function nodeLifecycleController(): Controller<Node> {
  const known = new Map<string, { readonly uid: string; readonly sighting: Sighting; readonly ready: string }>()
  let nextEvictionMs = 0

  /** Whether the Pods of a node may be told to go now; else in how many milliseconds to ask again. */
  const mayEvict = (node: Node, cluster: Cluster<Node>): true | number => {
    if (node.spec.taints?.some(({ key, effect }) => effect === 'NoExecute' && isOurs(key))) return true
    const nodes = cluster.cache(Nodes).list()
    const disruption = disruptionOf(nodes)
    const nowMs = cluster.clock.now()
    const isHeld = disruption === 'full' || (disruption === 'partial' && nodes.length <= LARGE_CLUSTER)
    if (isHeld) return EVICTION_EVERY_MS
    if (nowMs < nextEvictionMs) return nextEvictionMs - nowMs
    nextEvictionMs = nowMs + (disruption === 'partial' ? SLOW_EVICTION_EVERY_MS : EVICTION_EVERY_MS)
    return true
  }

  return {
    name: 'node-lifecycle',
    component: 'node-controller',
    owner: Nodes,
    reads: [
      Pods,
      {
        kind: Leases,
        owners: ({ metadata: { namespace, name } }: Lease) => (namespace === LEASES ? [{ name }] : []),
      },
    ],
    writes: [Nodes, Pods],
    async reconcile(node, cluster) {
      const { name, uid } = node.metadata
      const nowMs = cluster.clock.now()
      const lease = cluster.cache(Leases).get({ namespace: LEASES, name })
      const before = known.get(name)?.uid === uid ? known.get(name) : undefined
      if (before === undefined) {
        cluster.event(node, 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
      }
      const sighting = sight(node, lease, before?.sighting, nowMs)
      const leftMs = silentInMs(node, sighting, nowMs)
      if (leftMs > 0) cluster.requeue(leftMs)
      const current = leftMs > 0 ? node : await markUnknown(node, cluster)

      const ready = conditionOf(current, 'Ready')?.status ?? 'Unknown'
      known.set(name, { uid, sighting, ready })
      if (ready !== 'True') await markPodsNotReady(current, cluster)
      if (before?.ready === 'True' && ready !== 'True') {
        cluster.event(current, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
      }

      const evict = ready === 'True' ? true : mayEvict(current, cluster)
      const taints = taintsFor(current, evict === true, nowMs)
      if (!sameJson(current.spec.taints ?? [], taints)) await writeTaints(current, taints, cluster)
      if (evict !== true) cluster.requeue(evict)
      explain(current, ready, evict === true, cluster)
    },
    async removed({ name }) {
      known.delete(name)
    },
  }
}

const isOurs = (key: string): boolean => key === NOT_READY || key === UNREACHABLE

async function markUnknown(node: Node, cluster: Cluster<Node>): Promise<Node> {
  const conditions = unknownConditions(node, cluster.clock.now())
  return cluster.status(node, { ...node.status, conditions })
}

/** Services must not lead to Pods of which nothing is known. */
async function markPodsNotReady(node: Node, cluster: Cluster<Node>): Promise<void> {
  for (const pod of podsOnNode(cluster.caches, node.metadata.name)) {
    const ready = podCondition(pod, 'Ready')
    if (ready?.status !== 'True') continue
    const condition = { ...ready, status: 'False' as const, lastTransitionTime: formatTime(cluster.clock.now()) }
    const conditions = [...withoutCondition(pod.status.conditions, 'Ready'), condition]
    const { uid, resourceVersion } = pod.metadata
    try {
      await cluster.patch(
        Pods,
        pod.metadata,
        { metadata: { uid, resourceVersion }, status: { conditions } },
        { type: 'merge', subresource: 'status' },
      )
      cluster.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready')
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
    }
  }
}

async function writeTaints(
  node: Node,
  taints: NonNullable<Node['spec']['taints']>,
  cluster: Cluster<Node>,
): Promise<void> {
  const { uid, resourceVersion } = node.metadata
  const patch = { metadata: { uid, resourceVersion }, spec: { taints } }
  await cluster.patch(Nodes, node.metadata, patch, { type: 'merge' })
}

function explain(node: Node, ready: string, evict: boolean, cluster: Cluster<Node>): void {
  if (ready === 'True') {
    cluster.decide(node, 'done', 'NodeReady', 'the node says that it is ready')
    return
  }
  const why = conditionOf(node, 'Ready')?.message ?? ''
  const because = [{ message: why, facts: { ready, graceSeconds: GRACE_MS / 1000 } }]
  const message = evict ? 'its Pods are told to go when they tolerate that no longer' : 'its Pods stay for now'
  cluster.decide(node, 'waiting', ready === 'Unknown' ? 'NodeSilent' : 'NodeNotReady', message, { because })
}
