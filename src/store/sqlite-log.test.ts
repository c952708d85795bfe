import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { Committed } from './committed.ts'
import { SqliteLog } from './sqlite-log.ts'

const checkpoints = { startBytes: 100_000, walBytesMax: 400_000 }

/** Appends rows of 2 KB one after the other; answers how long the write-ahead log was at most. */
async function appendRows(log: SqliteLog, path: string, from: number, count: number): Promise<number> {
  const value = Buffer.alloc(2000)
  let longest = 0
  for (let revision = from; revision < from + count; revision++) {
    await log.append([{ revision, createRevision: revision, key: `k${revision}`, value }])
    longest = Math.max(longest, statSync(`${path}-wal`).size)
  }
  return longest
}

describe('SqliteLog', () => {
  it('keeps the write-ahead log short under writes that never pause', async () => {
    await using opened = openLog()
    const { log, path } = opened
    const longest = await appendRows(log, path, 1, 1000)
    assert.ok(longest < 2 * checkpoints.walBytesMax, `it grew to ${longest} bytes`)
    assert.ok(statSync(path).size > 1_000_000, 'what was written is in the database')
  })

  it('goes on while somebody reads the database, and catches up when they are done', async () => {
    await using opened = openLog()
    const { log, path } = opened
    await appendRows(log, path, 1, 10)
    const reader = new DatabaseSync(path)
    reader.exec('BEGIN')
    reader.prepare('SELECT count(*) FROM log').get()
    await appendRows(log, path, 11, 200)
    const held = statSync(`${path}-wal`).size
    assert.ok(held > checkpoints.walBytesMax, 'the reader holds the log')
    reader.close()
    await appendRows(log, path, 211, 200)
    assert.ok(statSync(`${path}-wal`).size < held + checkpoints.walBytesMax, 'it starts over')
    assert.ok(statSync(path).size > 300_000)
  })
})

function openLog(): { readonly log: SqliteLog; readonly path: string; [Symbol.asyncDispose](): Promise<void> } {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'wherry-log-'))
  const path = join(folder, 'store.sqlite')
  const log = SqliteLog.open({ path, committed: new Committed(), nowMs: 0, release: () => {}, checkpoints })
  return {
    log,
    path,
    async [Symbol.asyncDispose]() {
      await log.close()
      rmSync(folder, { recursive: true })
    },
  }
}
