import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Services } from '../../src/api/core/service.ts'
import { EndpointSlices } from '../../src/api/discovery/endpoint-slice.ts'
import { realClock } from '../../src/lib/clock.ts'
import { silentLogger } from '../../src/lib/log.ts'
import { fakeCaches } from '../../src/node/network/fake-caches.test-helper.ts'
import { parseCidr } from '../../src/node/network/addresses.ts'
import { openNftSession } from '../../src/node/network/nft-session.ts'
import { makeService, makeSlice } from '../../src/node/network/services/make.test-helper.ts'
import { startServiceProxy } from '../../src/node/network/services/service-proxy.ts'

/** Measures the service proxy in the network namespace of this process, and prints what it found as JSON. */
const [services, endpoints, changes] = process.argv.slice(2).map(Number) as [number, number, number]

const scratchDir = mkdtempSync(join(tmpdir(), 'wherry-bench-'))
const caches = fakeCaches()
const address = (index: number): string => `10.${244 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`
const addressesOf = (service: number, more = 0): string[] =>
  Array.from({ length: endpoints + more }, (_, index) => `${address(service * endpoints + index)}@n1`)
const put = (service: number, more = 0): void => {
  const name = `s${service}`
  caches.put(EndpointSlices, makeSlice(name, addressesOf(service, more)))
}
for (let service = 0; service < services; service++) {
  put(service)
  caches.put(Services, makeService(`s${service}`, { clusterIP: `10.96.${service >> 8}.${service & 255}` }))
}

const start = async () => {
  const stop = new AbortController()
  const nft = openNftSession({ scratchDir })
  const proxy = await startServiceProxy({
    facts: {
      table: 'wherry-bench',
      bridge: 'pods',
      overlay: 'overlay',
      podRange: parseCidr('10.0.0.0/8'),
      nodeRange: parseCidr('10.244.0.0/24'),
      serviceRange: parseCidr('10.96.0.0/16'),
    },
    place: { nodeName: 'n1', zone: undefined },
    caches,
    nft,
    clock: realClock,
    log: silentLogger,
    decide: () => {},
    signal: stop.signal,
  })
  return {
    proxy,
    async end() {
      stop.abort()
      await proxy.ended()
      await nft[Symbol.asyncDispose]()
    },
  }
}
const timed = async <T>(work: () => Promise<T>): Promise<readonly [T, number]> => {
  const before = performance.now()
  const result = await work()
  return [result, performance.now() - before]
}

const [first, firstMs] = await timed(start)
await first.end()
const [second, adoptMs] = await timed(start)
const changeMs: number[] = []
const cpu = process.cpuUsage()
for (let change = 0; change < changes; change++) {
  // One endpoint more, or that one less.
  put((change >> 1) % services, 1 - (change % 2))
  changeMs.push((await timed(() => second.proxy.settled()))[1])
}
const { user, system } = process.cpuUsage(cpu)
await second.end()
rmSync(scratchDir, { recursive: true })
console.log(JSON.stringify({ firstMs, adoptMs, changeMs, cpuSeconds: (user + system) / 1e6 }))
