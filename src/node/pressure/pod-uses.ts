import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { podLogDir } from '../pods/cri-config.ts'
import { labels } from '../pods/labels.ts'
import type { PodWorker } from '../pods/pod-worker.ts'
import type { Runtime } from '../runtime/runtime.ts'
import type { PodUse } from './ranking.ts'

export interface PodUsesOptions {
  readonly runtime: Pick<Runtime, 'listContainerStats'>
  readonly workers: () => readonly Pick<PodWorker, 'uid' | 'pod' | 'isActive'>[]
  readonly podsDir: string
  readonly logDir: string
}

/** Measures what each active pod uses. To look through their files takes its time, so only who needs it asks `withDisk`. */
export async function podUses(options: PodUsesOptions, withDisk: boolean): Promise<readonly PodUse[]> {
  const { runtime, workers, podsDir, logDir } = options
  const { stats } = await runtime.listContainerStats({})
  const uses: PodUse[] = []
  for (const { uid, pod } of workers().filter(({ isActive }) => isActive)) {
    const own = stats.filter(({ attributes }) => attributes?.labels[labels.podUid] === uid)
    const logs = podLogDir(logDir, pod)
    const nothing = { bytes: 0, inodes: 0 }
    const containers = await Promise.all(
      own.map(async ({ attributes, memory, writableLayer }) => {
        const name = attributes?.metadata?.name ?? ''
        const log = withDisk ? await sizeOf(join(logs, name)) : nothing
        return {
          name,
          memoryBytes: memory?.workingSetBytes?.value ?? 0,
          diskBytes: (writableLayer?.usedBytes?.value ?? 0) + log.bytes,
          inodes: (writableLayer?.inodesUsed?.value ?? 0) + log.inodes,
        }
      }),
    )
    const volumes = withDisk ? await sizeOf(join(podsDir, uid, 'volumes', 'empty-dir')) : nothing
    const sum = (of: (one: (typeof containers)[number]) => number): number =>
      containers.reduce((total, one) => total + of(one), 0)
    uses.push({
      pod,
      memoryBytes: sum(({ memoryBytes }) => memoryBytes),
      diskBytes: sum(({ diskBytes }) => diskBytes) + volumes.bytes,
      inodes: sum(({ inodes }) => inodes) + volumes.inodes,
      containers,
    })
  }
  return uses
}

/** What a folder and all that is in it take of its disk. Other file systems that are mounted in there do not count. */
export async function sizeOf(folder: string): Promise<{ bytes: number; inodes: number }> {
  const root = await lstat(folder).catch(() => undefined)
  if (root === undefined) return { bytes: 0, inodes: 0 }
  let bytes = root.blocks * 512
  let inodes = 1
  const waiting = root.isDirectory() ? [folder] : []
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const entries: Dirent[] = await readdir(at, { withFileTypes: true }).catch(() => [])
    for (const entry of entries) {
      const path = join(at, entry.name)
      const found = await lstat(path).catch(() => undefined)
      if (found === undefined || found.dev !== root.dev) continue
      bytes += found.blocks * 512
      inodes++
      if (entry.isDirectory()) waiting.push(path)
    }
  }
  return { bytes, inodes }
}
