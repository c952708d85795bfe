import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { median, quantile } from './figure.ts'

const WRITES = 20_000
const KEYS = 11_000

/** The store by itself, in this process: what a write costs before anything of Kubernetes is added. */
export const store: Figure = {
  name: 'store',
  summary: 'the store alone: durable writes, opening, listing',
  async *run({ repeats }: Bench) {
    for (const writers of [1, 16, 64]) yield* writes(writers, repeats)
    yield* reading(repeats)
  },
}

async function* writes(writers: number, repeats: number): AsyncIterable<Row> {
  const count = writers === 1 ? WRITES / 10 : WRITES
  const rates: number[] = []
  const slowest: number[] = []
  let cpuSeconds = 0
  for (let run = 0; run < repeats; run++) {
    using folder = temporaryFolder()
    const store = openSqliteStore({ directory: folder.path })
    const before = process.cpuUsage()
    const start = performance.now()
    const times = await writeAll(store, count, writers, Buffer.alloc(1000, 'x'))
    rates.push(count / ((performance.now() - start) / 1000))
    slowest.push(quantile(times, 0.99))
    cpuSeconds += secondsSince(before)
    await store.close()
  }
  const micros = ((cpuSeconds / (count * repeats)) * 1e6).toFixed(0)
  const what = `store: durable writes of 1 KB, ${writers} at once`
  yield { what, unit: '/s', runs: rates, cpuSeconds, note: `${micros} µs of CPU a write` }
  yield { what: `${what}: p99`, unit: 'ms', runs: slowest }
}

/** Writes new keys from several sides; answers how long each took, in milliseconds. */
async function writeAll(store: Store, count: number, writers: number, value: Buffer): Promise<number[]> {
  const times: number[] = []
  let next = 0
  const write = async (): Promise<void> => {
    while (next < count) {
      const key = `/registry/configmaps/bench/item-${next++}`
      const start = performance.now()
      await store.write({ key, value, expected: 0 })
      times.push(performance.now() - start)
    }
  }
  await Promise.all(Array.from({ length: writers }, write))
  return times
}

async function* reading(repeats: number): AsyncIterable<Row> {
  using folder = temporaryFolder()
  const first = openSqliteStore({ directory: folder.path })
  await writeAll(first, KEYS, 100, Buffer.alloc(4000, 'x'))
  await first.close()
  const opening: number[] = []
  const listing: number[] = []
  let cpuSeconds = 0
  for (let run = 0; run < repeats; run++) {
    const before = process.cpuUsage()
    const start = performance.now()
    const store = openSqliteStore({ directory: folder.path })
    opening.push(performance.now() - start)
    cpuSeconds += secondsSince(before)
    listing.push(timeOfList(store))
    await store.close()
  }
  yield { what: `store: opening ${KEYS} keys of 4 KB`, unit: 'ms', runs: opening, cpuSeconds }
  yield { what: `store: listing ${KEYS} keys`, unit: 'ms', runs: listing }
}

function timeOfList(store: Store): number {
  const times = Array.from({ length: 20 }, () => {
    const start = performance.now()
    store.list('/registry/configmaps/')
    return performance.now() - start
  })
  return median(times)
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

function temporaryFolder(): { readonly path: string; [Symbol.dispose](): void } {
  const path = mkdtempSync(join(tmpdir(), 'wherry-bench-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}
