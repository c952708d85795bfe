import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { memoryAvailable, type Pressure } from './read-pressure.ts'
import { heldConditions, shortages } from './shortages.ts'

const gib = 2 ** 30
const plenty: Pressure = {
  memoryAvailableBytes: gib,
  diskAvailableBytes: 50 * gib,
  diskBytes: 100 * gib,
  inodesFree: 50,
  inodes: 100,
  processesFree: 9999,
}

describe('shortages', () => {
  const signals = (pressure: Partial<Pressure>): string[] =>
    shortages({ ...plenty, ...pressure }).map(({ signal }) => signal)

  it('has the limits of the kubelet, memory first', () => {
    assert.deepEqual(signals({}), [])
    assert.deepEqual(signals({ memoryAvailableBytes: 100 << 20 }), [])
    assert.deepEqual(signals({ memoryAvailableBytes: (100 << 20) - 1, diskAvailableBytes: 9 * gib }), [
      'memory.available',
      'nodefs.available',
    ])
    assert.deepEqual(signals({ diskAvailableBytes: 11 * gib }), [])
    assert.deepEqual(signals({ inodesFree: 4 }), ['nodefs.inodesFree'])
    assert.deepEqual(signals({ processesFree: 1 }), ['pid.available'])
  })

  it('asks for more room where images have a disk of their own', () => {
    assert.deepEqual(signals({ images: { bytes: 100, availableBytes: 15 } }), [])
    assert.deepEqual(signals({ images: { bytes: 100, availableBytes: 14 } }), ['imagefs.available'])
  })

  it('takes no file system for full that counts no inodes', () => {
    assert.deepEqual(signals({ inodes: 0, inodesFree: 0 }), [])
  })
})

describe('heldConditions', () => {
  it('keeps a condition for five minutes after it was last seen', () => {
    const seenAt = new Map([['DiskPressure', 0]] as const)
    assert.deepEqual([...heldConditions(seenAt, 299_999)], ['DiskPressure'])
    assert.deepEqual([...heldConditions(seenAt, 300_000)], [])
  })
})

describe('memoryAvailable', () => {
  const meminfo = 'MemTotal: 8388608 kB\nMemAvailable:    4194304 kB\n'
  const of = (files: Readonly<Record<string, string>>): number =>
    memoryAvailable(8 * gib, (path) => ({ '/proc/meminfo': meminfo, ...files })[path] ?? '')

  it('is what the kernel says, where no limit stands before it', () => {
    assert.equal(of({}), 4 * gib)
    assert.equal(of({ '/sys/fs/cgroup/memory.max': 'max\n' }), 4 * gib)
    assert.equal(of({ '/sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n' }), 4 * gib)
  })

  it('is what a container has left, of which files that were not used lately are no part', () => {
    const v2 = (current: number): Record<string, string> => ({
      '/sys/fs/cgroup/memory.max': `${2 * gib}\n`,
      '/sys/fs/cgroup/memory.current': `${current}\n`,
      '/sys/fs/cgroup/memory.stat': `anon 1\ninactive_file ${gib / 2}\nactive_file 9\n`,
    })
    assert.equal(of(v2(2 * gib)), gib / 2)
    assert.equal(of(v2(gib / 4)), 2 * gib)
    assert.equal(
      of({
        '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${gib}\n`,
        '/sys/fs/cgroup/memory/memory.usage_in_bytes': `${gib}\n`,
        '/sys/fs/cgroup/memory/memory.stat': 'inactive_file 1\ntotal_inactive_file 4096\n',
      }),
      4096,
    )
  })
})
