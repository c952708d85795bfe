import { setTimeout as sleep } from 'node:timers/promises'
import { wherryProgram } from '../system/system-cluster.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { Packed } from './packed.ts'
import { memoryMB, startCost } from './process-cost.ts'
import { TestCluster } from './test-cluster.ts'

const SETTLE_MS = 10_000
const WATCHED_MS = 30_000

/** What a cluster of one node needs when nobody asks for anything. */
export const idle: Figure = {
  name: 'idle',
  summary: 'memory and CPU of server and agent with nothing to do',
  needsRoot: true,
  async *run({ repeats, signal }: Bench) {
    using packed = new Packed()
    for (const [how, program] of [
      ['as packaged', packed.program],
      ['from the source', wherryProgram],
    ] as const) {
      await using cluster = await TestCluster.start(signal, program)
      await sleep(SETTLE_MS, undefined, { signal })
      const [server, agent] = [new Watched(cluster.pid), new Watched(cluster.agentPid)]
      for (let run = 0; run < repeats; run++) {
        const done = [server.begin(), agent.begin()]
        await sleep(WATCHED_MS, undefined, { signal })
        for (const end of done) end()
      }
      yield* server.rows(`idle server, ${how}`, { MB: 120, references: ['520 MB', '7.7 %'] })
      yield* agent.rows(`idle agent, ${how}`, { MB: 80 })
    }
  },
}

class Watched {
  readonly #pid: number
  readonly #memory: number[] = []
  readonly #percent: number[] = []

  constructor(pid: number) {
    this.#pid = pid
  }

  begin(): () => void {
    const cost = startCost(this.#pid)
    return () => {
      const { cpuSeconds, wallSeconds } = cost()
      this.#percent.push((cpuSeconds / wallSeconds) * 100)
      this.#memory.push(memoryMB(this.#pid, 'VmRSS'))
    }
  }

  *rows(what: string, { MB, references }: { MB: number; references?: readonly [string, string] }): Iterable<Row> {
    const [memory, cpu] = references ?? []
    yield {
      what: `${what}: memory`,
      unit: 'MB',
      runs: this.#memory,
      goal: { atMost: MB },
      ...(memory !== undefined && { reference: memory }),
    }
    yield {
      what: `${what}: CPU of one core`,
      unit: '%',
      runs: this.#percent,
      goal: { atMost: 0.5 },
      ...(cpu !== undefined && { reference: cpu }),
    }
  }
}
