import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { realClock } from '../lib/clock.ts'
import type { Clock } from '../lib/clock.ts'
import type { WherryError } from '../lib/errors.ts'
import type { AtRest } from './at-rest.ts'
import { Committed, defaultHistory } from './committed.ts'
import type { HistoryLimits } from './committed.ts'
import { lockDirectory } from './directory-lock.ts'
import { LoggedStore } from './logged-store.ts'
import { openFailure } from './sqlite-errors.ts'
import { SqliteLog } from './sqlite-log.ts'
import type { Store } from './store.ts'

export interface SqliteStoreOptions {
  /** Where its files are; made when it is not there. */
  readonly directory: string
  readonly clock?: Pick<Clock, 'now'>
  readonly history?: HistoryLimits
  /** Encrypts what the disk holds of some keys. */
  readonly atRest?: AtRest
  /** Called once when nobody knows any more what the disk holds: every write is refused, and the process should start anew. */
  readonly onFailure?: (error: WherryError) => void
}

/**
 * Opens the store of one machine and reads it into memory. One process at a time has it; a directory that is in use, or a
 * damaged database, is refused with the next step to take.
 */
export function openSqliteStore(options: SqliteStoreOptions): Store {
  const { directory } = options
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw openFailure(directory, error)
  }
  const unlock = lockDirectory(directory)
  try {
    const committed = new Committed()
    const clock = options.clock ?? realClock
    const log = SqliteLog.open({
      path: join(directory, 'store.sqlite'),
      committed,
      nowMs: clock.now(),
      release: unlock,
      ...(options.atRest && { atRest: options.atRest }),
    })
    return new LoggedStore({
      committed,
      log,
      clock,
      history: options.history ?? defaultHistory,
      schedule: setImmediate,
      ...(options.onFailure && { onFailure: options.onFailure }),
    })
  } catch (error) {
    unlock()
    throw error
  }
}
