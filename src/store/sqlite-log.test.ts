import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { Committed } from './committed.ts'
import { SqliteLog } from './sqlite-log.ts'

describe('SqliteLog', () => {
  it('keeps the write-ahead log short under writes that never pause', async () => {
    const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'wherry-log-'))
    const path = join(folder, 'store.sqlite')
    const checkpoints = { startBytes: 100_000, walBytesMax: 400_000 }
    const log = SqliteLog.open({ path, committed: new Committed(), nowMs: 0, release: () => {}, checkpoints })
    try {
      const value = Buffer.alloc(2000)
      let longest = 0
      for (let revision = 1; revision <= 1000; revision++) {
        await log.append([{ revision, createRevision: revision, key: `k${revision}`, value }])
        longest = Math.max(longest, statSync(`${path}-wal`).size)
      }
      assert.ok(longest < 2 * checkpoints.walBytesMax, `it grew to ${longest} bytes`)
      assert.ok(statSync(path).size > 1_000_000, 'what was written is in the database')
    } finally {
      await log.close()
      rmSync(folder, { recursive: true })
    }
  })
})
