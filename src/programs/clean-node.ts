import { join } from 'node:path'
import { endProcess } from '../cli/machine/processes.ts'
import { containerdPid } from '../cli/machine/bring-up.ts'
import { containerdSocket } from '../cli/machine/cluster-file.ts'
import { filesIn } from '../gateway/gateway.ts'
import { runningPid } from '../gateway/haproxy.ts'
import { tearDownNetwork } from '../node/network/tear-down.ts'
import { criClient } from '../node/runtime/cri-client.ts'
import type { Runtime } from '../node/runtime/runtime.ts'
import { nodeNamed, readProgramArguments } from './arguments.ts'
import { nodeNames } from './node-names.ts'

/** How long a container may take to end when the whole node goes, in seconds. */
const GRACE_SECONDS = 5

/** Ends everything of a node whose agent has stopped: pods, runtime, gateway, network. Runs inside the node's namespaces. */
export async function cleanNode(args: readonly string[]): Promise<void> {
  const { layout, cluster, node: name } = readProgramArguments(args)
  const node = nodeNamed(cluster, name)
  const names = nodeNames(layout, cluster, node)
  const runtime = containerdPid(layout, node)
  if (runtime !== undefined) {
    await removePods(containerdSocket(layout, node.name)).catch((error: unknown) =>
      process.stderr.write(`pods: ${String(error)}\n`),
    )
    await endProcess(runtime)
  }
  const haproxy = runningPid(filesIn(join(names.dataDir, 'gateway')))
  if (haproxy !== undefined) await endProcess(haproxy, 2_000)
  await tearDownNetwork({ names: names.network, cniConfDir: names.cniConfDir, dataDir: names.networkDir })
  process.exit(0)
}

/** Tells all containers of a runtime to end, and ends those that do not. */
export async function stopContainers(cri: Runtime, graceSeconds: number): Promise<void> {
  const { containers } = await cri.listContainers({})
  await Promise.allSettled(containers.map(({ id }) => cri.stopContainer({ containerId: id, timeout: graceSeconds })))
}

async function removePods(socket: string): Promise<void> {
  const cri = criClient(socket)
  try {
    await stopContainers(cri, GRACE_SECONDS)
    const { items } = await cri.listPodSandbox({})
    await Promise.allSettled(
      items.map(async ({ id }) => {
        await cri.stopPodSandbox({ podSandboxId: id })
        await cri.removePodSandbox({ podSandboxId: id })
      }),
    )
  } finally {
    cri.close()
  }
}
