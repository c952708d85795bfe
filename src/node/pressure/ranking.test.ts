import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { makePod } from '../pods/make.test-helper.ts'
import { sizeOf } from './pod-uses.ts'
import { evictionMessage, type PodUse, rank } from './ranking.ts'
import type { Shortage } from './shortages.ts'

const mib = 2 ** 20

function use(
  name: string,
  { memory = 0, disk = 0, inodes = 0 }: { memory?: number; disk?: number; inodes?: number },
  { requests = {}, priority = 0 }: { requests?: Record<string, string>; priority?: number } = {},
): PodUse {
  return {
    pod: makePod({ priority, containers: [{ name: 'app', resources: { requests } }] }, { name, uid: name }),
    memoryBytes: memory * mib,
    diskBytes: disk * mib,
    inodes,
    volumes: new Map(),
    containers: [{ name: 'app', memoryBytes: memory * mib, diskBytes: disk * mib }],
  }
}
const order = (uses: readonly PodUse[], resource: 'memory' | 'ephemeral-storage' | 'inodes'): string[] =>
  rank(uses, resource).map(({ pod }) => pod.metadata.name)

describe('rank', () => {
  it('takes memory first from those that use more than they asked for, of a low priority, the greediest', () => {
    const uses = [
      use('within', { memory: 900 }, { requests: { memory: '1Gi' } }),
      use('important', { memory: 500 }, { priority: 10 }),
      use('greedy', { memory: 300 }),
      use('a little more', { memory: 600 }, { requests: { memory: '500Mi' } }),
    ]
    assert.deepEqual(order(uses, 'memory'), ['greedy', 'a little more', 'important', 'within'])
  })

  it('takes disk by what is used in all', () => {
    const uses = [
      use('asked', { disk: 900 }, { requests: { 'ephemeral-storage': '1Gi' } }),
      use('a little', { disk: 100 }),
      use('more', { disk: 200 }, { requests: { 'ephemeral-storage': '150Mi' } }),
    ]
    assert.deepEqual(order(uses, 'ephemeral-storage'), ['more', 'a little', 'asked'])
    assert.deepEqual(order([use('few', { inodes: 1_000 }), use('many', { inodes: 9_000 })], 'inodes'), ['many', 'few'])
  })

  it('leaves alone whom the cluster depends on, and who has nothing to give', () => {
    const uses = [
      use('critical', { memory: 500, disk: 500 }, { priority: 2_000_000_000 }),
      use('small', { memory: 1, disk: 1, inodes: 10 }),
    ]
    for (const resource of ['memory', 'ephemeral-storage', 'inodes'] as const)
      assert.deepEqual(order(uses, resource), [], resource)
  })
})

describe('evictionMessage', () => {
  const short = (resource: Shortage['resource'], threshold: number, available: number): Shortage => ({
    signal: 'memory.available',
    condition: 'MemoryPressure',
    resource,
    threshold,
    available,
  })

  it('says it as the kubelet does', () => {
    assert.equal(
      evictionMessage(
        use('a', { memory: 300 }, { requests: { memory: '100Mi' } }),
        short('memory', 100 * mib, 64 * mib),
      ),
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 64Mi. Container app was using 300Mi, request is 100Mi, has larger consumption of memory. ',
    )
    assert.equal(
      evictionMessage(
        use('a', { disk: 10 }, { requests: { 'ephemeral-storage': '1Gi' } }),
        short('ephemeral-storage', 2048 * mib, 4096),
      ),
      'The node was low on resource: ephemeral-storage. Threshold quantity: 2Gi, available: 4Ki. ',
    )
    assert.equal(
      evictionMessage(use('a', { inodes: 5_000 }), short('inodes', 5_000, 20)),
      'The node was low on resource: inodes. Threshold quantity: 5k, available: 20. ',
    )
  })
})

describe('sizeOf', () => {
  it('counts what files take of the disk, and follows no link out of the folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wherry-size-'))
    try {
      mkdirSync(join(folder, 'volume', 'deep'), { recursive: true })
      const before = await sizeOf(join(folder, 'volume'))
      writeFileSync(join(folder, 'volume', 'deep', 'file'), Buffer.alloc(100_000, 1))
      writeFileSync(join(folder, 'outside'), Buffer.alloc(900_000, 1))
      symlinkSync(folder, join(folder, 'volume', 'link'))
      const { bytes, inodes } = await sizeOf(join(folder, 'volume'))
      assert.equal(inodes - before.inodes, 2)
      const grown = bytes - before.bytes
      assert.ok(grown >= 100_000 && grown < 200_000, `${grown}`)
      assert.deepEqual(await sizeOf(join(folder, 'nobody')), { bytes: 0, inodes: 0 })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
