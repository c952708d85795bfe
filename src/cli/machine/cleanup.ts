import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { commandLineOf, endProcess, waitUntil } from './processes.ts'
import { execute } from './execute.ts'

/** Processes whose command line has `mark` in it, other than this one. */
export function processesWith(mark: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && commandLineOf(pid)?.includes(mark))
}

/** The folders of one cgroup in every hierarchy that this machine mounts (one with v2, a dozen with v1). */
function cgroupFolders(path: string): readonly string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type]) => type === 'cgroup' || type === 'cgroup2')
    .map(([, mountPoint]) => join(mountPoint!, path))
    .filter((folder) => existsSync(folder))
}

function walkUp(folder: string, visit: (folder: string) => void): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) walkUp(join(folder, entry.name), visit)
  }
  visit(folder)
}

/** Kills whatever still runs in a cgroup and its children, then removes them. */
export async function removeCgroup(path: string): Promise<void> {
  const attempt = (): boolean => {
    let empty = true
    for (const top of cgroupFolders(path)) {
      try {
        walkUp(top, (folder) => {
          for (const pid of readFileSync(join(folder, 'cgroup.procs'), 'utf8')
            .split('\n')
            .filter(Boolean)
            .map(Number)) {
            empty = false
            // 0 is a process that this namespace cannot see; it is not ours to kill.
            if (pid > 0) process.kill(pid, 'SIGKILL')
          }
          rmdirSync(folder)
        })
      } catch {
        empty = false
      }
    }
    return empty
  }
  await waitUntil(attempt, 10_000, 50)
}

/** Unmounts everything below `folder`, the deepest first. */
export async function unmountBelow(folder: string): Promise<void> {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4])
    .filter((point) => point !== undefined)
    // Mount points write a space as \040 (proc(5)).
    .map((point) =>
      point.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
    )
    .filter((point) => point.startsWith(`${folder}/`))
  for (const point of points.toReversed()) await execute('umount', ['-l', point])
}

/** Ends every process that carries `mark` (a data directory's path) in its command line. */
export async function endProcessesWith(mark: string): Promise<void> {
  for (const pid of processesWith(mark)) await endProcess(pid, 5_000)
}

/** Removes a tree that may hold what containers left there. */
export function removeTree(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3, retryDelay: 100 })
}
