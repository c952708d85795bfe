import { readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Logger } from '../../lib/log.ts'
import type { Runtime } from '../runtime/runtime.ts'

export interface RotationOptions {
  readonly runtime: Pick<Runtime, 'reopenContainerLog'>
  readonly log: Logger
  readonly maxBytes: number
  /** How many files of one log are kept, the present one included. */
  readonly maxFiles: number
  readonly now: () => number
}

/** Puts a container's log aside when it has grown too long, and removes the oldest of those that were. */
export async function rotateLog(containerId: string, path: string, options: RotationOptions): Promise<boolean> {
  const { runtime, maxBytes, maxFiles, now, log } = options
  const size = (await stat(path).catch(() => undefined))?.size ?? 0
  if (size < maxBytes) return false
  const stamp = new Date(now())
    .toISOString()
    .replace(/[-:T.]/g, '')
    .slice(0, 17)
  const aside = `${path}.${stamp.slice(0, 8)}-${stamp.slice(8)}`
  await rename(path, aside)
  try {
    await runtime.reopenContainerLog({ containerId })
  } catch (error) {
    // The container goes on writing to the file that it has open: give it its name back.
    await rename(aside, path)
    log.warn('a log was not rotated', { path, error })
    return false
  }
  const base = `${basename(path)}.`
  const old = (await readdir(dirname(path))).filter((name) => name.startsWith(base)).toSorted()
  for (const name of old.slice(0, Math.max(0, old.length - (maxFiles - 1))))
    await rm(join(dirname(path), name), { force: true })
  return true
}
