import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import { tolerates } from '../api/core/taints.ts'
import type { Node, Pod, Taint } from '../api/core/v1.ts'
import { keyOf } from '../api/meta/kind.ts'
import { sameJson } from '../lib/patch/json.ts'
import { disruptionTarget } from './disruption-target.ts'
import { podsOnNode } from './pods-on-node.ts'
import { isTerminal } from './pods.ts'
import type { Cluster, Controller } from './runtime/controller.ts'

/** Ends Pods that do not tolerate a NoExecute taint of their node, or tolerate it no longer. */
export function taintEvictionController(): Controller<Pod> {
  /** Since when each Pod stands under taints that it tolerates for a while only. */
  const since = new Map<string, { readonly uid: string; readonly atMs: number }>()
  return {
    name: 'taint-eviction',
    component: 'taint-eviction-controller',
    owner: Pods,
    concurrency: 20,
    reads: [
      {
        kind: Nodes,
        matters: (node: Node | undefined, previous: Node | undefined) =>
          !sameJson(executingTaints(node), executingTaints(previous)),
        owners: ({ metadata: { name } }: Node, caches) => podsOnNode(caches, name).map((pod) => pod.metadata),
      },
    ],
    writes: [Pods],
    concerns: (pod, previous) =>
      pod === undefined ||
      previous === undefined ||
      pod.spec.nodeName !== previous.spec.nodeName ||
      !sameJson(pod.spec.tolerations, previous.spec.tolerations),
    async reconcile(pod, cluster) {
      const { uid, deletionTimestamp } = pod.metadata
      const taints = pod.spec.nodeName ? executingTaints(cluster.cache(Nodes).get({ name: pod.spec.nodeName })) : []
      const patienceMs = taints.length === 0 ? Infinity : patience(pod, taints)
      if (patienceMs === Infinity || deletionTimestamp !== undefined || isTerminal(pod)) {
        if (since.delete(keyOf(pod)) && deletionTimestamp === undefined) {
          const { namespace, name } = pod.metadata
          cluster.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${namespace}/${name}`)
        }
        return
      }
      const nowMs = cluster.clock.now()
      const before = since.get(keyOf(pod))
      const atMs = before?.uid === uid ? before.atMs : nowMs
      since.set(keyOf(pod), { uid, atMs })
      const leftMs = atMs + patienceMs - nowMs
      if (leftMs > 0) {
        cluster.decide(pod, 'waiting', 'ToleratesTaintForNow', `it stays for ${Math.ceil(leftMs / 1000)} s more`, {
          because: becauseOf(pod, taints),
        })
        cluster.requeue(leftMs)
        return
      }
      await evict(pod, taints, cluster)
      since.delete(keyOf(pod))
    },
    async removed(ref) {
      since.delete(keyOf({ metadata: ref }))
    },
  }
}

function executingTaints(node: Node | undefined): Taint[] {
  return (node?.spec.taints ?? []).filter((taint) => taint.effect === 'NoExecute')
}

/** Pure. How long a Pod may stay under these taints, in milliseconds: 0 not at all, Infinity for good. */
export function patience(pod: Pod, taints: readonly Taint[]): number {
  let shortestMs = Infinity
  for (const taint of taints) {
    const used = (pod.spec.tolerations ?? []).filter((one) => tolerates(one, taint))
    if (used.length === 0) return 0
    for (const { tolerationSeconds } of used) {
      if (tolerationSeconds !== undefined) shortestMs = Math.min(shortestMs, Math.max(0, tolerationSeconds * 1000))
    }
  }
  return shortestMs
}

async function evict(pod: Pod, taints: readonly Taint[], cluster: Cluster<Pod>): Promise<void> {
  const { namespace, name, uid } = pod.metadata
  cluster.decide(pod, 'refused', 'TaintNotTolerated', `its node does not take it any more`, {
    because: becauseOf(pod, taints),
  })
  cluster.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`)
  const message = 'Taint manager: deleting due to NoExecute taint'
  const conditions = disruptionTarget(pod, 'DeletionByTaintManager', message, cluster.clock.now())
  const marked = await cluster.patch(
    Pods,
    pod.metadata,
    { metadata: { uid, resourceVersion: pod.metadata.resourceVersion }, status: { conditions } },
    { type: 'merge', subresource: 'status' },
  )
  await cluster.remove(Pods, marked)
}

function becauseOf(pod: Pod, taints: readonly Taint[]) {
  return taints.map(({ key, value, effect }) => ({
    ref: { resource: 'nodes', name: pod.spec.nodeName!, field: 'spec.taints' },
    message: `the node has the taint ${key}${value ? `=${value}` : ''}:${effect}`,
  }))
}
