import { bringBackNetwork } from '../cli/machine/bring-up.ts'
import { readProgramArguments } from './arguments.ts'

/** Runs once when the machine starts, before the cluster's services: what `up` made outside the disk is made again. */
export async function atBoot(args: readonly string[]): Promise<void> {
  const { layout, cluster } = readProgramArguments(args)
  await bringBackNetwork(layout, cluster)
}
