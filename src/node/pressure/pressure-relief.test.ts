import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import type { Pod } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { VirtualClock } from '../../lib/clock.ts'
import { silentLogger } from '../../lib/log.ts'
import type { SaidOfNode } from '../machine/node-narrator.ts'
import { makePod } from '../pods/make.test-helper.ts'
import { PressureRelief } from './pressure-relief.ts'
import type { PodUse } from './ranking.ts'
import type { Pressure } from './read-pressure.ts'

const mib = 2 ** 20
const plenty: Pressure = {
  memoryAvailableBytes: 1024 * mib,
  diskAvailableBytes: 500 * mib,
  diskBytes: 1000 * mib,
  inodesFree: 50,
  inodes: 100,
  processesFree: 9999,
}

/** A node whose pods use memory and disk until they are evicted; what they give back is there at once. */
function world(
  t: TestContext,
  pods: Readonly<Record<string, { memory?: number; disk?: number; spec?: Draft<Pod['spec']> }>>,
) {
  const clock = new VirtualClock()
  const stop = new AbortController()
  t.after(() => stop.abort())
  const said: SaidOfNode[] = []
  const evicted: string[] = []
  const state = { pressure: plenty, imagesBytes: 0, changes: 0 }
  const workers = Object.keys(pods).map((uid) => ({
    uid,
    pod: makePod(pods[uid]?.spec, { name: uid, uid }),
    isActive: true,
    discard: () => Promise.resolve(),
    evict(message: string) {
      evicted.push(`${uid}: ${message}`)
      const { memory = 0, disk = 0 } = pods[uid]!
      const { memoryAvailableBytes, diskAvailableBytes } = state.pressure
      clock.after(2_000, () => {
        this.isActive = false
        state.pressure = {
          ...state.pressure,
          memoryAvailableBytes: memoryAvailableBytes + memory * mib,
          diskAvailableBytes: diskAvailableBytes + disk * mib,
        }
      })
    },
  }))
  const relief = new PressureRelief({
    read: () => state.pressure,
    images: {
      removeUnused() {
        const freed = state.imagesBytes
        state.imagesBytes = 0
        state.pressure = { ...state.pressure, diskAvailableBytes: state.pressure.diskAvailableBytes + freed }
        return Promise.resolve(freed)
      },
    },
    workers: () => workers,
    measure: () =>
      Promise.resolve(
        workers
          .filter(({ isActive }) => isActive)
          .map(({ uid, pod }): PodUse => {
            const { memory = 0, disk = 0 } = pods[uid]!
            const used = { memoryBytes: memory * mib, diskBytes: disk * mib }
            return { pod, ...used, inodes: 1, volumes: new Map(), containers: [{ name: 'app', ...used }] }
          }),
      ),
    narrator: { say: (one) => void said.push(one) },
    podNarrator: { say: () => {} },
    changed: () => void state.changes++,
    clock,
    log: silentLogger,
    signal: stop.signal,
  })
  void relief.run()
  return {
    clock,
    relief,
    state,
    evicted,
    names: () => evicted.map((one) => one.split(':')[0]),
    reasons: () => said.map(({ reason }) => reason),
    short: (more: Partial<Pressure>) => void (state.pressure = { ...state.pressure, ...more }),
  }
}

describe('PressureRelief', () => {
  it('evicts one pod after the other until there is enough, and no more', async (t) => {
    const { clock, short, names, relief, reasons } = world(t, {
      small: { memory: 30 },
      big: { memory: 80 },
      next: { memory: 40 },
    })
    await clock.advance(60_000)
    assert.deepEqual([names(), [...relief.conditions()]], [[], []])
    short({ memoryAvailableBytes: 0 })
    await clock.advance(60_000)
    assert.deepEqual(names(), ['big', 'next'])
    assert.deepEqual(reasons(), ['EvictionThresholdMet', 'Relieved'])
    assert.deepEqual([...relief.conditions()], ['MemoryPressure'])
  })

  it('says that a condition holds, and five minutes after its end that it does no more', async (t) => {
    const { clock, short, state, relief } = world(t, {})
    short({ processesFree: 1 })
    await clock.advance(20_000)
    assert.deepEqual([[...relief.conditions()], state.changes], [['PIDPressure'], 1])
    short({ processesFree: 9999 })
    await clock.advance(200_000)
    assert.deepEqual([[...relief.conditions()], state.changes], [['PIDPressure'], 1])
    await clock.advance(200_000)
    assert.deepEqual([[...relief.conditions()], state.changes], [[], 2])
  })

  it('evicts a pod that uses more of the disk than it may, however much is left', async (t) => {
    const limits = { 'ephemeral-storage': '100Mi' }
    const spec = { containers: [{ name: 'app', resources: { limits } }] }
    const { clock, evicted } = world(t, { more: { disk: 101, spec }, less: { disk: 100, spec }, free: { disk: 500 } })
    await clock.advance(60_000)
    assert.deepEqual(evicted, ['more: Pod ephemeral local storage usage exceeds the total limit of containers 100Mi. '])
  })

  it('does not mind what is over at once', async (t) => {
    const { clock, short, names, relief } = world(t, { big: { memory: 500 } })
    await clock.advance(9_500)
    short({ memoryAvailableBytes: 0 })
    clock.after(1_000, () => short({ memoryAvailableBytes: 1024 * mib }))
    await clock.advance(60_000)
    assert.deepEqual([names(), [...relief.conditions()]], [[], []])
  })

  it('removes images before it evicts a pod for its disk', async (t) => {
    const { clock, short, state, names } = world(t, { writer: { disk: 100 }, other: { disk: 60 } })
    state.imagesBytes = 60 * mib
    short({ diskAvailableBytes: 50 * mib })
    await clock.advance(60_000)
    assert.deepEqual([names(), state.imagesBytes], [[], 0])
    short({ diskAvailableBytes: 50 * mib })
    await clock.advance(60_000)
    assert.deepEqual(names(), ['writer'])
  })

  it('leaves pods alone that are not the reason why a shared disk is full', async (t) => {
    const { clock, short, names, relief, reasons } = world(t, { one: { disk: 1 }, two: { disk: 2 } })
    short({ diskAvailableBytes: 0 })
    await clock.advance(120_000)
    assert.deepEqual([names(), [...relief.conditions()]], [[], ['DiskPressure']])
    assert.deepEqual(reasons(), ['EvictionThresholdMet', 'NobodyToEvict'])
  })
})
