import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { hierarchies, moveToCgroup, podCgroups } from './cgroups.ts'
import { makePod } from './make.test-helper.ts'

describe('hierarchies', () => {
  it('tells one tree from one for each controller', () => {
    const v2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw'
    assert.deepEqual(hierarchies(v2), { version: 2, dir: '/sys/fs/cgroup' })
    const v1 = [
      '31 23 0:27 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct',
      '32 23 0:28 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory',
      '33 23 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
    ].join('\n')
    const found = hierarchies(v1)
    assert.equal(found.version, 1)
    assert.equal(found.version === 1 && found.byController.get('cpuacct'), '/sys/fs/cgroup/cpu')
    assert.ok(found.version === 1 && found.dirs.includes('/sys/fs/cgroup/unified'))
  })
})

describe('podCgroups', () => {
  let dir = ''
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'cgroup-'))
  })
  afterEach(() => rmSync(dir, { recursive: true }))

  const burstable = (uid: string) =>
    makePod(
      { containers: [{ name: 'a', resources: { requests: { cpu: '500m' }, limits: { cpu: '1', memory: '64Mi' } } }] },
      { uid },
    )

  it('limits a pod in one tree', () => {
    const cgroups = podCgroups('wherry', { version: 2, dir })
    const path = cgroups.ensure(burstable('u'))
    assert.equal(path, '/wherry/kubepods/burstable/podu')
    const read = (file: string): string => readFileSync(join(dir, path, file), 'utf8')
    assert.deepEqual([read('cpu.max'), read('memory.max'), read('cpu.weight')], ['100000 100000', '67108864', '20'])
  })

  it('limits a pod in a tree for each controller, and shares among a class', () => {
    const trees = {
      version: 1 as const,
      dirs: ['cpu', 'memory'].map((name) => join(dir, name)),
      byController: new Map([
        ['cpu', join(dir, 'cpu')],
        ['memory', join(dir, 'memory')],
      ]),
    }
    const cgroups = podCgroups('wherry', trees)
    const path = cgroups.ensure(burstable('u'))
    cgroups.ensure(burstable('v'))
    const read = (file: string): string => readFileSync(join(dir, file), 'utf8')
    assert.equal(read(`cpu${path}/cpu.cfs_quota_us`), '100000')
    assert.equal(read(`cpu${path}/cpu.shares`), '512')
    assert.equal(read(`memory${path}/memory.limit_in_bytes`), '67108864')
    assert.equal(read('cpu/wherry/kubepods/burstable/cpu.shares'), '1024')
    assert.equal(read('cpu/wherry/kubepods/besteffort/cpu.shares'), '2')
    cgroups.remove({ uid: 'v' })
    assert.equal(read('cpu/wherry/kubepods/burstable/cpu.shares'), '512')
    assert.ok(existsSync(join(dir, `cpu${path}`)))
  })

  it('hands each controller on by itself, since one that is missing would take the others with it', () => {
    const control = join(dir, 'cgroup.subtree_control')
    podCgroups('wherry', { version: 2, dir }).ensure(burstable('u'))
    assert.match(readFileSync(control, 'utf8'), /^\+\w+$/)
  })
})

describe('moveToCgroup', () => {
  it('puts a process beside the pods, in every tree that takes it', () => {
    const dir = mkdtempSync(join(tmpdir(), 'cgroup-'))
    try {
      moveToCgroup('/wherry-x/n', 'runtime', 42, { version: 2, dir })
      assert.equal(readFileSync(join(dir, 'wherry-x/n/runtime/cgroup.procs'), 'utf8'), '42')
      const dirs = ['memory', 'systemd'].map((name) => join(dir, name))
      moveToCgroup('/wherry-x/n', 'runtime', 43, { version: 1, dirs, byController: new Map([['memory', dirs[0]!]]) })
      for (const tree of dirs) assert.equal(readFileSync(join(tree, 'wherry-x/n/runtime/cgroup.procs'), 'utf8'), '43')
    } finally {
      rmSync(dir, { recursive: true })
    }
  })
})
