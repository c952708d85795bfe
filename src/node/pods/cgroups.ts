import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pod } from '../../api/core/v1.ts'
import { podAmount, podCgroup, qosClass } from './resources.ts'
import type { CgroupValues, QosClass } from './resources.ts'

/** The cgroups that pods' containers lie in: `/ROOT/kubepods/burstable/podUID` and so on. */
export interface PodCgroups {
  /** Makes a pod's cgroup, or brings its limits up to date; returns its path for the runtime. */
  ensure(pod: Pod): string
  /** What the kernel says of a container's limits, as far as it can be read. */
  path(pod: Pod): string
  /** A process of one of the pod's containers; undefined while none runs. */
  process(pod: Pod): number | undefined
  remove(pod: { readonly uid: string }): void
}

/** Where the kernel shows its cgroups: one tree (v2), or one for each controller (v1). */
export type Hierarchies =
  | { readonly version: 2; readonly dir: string }
  | { readonly version: 1; readonly dirs: readonly string[]; readonly byController: ReadonlyMap<string, string> }

/** Reads from /proc/self/mountinfo which cgroup trees there are. */
export function hierarchies(mountinfo: string): Hierarchies {
  const dirs: string[] = []
  const byController = new Map<string, string>()
  let unified: string | undefined
  for (const line of mountinfo.split('\n')) {
    const [fields = '', rest = ''] = line.split(' - ')
    const point = fields.split(' ')[4] ?? ''
    const [type, , options = ''] = rest.split(' ')
    if (type === 'cgroup2') unified = point
    if (type !== 'cgroup') continue
    dirs.push(point)
    for (const option of options.split(',')) byController.set(option, point)
  }
  if (dirs.length === 0) return { version: 2, dir: unified ?? '/sys/fs/cgroup' }
  return { version: 1, dirs: unified === undefined ? dirs : [...dirs, unified], byController }
}

export function podCgroups(
  root: string,
  trees: Hierarchies = hierarchies(readFileSync('/proc/self/mountinfo', 'utf8')),
): PodCgroups {
  const base = join('/', root, 'kubepods')
  const classDirs: Record<QosClass, string> = {
    Guaranteed: base,
    Burstable: join(base, 'burstable'),
    BestEffort: join(base, 'besteffort'),
  }
  /** Requests of the pods of each shared class, in thousandths of a processor. */
  const burstable = new Map<string, number>()
  const set = trees.version === 2 ? setV2(trees.dir) : setV1(trees.byController)
  const shares = (path: string, cpuShares: number): void =>
    set(path, { cpuShares, cpuQuota: 0, cpuPeriod: 100_000, memoryLimit: 0 })
  const shareBurstable = (): void => {
    const milliCpu = [...burstable.values()].reduce((sum, value) => sum + value, 0)
    shares(classDirs.Burstable, Math.max(2, Math.floor((milliCpu * 1024) / 1000)))
  }
  const pathOf = (pod: Pod): string => join(classDirs[qosClass(pod)], `pod${pod.metadata.uid}`)
  let made = false

  return {
    path: pathOf,
    process: (pod) =>
      firstProcess(
        join(trees.version === 2 ? trees.dir : (trees.byController.get('memory') ?? trees.dirs[0] ?? ''), pathOf(pod)),
      ),
    ensure(pod) {
      if (!made) {
        for (const dir of Object.values(classDirs)) makeAll(trees, dir)
        shares(classDirs.BestEffort, 2)
        made = true
      }
      const path = pathOf(pod)
      makeAll(trees, path)
      set(path, podCgroup(pod))
      if (qosClass(pod) === 'Burstable') {
        burstable.set(pod.metadata.uid, podAmount(pod, 'requests', 'cpu'))
        shareBurstable()
      }
      return path
    },
    remove({ uid }) {
      for (const dir of Object.values(classDirs)) removeAll(trees, join(dir, `pod${uid}`))
      if (burstable.delete(uid)) shareBurstable()
    },
  }
}

function firstProcess(dir: string): number | undefined {
  try {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      if (!entry.isDirectory()) continue
      const [pid] = readFileSync(join(dir, entry.name, 'cgroup.procs'), 'utf8').split('\n')
      if (pid) return Number(pid)
    }
  } catch {
    // It went while we looked.
  }
  return undefined
}

/** Removes all that an agent with this root made, once nothing runs in it. */
export function removeCgroupRoot(
  root: string,
  trees: Hierarchies = hierarchies(readFileSync('/proc/self/mountinfo', 'utf8')),
): void {
  removeAll(trees, join('/', root))
}

/**
 * Puts a process into a cgroup of its own below `root`. What outlives the agent must not lie in the agent's: whoever ends
 * that as a whole (`systemctl kill`, systemd when the unit runs out of memory) would end it too.
 */
export function moveToCgroup(
  root: string,
  name: string,
  pid: number,
  trees: Hierarchies = hierarchies(readFileSync('/proc/self/mountinfo', 'utf8')),
): void {
  const path = join('/', root, name)
  makeAll(trees, path)
  for (const dir of trees.version === 2 ? [trees.dir] : trees.dirs) {
    mkdirSync(join(dir, path), { recursive: true })
    write(join(dir, path, 'cgroup.procs'), String(pid))
  }
}

function makeAll(trees: Hierarchies, path: string): void {
  if (trees.version === 1) {
    for (const controller of ['cpu', 'memory', 'pids']) {
      const dir = trees.byController.get(controller)
      if (dir !== undefined) mkdirSync(join(dir, path), { recursive: true })
    }
    return
  }
  // Each level hands its controllers on to the next.
  let dir = trees.dir
  for (const part of path.split('/').filter((name) => name !== '')) {
    // One at a time: a write that names a controller which is not there hands on none of them.
    for (const controller of ['cpu', 'memory', 'pids', 'cpuset'])
      write(join(dir, 'cgroup.subtree_control'), `+${controller}`)
    dir = join(dir, part)
    mkdirSync(dir, { recursive: true })
  }
}

type Set = (path: string, values: CgroupValues) => void

function setV1(byController: ReadonlyMap<string, string>): Set {
  return (path, { cpuShares, cpuQuota, cpuPeriod, memoryLimit }) => {
    const cpu = byController.get('cpu')
    const memory = byController.get('memory')
    if (cpu !== undefined) {
      write(join(cpu, path, 'cpu.shares'), String(cpuShares))
      write(join(cpu, path, 'cpu.cfs_period_us'), String(cpuPeriod))
      write(join(cpu, path, 'cpu.cfs_quota_us'), String(cpuQuota === 0 ? -1 : cpuQuota))
    }
    if (memory !== undefined)
      write(join(memory, path, 'memory.limit_in_bytes'), String(memoryLimit === 0 ? -1 : memoryLimit))
  }
}

function setV2(root: string): Set {
  return (path, { cpuShares, cpuQuota, cpuPeriod, memoryLimit }) => {
    const dir = join(root, path)
    const weight = 1 + Math.floor(((Math.max(2, cpuShares) - 2) * 9999) / 262_142)
    write(join(dir, 'cpu.weight'), String(Math.min(10_000, weight)))
    write(join(dir, 'cpu.max'), `${cpuQuota === 0 ? 'max' : cpuQuota} ${cpuPeriod}`)
    write(join(dir, 'memory.max'), memoryLimit === 0 ? 'max' : String(memoryLimit))
  }
}

/** A controller that the kernel does not have limits nothing; pods run all the same. */
function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch {
    // See above: the value is advice to a kernel that may not take it.
  }
}

function removeAll(trees: Hierarchies, path: string): void {
  for (const dir of trees.version === 2 ? [trees.dir] : trees.dirs) removeTree(join(dir, path))
}

/** Cgroups are removed from the leaves; their files go with them. */
function removeTree(dir: string): void {
  if (!existsSync(dir)) return
  for (const entry of readdirSync(dir, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(dir, entry.name))
  try {
    rmdirSync(dir)
  } catch {
    // Something runs in it still; it is removed with the next attempt.
  }
}
