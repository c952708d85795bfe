import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { VirtualClock } from '../lib/clock.ts'
import { isWherryError } from '../lib/errors.ts'
import type { HistoryLimits } from './committed.ts'
import type { Entry, Store, StoreEvent, WriteResult } from './store.ts'

/** Opens an empty store for one test; `reopen` is there when the store outlives its process. */
export interface Subject {
  readonly store: Store
  /** Closes the store and opens what it left. */
  readonly reopen?: () => Promise<Store>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

export type OpenSubject = (options: {
  readonly clock: VirtualClock
  readonly history?: HistoryLimits
}) => Promise<Subject> | Subject

const unlimited: HistoryLimits = { bytes: Infinity, ageMs: Infinity }

/** What every store has to keep; each implementation runs it in its own test file. */
export function storeContract(name: string, open: OpenSubject): void {
  const fresh = (history?: HistoryLimits, clock = new VirtualClock()): Promise<Subject> =>
    Promise.resolve(open({ clock, ...(history && { history }) }))

  describe(`${name} keeps the store's contract`, () => {
    it('gives each write a revision of its own, one after the other', async () => {
      await using subject = await fresh()
      const { store } = subject
      assert.equal(store.revision(), 0)
      const results = await Promise.all(['a', 'b', 'c'].map((key) => put(store, `/registry/pods/x/${key}`, key)))
      assert.deepEqual(
        results.map((result) => result.ok && result.revision),
        [1, 2, 3],
      )
      assert.equal(store.revision(), 3)
    })

    it('shows a write to reads once it has resolved', async () => {
      await using subject = await fresh()
      const { store } = subject
      await put(store, '/registry/pods/x/a', 'one')
      assert.deepEqual(shown(store.get('/registry/pods/x/a')), ['/registry/pods/x/a', 'one', 1, 1])
      await put(store, '/registry/pods/x/a', 'two', 1)
      assert.deepEqual(shown(store.get('/registry/pods/x/a')), ['/registry/pods/x/a', 'two', 1, 2])
      await remove(store, '/registry/pods/x/a', 2)
      assert.equal(store.get('/registry/pods/x/a'), undefined)
    })

    it('keeps its own bytes when the writer reuses a pool', async () => {
      await using subject = await fresh()
      const { store } = subject
      const pool = Buffer.alloc(1 << 16, 'x')
      await store.write({ key: '/registry/a/b', value: pool.subarray(0, 10), expected: 0 })
      assert.ok(store.get('/registry/a/b')!.value.buffer.byteLength < 1 << 10)
    })

    it('refuses a writer that saw something else, and tells what is there', async () => {
      await using subject = await fresh()
      const { store } = subject
      await put(store, '/registry/pods/x/a', 'one')
      for (const expected of [0, 7]) {
        const lost = await put(store, '/registry/pods/x/a', 'two', expected)
        assert.ok(!lost.ok)
        assert.equal(lost.current, store.get('/registry/pods/x/a'))
      }
      assert.deepEqual(await put(store, '/registry/pods/x/none', 'x', 1), { ok: false, current: undefined })
      assert.deepEqual(await remove(store, '/registry/pods/x/none', 0), { ok: false, current: undefined })
      assert.deepEqual(await remove(store, '/registry/pods/x/none', 1), { ok: false, current: undefined })
      assert.equal(store.revision(), 1)
    })

    it('lets one of several writers win who saw the same', async () => {
      await using subject = await fresh()
      const { store } = subject
      const results = await Promise.all(['1', '2', '3'].map((value) => put(store, '/registry/pods/x/a', value)))
      assert.deepEqual(
        results.map((result) => result.ok),
        [true, false, false],
      )
      const [, lost] = results
      assert.ok(lost !== undefined && !lost.ok)
      assert.equal(lost.current?.value.toString(), '1')
    })

    it('lets a writer build on what is not durable yet', async () => {
      await using subject = await fresh()
      const { store } = subject
      const results = await Promise.all([
        put(store, '/registry/pods/x/a', 'one'),
        put(store, '/registry/pods/x/a', 'two', 1),
        remove(store, '/registry/pods/x/a', 2),
        put(store, '/registry/pods/x/a', 'three', 0),
      ])
      assert.ok(results.every((result) => result.ok))
      assert.deepEqual(shown(store.get('/registry/pods/x/a')), ['/registry/pods/x/a', 'three', 4, 4])
    })

    it('lists below a prefix in the order of keys, in pages that say how much follows', async () => {
      await using subject = await fresh()
      const { store } = subject
      const names = Array.from({ length: 25 }, (_, i) => `/registry/pods/ns/p-${String((i * 7) % 25).padStart(2, '0')}`)
      await Promise.all(names.map((key) => put(store, key, key)))
      await Promise.all(
        ['/registry/pod/ns/a', '/registry/podsets/ns/a', '/registry/pods0', '/z'].map((key) => put(store, key, '')),
      )
      names.sort()
      assert.equal(store.count('/registry/pods/'), 25)
      assert.equal(store.count(''), 29)
      assert.deepEqual(keysOf(store.list('/registry/pods/').entries), names)
      const seen: string[] = []
      for (let after: string | undefined; ;) {
        const page = store.list('/registry/pods/', { limit: 10, ...(after !== undefined && { after }) })
        seen.push(...keysOf(page.entries))
        assert.equal(page.remaining, 25 - seen.length)
        assert.equal(page.revision, 29)
        if (page.remaining === 0) break
        after = page.entries.at(-1)!.key
      }
      assert.deepEqual(seen, names)
    })

    it('lists as of an earlier revision', async () => {
      await using subject = await fresh()
      const { store } = subject
      await put(store, '/r/b', 'b1') // 1
      await put(store, '/r/d', 'd1') // 2
      await put(store, '/r/b', 'b2', 1) // 3
      await remove(store, '/r/d', 2) // 4
      await put(store, '/r/c', 'c1') // 5
      await put(store, '/r/d', 'd2') // 6
      const at = (revision: number): string[] =>
        store.list('/r/', { revision }).entries.map((entry) => entry.value.toString())
      assert.deepEqual([1, 2, 3, 4, 5, 6].map(at), [
        ['b1'],
        ['b1', 'd1'],
        ['b2', 'd1'],
        ['b2'],
        ['b2', 'c1'],
        ['b2', 'c1', 'd2'],
      ])
      const page = store.list('/r/', { revision: 5, limit: 1 })
      assert.deepEqual([keysOf(page.entries), page.remaining, page.revision], [['/r/b'], 1, 5])
      assert.throws(
        () => at(7),
        (error) => isWherryError(error, 'timeout'),
      )
    })

    it('tells watchers every change, with what was there before', async () => {
      await using subject = await fresh()
      const { store } = subject
      const events = record(store, '/r/', 0)
      await put(store, '/r/a', '1')
      await put(store, '/other/a', 'x')
      await put(store, '/r/a', '2', 1)
      await remove(store, '/r/a', 3)
      assert.deepEqual(events.map(told), [
        ['put', 1, '/r/a', '1', undefined],
        ['put', 3, '/r/a', '2', '1'],
        ['delete', 4, '/r/a', '2', '2'],
      ])
      assert.equal(events[2]!.entry.modRevision, 4)
      assert.equal(events[2]!.entry.createRevision, 1)
    })

    it('tells a watcher that begins in the past what it missed, then what follows, once each', async () => {
      await using subject = await fresh()
      const { store } = subject
      for (let i = 0; i < 5; i++) await put(store, `/r/${i}`, '')
      const late = record(store, '/r/', 2)
      const following = put(store, '/r/5', '')
      assert.equal(late.length, 0, 'not before watch has returned')
      await following
      await put(store, '/r/6', '')
      assert.deepEqual(
        late.map((event) => event.revision),
        [3, 4, 5, 6, 7],
      )
    })

    it('tells a watcher that begins in the future nothing from before', async () => {
      await using subject = await fresh()
      const { store } = subject
      const events = record(store, '/r/', 2)
      await Promise.all(['a', 'b', 'c', 'd'].map((key) => put(store, `/r/${key}`, '')))
      assert.deepEqual(
        events.map((event) => event.revision),
        [3, 4],
      )
    })

    it('tells nothing to a watcher that has closed', async () => {
      await using subject = await fresh()
      const { store } = subject
      await put(store, '/r/a', '')
      const events: StoreEvent[] = []
      const collect = { prefix: '/r/', onEvents: (more: readonly StoreEvent[]) => void events.push(...more) }
      store.watch({ ...collect, after: 0 }).close()
      const watch = store.watch({ ...collect, after: 1 })
      await put(store, '/r/b', '')
      watch.close()
      watch.close()
      await put(store, '/r/c', '')
      assert.deepEqual(
        events.map((event) => event.entry.key),
        ['/r/b'],
      )
    })

    it('hands writes that share a commit to a watcher together', async () => {
      await using subject = await fresh()
      const { store } = subject
      const batches: number[] = []
      store.watch({ prefix: '/r/', after: 0, onEvents: (events) => batches.push(events.length) })
      await Promise.all(['a', 'b', 'c'].map((key) => put(store, `/r/${key}`, '')))
      assert.deepEqual(batches, [3])
    })

    it('finds watchers of whole prefixes, of one key and of everything', async () => {
      await using subject = await fresh()
      const { store } = subject
      const all = record(store, '', 0)
      const one = record(store, '/r/a', 0)
      const folder = record(store, '/r/a/', 0)
      for (const key of ['/r/a', '/r/a/b', '/r/ab', '/q/a']) await put(store, key, '')
      assert.deepEqual(
        all.map((event) => event.entry.key),
        ['/r/a', '/r/a/b', '/r/ab', '/q/a'],
      )
      assert.deepEqual(
        one.map((event) => event.entry.key),
        ['/r/a', '/r/a/b', '/r/ab'],
      )
      assert.deepEqual(
        folder.map((event) => event.entry.key),
        ['/r/a/b'],
      )
    })

    it('carries the decoded form to the entry, and drops it with the entry', async () => {
      await using subject = await fresh()
      const { store } = subject
      let seen: unknown
      store.watch({ prefix: '/r/', after: 0, onEvents: ([event]) => (seen = event!.entry.decoded) })
      const decoded = (revision: number): object => ({ revision })
      const first = await store.write({ key: '/r/a', value: Buffer.from('1'), expected: 0, decoded })
      assert.deepEqual(seen, { revision: 1 })
      assert.deepEqual(store.get('/r/a')!.decoded, { revision: 1 })
      await store.write({ key: '/r/a', value: Buffer.from('2'), expected: 1, decoded })
      await put(store, '/r/b', '')
      assert.ok(first.ok && first.entry.decoded === undefined)
      assert.deepEqual(store.get('/r/a')!.decoded, { revision: 2 })
    })

    it('does not ask a losing writer for its decoded form', async () => {
      await using subject = await fresh()
      const { store } = subject
      const decoded = (): never => assert.fail('asked')
      await store.write({ key: '/r/a', value: Buffer.from('1'), expected: 3, decoded })
    })

    it('forgets history when told, and says so to whoever asks for it', async () => {
      await using subject = await fresh()
      const { store } = subject
      await put(store, '/r/a', '1')
      await put(store, '/r/a', '2', 1)
      await put(store, '/r/b', '1')
      await remove(store, '/r/b', 3)
      await put(store, '/r/c', '1')
      await store.compact(4)
      assert.equal(store.compactedRevision(), 4)
      assert.equal(store.revision(), 5)
      for (const revision of [1, 3]) {
        assert.throws(
          () => store.list('/r/', { revision }),
          (error) => isWherryError(error, 'expired'),
        )
        assert.throws(
          () => record(store, '/r/', revision),
          (error) => isWherryError(error, 'expired'),
        )
      }
      assert.deepEqual(keysOf(store.list('/r/', { revision: 4 }).entries), ['/r/a'])
      assert.deepEqual(keysOf(store.list('/r/').entries), ['/r/a', '/r/c'])
      const events = record(store, '/r/', 4)
      await put(store, '/r/d', '')
      assert.deepEqual(
        events.map((event) => event.revision),
        [5, 6],
      )
      await store.compact(2)
      assert.equal(store.compactedRevision(), 4, 'it does not go back')
    })

    it('keeps history within its bytes', async () => {
      await using subject = await fresh({ bytes: 10_000, ageMs: Infinity })
      const { store } = subject
      let revision = 0
      for (let i = 0; i < 100; i++) {
        const result = await put(store, '/r/a', String(i).padEnd(1000), revision)
        revision = result.ok ? result.revision : assert.fail()
      }
      const { historyBytes, historyEvents, keys } = store.stats()
      assert.ok(historyBytes <= 10_000 && historyEvents >= 5, `${historyBytes} bytes in ${historyEvents} events`)
      assert.equal(keys, 1)
      assert.equal(store.compactedRevision(), 100 - historyEvents)
    })

    it('keeps history no longer than its age', async () => {
      const clock = new VirtualClock()
      await using subject = await fresh({ bytes: Infinity, ageMs: 60_000 }, clock)
      const { store } = subject
      await put(store, '/r/a', '')
      await clock.advance(40_000)
      await put(store, '/r/b', '')
      await clock.advance(40_000)
      await put(store, '/r/c', '')
      assert.equal(store.compactedRevision(), 1)
    })

    it('ends watches and refuses writes when it closes, after finishing those under way', async () => {
      await using subject = await fresh()
      const { store } = subject
      let ended = 0
      store.watch({ prefix: '/r/', after: 0, onEvents: () => {}, onEnd: () => ended++ })
      const writing = put(store, '/r/a', '')
      await store.close()
      assert.ok((await writing).ok)
      assert.equal(ended, 1)
      await assert.rejects(put(store, '/r/b', ''), (error) => isWherryError(error, 'unavailable'))
      assert.throws(
        () => record(store, '/r/', 0),
        (error) => isWherryError(error, 'unavailable'),
      )
    })

    it('behaves like a list of versions, whatever is done to it', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 60 }), async (steps) => {
          await using subject = await fresh(unlimited)
          await compareWithModel(subject, steps)
        }),
        { numRuns: 60 },
      )
    })
  })
}

/** What a random run does. Few keys, so that they collide. */
type Action =
  | { readonly do: 'put' | 'remove'; readonly key: string; readonly stale: boolean; readonly wait: boolean }
  | { readonly do: 'compact'; readonly back: number }
  | { readonly do: 'reopen' }

const step: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('put' as const, 'put' as const, 'remove' as const),
      key: fc.constantFrom('/r/a', '/r/b', '/r/b/c', '/r/d', '/s/a'),
      stale: fc.boolean().map((stale) => stale),
      wait: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('compact' as const), back: fc.nat(6) }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
)

interface ModelEntry {
  readonly value: string
  readonly mod: number
  readonly created: number
}

/** The trivial store: the whole state after each revision. */
class Model {
  readonly states: Map<string, ModelEntry>[] = [new Map()]

  get now(): Map<string, ModelEntry> {
    return this.states.at(-1)!
  }

  write(key: string, value: string | undefined, expected: number): boolean {
    const before = this.now.get(key)
    if ((before?.mod ?? 0) !== expected || (before === undefined && value === undefined)) return false
    const revision = this.states.length
    const next = new Map(this.now)
    if (value === undefined) next.delete(key)
    else next.set(key, { value, mod: revision, created: before?.created ?? revision })
    this.states.push(next)
    return true
  }

  list(revision: number, prefix: string): unknown[] {
    return [...this.states[revision]!]
      .filter(([key]) => key.startsWith(prefix))
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, { value, mod, created }]) => [key, value, created, mod])
  }
}

async function compareWithModel(subject: Subject, steps: readonly Action[]): Promise<void> {
  let { store } = subject
  const model = new Model()
  const writes: Promise<void>[] = []
  let events = record(store, '/r/', 0)
  let eventsFrom = 0
  for (const action of steps) {
    if (action.do === 'compact') {
      await Promise.all(writes)
      await store.compact(store.revision() - action.back)
    } else if (action.do === 'reopen') {
      await Promise.all(writes)
      checkEvents(model, events, eventsFrom)
      const compacted = store.compactedRevision()
      store = (await subject.reopen?.()) ?? store
      assert.equal(store.compactedRevision(), compacted)
      eventsFrom = compacted
      events = record(store, '/r/', eventsFrom)
    } else {
      const { key, stale, wait } = action
      const value = action.do === 'put' ? `${key}@${model.states.length}` : undefined
      const expected = Math.max(0, (model.now.get(key)?.mod ?? 0) + (stale ? 1 : 0))
      const wins = model.write(key, value, expected)
      const result = put(store, key, value, expected).then(({ ok }) => assert.equal(ok, wins))
      writes.push(result)
      if (wait) await result
    }
  }
  await Promise.all(writes)
  await Promise.resolve()
  assert.equal(store.revision(), model.states.length - 1)
  for (let revision = store.compactedRevision(); revision < model.states.length; revision++) {
    for (const prefix of ['', '/r/', '/r/b']) {
      // Revision 0 means `now` to nobody here: an empty store is empty.
      const listed = store.list(prefix, { revision })
      assert.deepEqual(listed.entries.map(shown), model.list(revision, prefix), `${prefix} at ${revision}`)
    }
  }
  assert.equal(store.count('/r/'), model.list(model.states.length - 1, '/r/').length)
  checkEvents(model, events, eventsFrom)
}

/** Events lead from one state of the model to the next, none left out. */
function checkEvents(model: Model, events: readonly StoreEvent[], from: number): void {
  let next = 0
  for (let revision = from + 1; revision < model.states.length; revision++) {
    const before = model.states[revision - 1]!
    const after = model.states[revision]!
    const key = [...new Set([...before.keys(), ...after.keys()])].find(
      (key) => before.get(key)?.mod !== after.get(key)?.mod,
    )!
    if (!key.startsWith('/r/')) continue
    const value = after.get(key)?.value
    assert.deepEqual(told(events[next++]!), [
      value === undefined ? 'delete' : 'put',
      revision,
      key,
      value ?? before.get(key)?.value,
      before.get(key)?.value,
    ])
  }
  assert.equal(events.length, next)
}

function put(store: Store, key: string, value: string | undefined, expected = 0): Promise<WriteResult> {
  return store.write({ key, value: value === undefined ? undefined : Buffer.from(value), expected })
}

function remove(store: Store, key: string, expected: number): Promise<WriteResult> {
  return put(store, key, undefined, expected)
}

/** Collects what a watcher is told. */
function record(store: Store, prefix: string, after: number): StoreEvent[] {
  const events: StoreEvent[] = []
  store.watch({ prefix, after, onEvents: (more) => void events.push(...more) })
  return events
}

function keysOf(entries: readonly Entry[]): string[] {
  return entries.map((entry) => entry.key)
}

function shown(entry: Entry | undefined): unknown {
  return entry && [entry.key, entry.value.toString(), entry.createRevision, entry.modRevision]
}

function told({ type, revision, entry, previous }: StoreEvent): unknown {
  return [type, revision, entry.key, entry.value.toString(), previous?.value.toString()]
}
