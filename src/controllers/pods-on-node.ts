import { Pods } from '../api/core/pod.ts'
import type { Pod } from '../api/core/v1.ts'
import type { Caches } from '../client/cache.ts'

const INDEX = 'node'

/** The Pods that are bound to a node, whatever their state. */
export function podsOnNode(caches: Caches, node: string): readonly Pod[] {
  const pods = caches.of(Pods)
  pods.addIndex(INDEX, (pod) => (pod.spec.nodeName ? [pod.spec.nodeName] : []))
  return pods.byIndex(INDEX, node)
}
