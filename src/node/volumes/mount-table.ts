import { readFileSync } from 'node:fs'
import type { Host } from '../host/helper-shell.ts'

/** Where something is mounted at or below a directory, the deepest first. */
export function mountsBelow(dir: string): string[] {
  const table = readFileSync('/proc/self/mountinfo', 'utf8')
  const found: string[] = []
  for (const line of table.split('\n')) {
    const point = unescape(line.split(' ')[4] ?? '')
    if (point === dir || point.startsWith(`${dir}/`)) found.push(point)
  }
  // What was mounted later may lie on top of what was mounted before.
  return found.toReversed()
}

/** Takes away every mount at or below a directory; returns those that would not go. */
export async function unmountBelow(host: Host, dir: string): Promise<string[]> {
  for (const point of mountsBelow(dir)) {
    await host.run('umount', point).catch(() => host.run('umount', '-l', point).catch(() => {}))
  }
  return mountsBelow(dir)
}

/** The kernel writes blanks and backslashes in octal. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}
