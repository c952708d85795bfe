import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { isWherryError } from '../lib/errors.ts'
import type { AtRest } from './at-rest.ts'
import { storeContract } from './contract.ts'
import { openSqliteStore } from './sqlite.ts'
import type { SqliteStoreOptions } from './sqlite.ts'
import type { Store } from './store.ts'

storeContract('sqlite', (options) => {
  const folder = temporaryFolder()
  let store = openSqliteStore({ ...options, directory: folder.path })
  return {
    store,
    reopen: async () => {
      await store.close()
      store = openSqliteStore({ ...options, directory: folder.path })
      return store
    },
    [Symbol.asyncDispose]: async () => {
      await store.close()
      folder[Symbol.dispose]()
    },
  }
})

describe('openSqliteStore', () => {
  it('keeps what is to be sealed from the disk, and has it back after a restart', async () => {
    using folder = temporaryFolder()
    await withStore({ directory: folder.path, atRest: flipped(0xff) }, async (store) => {
      await put(store, '/secret/a', 'swordfish')
      await put(store, '/plain/a', 'herring')
      const onDisk = bytesIn(folder.path)
      assert.ok(!onDisk.includes('swordfish') && onDisk.includes('herring'))
    })
    await withStore({ directory: folder.path, atRest: flipped(0xff) }, (store) => {
      assert.equal(store.get('/secret/a')?.value.toString(), 'swordfish')
    })
  })

  it('seals again with a new key what an old one sealed, so that the old one can go', async () => {
    using folder = temporaryFolder()
    await withStore({ directory: folder.path, atRest: flipped(0x0f) }, async (store) => {
      await put(store, '/secret/a', 'swordfish')
      await put(store, '/secret/a', 'mackerel', 1)
    })
    await withStore({ directory: folder.path, atRest: flipped(0xff, 0x0f) }, () => {})
    await withStore({ directory: folder.path, atRest: flipped(0xff) }, (store) => {
      const read = (revision: number): unknown =>
        store.list('', { revision }).entries.map(({ value }) => value.toString())
      assert.deepEqual([read(1), read(2)], [['swordfish'], ['mackerel']])
      assert.equal(store.revision(), 2)
    })
  })

  it('takes up where it was left, also with its history', async () => {
    using folder = temporaryFolder()
    await withStore({ directory: folder.path }, async (store) => {
      await put(store, '/r/a', 'one')
      await put(store, '/r/a', 'two', 1)
      await put(store, '/r/b', 'one')
      await put(store, '/r/b', undefined, 3)
    })
    await withStore({ directory: folder.path }, async (store) => {
      assert.equal(store.revision(), 4)
      assert.deepEqual([values(store), values(store, 1), values(store, 3)], [['two'], ['one'], ['two', 'one']])
      const result = await put(store, '/r/c', 'three')
      assert.ok(result.ok && result.revision === 5)
    })
  })

  it('does not use a revision again whose rows have all been removed', async () => {
    using folder = temporaryFolder()
    await withStore({ directory: folder.path }, async (store) => {
      await put(store, '/r/a', 'one')
      await put(store, '/r/a', undefined, 1)
      await store.compact(2)
    })
    await withStore({ directory: folder.path }, (store) => {
      assert.equal(store.revision(), 2)
      assert.equal(store.compactedRevision(), 2)
    })
  })

  it('removes from the file what was overwritten, so that renewing the same keys does not make it grow', async () => {
    using folder = temporaryFolder()
    const history = { bytes: 50_000, ageMs: Infinity }
    await withStore({ directory: folder.path, history }, async (store) => {
      const revisions = new Map<string, number>()
      for (let round = 0; round < 50; round++) {
        const leases = Array.from({ length: 40 }, async (_, i) => {
          const key = `/registry/leases/n${i}`
          const result = await put(store, key, String(round).padEnd(400), revisions.get(key) ?? 0)
          revisions.set(key, result.ok ? result.revision : assert.fail())
        })
        await Promise.all(leases)
      }
    })
    const database = new DatabaseSync(join(folder.path, 'store.sqlite'))
    const { rows } = database.prepare('SELECT count(*) AS rows FROM log').get()!
    database.close()
    assert.ok(Number(rows) < 40 + 50_000 / 400, `${rows} rows for 40 keys`)
  })

  it('is refused to a second process, until the first has closed it', async () => {
    using folder = temporaryFolder()
    await withStore({ directory: folder.path }, () => {
      assert.throws(
        () => openSqliteStore({ directory: folder.path }),
        (error) =>
          isWherryError(error, 'conflict') && error.message.includes(String(process.pid)) && error.hint !== undefined,
      )
    })
    await withStore({ directory: folder.path }, () => {})
  })

  it('says what to do about a file that is no database', () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'store.sqlite'), 'This is not a database. '.repeat(1000))
    refusesToOpen(folder.path, /is damaged/, /mv .*store\.sqlite/)
  })

  it('refuses a database of somebody else, and leaves it alone', () => {
    using folder = temporaryFolder()
    const database = new DatabaseSync(join(folder.path, 'store.sqlite'))
    database.exec('CREATE TABLE theirs (x); CREATE TABLE more (y); INSERT INTO theirs VALUES (1)')
    database.close()
    refusesToOpen(folder.path, /not one of wherry/)
  })

  it('refuses a database of a newer version', async () => {
    using folder = temporaryFolder()
    await withStore({ directory: folder.path }, () => {})
    const database = new DatabaseSync(join(folder.path, 'store.sqlite'))
    database.exec('PRAGMA user_version = 99')
    database.close()
    refusesToOpen(folder.path, /newer wherry/)
  })

  it('notices bytes that have changed on the disk', async () => {
    using folder = temporaryFolder()
    await withStore({ directory: folder.path }, (store) => put(store, '/r/a', 'the quick brown fox'))
    const path = join(folder.path, 'store.sqlite')
    const bytes = readFileSync(path)
    bytes[bytes.indexOf('quick')] = 'Q'.charCodeAt(0)
    writeFileSync(path, bytes)
    refusesToOpen(folder.path, /the bytes of \/r\/a at revision 1 have changed/)
    // The lock was let go of: a repaired file opens.
    bytes[bytes.indexOf('Quick')] = 'q'.charCodeAt(0)
    writeFileSync(path, bytes)
    await withStore({ directory: folder.path }, (store) => assert.deepEqual(values(store), ['the quick brown fox']))
  })

  it('says what is wrong with a directory that cannot be made', () => {
    using folder = temporaryFolder()
    writeFileSync(join(folder.path, 'file'), '')
    refusesToOpen(join(folder.path, 'file', 'data'), /cannot be opened/)
  })
})

async function withStore(options: SqliteStoreOptions, use: (store: Store) => unknown): Promise<void> {
  const store = openSqliteStore(options)
  try {
    await use(store)
  } finally {
    await store.close()
  }
}

function refusesToOpen(directory: string, message: RegExp, hint = /./): void {
  assert.throws(
    () => openSqliteStore({ directory }),
    (error) => isWherryError(error, 'unavailable') && message.test(error.message) && hint.test(error.hint ?? ''),
  )
}

function put(store: Store, key: string, value: string | undefined, expected = 0): ReturnType<Store['write']> {
  return store.write({ key, value: value === undefined ? undefined : Buffer.from(value), expected })
}

function values(store: Store, revision?: number): string[] {
  return store.list('/r/', revision === undefined ? {} : { revision }).entries.map((entry) => entry.value.toString())
}

/** A cipher for children: each byte is flipped by the key that stands before them. The first key seals. */
function flipped(...keys: readonly [number, ...number[]]): AtRest {
  return {
    covers: (key) => key.startsWith('/secret/'),
    seal: (_, bytes) => Buffer.from([keys[0], ...bytes.map((byte) => byte ^ keys[0])]),
    open(key, bytes) {
      const used = keys.find((one) => one === bytes[0])
      if (used === undefined) throw new Error(`no key for ${key}`)
      return Buffer.from(bytes.subarray(1).map((byte) => byte ^ used))
    },
    isCurrent: (bytes) => bytes[0] === keys[0],
  }
}

function bytesIn(directory: string): string {
  return ['store.sqlite', 'store.sqlite-wal'].map((file) => readFileSync(join(directory, file), 'latin1')).join('')
}

function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  // Where there is a disk in memory, a commit costs nothing: what a power cut does is not tried here.
  const path = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'wherry-store-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
