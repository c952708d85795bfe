import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { TestContext } from 'node:test'
import { ConfigMaps } from '../api/core/config-map.ts'
import type { ConfigMap } from '../api/core/v1.ts'
import { flushPromises, VirtualClock } from '../lib/clock.ts'
import { WherryError } from '../lib/errors.ts'
import { silentLogger } from '../lib/log.ts'
import { seededRandom } from '../lib/random.ts'
import type { Client, ListQuery, WatchEvent, WatchQuery } from './client.ts'
import type { Change } from './cache.ts'
import { openWatchCache } from './watch-cache.ts'

function makeMap(
  name: string,
  revision: number,
  more: { uid?: string; value?: string; namespace?: string } = {},
): ConfigMap {
  const { uid = `uid-${name}`, value = '', namespace = 'default' } = more
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, uid, resourceVersion: String(revision), creationTimestamp: '2026-01-01T00:00:00Z' },
    data: { value },
  }
}

const bookmark = (revision: number, initialEventsEnd = false): WatchEvent<ConfigMap> => ({
  type: 'BOOKMARK',
  resourceVersion: String(revision),
  initialEventsEnd,
})
const added = (object: ConfigMap): WatchEvent<ConfigMap> => ({ type: 'ADDED', object })
const modified = (object: ConfigMap): WatchEvent<ConfigMap> => ({ type: 'MODIFIED', object })
const deleted = (object: ConfigMap): WatchEvent<ConfigMap> => ({ type: 'DELETED', object })

/** A server whose watches are played by the test, one after the other. */
class Stage {
  readonly clock = new VirtualClock()
  readonly watches: Omit<WatchQuery, 'signal'>[] = []
  readonly lists: ListQuery[] = []
  listing: readonly ConfigMap[] = []
  listRevision = '1'
  readonly stop = new AbortController()
  #queue: (WatchEvent<ConfigMap> | Error | 'end')[] = []
  #wake = (): void => {}

  readonly client = {
    watch: (_kind: unknown, query: WatchQuery) => {
      const { resourceVersion, sendInitialEvents } = query
      this.watches.push({
        ...(resourceVersion && { resourceVersion }),
        ...(sendInitialEvents && { sendInitialEvents }),
      })
      return this.#play()
    },
    list: async (_kind: unknown, query: ListQuery) => {
      this.lists.push(query)
      return { items: this.listing, resourceVersion: this.listRevision }
    },
  } as unknown as Client

  async *#play(): AsyncGenerator<WatchEvent<ConfigMap>> {
    for (;;) {
      const next = this.#queue.shift()
      if (next === 'end') return
      if (next instanceof Error) throw next
      if (next !== undefined) yield next
      else await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  async say(...events: (WatchEvent<ConfigMap> | Error | 'end')[]): Promise<void> {
    this.#queue.push(...events)
    this.#wake()
    await flushPromises()
    await this.clock.advance(60_000)
  }

  open(t: TestContext) {
    t.after(() => this.stop.abort())
    const options = {
      client: this.client,
      clock: this.clock,
      random: seededRandom(1),
      log: silentLogger,
      signal: this.stop.signal,
    }
    return openWatchCache(ConfigMaps, {}, options)
  }
}

function describeChange({ object, previous }: Change<ConfigMap>): string {
  const text = (map: ConfigMap | undefined): string =>
    map === undefined ? '-' : `${map.metadata.name}@${map.metadata.resourceVersion}`
  return `${text(previous)} > ${text(object)}`
}

describe('openWatchCache', () => {
  it('is complete once the initial events have ended, and follows from there', async (t) => {
    const stage = new Stage()
    const cache = stage.open(t)
    const changes: string[] = []
    cache.onChange((change) => changes.push(describeChange(change)))
    await stage.say(added(makeMap('a', 3)), added(makeMap('b', 5)))
    assert.equal(cache.isSynced(), false)
    assert.deepEqual(cache.list(), [])
    await stage.say(bookmark(7, true))
    await cache.synced()
    assert.deepEqual(stage.watches, [{ sendInitialEvents: true }])
    await stage.say(modified(makeMap('a', 8)), deleted(makeMap('b', 9)))
    assert.deepEqual(changes, ['- > a@3', '- > b@5', 'a@3 > a@8', 'b@5 > -'])
    assert.equal(cache.revision(), 9)
    assert.equal(cache.get({ namespace: 'default', name: 'a' })?.metadata.resourceVersion, '8')
    assert.ok(Object.isFrozen(cache.get({ namespace: 'default', name: 'a' })?.data))
  })

  it('goes on from the last revision, bookmarks included, when the stream ends', async (t) => {
    const stage = new Stage()
    stage.open(t)
    await stage.say(added(makeMap('a', 3)), bookmark(4, true), bookmark(11), 'end')
    assert.deepEqual(stage.watches, [{ sendInitialEvents: true }, { resourceVersion: '11' }])
  })

  it('lists anew when its revision has expired, and tells only what differs', async (t) => {
    const stage = new Stage()
    const cache = stage.open(t)
    await stage.say(added(makeMap('a', 1)), added(makeMap('b', 2)), added(makeMap('c', 3)), bookmark(3, true))
    const changes: string[] = []
    cache.onChange((change) => changes.push(describeChange(change)))
    await stage.say(new WherryError('expired', 'too old'))
    assert.deepEqual(stage.watches.at(-1), { sendInitialEvents: true })
    assert.equal(cache.list().length, 3, 'what was known is served meanwhile')
    await stage.say(added(makeMap('a', 1)), added(makeMap('b', 9)), added(makeMap('d', 8)), bookmark(10, true))
    assert.deepEqual(changes, ['c@3 > -', 'b@2 > b@9', '- > d@8'])
  })

  it('tells a removal and an addition when another object has taken the name', async (t) => {
    const stage = new Stage()
    const cache = stage.open(t)
    await stage.say(added(makeMap('a', 1)), bookmark(1, true))
    const changes: string[] = []
    cache.onChange((change) => changes.push(describeChange(change)))
    await stage.say(modified(makeMap('a', 5, { uid: 'another' })))
    assert.deepEqual(changes, ['a@1 > -', '- > a@5'])
  })

  it('falls back to lists for a server that knows no initial events', async (t) => {
    const stage = new Stage()
    stage.listing = [makeMap('a', 3)]
    stage.listRevision = '6'
    const cache = stage.open(t)
    await stage.say(new WherryError('invalid', 'sendInitialEvents is forbidden'))
    await cache.synced()
    assert.equal(stage.lists.length, 1)
    assert.deepEqual(stage.watches.at(-1), { resourceVersion: '6' })
    assert.deepEqual(cache.list().map(describeName), ['a'])
  })

  it('waits longer and longer while the server cannot be reached', async (t) => {
    const stage = new Stage()
    stage.open(t)
    await flushPromises()
    for (let i = 0; i < 5; i++) await stage.say(new WherryError('unavailable', 'no'))
    assert.equal(stage.watches.length, 6)
  })

  it('lets nobody wait for a first listing that will not come', async (t) => {
    const stage = new Stage()
    const cache = stage.open(t)
    stage.stop.abort()
    await stage.say('end')
    await cache.synced()
    assert.equal(cache.isSynced(), false)
  })

  it('finds objects by namespace and by index, also those from before the index', async (t) => {
    const stage = new Stage()
    const cache = stage.open(t)
    await stage.say(
      added(makeMap('a', 1, { value: 'x' })),
      added(makeMap('b', 2, { value: 'x', namespace: 'other' })),
      bookmark(2, true),
    )
    cache.addIndex('value', (map) => [map.data!['value']!])
    assert.deepEqual(cache.byIndex('value', 'x').map(describeName), ['a', 'b'])
    await stage.say(modified(makeMap('a', 3, { value: 'y' })), added(makeMap('c', 4, { value: 'x' })))
    assert.deepEqual(cache.byIndex('value', 'x').map(describeName), ['b', 'c'])
    assert.deepEqual(cache.byIndex('value', 'y').map(describeName), ['a'])
    assert.deepEqual(cache.byIndex('value', 'z'), [])
    assert.deepEqual(cache.list('other').map(describeName), ['b'])
    await stage.say(deleted(makeMap('b', 5, { value: 'x', namespace: 'other' })))
    assert.deepEqual(cache.list('other'), [])
    assert.deepEqual(cache.byIndex('value', 'x').map(describeName), ['c'])
  })

  it('lets a writer wait until its own write is seen, or its deletion', async (t) => {
    const stage = new Stage()
    const cache = stage.open(t)
    await stage.say(added(makeMap('a', 1)), bookmark(1, true))
    const done: string[] = []
    void cache.seen('1').then(() => done.push('seen 1'))
    void cache.seen('5').then(() => done.push('seen 5'))
    void cache.gone({ namespace: 'default', name: 'a' }, 'uid-a').then(() => done.push('gone'))
    await flushPromises()
    assert.deepEqual(done, ['seen 1'])
    await stage.say(modified(makeMap('a', 5)))
    assert.deepEqual(done, ['seen 1', 'seen 5'])
    await stage.say(deleted(makeMap('a', 6)))
    assert.deepEqual(done, ['seen 1', 'seen 5', 'gone'])
    await assert.rejects(cache.seen('99', AbortSignal.abort(new Error('enough'))), /enough/)
  })
})

const describeName = (map: ConfigMap): string => map.metadata.name
