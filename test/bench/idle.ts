import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, Figure } from './figure.ts'
import { memoryMB, startCost } from './process-cost.ts'
import { TestServer } from './test-server.ts'

const SETTLE_MS = 10_000
const WATCHED_MS = 30_000

/** What the server needs when nobody asks for anything. */
export const idle: Figure = {
  name: 'idle',
  summary: 'memory and CPU of a server with nothing to do',
  async *run({ repeats, signal }: Bench) {
    await using server = await TestServer.start()
    await sleep(SETTLE_MS, undefined, { signal })
    const [memory, percent]: [number[], number[]] = [[], []]
    for (let run = 0; run < repeats; run++) {
      const cost = startCost(server.pid)
      await sleep(WATCHED_MS, undefined, { signal })
      const { cpuSeconds, wallSeconds } = cost()
      percent.push((cpuSeconds / wallSeconds) * 100)
      memory.push(memoryMB(server.pid, 'VmRSS'))
    }
    yield { what: 'idle server: memory', unit: 'MB', runs: memory, reference: '520 MB', goal: { atMost: 120 } }
    yield { what: 'idle server: CPU of one core', unit: '%', runs: percent, reference: '7.7 %', goal: { atMost: 0.5 } }
  },
}
