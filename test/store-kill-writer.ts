import { writeSync } from 'node:fs'
import { seededRandom } from '../src/lib/random.ts'
import { openSqliteStore } from '../src/store/sqlite.ts'
import type { Entry, Store } from '../src/store/store.ts'

/**
 * The process that store-kill.test.ts kills. When told to, it opens the store, says what it found, and then writes from many
 * sides at once, saying each acknowledgement the moment it has it. Lines go out synchronously: what was said before the end
 * is in the pipe.
 */
const WRITERS = 12
const KEYS = 150

const [directory, round] = process.argv.slice(2) as [string, string]
const random = seededRandom(Number(round))
const say = (line: object): void => void writeSync(1, JSON.stringify(line) + '\n')

say({ warm: true })
process.stdin.once('data', async () => {
  const store = openSqliteStore({ directory, history: { bytes: 3_000_000, ageMs: Infinity } })
  const entries = store.list('/registry/').entries.map(shown)
  const { replayed, deletes } = await replay(store)
  say({ opened: { revision: store.revision(), entries, replayed, deletes } })
  for (let i = 0; i < WRITERS; i++) void write(store, i)
})

async function write(store: Store, writer: number): Promise<void> {
  for (let i = 0; ; i++) {
    const key = `/registry/things/ns/${Math.floor(random() * KEYS)}`
    const seen = store.get(key)
    const removes = seen !== undefined && random() < 0.2
    const id = `${round}.${writer}.${i}`
    const value = removes ? undefined : Buffer.from(id.padEnd(Math.floor(random() * 6000)))
    const result = await store.write({ key, value, expected: seen?.modRevision ?? 0 })
    if (result.ok) say({ acknowledged: [key, result.revision, removes ? null : id] })
  }
}

/** What a watch from the oldest known revision leads to, and the deletes that it tells of. */
async function replay(store: Store): Promise<{ replayed: object[]; deletes: object[] }> {
  const after = store.compactedRevision()
  const state = new Map(store.list('/registry/', { revision: after }).entries.map((entry) => [entry.key, entry]))
  const deletes: object[] = []
  const watch = store.watch({
    prefix: '/registry/',
    after,
    onEvents(events) {
      for (const { type, entry, revision } of events) {
        if (type === 'put') state.set(entry.key, entry)
        else state.delete(entry.key)
        if (type === 'delete') deletes.push([entry.key, revision])
      }
    },
  })
  await new Promise((resolve) => setImmediate(resolve))
  watch.close()
  return { replayed: [...state.values()].toSorted((a, b) => (a.key < b.key ? -1 : 1)).map(shown), deletes }
}

function shown({ key, modRevision, value }: Entry): [string, number, string] {
  return [key, modRevision, value.toString().trimEnd()]
}
