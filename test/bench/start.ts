import { join } from 'node:path'
import { repository } from '../system/system-cluster.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { makeNamespace, makePods } from './objects.ts'
import { buildPackage } from './packed.ts'
import { cpuSeconds, memoryMB } from './process-cost.ts'
import { TestServer } from './test-server.ts'

/** From the execution of the program to its first answer, with nothing stored: as the package has it, and as the source is. */
export const start: Figure = {
  name: 'start',
  summary: 'exec → the API answers, in an empty data directory',
  async *run({ repeats }: Bench) {
    buildPackage()
    yield measureStart(repeats, 'exec → API answers, as packaged', join(repository, 'dist', 'main.js'))
    yield measureStart(repeats, 'exec → API answers, from the source', undefined)
  },
}

async function measureStart(repeats: number, what: string, program: string | undefined): Promise<Row> {
  const runs: number[] = []
  let cpu = 0
  let peakMB = 0
  for (let run = 0; run <= repeats; run++) {
    await using server = await TestServer.prepare(program)
    const ms = await server.start()
    // The first one fills the cache of compiled code.
    if (run === 0) continue
    runs.push(ms / 1000)
    cpu += cpuSeconds(server.pid)
    peakMB = Math.max(peakMB, memoryMB(server.pid, 'VmHWM'))
  }
  return { what, unit: 's', runs, reference: '5.4 s', goal: { atMost: 0.25 }, cpuSeconds: cpu, peakMB }
}

const PODS = 11_000

/** The same with many objects on the disk, after a kill. */
export const restart: Figure = {
  name: 'restart',
  summary: `restart with ${PODS} Pods stored`,
  async *run({ repeats }: Bench) {
    await using server = await TestServer.start()
    await makeNamespace(server, 'bench')
    await makePods(server, 'bench', PODS)
    const runs: number[] = []
    const memory: number[] = []
    for (let run = 0; run < repeats; run++) {
      await server.stop('SIGKILL')
      runs.push((await server.start()) / 1000)
      memory.push(memoryMB(server.pid, 'VmHWM'))
    }
    yield { what: 'restart with 11,000 pods: time', unit: 's', runs, reference: '6.4 s', goal: { atMost: 1 } }
    yield {
      what: 'restart with 11,000 pods: peak memory',
      unit: 'MB',
      runs: memory,
      reference: '1.1 GB',
      goal: { atMost: 250 },
    }
  },
}
