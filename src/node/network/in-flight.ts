import type { Clock } from '../../lib/clock.ts'
import { runCommand } from './run-command.ts'

/** When to look again. A connection that a client keeps open for its next request is still there after the last look. */
const LOOKS_AFTER_MS = [0, 50, 100, 200, 400]

/** Waits a little for connections that a Service sent to an address, so that what was just asked is answered. */
export async function letFinish(address: string, clock: Clock, signal: AbortSignal): Promise<void> {
  for (const delayMs of LOOKS_AFTER_MS) {
    if (delayMs > 0) await clock.sleep(delayMs, signal)
    if (!(await hasConnections(address, signal))) return
  }
}

/** Whether connections that a Service sent to an address are open. */
export async function hasConnections(address: string, signal: AbortSignal): Promise<boolean> {
  const args = ['-L', '-p', 'tcp', '--state', 'ESTABLISHED', '--dst-nat', address]
  return (await runCommand('conntrack', args, { signal })).trim() !== ''
}
