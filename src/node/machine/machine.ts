import { cpus, totalmem } from 'node:os'
import { readFileSync, statfsSync } from 'node:fs'
import { quantityOf } from '../../api/meta/quantity.ts'

/** What the machine is and has. */
export interface Machine {
  readonly cpus: number
  readonly memoryBytes: number
  readonly diskBytes: number
  /** Huge pages by their size in bytes. */
  readonly hugepages: ReadonlyMap<number, number>
  readonly swapBytes: number
  readonly machineId: string
  readonly systemUuid: string
  readonly bootId: string
  readonly kernel: string
  readonly osImage: string
  /** As Go and container images call it. */
  readonly architecture: string
}

/** Reads the machine's properties; `dataDir` tells which disk counts. */
export function readMachine(dataDir: string): Machine {
  const meminfo = read('/proc/meminfo')
  const kib = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(meminfo)?.[1] ?? 0) * 1024
  const disk = statfsSync(dataDir)
  const hugepageSize = kib('Hugepagesize')
  const hugepageCount = Number(/^HugePages_Total:\s+(\d+)/m.exec(meminfo)?.[1] ?? 0)
  return {
    cpus: cpus().length,
    memoryBytes: totalmem(),
    diskBytes: disk.blocks * disk.bsize,
    hugepages: new Map(hugepageSize > 0 ? [[hugepageSize, hugepageCount * hugepageSize]] : []),
    swapBytes: kib('SwapTotal'),
    machineId: read('/etc/machine-id').trim(),
    systemUuid: read('/sys/class/dmi/id/product_uuid').trim() || read('/etc/machine-id').trim(),
    bootId: read('/proc/sys/kernel/random/boot_id').trim(),
    kernel: read('/proc/sys/kernel/osrelease').trim(),
    osImage: /^PRETTY_NAME="?(.*?)"?$/m.exec(read('/etc/os-release'))?.[1] ?? 'Linux',
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** What the machine has, and what of it pods may use. */
export function resourcesOf(
  machine: Machine,
  podsMax: number,
): { capacity: Record<string, string>; allocatable: Record<string, string> } {
  const capacity: Record<string, string> = {
    cpu: String(machine.cpus),
    memory: quantityOf(Math.floor(machine.memoryBytes / 1024) * 1024, 'binary'),
    'ephemeral-storage': quantityOf(Math.floor(machine.diskBytes / 1024) * 1024, 'binary'),
    pods: String(podsMax),
  }
  for (const [size, bytes] of machine.hugepages)
    capacity[`hugepages-${quantityOf(size, 'binary')}`] = quantityOf(bytes, 'binary')
  // The last of memory and disk is what the node itself needs to say that there is none left.
  const reserved = { memory: 100 << 20, 'ephemeral-storage': machine.diskBytes * 0.1 }
  const hugepages = [...machine.hugepages.values()].reduce((sum, bytes) => sum + bytes, 0)
  return {
    capacity,
    allocatable: {
      ...capacity,
      memory: quantityOf(Math.max(0, machine.memoryBytes - reserved.memory - hugepages), 'decimal'),
      'ephemeral-storage': quantityOf(Math.max(0, machine.diskBytes - reserved['ephemeral-storage']), 'decimal'),
    },
  }
}
