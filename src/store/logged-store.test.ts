import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VirtualClock } from '../lib/clock.ts'
import { isWherryError, WherryError } from '../lib/errors.ts'
import { Committed } from './committed.ts'
import type { Log, LogRow } from './log.ts'
import { noLog } from './log.ts'
import { LoggedStore } from './logged-store.ts'
import type { Store } from './store.ts'

/** A disk whose commits end, well or badly, when the test says so. */
class SlowLog implements Log {
  readonly batches: (readonly LogRow[])[] = []
  works = true
  #finish: PromiseWithResolvers<void> | undefined

  append(rows: readonly LogRow[]): Promise<void> {
    this.batches.push(rows)
    this.#finish = Promise.withResolvers()
    return this.#finish.promise
  }

  async finish(error?: WherryError): Promise<void> {
    const finish = this.#finish
    this.#finish = undefined
    if (error === undefined) finish!.resolve()
    else finish!.reject(error)
    await settled()
  }

  intact = (): boolean => this.works
  forget = noLog.forget
  tidy = noLog.tidy
  fileBytes = noLog.fileBytes
  close = noLog.close
}

describe('LoggedStore', () => {
  it('shows nothing that is not durable', async () => {
    const { log, store } = slowStore()
    const events: unknown[] = []
    store.watch({ prefix: '/r/', after: 0, onEvents: (more) => events.push(...more) })
    let told = false
    const writing = put(store, '/r/a', 0).then(() => (told = true))
    await settled()
    assert.deepEqual(
      [store.get('/r/a'), store.revision(), store.count('/r/'), events.length, told],
      [undefined, 0, 0, 0, false],
    )
    await log.finish()
    await writing
    assert.deepEqual([store.get('/r/a')?.modRevision, store.revision(), events.length], [1, 1, 1])
  })

  it('puts into the next commit whatever arrives during one', async () => {
    const { log, store } = slowStore()
    const writes = [put(store, '/r/a', 0), put(store, '/r/b', 0)]
    await settled()
    writes.push(put(store, '/r/c', 0), put(store, '/r/d', 0), put(store, '/r/a', 1))
    await log.finish()
    await log.finish()
    await Promise.all(writes)
    assert.deepEqual(
      log.batches.map((rows) => rows.map((row) => row.revision)),
      [
        [1, 2],
        [3, 4, 5],
      ],
    )
  })

  it('tells a loser only when the winner is durable', async () => {
    const { log, store } = slowStore()
    const winner = put(store, '/r/a', 0)
    let told = false
    const loser = put(store, '/r/a', 0).finally(() => (told = true))
    await settled()
    assert.equal(told, false)
    await log.finish()
    await winner
    assert.deepEqual(await loser, { ok: false, current: store.get('/r/a') })
  })

  it('refuses everything that waits when a commit fails on a full disk, then goes on', async () => {
    const { log, store } = slowStore()
    const lost = [put(store, '/r/a', 0)]
    await settled()
    lost.push(put(store, '/r/a', 1), put(store, '/r/b', 0), put(store, '/r/a', 0))
    const outcomes = Promise.allSettled(lost)
    await log.finish(new WherryError('unavailable', 'full'))
    assert.deepEqual(
      (await outcomes).map((outcome) => outcome.status),
      ['rejected', 'rejected', 'rejected', 'rejected'],
    )
    assert.equal(store.get('/r/a'), undefined)
    const next = put(store, '/r/a', 0)
    await settled()
    await log.finish()
    const result = await next
    assert.ok(result.ok && result.revision === 1)
  })

  it('refuses every later write when nobody knows what the disk holds, and says so once', async () => {
    const failures: WherryError[] = []
    const { log, store } = slowStore((error) => failures.push(error))
    log.works = false
    const first = assert.rejects(put(store, '/r/a', 0), /disk/)
    await settled()
    await log.finish(new WherryError('unavailable', 'disk'))
    await first
    for (let i = 0; i < 2; i++)
      await assert.rejects(put(store, '/r/a', 0), (error) => isWherryError(error, 'unavailable'))
    assert.equal(failures.length, 1)
    assert.equal(log.batches.length, 1)
    await store.close()
  })
})

function slowStore(onFailure: (error: WherryError) => void = () => {}): { log: SlowLog; store: Store } {
  const log = new SlowLog()
  const store = new LoggedStore({
    committed: new Committed(),
    log,
    clock: new VirtualClock(),
    history: { bytes: Infinity, ageMs: Infinity },
    schedule: queueMicrotask,
    onFailure,
  })
  return { log, store }
}

function put(store: Store, key: string, expected: number): ReturnType<Store['write']> {
  return store.write({ key, value: Buffer.from('x'), expected })
}

/** Lets every promise that can settle do so. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
