import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { flushPromises, VirtualClock } from '../../lib/clock.ts'
import { seededRandom } from '../../lib/random.ts'
import { WorkQueue } from './work-queue.ts'

interface Bench {
  readonly clock: VirtualClock
  readonly queue: WorkQueue
  readonly started: string[]
  /** Ends the oldest piece of work of a key, with an error when one is given. */
  finish(key: string, error?: Error): Promise<void>
}

function makeBench(concurrency = 2): Bench {
  const clock = new VirtualClock(0)
  const started: string[] = []
  const open: { readonly key: string; readonly done: PromiseWithResolvers<void> }[] = []
  const queue = new WorkQueue({
    clock,
    random: seededRandom(1),
    concurrency,
    work(key) {
      started.push(key)
      const done = Promise.withResolvers<void>()
      open.push({ key, done })
      return done.promise
    },
    onError: () => {},
    backoff: { baseMs: 100, maxMs: 1000, jitter: 0 },
  })
  const finish = async (key: string, error?: Error): Promise<void> => {
    const [piece] = open.splice(
      open.findIndex((one) => one.key === key),
      1,
    )
    if (error === undefined) piece!.done.resolve()
    else piece!.done.reject(error)
    await flushPromises()
  }
  return { clock, queue, started, finish }
}

describe('WorkQueue', () => {
  it('works on a key once, however often it was added before its turn', async () => {
    const { queue, started } = makeBench()
    queue.add('a')
    queue.add('a')
    queue.add('b')
    await flushPromises()
    assert.deepEqual(started, ['a', 'b'])
  })

  it('works on a key again when it was added meanwhile, but not at the same time', async () => {
    const { queue, started, finish } = makeBench()
    queue.add('a')
    await flushPromises()
    queue.add('a')
    queue.add('a')
    await flushPromises()
    assert.deepEqual(started, ['a'])
    await finish('a')
    assert.deepEqual(started, ['a', 'a'])
    await finish('a')
    assert.ok(queue.isIdle)
  })

  it('holds back what exceeds its concurrency', async () => {
    const { queue, started, finish } = makeBench(2)
    for (const key of ['a', 'b', 'c', 'd']) queue.add(key)
    await flushPromises()
    assert.deepEqual(started, ['a', 'b'])
    assert.equal(queue.depth, 2)
    await finish('b')
    assert.deepEqual(started, ['a', 'b', 'c'])
  })

  it('tries a failing key again after delays that double up to a limit, and forgets them after a success', async () => {
    const { clock, queue, started, finish } = makeBench()
    queue.add('a')
    await flushPromises()
    const delays: number[] = []
    for (let i = 0; i < 6; i++) {
      await finish('a', new Error('no'))
      delays.push(clock.nextAlarm()! - clock.now())
      await clock.advance(delays.at(-1)!)
    }
    assert.deepEqual(delays, [100, 200, 400, 800, 1000, 1000])
    assert.equal(started.length, 7)
    await finish('a')
    queue.add('a')
    await flushPromises()
    await finish('a', new Error('no'))
    assert.equal(clock.nextAlarm()! - clock.now(), 100)
  })

  it('drops a delay when the key is worked on before it is over', async () => {
    const { clock, queue, started, finish } = makeBench()
    queue.addAfter('a', 5000)
    queue.addAfter('a', 9000)
    queue.add('a')
    await flushPromises()
    await finish('a')
    await clock.advance(10_000)
    assert.deepEqual(started, ['a'])
  })

  it('waits at its closing for what runs, and starts nothing more', async () => {
    const { queue, started, finish } = makeBench(1)
    queue.add('a')
    queue.add('b')
    await flushPromises()
    let closed = false
    const closing = queue.close().then(() => (closed = true))
    await flushPromises()
    assert.equal(closed, false)
    await finish('a')
    await closing
    queue.add('c')
    await flushPromises()
    assert.deepEqual(started, ['a'])
  })
})
