import type { Bench, Figure } from './figure.ts'
import { repeatedLoad } from './load.ts'
import { loadRow } from './load-row.ts'
import { configMapBody, makeNamespace, newName, podBody, podsIn } from './objects.ts'
import { TestServer } from './test-server.ts'

const REQUESTS = 2000

/** What it costs to create objects: durable, over TLS, with every check. */
export const create: Figure = {
  name: 'create',
  summary: 'creates of Pods and ConfigMaps, 16 connections',
  async *run({ repeats }: Bench) {
    await using server = await TestServer.start()
    await makeNamespace(server, 'bench')
    const pods = await repeatedLoad(server, repeats, {
      connections: 16,
      requests: REQUESTS,
      next: () => ({ method: 'POST', path: podsIn('bench'), body: podBody(newName('shop')) }),
    })
    yield loadRow('Pod creates', pods, 5.7, 0.5)
    const configMaps = await repeatedLoad(server, repeats, {
      connections: 16,
      requests: REQUESTS,
      next: () => ({
        method: 'POST',
        path: '/api/v1/namespaces/bench/configmaps',
        body: configMapBody(newName('settings')),
      }),
    })
    yield loadRow('ConfigMap creates', configMaps, 1.8, 0.2)
  },
}
