import type { Node, Pod } from '../api/core/v1.ts'
import type { Change } from '../client/cache.ts'
import type { RefusalCode } from './filter/filter.ts'

/** Which refusals a change of a node may lift: everything for a new node, nothing for a heartbeat. */
export function helpedByNode({ object, previous }: Change<Node>): readonly RefusalCode[] | 'all' | 'none' {
  if (object === undefined) return 'none'
  if (previous === undefined) return 'all'
  const differs = (read: (node: Node) => unknown): boolean => {
    const [a, b] = [read(object), read(previous)]
    return a !== b && JSON.stringify(a) !== JSON.stringify(b)
  }
  const codes: RefusalCode[] = []
  if (differs((node) => node.status.allocatable)) codes.push('InsufficientResource')
  if (differs((node) => node.metadata.labels))
    codes.push('NodeSelector', 'PodAffinity', 'PodAntiAffinity', 'ExistingAntiAffinity', 'TopologySpread', 'Volume')
  if (differs((node) => node.spec.taints)) codes.push('Taint')
  if (differs((node) => node.spec.unschedulable)) codes.push('Unschedulable')
  return codes.length === 0 ? 'none' : codes
}

/** What a pod that leaves its node makes room for. */
export const HELPED_BY_LEAVING: readonly RefusalCode[] = [
  'InsufficientResource',
  'HostPort',
  'PodAntiAffinity',
  'ExistingAntiAffinity',
  'TopologySpread',
]
/** What a pod that has found its node may help others with. */
export const HELPED_BY_ARRIVING: readonly RefusalCode[] = ['PodAffinity', 'TopologySpread']

/** Whether a pod has a node and takes room there. */
export function takesRoom(pod: Pod): boolean {
  return Boolean(pod.spec.nodeName) && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed'
}
