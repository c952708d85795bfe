import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Printer } from '../output/printer.ts'
import { agentName, containerdPid, enterNode, programCommand, supervisorOf } from './bring-up.ts'
import { endProcessesWith, removeCgroup, removeTree, unmountBelow } from './cleanup.ts'
import type { ClusterFile, Layout, NodeRecord } from './cluster-file.ts'
import { execute } from './execute.ts'
import { removeNamespaceFolder, removeUnderlay } from './network.ts'
import { releaseSlot } from './plan.ts'
import { MACHINE } from './processes.ts'

/** Where a node's containers are accounted for, in every cgroup hierarchy. */
export function cgroupOf(cluster: Pick<ClusterFile, 'name'>, node: Pick<NodeRecord, 'name'>): string {
  return `/wherry-${cluster.name}/${node.name}`
}

/** Stops everything of a cluster: agents first, so that nobody starts again what is being stopped. */
export async function tearDown(layout: Layout, cluster: ClusterFile, print: Printer): Promise<void> {
  const supervisor = supervisorOf(layout, cluster)
  await print.step('agents stopped', async () => {
    await Promise.all(cluster.nodes.map((node) => supervisor.stop(agentName(node))))
  })
  await print.step('containers and networks removed', async (detail) => {
    for (const node of cluster.nodes) {
      detail(node.name)
      await cleanNode(layout, cluster, node)
    }
    detail('')
  })
  await print.step('control plane stopped', () => supervisor.stop('server'))
  if (supervisor.followMachine !== undefined) await supervisor.stop(MACHINE)
  await endProcessesWith(`${layout.root}/`)
  await unmountBelow(layout.root)
  if (cluster.nodes.some((node) => node.namespace !== undefined)) await removeUnderlay(cluster)
  await removeNamespaceFolder()
  await removeCgroup(`/wherry-${cluster.name}`)
  releaseSlot(cluster.slot)
}

/** Ends a node's pods by its own runtime, in its own namespaces; what does not listen is killed with its cgroup. */
async function cleanNode(layout: Layout, cluster: ClusterFile, node: NodeRecord): Promise<void> {
  const inside = node.namespace === undefined ? [] : enterNode(layout, node)
  if (node.namespace === undefined || containerdPid(layout, node) !== undefined) {
    const [program, ...args] = [
      ...inside,
      ...programCommand('clean-node', '--data-dir', layout.root, '--node', node.name),
    ]
    await execute(program!, args)
  }
  await removeCgroup(cgroupOf(cluster, node))
  await endProcessesWith(`${layout.node(node.name)}/`)
}

/** Removes all data of a cluster. Mounts are taken away first, so that nothing below one is deleted with it. */
export async function purge(layout: Layout, cluster: ClusterFile | undefined): Promise<void> {
  await unmountBelow(layout.root)
  if (cluster !== undefined && existsSync(join(layout.root, 'cluster.json'))) releaseSlot(cluster.slot)
  removeTree(layout.root)
}
