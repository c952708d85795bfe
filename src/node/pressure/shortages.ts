import type { Pressure } from './read-pressure.ts'

/** The conditions of a node that is short of something. */
export type PressureCondition = 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'

/** Something of which a node has less than it should. */
export interface Shortage {
  /** As the kubelet calls what it watches. */
  readonly signal: 'memory.available' | 'nodefs.available' | 'nodefs.inodesFree' | 'imagefs.available' | 'pid.available'
  readonly condition: PressureCondition
  readonly resource: 'memory' | 'ephemeral-storage' | 'inodes' | 'pids'
  /** Below this it is short, and what there is; bytes, or a number. */
  readonly threshold: number
  readonly available: number
}

/** The limits below which a node is short: the kubelet's own, for hard evictions. */
const memoryBytesMin = 100 << 20
const diskShareMin = 0.1
const inodeShareMin = 0.05
const imageShareMin = 0.15
/** The kubelet evicts nobody for these, and neither do we: the limit is only for the condition. */
const processesMin = 100

/** For how long a condition is kept after it was last seen, so that pods do not come and go with it. */
export const transitionMs = 300_000

/** What a node is short of, the most urgent first. Pure. */
export function shortages(pressure: Pressure): readonly Shortage[] {
  const { images } = pressure
  const watched: readonly Shortage[] = [
    {
      signal: 'memory.available',
      condition: 'MemoryPressure',
      resource: 'memory',
      threshold: memoryBytesMin,
      available: pressure.memoryAvailableBytes,
    },
    {
      signal: 'nodefs.available',
      condition: 'DiskPressure',
      resource: 'ephemeral-storage',
      threshold: Math.floor(pressure.diskBytes * diskShareMin),
      available: pressure.diskAvailableBytes,
    },
    {
      signal: 'nodefs.inodesFree',
      condition: 'DiskPressure',
      resource: 'inodes',
      // Some file systems make them as they need them, and say that they have none.
      threshold: Math.floor(pressure.inodes * inodeShareMin),
      available: pressure.inodesFree,
    },
    {
      signal: 'imagefs.available',
      condition: 'DiskPressure',
      resource: 'ephemeral-storage',
      threshold: Math.floor((images?.bytes ?? 0) * imageShareMin),
      available: images?.availableBytes ?? 0,
    },
    {
      signal: 'pid.available',
      condition: 'PIDPressure',
      resource: 'pids',
      threshold: processesMin,
      available: pressure.processesFree,
    },
  ]
  return watched.filter(({ threshold, available }) => available < threshold)
}

/** The conditions that hold, by when each was last seen. Pure. */
export function heldConditions(
  seenAt: ReadonlyMap<PressureCondition, number>,
  now: number,
): ReadonlySet<PressureCondition> {
  return new Set([...seenAt].filter(([, at]) => now - at < transitionMs).map(([condition]) => condition))
}
