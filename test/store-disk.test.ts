import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { isWherryError } from '../src/lib/errors.ts'
import { openSqliteStore } from '../src/store/sqlite.ts'
import { fill, keysOf, put } from './store-disk-writer.ts'

const isRoot = process.getuid?.() === 0

test(
  'a full disk refuses writes, loses nothing, and is forgiven when there is room',
  { skip: isRoot ? false : 'mounting a small disk needs root' },
  async () => {
    const directory = mkdtempSync(join(tmpdir(), 'wherry-full-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', directory])
    try {
      const ballast = join(directory, 'ballast')
      writeFileSync(ballast, Buffer.alloc(3 << 20))
      let store = openSqliteStore({ directory, onFailure: (error) => assert.fail(error) })
      const written: string[] = []
      const refusal = await fill(store, written)
      assert.ok(isWherryError(refusal, 'unavailable'))
      assert.match(refusal.message, /No space is left on the disk/)
      assert.match(refusal.hint ?? '', /Free some space/)
      assert.deepEqual(keysOf(store), written, 'what was refused is not there')

      rmSync(ballast)
      await put(store, 'after')
      await store.close()
      store = openSqliteStore({ directory })
      assert.deepEqual(keysOf(store), [...written, 'after'].toSorted())
      await store.close()
    } finally {
      execFileSync('umount', [directory])
      rmSync(directory, { recursive: true })
    }
  },
)

test('a disk that fails makes the store refuse everything, and what was acknowledged is found again', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'wherry-broken-'))
  try {
    // A limit on the size of files makes the kernel refuse a write in the middle, as a broken disk would.
    const writer = join(import.meta.dirname, 'store-disk-writer.ts')
    const script = `ulimit -f 2048; exec "${process.execPath}" "${writer}" "${directory}"`
    const child = spawn('bash', ['-c', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_TEST_CONTEXT: '' },
    })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    await once(child, 'close')
    const { written, refusals, failures } = JSON.parse(text) as {
      written: string[]
      refusals: string[]
      failures: number
    }
    assert.match(refusals[0]!, /^unavailable: The disk of .* failed/)
    assert.equal(refusals[1], refusals[0], 'a later write is refused as well')
    assert.equal(failures, 1)
    const store = openSqliteStore({ directory })
    assert.deepEqual(keysOf(store), written)
    await store.close()
  } finally {
    rmSync(directory, { recursive: true })
  }
})
