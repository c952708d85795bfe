import assert from 'node:assert/strict'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { VirtualClock } from '../../lib/clock.ts'
import type { Decision } from '../../lib/decisions.ts'
import { silentLogger } from '../../lib/log.ts'
import { Identity } from '../authn/identity.ts'
import { startTestServer } from '../server.test-helper.ts'
import { DecisionJournal } from './journal.ts'
import { DecisionRing, RING_LIMITS } from './ring.ts'

const DECISIONS = '/apis/wherry.dev/v1/decisions'

const decision = (name: string, more: Partial<Decision> = {}): Decision => ({
  at: 1000,
  by: 'scheduler',
  about: { resource: 'pods', namespace: 'default', name },
  verdict: 'waiting',
  reason: 'NoNodeFits',
  message: 'no node fits it',
  because: [],
  ...more,
})

const names = (decisions: readonly Decision[]): string[] => decisions.map(({ about }) => about.name)

describe('DecisionRing', () => {
  it('finds by object, by who decided, and by time', () => {
    const ring = new DecisionRing()
    ring.record(decision('a'))
    ring.record(decision('b', { by: 'agent/n1', at: 2000 }))
    ring.record(decision('a', { at: 3000 }))
    assert.deepEqual(names(ring.query({ about: 'pods/default/a' })), ['a', 'a'])
    assert.deepEqual(names(ring.query({ by: 'agent' })), ['b'])
    assert.deepEqual(names(ring.query({ by: 'age' })), [])
    assert.deepEqual(names(ring.query({ since: 2000 })), ['b', 'a'])
    assert.deepEqual(names(ring.query({ limit: 1 })), ['a'])
    assert.deepEqual(ring.query({ about: 'pods/default/none' }), [])
  })

  it('forgets the oldest, and a busy object its own first', () => {
    const ring = new DecisionRing({ count: 5, bytes: 1e9, countPerObject: 2 })
    for (let i = 0; i < 4; i++) ring.record(decision('busy', { at: i }))
    assert.deepEqual(
      ring.query({}).map(({ at }) => at),
      [2, 3],
    )
    for (const name of ['a', 'b', 'c', 'd']) ring.record(decision(name))
    assert.deepEqual(names(ring.query({})), ['busy', 'a', 'b', 'c', 'd'])
    assert.equal(ring.count, 5)
    for (let i = 0; i < 5000; i++) ring.record(decision(`x${i}`))
    assert.equal(ring.query({}).length, 5)
  })

  it('keeps within its bytes', () => {
    const ring = new DecisionRing({ ...RING_LIMITS, bytes: 2000 })
    for (let i = 0; i < 10; i++) ring.record(decision(`x${i}`, { message: 'm'.repeat(300) }))
    assert.ok(ring.bytes <= 2000)
    assert.equal(ring.count, 3)
  })
})

describe('DecisionJournal', () => {
  it('remembers over a restart, also after a line was cut off', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'wherry-decisions-'))
    t.after(() => rm(directory, { recursive: true }))
    const path = join(directory, 'decisions.jsonl')
    const clock = new VirtualClock()
    const open = async (): Promise<{ ring: DecisionRing; journal: DecisionJournal }> => {
      const ring = new DecisionRing()
      return { ring, journal: await DecisionJournal.open({ path, ring, clock, log: silentLogger }) }
    }
    const first = await open()
    first.journal.record(decision('a'))
    first.journal.record(decision('b'))
    await first.journal.flush()
    await appendFile(path, '{"at":1,"by":"sch')
    const second = await open()
    assert.deepEqual(names(second.ring.query({})), ['a', 'b'])
    second.journal.record(decision('c'))
    await second.journal.flush()
    assert.deepEqual(names((await open()).ring.query({})), ['a', 'b', 'c'])
    assert.equal((await readFile(path, 'utf8')).split('\n').length, 5)
  })
})

describe('the API of decisions', () => {
  it('takes batches and answers questions', async () => {
    const { send } = await startTestServer()
    assert.equal((await send(`POST ${DECISIONS}`, { items: [decision('a'), decision('b')] })).status, 201)
    const { json } = await send(`GET ${DECISIONS}?about=${encodeURIComponent('pods/default/a')}`)
    assert.deepEqual(json.items, [decision('a')])
    for (const [body, message] of [
      [{}, /a list of decisions/],
      [[{ ...decision('a'), verdict: 'maybe' }], /items\[0\].verdict/],
      [[{ ...decision('a'), about: {} }], /names no object/],
      [[{ ...decision('a'), message: '' }], /items\[0\].message/],
    ] as const) {
      const answer = await send(`POST ${DECISIONS}`, body)
      assert.equal(answer.status, 400)
      assert.match(answer.json.message, message)
    }
    assert.equal((await send(`GET ${DECISIONS}?limit=0`)).status, 400)
    assert.equal((await send(`DELETE ${DECISIONS}`)).status, 405)
  })

  it('lets a node speak for itself alone', async () => {
    const { server } = await startTestServer()
    const identity = Identity.of('system:node:n1', ['system:nodes', 'system:authenticated'])
    const post = async (by: string): Promise<number> => {
      const body = Buffer.from(JSON.stringify([decision('a', { by })]))
      const signal = new AbortController().signal
      return (
        await server.handle({ method: 'POST', url: DECISIONS, headers: {}, body: async () => body, identity, signal })
      ).status
    }
    assert.equal(await post('agent/n1'), 201)
    assert.equal(await post('agent/n1/dns'), 201)
    assert.equal(await post('agent/n10'), 403)
    assert.equal(await post('scheduler'), 403)
  })
})
