import { readFileSync, statfsSync, statSync } from 'node:fs'
import { totalmem } from 'node:os'

/** What is left of memory, disk and process numbers. */
export interface Pressure {
  readonly memoryAvailableBytes: number
  readonly diskAvailableBytes: number
  readonly diskBytes: number
  readonly inodesFree: number
  readonly inodes: number
  readonly processesFree: number
  /** The disk of the images; absent where it is that of everything else. */
  readonly images?: { readonly availableBytes: number; readonly bytes: number }
}

/** Reads it. `dataDir` tells which disk counts, `imageDir` where images are. */
export function readPressure(dataDir: string, imageDir: string = dataDir): Pressure {
  const disk = statfsSync(dataDir)
  const isApart = statSync(imageDir).dev !== statSync(dataDir).dev
  const images = isApart ? statfsSync(imageDir) : undefined
  const running = Number(/\/(\d+)/.exec(read('/proc/loadavg'))?.[1] ?? 0)
  return {
    memoryAvailableBytes: memoryAvailable(totalmem(), read),
    diskAvailableBytes: disk.bavail * disk.bsize,
    diskBytes: disk.blocks * disk.bsize,
    inodesFree: disk.ffree,
    inodes: disk.files,
    processesFree: Number(read('/proc/sys/kernel/pid_max') || 32_768) - running,
    ...(images && { images: { availableBytes: images.bavail * images.bsize, bytes: images.blocks * images.bsize } }),
  }
}

/**
 * Memory that can still be used: what the kernel says can be had without swapping, and where all that we see is in a
 * cgroup with a limit, as in a container, no more than what is left of that. Files that were not used lately count as free.
 */
export function memoryAvailable(total: number, readText: (path: string) => string): number {
  const ofMachine = numberIn(/^MemAvailable:\s+(\d+)/m, readText('/proc/meminfo')) * 1024
  for (const { folder, limit, usage, inactive } of hierarchies) {
    const most = Number(readText(`${folder}/${limit}`).trim() || Number.NaN)
    if (!(most < total)) continue
    const reclaimable = numberIn(inactive, readText(`${folder}/memory.stat`))
    const used = Math.max(0, Number(readText(`${folder}/${usage}`).trim()) - reclaimable)
    return Math.min(ofMachine, Math.max(0, most - used))
  }
  return ofMachine
}

const hierarchies = [
  { folder: '/sys/fs/cgroup', limit: 'memory.max', usage: 'memory.current', inactive: /^inactive_file (\d+)/m },
  {
    folder: '/sys/fs/cgroup/memory',
    limit: 'memory.limit_in_bytes',
    usage: 'memory.usage_in_bytes',
    inactive: /^total_inactive_file (\d+)/m,
  },
] as const

function numberIn(pattern: RegExp, text: string): number {
  return Number(pattern.exec(text)?.[1] ?? 0)
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
