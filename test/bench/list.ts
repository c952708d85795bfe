import { Connection } from './connection.ts'
import type { Bench, Figure } from './figure.ts'
import { makeNamespace, makePods, podsIn } from './objects.ts'
import type { Cost } from './process-cost.ts'
import { startCost } from './process-cost.ts'
import { TestServer } from './test-server.ts'

const PODS = 10_000

/** What it takes to list many pods whole. */
export const list: Figure = {
  name: 'list',
  summary: `a list of ${PODS} Pods`,
  async *run({ repeats }: Bench) {
    await using server = await TestServer.start()
    await makeNamespace(server, 'bench')
    await makePods(server, 'bench', PODS)
    await using connection = await Connection.open(server.endpoint)
    const runs: (Cost & { readonly bytes: number })[] = []
    for (let run = 0; run <= repeats; run++) {
      let bytes = 0
      const cost = startCost(server.pid)
      await connection.request('GET', podsIn('bench'), { onData: (piece) => void (bytes += piece.length) })
      if (run > 0) runs.push({ ...cost(), bytes })
    }
    const shared = { cpuSeconds: runs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) }
    const note = `${(runs[0]!.bytes / 1e6).toFixed(1)} MB`
    yield {
      ...shared,
      what: 'list of 10,000 pods: time',
      unit: 's',
      runs: runs.map(({ wallSeconds }) => wallSeconds),
      reference: '0.92–1.7 s',
      goal: { atMost: 0.15 },
      note,
    }
    yield {
      what: 'list of 10,000 pods: CPU',
      unit: 's',
      runs: runs.map(({ cpuSeconds }) => cpuSeconds),
      reference: '0.9–2.7 s',
      goal: { atMost: 0.1 },
    }
    yield {
      what: 'list of 10,000 pods: peak memory of the server',
      unit: 'MB',
      runs: runs.map(({ peakMB }) => peakMB),
      reference: '2.4 GB',
      goal: { atMost: 300 },
    }
  },
}
