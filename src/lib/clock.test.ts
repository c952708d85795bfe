import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VirtualClock } from './clock.ts'

describe('VirtualClock', () => {
  it('rings alarms in the order of their time, then of their setting', async () => {
    const clock = new VirtualClock(0)
    const rung: string[] = []
    clock.after(20, () => rung.push('c'))
    clock.after(10, () => rung.push('a'))
    clock.after(10, () => rung.push('b'))
    await clock.advance(15)
    assert.deepEqual(rung, ['a', 'b'])
    assert.equal(clock.now(), 15)
    await clock.advance(5)
    assert.deepEqual(rung, ['a', 'b', 'c'])
  })

  it('does not ring what was cancelled, however much that is', async () => {
    const clock = new VirtualClock(0)
    const rung: number[] = []
    const cancels = Array.from({ length: 5000 }, (_, i) => clock.after(i, () => rung.push(i)))
    cancels.forEach((cancel, i) => i % 1000 !== 7 && cancel())
    assert.equal(clock.nextAlarm(), 7)
    await clock.advance(5000)
    assert.deepEqual(rung, [7, 1007, 2007, 3007, 4007])
  })

  it('lets an alarm set another one that is due in the same stretch', async () => {
    const clock = new VirtualClock(0)
    let at = -1
    clock.after(10, () => clock.after(10, () => (at = clock.now())))
    await clock.advance(30)
    assert.equal(at, 20)
  })

  it('rejects a sleep with the reason of its signal', async () => {
    const clock = new VirtualClock(0)
    const stop = new AbortController()
    const slept = clock.sleep(1000, stop.signal)
    stop.abort(new Error('stopped'))
    await assert.rejects(slept, /stopped/)
    assert.equal(clock.nextAlarm(), undefined)
  })
})
