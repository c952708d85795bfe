import { connect } from 'node:http2'
import type { ClientHttp2Session } from 'node:http2'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { quantile } from './figure.ts'
import { load } from './load.ts'
import { makeNamespace, newName, podBody, podsIn } from './objects.ts'
import type { Cost } from './process-cost.ts'
import { startCost } from './process-cost.ts'
import { TestServer } from './test-server.ts'

const WATCHERS = 1000
const SINGLES = 20
const CREATES = 400
const STREAMS_PER_SESSION = 100

/** How long one change takes to reach everybody who watches, and what that costs. */
export const watch: Figure = {
  name: 'watch',
  summary: `one create → the last of ${WATCHERS} watchers`,
  async *run(bench: Bench) {
    yield* measure(bench, 'a connection each', openConnections)
    yield* measure(bench, '10 connections', openSessions)
  },
}

/** Begins all watches; resolves when each has begun. Events are counted in `crowd`. */
type Open = (server: TestServer, path: string, crowd: Crowd) => Promise<() => void>

async function* measure({ repeats }: Bench, how: string, open: Open): AsyncGenerator<Row> {
  await using server = await TestServer.start()
  await makeNamespace(server, 'bench')
  const crowd = new Crowd()
  const close = await open(server, `${podsIn('bench')}?watch=true&resourceVersion=0`, crowd)
  await using writer = await Connection.open(server.endpoint)
  const latencies: number[] = []
  for (let i = 0; i < SINGLES; i++) {
    const begin = performance.now()
    const reached = crowd.reaches((i + 1) * WATCHERS)
    await writer.request('POST', podsIn('bench'), { body: podBody(newName('watched')) })
    await reached
    latencies.push(performance.now() - begin)
    await sleep(50)
  }
  yield {
    what: `create → last of 1,000 watchers, ${how}: p50`,
    unit: 'ms',
    runs: [quantile(latencies, 0.5)],
    reference: '75 ms',
    goal: { atMost: 25 },
    note: `p99 ${quantile(latencies, 0.99).toFixed(1)} ms`,
  }
  const costs: Cost[] = []
  for (let run = 0; run <= repeats; run++) {
    const cost = startCost(server.pid)
    const reached = crowd.reaches(crowd.events + CREATES * WATCHERS)
    await load(server, {
      connections: 4,
      requests: CREATES,
      next: () => ({ method: 'POST', path: podsIn('bench'), body: podBody(newName('watched')) }),
    })
    await reached
    if (run > 0) costs.push(cost())
  }
  close()
  const thousands = (CREATES * WATCHERS) / 1000
  yield {
    what: `CPU for 1,000 events delivered, ${how}`,
    unit: 's',
    runs: costs.map(({ cpuSeconds }) => cpuSeconds / thousands),
    reference: '0.07–0.10 s',
    goal: { atMost: 0.015 },
    cpuSeconds: costs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0),
    peakMB: Math.max(...costs.map(({ peakMB }) => peakMB)),
  }
}

/** Counts the events that all watchers have seen together. */
class Crowd {
  events = 0
  #goal = Infinity
  #reach = (): void => {}

  /** Takes a piece of somebody's watch: events end with a line feed. */
  take(piece: Buffer): void {
    for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) this.events++
    if (this.events >= this.#goal) this.#reach()
  }

  /** Resolves when so many events have been seen. */
  reaches(goal: number): Promise<void> {
    this.#goal = goal
    return new Promise((resolve) => (this.#reach = resolve))
  }
}

const openConnections: Open = async (server, path, crowd) => {
  const connections: Connection[] = []
  // A few at a time: a thousand handshakes at once would run into the time that a handshake may take.
  while (connections.length < WATCHERS) connections.push(...(await Connection.openMany(server.endpoint, 50)))
  await Promise.all(
    connections.map(
      (connection) =>
        new Promise<void>((resolve, reject) => {
          const onData = (piece: Buffer): void => crowd.take(piece)
          connection.request('GET', path, { onData, onHead: () => resolve() }).catch(reject)
        }),
    ),
  )
  return () => connections.forEach((connection) => connection.close())
}

const openSessions: Open = async ({ endpoint: { host, port, tls } }, path, crowd) => {
  const sessions: ClientHttp2Session[] = []
  for (let i = 0; i < WATCHERS / STREAMS_PER_SESSION; i++) {
    const session = connect(`https://${host}:${port}`, { secureContext: tls, settings: { initialWindowSize: 4 << 20 } })
    await once(session, 'connect')
    session.setLocalWindowSize(16 << 20)
    sessions.push(session)
    const begun = Array.from({ length: STREAMS_PER_SESSION }, async () => {
      const stream = session.request({ ':path': path })
      stream.on('data', (piece: Buffer) => crowd.take(piece))
      stream.on('error', () => {})
      await once(stream, 'response')
    })
    await Promise.all(begun)
  }
  return () => sessions.forEach((session) => session.destroy())
}
