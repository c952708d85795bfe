import { createInterface } from 'node:readline'
import { Nodes } from '../../src/api/core/node.ts'
import { Pods } from '../../src/api/core/pod.ts'
import { Services } from '../../src/api/core/service.ts'
import { EndpointSlices } from '../../src/api/discovery/endpoint-slice.ts'
import type { Pod } from '../../src/api/core/v1.ts'
import type { Client } from '../../src/client/client.ts'
import { realClock } from '../../src/lib/clock.ts'
import { jsonLogger } from '../../src/lib/log.ts'
import { runDataPlane } from '../../src/node/network/data-plane.ts'
import { fakeCaches } from '../../src/node/network/fake-caches.test-helper.ts'

/**
 * A node's data plane in the namespace of this process, with caches that a test fills line by line. Each line of input is
 * a JSON array of a verb and its arguments; each is answered by a line, in order but for what waits.
 */
const [nodeName, dataDir] = process.argv.slice(2) as [string, string]
const kinds = { Nodes, Pods, Services, EndpointSlices }
const caches = fakeCaches()
const stop = new AbortController()
const print = (...words: unknown[]): void => console.log(JSON.stringify(words))

const client = {
  // What a node says of itself reaches the others by the test.
  patch: async (_: unknown, { name }: { name: string }, body: unknown) => print('patch', name, body),
} as unknown as Client

const plane = runDataPlane({
  nodeName,
  names: { bridge: 'pods', overlay: 'overlay', table: 'wherry-test' },
  podRange: '10.244.0.0/16',
  serviceRange: '10.96.0.0/16',
  dnsAddress: '10.96.0.10',
  overlayNetwork: 77,
  overlayPort: 8472,
  cniConfDir: `${dataDir}/cni`,
  dataDir: `${dataDir}/network`,
  client,
  caches,
  clock: realClock,
  log: jsonLogger((line) => print('warning', JSON.parse(line)), realClock, 'warn'),
  recorder: { record: () => {} },
  by: `agent/${nodeName}/network`,
  signal: stop.signal,
})

for await (const line of createInterface({ input: process.stdin })) {
  const [verb, ...args] = JSON.parse(line) as [string, ...any[]]
  if (verb === 'put' || verb === 'remove') caches[verb](kinds[args[0] as keyof typeof kinds] as any, args[1])
  else if (verb === 'ready') print('ready', (await plane).podRange)
  else if (verb === 'applied') {
    const ready = await plane
    await ready.waitApplied(`${caches.of(EndpointSlices).revision()}`, stop.signal)
    print('applied')
  } else if (verb === 'drained') {
    const ready = await plane
    void ready.drained(args[0] as Pod, stop.signal).then(() => print('drained'))
  } else if (verb === 'stop') {
    stop.abort()
    await (
      await plane
    ).ended
    print('stopped')
    process.exit(0)
  }
}
