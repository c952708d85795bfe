import type { Bench, Figure } from './figure.ts'
import { repeatedLoad } from './load.ts'
import { makeNamespace, newName, podBody, podsIn } from './objects.ts'
import { TestServer } from './test-server.ts'

/** How many pods can be created in a second by many clients that share the server's cores. */
export const rate: Figure = {
  name: 'rate',
  summary: 'creates of Pods per second, 64 connections',
  async *run({ repeats }: Bench) {
    await using server = await TestServer.start()
    await makeNamespace(server, 'bench')
    const loads = await repeatedLoad(server, repeats, {
      connections: 64,
      requests: 4000,
      next: () => ({ method: 'POST', path: podsIn('bench'), body: podBody(newName('shop')) }),
    })
    yield {
      what: 'Pod creates per second, 64 connections',
      unit: '/s',
      runs: loads.map(({ perSecond }) => perSecond),
      reference: '409 /s',
      goal: { atLeast: 4000 },
      cpuSeconds: loads.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
      peakMB: Math.max(...loads.map(({ peakMB }) => peakMB)),
    }
  },
}
