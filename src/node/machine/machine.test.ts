import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Leases } from '../../api/coordination/lease.ts'
import { Nodes } from '../../api/core/node.ts'
import type { Node, NodeStatus } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { openWatchCache } from '../../client/watch-cache.ts'
import { startCluster } from '../../../test/cluster/cluster.ts'
import type { ProgramContext } from '../../../test/cluster/cluster.ts'
import { resourcesOf } from './machine.ts'
import type { Machine } from './machine.ts'
import type { PressureCondition } from '../pressure/shortages.ts'
import { nodeConditions } from './node-conditions.ts'
import { nodeLabels, orderedAddresses } from './node-status.ts'
import { Registration } from './registration.ts'

const gib = 2 ** 30
const machine: Machine = {
  cpus: 4,
  memoryBytes: 8 * gib,
  diskBytes: 100 * gib,
  hugepages: new Map([[2 << 20, 64 << 20]]),
  swapBytes: 0,
  machineId: 'm',
  systemUuid: 's',
  bootId: 'b',
  kernel: '6.1',
  osImage: 'Debian',
  architecture: 'amd64',
}
describe('resourcesOf', () => {
  it('keeps some memory and disk for the node itself', () => {
    const { capacity, allocatable } = resourcesOf(machine, 110)
    assert.deepEqual(capacity, {
      cpu: '4',
      memory: '8Gi',
      'ephemeral-storage': '100Gi',
      pods: '110',
      'hugepages-2Mi': '64Mi',
    })
    assert.equal(Number(allocatable['memory']), 8 * gib - (100 << 20) - (64 << 20))
    assert.equal(allocatable['cpu'], '4')
  })
})

describe('nodeConditions', () => {
  it('says what is short', () => {
    const types = (short: readonly PressureCondition[], lacking: string[] = []): string[] =>
      nodeConditions({ short: new Set(short), lacking, now: 0, before: undefined })
        .filter(({ status }) => status === 'True')
        .map(({ type }) => type)
    assert.deepEqual(types([]), ['Ready'])
    assert.deepEqual(types(['PIDPressure', 'DiskPressure']), ['DiskPressure', 'PIDPressure', 'Ready'])
    assert.deepEqual(types(['MemoryPressure'], ['no network']), ['MemoryPressure'])
  })

  it('keeps the time since when something holds', () => {
    const before = {
      status: { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:00Z' }] },
    } as unknown as Node
    const ready = (lacking: string[]) =>
      nodeConditions({ short: new Set(), lacking, now: 0, before }).find(({ type }) => type === 'Ready')
    assert.equal(ready([])?.lastTransitionTime, '2025-01-01T00:00:00Z')
    assert.equal(ready(['x'])?.lastTransitionTime, '1970-01-01T00:00:00Z')
  })
})

describe('a node that registers', () => {
  const world = async (t: import('node:test').TestContext, said: () => Draft<NodeStatus>) => {
    let context!: ProgramContext
    const cluster = await startCluster(t, {
      programs: [(given) => ((context = given), { isIdle: () => true, ended: Promise.resolve() })],
    })
    const { client, clock, random, log, signal } = context
    const registration = new Registration({
      client,
      clock,
      random,
      log,
      signal,
      nodeName: 'n',
      labels: nodeLabels('n', machine),
      nodes: openWatchCache(Nodes, { fieldSelector: 'metadata.name=n' }, { client, clock, random, log, signal }),
      status: (before) =>
        Promise.resolve({
          ...said(),
          conditions: nodeConditions({ short: new Set(), lacking: [], now: clock.now(), before }),
        }),
    })
    return { cluster, registration }
  }

  it('makes its Node, and makes it again when somebody deleted it', async (t) => {
    const { cluster, registration } = await world(t, () => ({ capacity: { cpu: '4' } }))
    await registration.start()
    assert.equal((await cluster.get(Nodes, 'n')).metadata.labels?.['kubernetes.io/arch'], 'amd64')
    await cluster.advance(1000)
    await cluster.delete(Nodes, { metadata: { name: 'n' } })
    await cluster.advance(1000)
    assert.equal((await cluster.get(Nodes, 'n')).status.capacity?.['cpu'], '4')
  })

  it('renews its lease, and writes its status only when something changed or five minutes are over', async (t) => {
    let cpu = '4'
    const { cluster, registration } = await world(t, () => ({ capacity: { cpu } }))
    await registration.start()
    await cluster.advance(15_000)
    const lease = await cluster.get(Leases, 'n', 'kube-node-lease')
    const before = await cluster.get(Nodes, 'n')
    await cluster.advance(60_000)
    assert.notEqual((await cluster.get(Leases, 'n', 'kube-node-lease')).spec.renewTime, lease.spec.renewTime)
    assert.equal((await cluster.get(Nodes, 'n')).metadata.resourceVersion, before.metadata.resourceVersion)
    cpu = '8'
    registration.look()
    await cluster.advance(1000)
    assert.equal((await cluster.get(Nodes, 'n')).status.capacity?.['cpu'], '8')
    await cluster.advance(320_000)
    const beat = (await cluster.get(Nodes, 'n')).status.conditions?.[0]?.lastHeartbeatTime
    assert.ok(Date.parse(beat!) > Date.parse(before.status.conditions![0]!.lastHeartbeatTime!) + 200_000)
  })

  it('leaves alone what others added', async (t) => {
    let cpu = '4'
    const { cluster, registration } = await world(t, () => ({ capacity: { cpu }, allocatable: { cpu } }))
    await registration.start()
    await cluster.patch(Nodes, { name: 'n' }, { status: { capacity: { 'example.com/gpu': '2' } } }, 'status')
    await cluster.patch(Nodes, { name: 'n' }, { spec: { unschedulable: true }, metadata: { labels: { zone: 'a' } } })
    cpu = '8'
    registration.look()
    await cluster.advance(15_000)
    const { metadata, spec, status } = await cluster.get(Nodes, 'n')
    assert.deepEqual(status.capacity, { cpu: '8', 'example.com/gpu': '2' })
    assert.equal(spec.unschedulable, true)
    assert.equal(metadata.labels?.['zone'], 'a')
  })

  it('names IPv4 first', () => {
    assert.deepEqual(orderedAddresses(['fd00::1', '10.0.0.1']), ['10.0.0.1', 'fd00::1'])
  })
})
