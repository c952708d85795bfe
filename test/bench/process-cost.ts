import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

/** The kernel counts CPU time in hundredths of a second. */
const TICKS_PER_SECOND = 100

export interface Cost {
  readonly cpuSeconds: number
  readonly wallSeconds: number
  /** The most memory that was resident since the measurement began. */
  readonly peakMB: number
}

/** Measures what a process costs from now on; call what is returned to read it. */
export function startCost(pid: number): () => Cost {
  resetPeak(pid)
  const [cpu, wall] = [cpuSeconds(pid), performance.now()]
  return () => ({
    cpuSeconds: cpuSeconds(pid) - cpu,
    wallSeconds: (performance.now() - wall) / 1000,
    peakMB: memoryMB(pid, 'VmHWM'),
  })
}

/** User and system time of a process with all its threads. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The name in parentheses may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

export function memoryMB(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN) / 1024
}

/** A process with its descendants. */
export function family(pid: number): readonly number[] {
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue
    const parent = parentOf(entry)
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(entry)])
  }
  const all = [pid]
  for (let i = 0; i < all.length; i++) all.push(...(children.get(all[i]!) ?? []))
  return all
}

function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  } catch {
    return undefined
  }
}

function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5')
  } catch {
    // Where that is not allowed, the peak is that of the whole life of the process.
  }
}
