import {
  chmodSync,
  chownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { checkPayload } from './payload.ts'
import type { Payload } from './payload.ts'

/** Who owns the files of a volume, where that is not root. */
export interface Ownership {
  readonly user?: number | undefined
  readonly group?: number | undefined
}

const dataLink = '..data'

/**
 * Makes a directory hold exactly these files, all at once: readers see the old set or the new one, never a mix. The files
 * lie in a directory of their own to which the link `..data` points; what users see are links through it.
 * Returns whether anything changed. Synchronous, since it is a handful of calls to a memory file system.
 */
export function writeAtomically(dir: string, payload: Payload, owner: Ownership, now: number): boolean {
  checkPayload(payload)
  mkdirSync(dir, { recursive: true })
  const dirMode = owner.group === undefined ? 0o755 : 0o2775
  const own = (path: string, mode: number): void => {
    if (owner.user !== undefined || owner.group !== undefined) chownSync(path, owner.user ?? 0, owner.group ?? 0)
    // After the change of owner, which would take the set-group-id bit away. The process's umask does not count.
    chmodSync(path, mode)
  }
  const current = linkTarget(join(dir, dataLink))
  if (current !== undefined && holds(join(dir, current), payload, owner)) return false

  const next = freshName(dir, now)
  const nextDir = join(dir, next)
  mkdirSync(nextDir)
  own(nextDir, dirMode)
  for (const [path, { data, mode }] of payload) {
    const file = join(nextDir, path)
    makeParents(nextDir, dirname(path), (parent) => own(parent, dirMode))
    writeFileSync(file, data)
    own(file, owner.group === undefined ? mode : mode | 0o440)
  }
  own(dir, owner.group === undefined ? 0o777 : 0o2777)

  const temporary = join(dir, '..data_tmp')
  rmSync(temporary, { force: true })
  symlinkSync(next, temporary)
  renameSync(temporary, join(dir, dataLink))

  const wanted = new Set([...payload.keys()].map((path) => path.split('/')[0]!))
  for (const name of readdirSync(dir)) {
    if (!name.startsWith('..') && !wanted.has(name)) rmSync(join(dir, name), { recursive: true, force: true })
  }
  for (const name of wanted) {
    const link = join(dir, name)
    if (linkTarget(link) === undefined) symlinkSync(join(dataLink, name), link)
  }
  for (const name of readdirSync(dir)) {
    const old = name.startsWith('..') && name !== next && name !== dataLink
    if (old) rmSync(join(dir, name), { recursive: true, force: true })
  }
  return true
}

function makeParents(root: string, path: string, made: (dir: string) => void): void {
  if (path === '.') return
  makeParents(root, dirname(path), made)
  const dir = join(root, path)
  if (statSync(dir, { throwIfNoEntry: false }) !== undefined) return
  mkdirSync(dir)
  made(dir)
}

function linkTarget(path: string): string | undefined {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return undefined
  return readlinkSync(path)
}

/** `..2026_01_31_15_04_05.123`: named for its time, as everybody who looks into such a volume expects. */
function freshName(dir: string, now: number): string {
  const stamp = new Date(now).toISOString().slice(0, 19).replace(/[-:T]/g, '_')
  for (let serial = now % 1000; ; serial++) {
    const name = `..${stamp}.${String(serial).padStart(3, '0')}`
    if (lstatSync(join(dir, name), { throwIfNoEntry: false }) === undefined) return name
  }
}

function holds(dir: string, payload: Payload, owner: Ownership): boolean {
  const found = new Set(filesBelow(dir, ''))
  if (found.size !== payload.size) return false
  for (const [path, { data, mode }] of payload) {
    if (!found.has(path)) return false
    const stat = statSync(join(dir, path))
    const wanted = owner.group === undefined ? mode : mode | 0o440
    if ((stat.mode & 0o7777) !== wanted || stat.uid !== (owner.user ?? 0) || stat.gid !== (owner.group ?? 0))
      return false
    if (!readFileSync(join(dir, path)).equals(data)) return false
  }
  return true
}

function filesBelow(dir: string, prefix: string): string[] {
  const entries = readdirSync(dir, { withFileTypes: true })
  return entries.flatMap((entry) =>
    entry.isDirectory() ? filesBelow(join(dir, entry.name), `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`],
  )
}
