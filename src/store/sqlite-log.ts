import { closeSync, fdatasync, fstatSync, openSync, statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { setImmediate as immediate } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { AtRest } from './at-rest.ts'
import { Checkpointer, defaultCheckpoints } from './checkpointer.ts'
import type { CheckpointLimits } from './checkpointer.ts'
import type { Committed } from './committed.ts'
import type { Log, LogRow } from './log.ts'
import { isFull, openFailure, writeFailure } from './sqlite-errors.ts'
import { checksum, replay } from './sqlite-replay.ts'
import { prepareSchema } from './sqlite-schema.ts'

const sync = promisify(fdatasync)

/** How long to wait for somebody who has the database open beside us, with a tool of SQLite's, and is writing. */
const BUSY_TIMEOUT_MS = 2000

/** How many forgotten rows a commit removes beside writing its own: more than it adds, so that it catches up. */
const FORGET_ROWS_MIN = 32
const FORGET_ROWS_PER_WRITE = 3
/** How many are removed in one step when they are to be gone at once. */
const TIDY_ROWS = 1000

/** A commit writes whole pages: the ones of its rows, and about this much beside them. */
const COMMIT_OVERHEAD_BYTES = 8192
const ROW_OVERHEAD_BYTES = 32
/** Rows that are removed together mostly share their page. */
const REMOVAL_BYTES = 512

export interface SqliteLogOptions {
  readonly path: string
  /** Where the log is replayed to. */
  readonly committed: Committed
  readonly nowMs: number
  /** Called when the log is closed. */
  readonly release: () => void
  readonly checkpoints?: CheckpointLimits
  readonly atRest?: AtRest
}

/**
 * A log in an SQLite database with a write-ahead log of its own. A commit is written on the calling thread, which takes
 * microseconds, and made durable by an fdatasync on Node's thread pool: the same as `synchronous=FULL`, but the event loop
 * goes on meanwhile (decisions/0001-durable-commits.md).
 */
export class SqliteLog implements Log {
  readonly #path: string
  readonly #database: DatabaseSync
  readonly #checkpointer: Checkpointer
  readonly #release: () => void
  readonly #atRest: AtRest | undefined
  readonly #wal: number
  readonly #begin: StatementSync
  readonly #end: StatementSync
  readonly #insert: StatementSync
  readonly #remove: StatementSync
  readonly #setCompacted: StatementSync
  #forgotten: number[] = []
  #compacted: number
  /** What the database says of `#compacted`; it follows when rows are removed. */
  #storedCompacted: number
  #broken = false

  private constructor(
    { path, release, checkpoints, atRest }: SqliteLogOptions,
    database: DatabaseSync,
    compacted: number,
  ) {
    this.#path = path
    this.#database = database
    this.#compacted = compacted
    this.#storedCompacted = compacted
    this.#release = release
    this.#atRest = atRest
    this.#wal = openSync(`${path}-wal`, 'r')
    this.#checkpointer = new Checkpointer(path, fstatSync(this.#wal).size, checkpoints ?? defaultCheckpoints)
    this.#begin = database.prepare('BEGIN IMMEDIATE')
    this.#end = database.prepare('COMMIT')
    this.#insert = database.prepare('INSERT INTO log (revision, created, key, value, checksum) VALUES (?, ?, ?, ?, ?)')
    this.#remove = database.prepare('DELETE FROM log WHERE revision = ?')
    this.#setCompacted = database.prepare('UPDATE history SET compacted = ?')
  }

  /** Opens or makes the database and replays it. */
  static open(options: SqliteLogOptions): SqliteLog {
    const { path } = options
    let database: DatabaseSync | undefined
    try {
      database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0')
      prepareSchema(database, path)
      const compacted = Number(database.prepare('SELECT compacted FROM history').get()!['compacted'])
      const forgotten = replay(database, options, compacted)
      const log = new SqliteLog(options, database, compacted)
      log.forget(forgotten, compacted)
      return log
    } catch (error) {
      if (database?.isOpen) database.close()
      throw openFailure(path, error)
    }
  }

  async append(rows: readonly LogRow[]): Promise<void> {
    await this.#commit(rows, FORGET_ROWS_MIN + rows.length * FORGET_ROWS_PER_WRITE)
    try {
      await sync(this.#wal)
    } catch (error) {
      // After a failed sync the kernel may have dropped what it could not write: nobody knows what is on the disk.
      this.#broken = true
      throw writeFailure(this.#path, error)
    }
  }

  /** Writes rows and removes forgotten ones in one transaction, which is not durable yet. */
  async #commit(rows: readonly LogRow[], forgetMax: number): Promise<void> {
    try {
      const full = this.#checkpointer.room()
      if (full !== undefined) await full
      let bytes = COMMIT_OVERHEAD_BYTES
      this.#begin.run()
      for (const { revision, createRevision, key, value: plain } of rows) {
        const value = plain !== undefined && this.#atRest?.covers(key) ? this.#atRest.seal(key, plain) : plain
        this.#insert.run(revision, createRevision, key, value ?? null, checksum(key, value))
        bytes += key.length + (value?.length ?? 0) + ROW_OVERHEAD_BYTES
      }
      const removed = Math.min(forgetMax, this.#forgotten.length)
      const compacted = this.#compacted
      if (removed > 0 || rows.length === 0) this.#setCompacted.run(compacted)
      for (let i = 0; i < removed; i++) this.#remove.run(this.#forgotten[i]!)
      this.#end.run()
      this.#forgotten.splice(0, removed)
      if (removed > 0 || rows.length === 0) this.#storedCompacted = compacted
      // At once, before anything can come in between: a checkpoint under way has to know of it.
      this.#checkpointer.wrote(bytes + removed * REMOVAL_BYTES)
    } catch (error) {
      this.#rollBack(error)
      throw writeFailure(this.#path, error)
    }
  }

  intact(): boolean {
    return !this.#broken
  }

  forget(revisions: readonly number[], compacted: number): void {
    for (const revision of revisions) this.#forgotten.push(revision)
    this.#compacted = compacted
  }

  async tidy(): Promise<void> {
    while (this.#forgotten.length > 0 || this.#storedCompacted !== this.#compacted) {
      await this.#commit([], TIDY_ROWS)
      await immediate()
    }
  }

  #rollBack(error: unknown): void {
    try {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
      // A full disk leaves the database as it was; any other error says that it cannot be relied on.
      this.#broken = !isFull(error)
    } catch {
      this.#broken = true
    }
  }

  fileBytes(): number {
    let bytes = 0
    for (const suffix of ['', '-wal']) bytes += statSync(this.#path + suffix, { throwIfNoEntry: false })?.size ?? 0
    return bytes
  }

  async close(): Promise<void> {
    await this.#checkpointer.close()
    // SQLite brings the rest of the write-ahead log into the database when its last user leaves.
    this.#database.close()
    closeSync(this.#wal)
    this.#release()
  }
}
