import type { Node, Pod } from '../api/core/v1.ts'
import { ClusterState, type PlacementObjects } from './cluster-state.ts'

let count = 0

/** A pod that asks for `requests`; `more` is merged into its spec. */
export function makePod(
  name: string,
  requests: Record<string, string> = {},
  more: object = {},
  metadata: object = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}-${count++}`, generation: 1, ...metadata },
    spec: { containers: [{ name: 'c', image: 'app:1', resources: { requests } }], ...more },
    status: { phase: 'Pending' },
  } as unknown as Pod
}

/** A node of 4 CPUs, 8Gi and 110 pods, unless said otherwise. */
export function makeNode(name: string, more: { labels?: object; allocatable?: object; spec?: object } = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, ...more.labels } },
    spec: more.spec ?? {},
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...more.allocatable } },
  } as unknown as Node
}

const nothing: PlacementObjects = {
  namespaceLabels: () => ({}),
  claim: () => undefined,
  volume: () => undefined,
  waitsForConsumer: () => false,
}

/** A cluster of nodes, with pods on them by node name. */
export function makeState(
  nodes: readonly Node[],
  pods: Readonly<Record<string, readonly Pod[]>> = {},
  objects: Partial<PlacementObjects> = {},
): ClusterState {
  const state = new ClusterState({ ...nothing, ...objects })
  for (const node of nodes) state.setNode(node)
  for (const [nodeName, there] of Object.entries(pods))
    for (const pod of there) state.setPod({ ...pod, spec: { ...pod.spec, nodeName } } as Pod)
  return state
}
