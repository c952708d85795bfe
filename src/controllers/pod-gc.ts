import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import type { Node, Pod } from '../api/core/v1.ts'
import { isWherryError } from '../lib/errors.ts'
import { disruptionTarget } from './disruption-target.ts'
import { isTerminal, isTerminating } from './pods.ts'
import type { Loop, LoopContext } from './runtime/controller.ts'

const EVERY_MS = 20_000
/** A node that seems to be gone may only be slow to arrive in our cache. */
const QUARANTINE_MS = 40_000
/** How many Pods that have ended may stay for people to look at. */
const TERMINATED_MAX = 12_500
const OUT_OF_SERVICE = { key: 'node.kubernetes.io/out-of-service', effect: 'NoExecute' } as const

/** Removes Pods that nobody is left to end: those of nodes that are gone, and the oldest of those that have ended. */
export const podGarbageCollector: Loop = {
  name: 'pod-gc',
  component: 'pod-garbage-collector',
  async run(context) {
    const { caches, clock, signal } = context
    const [pods, nodes] = [caches.of(Pods), caches.of(Nodes)]
    await Promise.all([pods.synced(), nodes.synced()])
    const missingSinceMs = new Map<string, number>()
    while (!signal.aborted) {
      await clock.sleep(EVERY_MS, signal).catch(() => {})
      if (signal.aborted) return
      const plan = planCollection(pods.list(), nodes.list(), missingSinceMs, clock.now())
      for (const [pod, why] of plan) await collect(pod, why, context)
    }
  },
}

/** Why a Pod is removed. */
export interface Collected {
  readonly reason: 'NodeGone' | 'NeverScheduled' | 'NodeOutOfService' | 'TooManyEnded'
  readonly message: string
  /** Whether it did not end by itself. */
  readonly isLost: boolean
}

/** Pure but for `missingSinceMs`, in which it notes since when a node is missing. */
export function planCollection(
  pods: readonly Pod[],
  nodes: readonly Node[],
  missingSinceMs: Map<string, number>,
  nowMs: number,
): Map<Pod, Collected> {
  const plan = new Map<Pod, Collected>()
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]))
  for (const name of byName.keys()) missingSinceMs.delete(name)
  const ended: Pod[] = []
  for (const pod of pods) {
    const { nodeName } = pod.spec
    const node = nodeName ? byName.get(nodeName) : undefined
    if (nodeName && node === undefined) {
      const since = missingSinceMs.get(nodeName) ?? nowMs
      missingSinceMs.set(nodeName, since)
      const message = 'PodGC: node no longer exists'
      if (nowMs - since >= QUARANTINE_MS) plan.set(pod, { reason: 'NodeGone', message, isLost: true })
    } else if (isTerminating(pod) && !nodeName) {
      plan.set(pod, { reason: 'NeverScheduled', message: 'it was never given a node', isLost: false })
    } else if (isTerminating(pod) && node !== undefined && isOutOfService(node)) {
      const message = 'PodGC: node is out of service'
      plan.set(pod, { reason: 'NodeOutOfService', message, isLost: true })
    } else if (isTerminal(pod) && !isTerminating(pod)) {
      ended.push(pod)
    }
  }
  const oldestFirst = ended.toSorted(
    (a, b) => Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp),
  )
  for (const pod of oldestFirst.slice(0, Math.max(0, ended.length - TERMINATED_MAX))) {
    plan.set(pod, { reason: 'TooManyEnded', message: 'too many Pods that have ended are kept', isLost: false })
  }
  return plan
}

function isOutOfService(node: Node): boolean {
  const ready = node.status.conditions?.find(({ type }) => type === 'Ready')
  const taint = node.spec.taints?.find(
    ({ key, effect }) => key === OUT_OF_SERVICE.key && effect === OUT_OF_SERVICE.effect,
  )
  return taint !== undefined && ready?.status !== 'True'
}

async function collect(pod: Pod, why: Collected, { client, clock, decide, log }: LoopContext): Promise<void> {
  decide(pod, 'progress', why.reason, why.message)
  try {
    if (why.isLost && !isTerminal(pod)) {
      const conditions = disruptionTarget(pod, 'DeletionByPodGC', why.message, clock.now())
      const { uid, resourceVersion } = pod.metadata
      const patch = { metadata: { uid, resourceVersion }, status: { phase: 'Failed', conditions } }
      await client.patch(Pods, pod.metadata, patch, { type: 'merge', subresource: 'status' })
    }
    await client.delete(Pods, pod.metadata, { gracePeriodSeconds: 0, preconditions: { uid: pod.metadata.uid } })
  } catch (error) {
    if (!isWherryError(error, 'not-found', 'conflict'))
      log.warn('cannot remove a Pod', { pod: pod.metadata.name, error })
  }
}
