import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { NetworkNames } from './data-plane.ts'
import { CONFLIST } from './pods/pod-network.ts'
import { stopForwarding } from './pods/forwarding.ts'
import { runCommand } from './run-command.ts'

export interface TearDownOptions {
  readonly names: NetworkNames
  readonly cniConfDir: string
  readonly dataDir: string
}

/** Takes away all that a node's data plane made, after its pods are gone. What is gone already is no failure. */
export async function tearDownNetwork({ names, cniConfDir, dataDir }: TearDownOptions): Promise<void> {
  const attempt = (command: string, ...args: readonly string[]): Promise<unknown> =>
    runCommand(command, args).catch(() => undefined)
  await attempt('nft', 'delete', 'table', 'ip', names.table)
  await stopForwarding(names.table).catch(() => {})
  // The ends of pods that are left with the node in this namespace.
  await attempt('ip', 'link', 'del', names.overlay)
  await attempt('ip', 'link', 'del', names.bridge)
  await rm(join(cniConfDir, CONFLIST), { force: true })
  await rm(dataDir, { recursive: true, force: true })
}
