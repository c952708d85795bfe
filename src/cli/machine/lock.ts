import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { WherryError } from '../../lib/errors.ts'
import { commandLineOf } from './processes.ts'

/** Holds a lock file while `work` runs, so that two commands never change one cluster at once. A dead holder's lock is taken over. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    try {
      const fd = openSync(file, 'wx', 0o600)
      writeSync(fd, String(process.pid))
      closeSync(fd)
      break
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 2) throw error
      const holder = Number(readFileSync(file, 'utf8'))
      if (commandLineOf(holder)?.includes('main') && holder !== process.pid) {
        throw new WherryError('conflict', `Another wherry command (process ${holder}) is changing this cluster.`, {
          hint: 'Wait until it has ended, then run this again.',
        })
      }
      rmSync(file, { force: true })
    }
  }
  try {
    return await work()
  } finally {
    rmSync(file, { force: true })
  }
}
