import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { WherryError } from '../lib/errors.ts'
import { isBusy, openFailure } from './sqlite-errors.ts'

/**
 * Makes this process the only one that uses a directory, until the returned function is called or the process ends, however
 * it ends. Node has no file locks of its own, but SQLite's are the kernel's: a transaction that is begun and never ended
 * holds one, and others can still read who that is.
 */
export function lockDirectory(directory: string): () => void {
  const path = join(directory, 'store.lock')
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path)
    database.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL) STRICT')
    database.exec('BEGIN IMMEDIATE; DELETE FROM holder')
    database.prepare('INSERT INTO holder VALUES (?)').run(process.pid)
    database.exec('COMMIT; BEGIN IMMEDIATE')
    const held = database
    return () => {
      if (held.isOpen) held.close()
    }
  } catch (error) {
    const failure = isBusy(error) ? inUse(directory, database) : openFailure(path, error)
    if (database?.isOpen) database.close()
    throw failure
  }
}

function inUse(directory: string, database: DatabaseSync | undefined): WherryError {
  let by = 'another process'
  try {
    const pid = database?.prepare('SELECT pid FROM holder').get()?.['pid']
    if (typeof pid === 'number') by = `process ${pid}`
  } catch {
    // The holder is just writing its number; that it is in use is all that counts.
  }
  return new WherryError('conflict', `The data directory ${directory} is in use by ${by}.`, {
    hint: 'Stop the cluster that uses it with `wherry down`, or choose another directory with --data-dir.',
  })
}
