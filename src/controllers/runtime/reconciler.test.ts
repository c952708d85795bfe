import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { startCluster } from '../../../test/cluster/cluster.ts'
import type { TestCluster } from '../../../test/cluster/cluster.ts'
import { ConfigMaps } from '../../api/core/config-map.ts'
import { Events } from '../../api/core/event.ts'
import { Secrets } from '../../api/core/secret.ts'
import type { ConfigMap } from '../../api/core/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Controller } from './controller.ts'

/** A controller that keeps as many Secrets as the ConfigMap says. */
function makeController(more: Partial<Controller<ConfigMap>> = {}): Controller<ConfigMap> {
  return {
    name: 'counter',
    owner: ConfigMaps,
    reads: [Secrets],
    writes: [Secrets],
    async reconcile(map, cluster) {
      const wanted = Number(map.data?.['count'] ?? 0)
      const has = cluster.owned(Secrets)
      for (let i = has.length; i < wanted; i++) {
        await cluster.create(Secrets, { metadata: { namespace: 'default', generateName: 'made-' } })
      }
      for (const secret of has.slice(wanted)) await cluster.remove(Secrets, secret)
    },
    ...more,
  }
}

const makeMap = (cluster: TestCluster, name: string, count = 0): Promise<ConfigMap> =>
  cluster.create(ConfigMaps, { metadata: { name }, data: { count: String(count) } })

describe('Reconciler', () => {
  it('shows a controller its own writes before it looks again', async (t) => {
    let looks = 0
    const { reconcile } = makeController()
    const controller = makeController({
      async reconcile(map, cluster) {
        looks++
        await reconcile(map, cluster)
      },
    })
    const cluster = await startCluster(t, { controllers: [controller] })
    await makeMap(cluster, 'a', 20)
    await cluster.settle()
    assert.equal((await cluster.list(Secrets)).length, 20)
    assert.ok(looks >= 2 && looks < 20)
    await cluster.patch(ConfigMaps, { name: 'a' }, { data: { count: '5' } })
    await cluster.settle()
    assert.equal((await cluster.list(Secrets)).length, 5)
  })

  it('comes back to an owner when what it owns changes, or is taken from it', async (t) => {
    const cluster = await startCluster(t, { controllers: [makeController()] })
    await makeMap(cluster, 'a', 2)
    await cluster.settle()
    const [first, second] = await cluster.list(Secrets)
    await cluster.delete(Secrets, first!)
    await cluster.patch(Secrets, second!, { metadata: { ownerReferences: [] } })
    await cluster.settle()
    assert.equal((await cluster.list(Secrets)).length, 3)
  })

  it('tries again what failed, and says on the object why', async (t) => {
    let failures = 0
    const controller = makeController({
      async reconcile(map) {
        if (map.metadata.name === 'bad' && failures++ < 3) throw new WherryError('invalid', 'no way')
      },
    })
    const cluster = await startCluster(t, { controllers: [controller] })
    await makeMap(cluster, 'bad')
    await cluster.settle()
    assert.equal(failures, 1)
    await cluster.advance(1000)
    assert.equal(failures, 4)
    const decision = cluster.decisions.find((one) => one.reason === 'ReconcileFailed')
    assert.deepEqual(
      [decision!.by, decision!.about.resource, decision!.about.name, decision!.verdict, decision!.message],
      ['controller/counter', 'configmaps', 'bad', 'waiting', 'no way'],
    )
    assert.equal(cluster.complaints.length, 3)
  })

  it('says nothing of races: somebody else was faster', async (t) => {
    let failures = 0
    const controller = makeController({
      async reconcile() {
        if (failures++ < 3) throw new WherryError('conflict', 'changed meanwhile')
      },
    })
    const cluster = await startCluster(t, { controllers: [controller] })
    await makeMap(cluster, 'a')
    await cluster.advance(1000)
    assert.equal(failures, 4)
    assert.deepEqual([cluster.complaints, cluster.decisions], [[], []])
  })

  it('tells a controller that an owner is gone', async (t) => {
    const gone: string[] = []
    const controller = makeController({ removed: async ({ name }) => void gone.push(name) })
    const cluster = await startCluster(t, { controllers: [controller] })
    const map = await makeMap(cluster, 'a')
    await cluster.delete(ConfigMaps, map)
    await cluster.settle()
    assert.deepEqual(gone, ['a'])
  })

  it('comes back after the time that was asked for, unless it was there before', async (t) => {
    const at: number[] = []
    const controller = makeController({
      async reconcile(_map, cluster) {
        at.push(cluster.clock.now())
        if (at.length === 1) cluster.requeue(5000)
      },
    })
    const cluster = await startCluster(t, { controllers: [controller] })
    const startMs = cluster.clock.now()
    await makeMap(cluster, 'a')
    await cluster.advance(60_000)
    assert.deepEqual(
      at.map((ms) => ms - startMs),
      [0, 5000],
    )
  })

  it('passes over changes that do not concern the controller', async (t) => {
    const seen: string[] = []
    const controller = makeController({
      concerns: (map) => map?.data?.['mine'] === 'yes',
      reconcile: async (map) => void seen.push(map.metadata.name),
    })
    const cluster = await startCluster(t, { controllers: [controller] })
    await makeMap(cluster, 'a')
    await cluster.create(ConfigMaps, { metadata: { name: 'b' }, data: { mine: 'yes' } })
    await cluster.settle()
    assert.deepEqual(seen, ['b'])
  })

  it('records a conclusion once, however often it is come to, and counts its Events', async (t) => {
    const controller = makeController({
      async reconcile(map, cluster) {
        cluster.decide(map, 'done', 'Fine', 'all is well', { event: 'Normal', because: [{ message: 'it is' }] })
      },
    })
    const cluster = await startCluster(t, { controllers: [controller] })
    const map = await makeMap(cluster, 'a')
    for (let i = 0; i < 3; i++) {
      await cluster.patch(ConfigMaps, map, { data: { i: String(i) } })
      await cluster.settle()
    }
    assert.deepEqual(
      cluster.decisions.map(({ reason, because }) => [reason, because]),
      [['Fine', [{ message: 'it is' }]]],
    )
    assert.deepEqual(
      (await cluster.list(Events)).map(({ count, reason }) => [count, reason]),
      [[4, 'Fine']],
    )
  })
})
