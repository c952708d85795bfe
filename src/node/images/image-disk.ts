import { stat, statfs } from 'node:fs/promises'
import type { Runtime } from '../runtime/runtime.ts'
import type { Fill } from './collection.ts'

/** The folder by which the disk of the images is known: the runtime says where it keeps them. */
export async function imageFolder(runtime: Pick<Runtime, 'imageFsInfo'>, dataDir: string): Promise<string> {
  try {
    const { imageFilesystems } = await runtime.imageFsInfo({}, { deadlineMs: 5_000 })
    const folder = imageFilesystems[0]?.fsId?.mountpoint || dataDir
    await stat(folder)
    return folder
  } catch {
    return dataDir
  }
}

/** How full the disk of a folder is. */
export async function fillOf(folder: string): Promise<Fill> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { availableBytes: bavail * bsize, capacityBytes: blocks * bsize }
}
