import assert from 'node:assert/strict'
import type { WherryError } from '../src/lib/errors.ts'
import { openSqliteStore } from '../src/store/sqlite.ts'
import type { Store } from '../src/store/store.ts'

/** Writes until a write is refused, and answers the refusal. */
export async function fill(store: Store, written: string[]): Promise<WherryError> {
  for (let i = 0; i < 10_000; i++) {
    const key = `k${String(i).padStart(5, '0')}`
    try {
      await put(store, key)
      written.push(key)
    } catch (error) {
      return error as WherryError
    }
  }
  return assert.fail('the disk never filled')
}

/** Writes one new key. */
export async function put(store: Store, key: string): Promise<void> {
  const result = await store.write({ key, value: Buffer.alloc(3000, key), expected: 0 })
  assert.ok(result.ok)
}

/** Every key, in order. */
export function keysOf(store: Store): string[] {
  return store.list('').entries.map((entry) => entry.key)
}

/** The process whose disk fails: says what it could write, and what it was told. */
async function writeUntilItFails(directory: string): Promise<void> {
  let failures = 0
  const store = openSqliteStore({ directory, onFailure: () => failures++ })
  const written: string[] = []
  const first = await fill(store, written)
  const second = await put(store, 'later').catch((error: WherryError) => error)
  const refusals = [first, second as WherryError].map(({ code, message }) => `${code}: ${message}`)
  process.stdout.write(JSON.stringify({ written, refusals, failures }), () => process.exit(0))
}

if (import.meta.main) await writeUntilItFails(process.argv[2]!)
