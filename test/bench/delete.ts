import type { Bench, Figure } from './figure.ts'
import type { Load } from './load.ts'
import { load } from './load.ts'
import { loadRow } from './load-row.ts'
import { makeNamespace, makePods, podsIn } from './objects.ts'
import { TestServer } from './test-server.ts'

const REQUESTS = 2000

/** What it costs to delete pods at once. */
export const deletePods: Figure = {
  name: 'delete',
  summary: 'deletes of Pods, 16 connections',
  async *run({ repeats }: Bench) {
    await using server = await TestServer.start()
    await makeNamespace(server, 'bench')
    const loads: Load[] = []
    for (let run = 0; run <= repeats; run++) {
      const names = await makePods(server, 'bench', REQUESTS)
      let next = 0
      const spent = await load(server, {
        connections: 16,
        requests: REQUESTS,
        next: () => ({ method: 'DELETE', path: `${podsIn('bench')}/${names[next++]}?gracePeriodSeconds=0` }),
      })
      // The first one compiles the server's code.
      if (run > 0) loads.push(spent)
    }
    yield loadRow('Pod deletes', loads, 8.4, 0.5)
  },
}
