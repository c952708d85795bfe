import { join } from 'node:path'
import type { ClusterFile, Layout, NodeRecord } from '../cli/machine/cluster-file.ts'
import { cgroupOf } from '../cli/machine/tear-down.ts'
import type { NetworkNames } from '../node/network/data-plane.ts'

/** What a node's parts are called on its machine: two clusters side by side share none of these. */
export interface NodeNames {
  readonly network: NetworkNames
  readonly overlayNetwork: number
  readonly overlayPort: number
  readonly cgroupRoot: string
  readonly dataDir: string
  readonly cniConfDir: string
  readonly networkDir: string
}

export function nodeNames(layout: Layout, cluster: ClusterFile, node: NodeRecord): NodeNames {
  const dataDir = layout.node(node.name)
  return {
    network: { bridge: `wherry${cluster.slot}`, overlay: `wherry${cluster.slot}-vx`, table: `wherry_${cluster.slot}` },
    overlayNetwork: 4096 + cluster.slot,
    overlayPort: 8472 + cluster.slot,
    cgroupRoot: cgroupOf(cluster, node),
    dataDir,
    cniConfDir: join(dataDir, 'cni'),
    networkDir: join(dataDir, 'network'),
  }
}
