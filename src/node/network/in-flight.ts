import { createReadStream } from 'node:fs'
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
  // Not every kernel shows its table as a file; where it does, that costs a tenth of starting a program.
  try {
    for await (const line of linesOf('/proc/net/nf_conntrack', signal)) if (isSentTo(line, address)) return true
    return false
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
  }
  const args = ['-L', '-p', 'tcp', '--state', 'ESTABLISHED', '--dst-nat', address]
  return (await runCommand('conntrack', args, { signal })).trim() !== ''
}

/** Pure. Whether a line of the kernel's table is an open connection to another address whose answers come from this one. */
export function isSentTo(line: string, address: string): boolean {
  if (!line.includes(' ESTABLISHED ') || !line.includes(`src=${address} `)) return false
  const [, , askedFor, answeredBy] = / src=(\S+) dst=(\S+) .*? src=(\S+) /.exec(line) ?? []
  return answeredBy === address && askedFor !== address
}

/** The table may be large: it is read in pieces, and not to its end when that is not needed. */
async function* linesOf(path: string, signal: AbortSignal): AsyncIterable<string> {
  let rest = ''
  for await (const piece of createReadStream(path, { encoding: 'latin1', signal })) {
    const lines = (rest + piece).split('\n')
    rest = lines.pop()!
    yield* lines
  }
}
