import { parseArgs } from 'node:util'
import {
  type ClusterFile,
  type Layout,
  layoutOf,
  type NodeRecord,
  readClusterFile,
} from '../cli/machine/cluster-file.ts'
import { WherryError } from '../lib/errors.ts'

/** What the processes of a cluster are told on their command line: where it lies, and which node they are. */
export function readProgramArguments(args: readonly string[]): {
  layout: Layout
  cluster: ClusterFile
  node: string | undefined
} {
  const { values } = parseArgs({
    args: [...args],
    options: { 'data-dir': { type: 'string' }, node: { type: 'string' } },
  })
  const layout = layoutOf(values['data-dir'] ?? '/var/lib/wherry')
  const cluster = readClusterFile(layout)
  if (cluster === undefined)
    throw new WherryError('not-found', `There is no cluster in ${layout.root}.`, {
      hint: 'These processes are started by `wherry up`.',
    })
  return { layout, cluster, node: values.node }
}

/** The node of that name; throws when the cluster has none. */
export function nodeNamed(cluster: ClusterFile, name: string | undefined): NodeRecord {
  const node = cluster.nodes.find((one) => one.name === name)
  if (node === undefined) throw new WherryError('not-found', `The cluster has no node \`${name ?? ''}\`.`)
  return node
}
