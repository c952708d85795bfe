import {
  chmodSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { WherryError } from '../../lib/errors.ts'
import { formatBytes } from '../output/table.ts'
import { commandLineOf } from './processes.ts'

/** What a node needs at the least before its disk is called full: images, logs and the store. */
const BYTES_FREE_MIN = 512 * 1024 * 1024

/** Throws unless root runs this. */
export function requireRoot(what: string): void {
  if (process.getuid?.() === 0) return
  throw new WherryError('forbidden', `${what} needs root: it starts containers and sets up networks.`, {
    hint: `Run it with sudo: sudo wherry ${process.argv.slice(2).join(' ')}`.trimEnd(),
  })
}

/** Makes the data directory and proves that it can be written: also on a full disk, a file in the way, a read-only mount. */
export function prepareDataDir(dir: string): void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o755 })
    if (!statSync(dir).isDirectory()) throw Object.assign(new Error('it is not a directory'), { code: 'ENOTDIR' })
    // The server has no right of root and must find its own folder in there; what is secret is closed file by file.
    chmodSync(dir, 0o755)
    const { bavail, bsize } = statfsSync(dir)
    if (bavail * bsize < BYTES_FREE_MIN) {
      throw new WherryError(
        'unavailable',
        `The disk of ${dir} is full: ${formatBytes(bavail * bsize)} free, ${formatBytes(BYTES_FREE_MIN)} needed.`,
        {
          hint: 'Free some space, or name a directory on another disk with --data-dir.',
        },
      )
    }
    const probe = join(dir, `.probe-${process.pid}`)
    const file = openSync(probe, 'w', 0o600)
    try {
      writeSync(file, Buffer.alloc(4096))
      fsyncSync(file)
    } finally {
      closeSync(file)
      rmSync(probe, { force: true })
    }
  } catch (error) {
    if (error instanceof WherryError) throw error
    const { code, message } = error as NodeJS.ErrnoException
    throw new WherryError('unavailable', `The data directory ${dir} cannot be used: ${message}`, {
      hint:
        code === 'ENOSPC'
          ? 'Free some space, or name a directory on another disk with --data-dir.'
          : 'Name another directory with --data-dir, or mend this one.',
      cause: error,
    })
  }
}

/** Who listens on a TCP port, by its command line; undefined when that cannot be told. */
function listenerOf(port: number): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  const inodes = new Set<string>()
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    try {
      for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
        const fields = line.trim().split(/\s+/)
        if (fields[3] === '0A' && fields[1]?.endsWith(`:${wanted}`)) inodes.add(`socket:[${fields[9]}]`)
      }
    } catch {
      continue
    }
  }
  return inodes.size === 0 ? undefined : processWithSocket(inodes)
}

function processWithSocket(inodes: ReadonlySet<string>): string | undefined {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const { dev, ino } = statSync(`/proc/${pid}/fd/${fd}`)
        if (dev !== undefined && inodes.has(`socket:[${ino}]`)) return `${commandLineOf(Number(pid))} (process ${pid})`
      }
    } catch {
      continue
    }
  }
  return undefined
}

/** Whether a TCP port can be listened on, on all addresses. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '0.0.0.0', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** Throws when one of the ports is taken, and says by whom. */
export async function requirePorts(
  ports: readonly { readonly port: number; readonly what: string; readonly flag: string }[],
): Promise<void> {
  for (const { port, what, flag } of ports) {
    if (await isPortFree(port)) continue
    const owner = listenerOf(port)
    throw new WherryError('unavailable', `Port ${port}, wanted for ${what}, is taken${owner ? ` by ${owner}` : ''}.`, {
      hint: `End that program, or choose another port with ${flag}.`,
    })
  }
}
