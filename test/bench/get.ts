import type { Bench, Figure } from './figure.ts'
import { repeatedLoad } from './load.ts'
import { loadRow } from './load-row.ts'
import { makeNamespace, makePods, podsIn } from './objects.ts'
import { TestServer } from './test-server.ts'

/** What it costs to read one object. */
export const get: Figure = {
  name: 'get',
  summary: 'reads of one Pod, 16 connections',
  async *run({ repeats }: Bench) {
    await using server = await TestServer.start()
    await makeNamespace(server, 'bench')
    const names = await makePods(server, 'bench', 1000)
    let round = 0
    const loads = await repeatedLoad(server, repeats, {
      connections: 16,
      requests: 10_000,
      next: () => ({ method: 'GET', path: `${podsIn('bench')}/${names[round++ % names.length]}` }),
    })
    yield loadRow('Pod GETs', loads, 1.3, 0.08)
  },
}
