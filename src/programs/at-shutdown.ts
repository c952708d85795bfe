import { containerdPid } from '../cli/machine/bring-up.ts'
import { containerdSocket } from '../cli/machine/cluster-file.ts'
import { criClient } from '../node/runtime/cri-client.ts'
import { readProgramArguments } from './arguments.ts'
import { stopContainers } from './clean-node.ts'

/** How long a container may take to end when its machine does, in seconds. */
const GRACE_SECONDS = 20

/**
 * Runs once when the machine ends, after the cluster's services: containers belong to no unit, so nobody else would tell
 * them, and the machine would wait in vain for those that take no SIGTERM. Their pods are brought back at the next start.
 */
export async function atShutdown(args: readonly string[]): Promise<void> {
  const { layout, cluster } = readProgramArguments(args)
  const outcomes = await Promise.allSettled(
    cluster.nodes.map(async (node) => {
      if (containerdPid(layout, node) === undefined) return
      const cri = criClient(containerdSocket(layout, node.name))
      try {
        await stopContainers(cri, GRACE_SECONDS)
        const { items } = await cri.listPodSandbox({})
        await Promise.allSettled(items.map(({ id }) => cri.stopPodSandbox({ podSandboxId: id })))
      } finally {
        cri.close()
      }
    }),
  )
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') continue
    process.stderr.write(`containers could not be ended: ${String(outcome.reason)}\n`)
    process.exitCode = 1
  }
}
