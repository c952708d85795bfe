import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { VirtualClock } from '../lib/clock.ts'
import { seededRandom } from '../lib/random.ts'
import { SchedulingQueue } from './queue.ts'

function start() {
  const clock = new VirtualClock()
  const queue = new SchedulingQueue(clock, seededRandom(1))
  const add = (name: string, priority = 0) => queue.add({ uid: name, namespace: 'default', name, priority })
  return { clock, queue, add }
}

describe('SchedulingQueue', () => {
  it('looks at the most important first, then at who has waited longest', async () => {
    const { clock, queue, add } = start()
    add('late', 0)
    await clock.advance(10)
    add('later', 0)
    add('important', 9)
    assert.deepEqual(
      [queue.pop()?.name, queue.pop()?.name, queue.pop()?.name, queue.pop()],
      ['important', 'late', 'later', undefined],
    )
  })

  it('leaves a refused pod alone until something changes that has to do with its refusal, and then pauses', async () => {
    const { clock, queue, add } = start()
    add('a')
    queue.pop()
    queue.failed('a', new Set(['InsufficientResource']))
    queue.changed(['Taint'])
    await clock.advance(20_000)
    assert.equal(queue.hasActive, false)
    queue.changed(['InsufficientResource'])
    assert.equal(queue.hasActive, false)
    await clock.advance(1_200)
    assert.equal(queue.pop()?.attempts, 2)
  })

  it('does not miss what changes while a pod is being looked at', async () => {
    const { clock, queue, add } = start()
    add('a')
    queue.pop()
    queue.changed(undefined)
    queue.failed('a', new Set(['Taint']))
    await clock.advance(1_200)
    assert.equal(queue.hasActive, true)
  })

  it('looks again after five minutes in any case, and forgets pods that are gone', async () => {
    const { clock, queue, add } = start()
    for (const name of ['a', 'b']) add(name)
    for (const name of ['a', 'b']) {
      queue.pop()
      queue.failed(name, new Set(['Taint']))
    }
    queue.remove('b')
    await clock.advance(5 * 60_000)
    assert.equal(queue.pop()?.name, 'a')
    assert.equal(queue.pop(), undefined)
  })
})
