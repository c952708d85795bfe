import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bench, Figure } from './figure.ts'
import { quantile } from './figure.ts'

const ENDPOINTS = 10
const CHANGES = 400

interface Result {
  readonly firstMs: number
  readonly adoptMs: number
  readonly changeMs: readonly number[]
  readonly cpuSeconds: number
}

/** From a change of endpoints that the agent has heard of to the kernel that acts on it, in a network of its own. */
export const endpoints: Figure = {
  name: 'endpoints',
  summary: 'an endpoint that comes or goes, until the kernel of the node does what it says',
  needsRoot: true,
  async *run({ repeats, signal }: Bench) {
    for (const services of [10, 1_000, 5_000]) {
      const results: Result[] = []
      for (let run = 0; run < repeats; run++) results.push(await measure(services, signal))
      const of = `${services} Services of ${ENDPOINTS} endpoints`
      const cpuSeconds = results.reduce((sum, result) => sum + result.cpuSeconds, 0)
      const runs = (q: number): number[] => results.map(({ changeMs }) => quantile(changeMs, q))
      yield { what: `${of}: a change, p50`, unit: 'ms', runs: runs(0.5) }
      yield {
        what: `${of}: a change, p99`,
        unit: 'ms',
        runs: runs(0.99),
        goal: { atMost: 10 },
        reference: '10–30 ms',
        cpuSeconds,
        note: `CPU of the agent alone, ${CHANGES * repeats} changes`,
      }
      yield { what: `${of}: first start`, unit: 'ms', runs: results.map(({ firstMs }) => firstMs) }
      yield {
        what: `${of}: start beside rules that are there`,
        unit: 'ms',
        runs: results.map(({ adoptMs }) => adoptMs),
      }
    }
  },
}

async function measure(services: number, signal: AbortSignal): Promise<Result> {
  const program = join(import.meta.dirname, 'service-rules.ts')
  const args = ['--net', process.execPath, program, `${services}`, `${ENDPOINTS}`, `${CHANGES}`]
  const { stdout } = await promisify(execFile)('unshare', args, { signal, maxBuffer: 1 << 24 })
  return JSON.parse(stdout) as Result
}
