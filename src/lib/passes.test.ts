import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flushPromises, VirtualClock } from './clock.ts'
import { Passes } from './passes.ts'

function setUp(run: (keys: ReadonlySet<string>) => Promise<void>) {
  const clock = new VirtualClock()
  const stop = new AbortController()
  const errors: unknown[] = []
  const passes = new Passes<string>({ run, onError: (error) => errors.push(error), clock, signal: stop.signal })
  return { clock, stop, errors, passes }
}

describe('Passes', () => {
  it('takes in together what was marked together', async () => {
    const seen: string[][] = []
    const { passes } = setUp(async (keys) => void seen.push([...keys]))
    passes.mark('a')
    passes.mark('b')
    passes.mark('a')
    await passes.settled()
    assert.deepEqual(seen, [['a', 'b']])
  })

  it('never runs twice at once, and takes in later what was marked meanwhile', async () => {
    const seen: string[][] = []
    const gates: (() => void)[] = []
    const { passes } = setUp((keys) => {
      seen.push([...keys])
      return new Promise((resolve) => gates.push(resolve))
    })
    passes.mark('a')
    await flushPromises()
    passes.mark('b')
    passes.mark('c')
    await flushPromises()
    assert.deepEqual(seen, [['a']])
    let settled = false
    const done = passes.settled().then(() => (settled = true))
    gates[0]!()
    await flushPromises()
    assert.deepEqual(seen, [['a'], ['b', 'c']])
    assert.equal(settled, false)
    gates[1]!()
    await done
  })

  it('comes back with the same keys after a failure, and is settled only then', async () => {
    let failures = 2
    const seen: string[][] = []
    const { passes, clock, errors } = setUp(async (keys) => {
      seen.push([...keys])
      if (failures-- > 0) throw new Error('not now')
    })
    passes.mark('a')
    let settled = false
    void passes.settled().then(() => (settled = true))
    await flushPromises()
    assert.equal(settled, false)
    await clock.advance(60_000)
    assert.equal(settled, true)
    assert.equal(errors.length, 2)
    assert.deepEqual(seen, [['a'], ['a'], ['a']])
  })

  it('begins no pass after its signal has fired, and says when the last one ended', async () => {
    const seen: string[] = []
    const { passes, stop } = setUp(async (keys) => void seen.push(...keys))
    passes.mark('a')
    await passes.settled()
    stop.abort()
    passes.mark('b')
    await passes.ended()
    assert.deepEqual(seen, ['a'])
  })

  it('stops waiting when the waiter does', async () => {
    const { passes } = setUp(() => new Promise(() => {}))
    passes.mark('a')
    const impatient = new AbortController()
    const waiting = passes.settled(impatient.signal)
    impatient.abort(new Error('enough'))
    await assert.rejects(waiting, /enough/)
  })
})
