import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  realpathSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { WherryError } from '../../lib/errors.ts'
import type { Host } from '../host/helper-shell.ts'

/**
 * Binds what lies at `subPath` of a volume to `target`. A container that shares the volume may change links in it at any
 * time, so the place is opened step by step without following one, and what was opened is what is bound.
 */
export async function bindSubPath(host: Host, volumeDir: string, subPath: string, target: string): Promise<void> {
  const fd = openInVolume(realpathSync(volumeDir), subPath)
  try {
    mkdirSync(dirname(target), { recursive: true })
    if (fstatSync(fd).isDirectory()) mkdirSync(target, { recursive: true })
    else writeFileSync(target, '')
    await host.run('mount', '--bind', `/proc/${process.pid}/fd/${fd}`, target)
  } finally {
    closeSync(fd)
  }
}

const O_PATH = 0o10000000

/** Opens what lies at a path of a volume; directories that are not there are made with the rights of the volume's own. */
export function openInVolume(root: string, path: string): number {
  const parts = path.split('/').filter((name) => name !== '' && name !== '.')
  // Links that are there now may point about within the volume, as `..data` does.
  let existing = parts.length
  while (existing > 0 && !exists(join(root, ...parts.slice(0, existing)))) existing--
  const resolved = relative(root, realpathSync(join(root, ...parts.slice(0, existing))))
  if (isOutside(resolved)) throw new WherryError('invalid', `subPath ${JSON.stringify(path)} leads out of its volume`)
  const mode = statSync(root).mode & 0o7777
  let fd = openSync(root, constants.O_DIRECTORY | O_PATH)
  try {
    for (const part of resolved.split('/').filter((name) => name !== '')) fd = step(fd, part)
    for (const part of parts.slice(existing)) {
      const made = `/proc/self/fd/${fd}/${part}`
      mkdirSync(made)
      fd = step(fd, part)
      chmodSync(`/proc/self/fd/${fd}`, mode)
    }
    return fd
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Whether a relative path leads up and out. A name may begin with two dots, as those of atomic volumes do. */
export function isOutside(path: string): boolean {
  return path === '..' || path.startsWith('../')
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined
}

/** From an open directory to what it names, which must not be a link: a link here was put there a moment ago. */
function step(fd: number, part: string): number {
  const next = openSync(`/proc/self/fd/${fd}/${part}`, O_PATH | constants.O_NOFOLLOW)
  if (fstatSync(next).isSymbolicLink()) {
    closeSync(next)
    throw new WherryError('invalid', `${part} became a link while it was mounted`)
  }
  closeSync(fd)
  return next
}

/** Throws for a subPath that could leave its volume. */
export function checkSubPath(subPath: string): void {
  if (subPath.startsWith('/') || subPath.split('/').includes('..')) {
    throw new WherryError('invalid', `subPath ${JSON.stringify(subPath)} must be relative and must not contain '..'`)
  }
}
