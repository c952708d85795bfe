import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Pod } from '../../api/core/v1.ts'
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
  /** Writable layers are copies of whole images: then they are left out, as nobody knows what was written. */
  readonly copiesImages: boolean
}

/** Measures what each active pod uses. To look through files takes its time: it is done for pods that are `onDisk`. */
export async function podUses(options: PodUsesOptions, onDisk: (pod: Pod) => boolean): Promise<readonly PodUse[]> {
  const { runtime, workers, podsDir, logDir, copiesImages } = options
  const { stats } = await runtime.listContainerStats({})
  const uses: PodUse[] = []
  for (const { uid, pod } of workers().filter(({ isActive }) => isActive)) {
    const own = stats.filter(({ attributes }) => attributes?.labels[labels.podUid] === uid)
    const logs = podLogDir(logDir, pod)
    const withDisk = onDisk(pod)
    const nothing = { bytes: 0, inodes: 0 }
    const containers = await Promise.all(
      own.map(async ({ attributes, memory, writableLayer }) => {
        const name = attributes?.metadata?.name ?? ''
        const layer = copiesImages ? undefined : writableLayer
        const log = withDisk ? await sizeOf(join(logs, name)) : nothing
        return {
          name,
          memoryBytes: memory?.workingSetBytes?.value ?? 0,
          diskBytes: (layer?.usedBytes?.value ?? 0) + log.bytes,
          inodes: (layer?.inodesUsed?.value ?? 0) + log.inodes,
        }
      }),
    )
    const volumes = withDisk ? await sizesIn(join(podsDir, uid, 'volumes', 'empty-dir')) : []
    const sum = (of: (one: (typeof containers)[number]) => number): number =>
      containers.reduce((total, one) => total + of(one), 0)
    uses.push({
      pod,
      memoryBytes: sum(({ memoryBytes }) => memoryBytes),
      diskBytes: volumes.reduce(
        (total, [, { bytes }]) => total + bytes,
        sum(({ diskBytes }) => diskBytes),
      ),
      inodes: volumes.reduce(
        (total, [, { inodes }]) => total + inodes,
        sum(({ inodes }) => inodes),
      ),
      volumes: new Map(volumes.map(([name, { bytes }]) => [name, bytes])),
      containers,
    })
  }
  return uses
}

interface Size {
  readonly bytes: number
  readonly inodes: number
}

/** The size of each folder in one. What is in memory is on another file system than the pods' folder, and is left out. */
async function sizesIn(folder: string): Promise<readonly (readonly [string, Size])[]> {
  const own = await lstat(folder).catch(() => undefined)
  const names = own === undefined ? [] : await readdir(folder).catch(() => [])
  const sizes: (readonly [string, Size])[] = []
  for (const name of names) {
    const { dev } = await lstat(join(folder, name)).catch(() => ({ dev: undefined }))
    if (dev === own!.dev) sizes.push([name, await sizeOf(join(folder, name))])
  }
  return sizes
}

/** What a folder and all that is in it take of its disk. Other file systems that are mounted in there do not count. */
export async function sizeOf(folder: string): Promise<Size> {
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
