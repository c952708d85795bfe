import { Agent, createServer, request } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { Connection } from './connection.ts'
import type { Bench, Figure, Row } from './figure.ts'
import { quantile } from './figure.ts'
import { load } from './load.ts'
import { makeNamespace } from './objects.ts'
import { cpuSeconds } from './process-cost.ts'
import { TestCluster } from './test-cluster.ts'

const CHANGES = 100
/** Between two questions to the gateway: so much of the figure is chance. */
const ASK_MS = 1
/** Between two changes: the status that one leads to is not to slow down the next. */
const PAUSE_MS = 50
const SERVED_MS_MAX = 30_000
const NAMESPACE = 'bench'
const INGRESSES = `/apis/networking.k8s.io/v1/namespaces/${NAMESPACE}/ingresses`
const SLICES = `/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices`

/** How soon the gateway does what a client has asked the API for. */
export const ingress: Figure = {
  name: 'ingress',
  summary: 'an Ingress or an endpoint changes → the gateway answers so',
  needsRoot: true,
  async *run({ repeats, signal }: Bench) {
    for (const others of [10, 1_000]) {
      await using gateway = await GatewayBench.start(others, signal)
      const kinds = [
        ['a new Ingress', () => gateway.newIngresses(CHANGES)],
        ['a path to another Service', () => gateway.changedPaths(CHANGES)],
        ['another endpoint', () => gateway.changedEndpoints(CHANGES)],
      ] as const
      for (const [kind, measure] of kinds) {
        const runs: Changes[] = []
        for (let run = 0; run < repeats; run++) runs.push(await measure())
        yield* rows(`${kind} beside ${others}`, runs)
      }
    }
  },
}

function* rows(what: string, all: readonly Changes[]): Iterable<Row> {
  const runs = (q: number): number[] => all.map(({ ms }) => quantile(ms, q))
  yield { what: `${what} → served: p50`, unit: 'ms', runs: runs(0.5), goal: { atMost: 20 } }
  yield {
    what: `${what} → served: p99`,
    unit: 'ms',
    runs: runs(0.99),
    goal: { atMost: 20 },
    cpuSeconds: all.reduce((sum, one) => sum + one.cpuSeconds, 0),
    note: `CPU of the agent alone, ${CHANGES * all.length} changes`,
  }
}

export interface Changes {
  readonly ms: readonly number[]
  readonly cpuSeconds: number
}

/** A cluster whose gateway serves some Ingresses; what they lead to are two servers in this process, `one` and `two`. */
export class GatewayBench implements AsyncDisposable {
  readonly #cluster: TestCluster
  readonly #writer: Connection
  readonly #servers: readonly Server[]
  readonly #signal: AbortSignal
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 })
  #hosts = 0
  #changes = 0

  private constructor(
    cluster: TestCluster,
    parts: { readonly writer: Connection; readonly servers: readonly Server[]; readonly signal: AbortSignal },
  ) {
    this.#cluster = cluster
    this.#writer = parts.writer
    this.#servers = parts.servers
    this.#signal = parts.signal
  }

  static async start(others: number, signal: AbortSignal): Promise<GatewayBench> {
    await using undo = new AsyncDisposableStack()
    const cluster = undo.use(await TestCluster.start(signal))
    await makeNamespace(cluster, NAMESPACE)
    const writer = undo.use(await Connection.open(cluster.endpoint))
    const servers = await Promise.all(['one', 'two'].map((text) => serve(text)))
    for (const server of servers) undo.defer(() => void server.close())
    const bench = new GatewayBench(cluster, { writer, servers, signal })
    for (const [index, name] of ['one', 'two', 'moving'].entries()) await bench.#makeService(name, index % 2)
    let next = 0
    await load(cluster, {
      connections: 8,
      requests: others,
      next: () => ({ method: 'POST', path: INGRESSES, body: ingressBody(`other-${next++}`, 'one') }),
    })
    await bench.#served(`other-${others - 1}`, 'one')
    await bench.#write('POST', INGRESSES, ingressBody('moving', 'moving'))
    await bench.#served('moving', 'one')
    undo.move()
    return bench
  }

  /** Each with a host of its own. */
  newIngresses(count: number): Promise<Changes> {
    return this.#measure(count, () => {
      const name = `new-${this.#hosts++}`
      return { host: name, text: 'one', change: () => this.#write('POST', INGRESSES, ingressBody(name, 'one')) }
    })
  }

  changedPaths(count: number): Promise<Changes> {
    return this.#measure(count, () => {
      const text = this.#changes++ % 2 === 0 ? 'two' : 'one'
      const change = () => this.#write('PUT', `${INGRESSES}/other-0`, ingressBody('other-0', text))
      return { host: 'other-0', text, change }
    })
  }

  changedEndpoints(count: number): Promise<Changes> {
    return this.#measure(count, () => {
      const to = ++this.#changes % 2
      const body = JSON.stringify({ ports: [{ name: 'http', port: this.#port(to) }] })
      const change = () => this.#write('PATCH', `${SLICES}/moving`, body, 'application/merge-patch+json')
      return { host: 'moving', text: to === 0 ? 'one' : 'two', change }
    })
  }

  async #measure(
    count: number,
    next: () => { readonly host: string; readonly text: string; readonly change: () => Promise<void> },
  ): Promise<Changes> {
    const ms: number[] = []
    const before = cpuSeconds(this.#cluster.agentPid)
    for (let i = 0; i < count; i++) {
      const { host, text, change } = next()
      const begin = performance.now()
      await Promise.all([change(), this.#served(host, text)])
      ms.push(performance.now() - begin)
      await sleep(PAUSE_MS, undefined, { signal: this.#signal })
    }
    return { ms, cpuSeconds: cpuSeconds(this.#cluster.agentPid) - before }
  }

  /** Asks until a host is answered with that text. */
  async #served(host: string, text: string): Promise<void> {
    for (const end = Date.now() + SERVED_MS_MAX; ;) {
      const answer = await this.#ask(host)
      if (answer === text) return
      if (Date.now() > end) throw new Error(`${host} is not served by ${text}, but answered with ${answer}`)
      await sleep(ASK_MS, undefined, { signal: this.#signal })
    }
  }

  #ask(host: string): Promise<string> {
    const { address, http } = this.#cluster.file.gateway
    const headers = { host: `${host}.example` }
    return new Promise((resolve, reject) => {
      const asked = request({ host: address, port: http, path: '/', headers, agent: this.#agent }, (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (piece: string) => (text += piece))
        answer.on('end', () => resolve(text))
        answer.on('error', reject)
      })
      // A connection that the gateway has just closed is no answer.
      asked.on('error', () => resolve(''))
      asked.end()
    })
  }

  async #makeService(name: string, server: number): Promise<void> {
    const ports = [{ name: 'http', port: 80 }]
    await this.#write(
      'POST',
      `/api/v1/namespaces/${NAMESPACE}/services`,
      JSON.stringify({ metadata: { name }, spec: { ports } }),
    )
    const slice = {
      metadata: { name, labels: { 'kubernetes.io/service-name': name } },
      addressType: 'IPv4',
      ports: [{ name: 'http', port: this.#port(server) }],
      endpoints: [{ addresses: [this.#cluster.file.apiHost], conditions: { ready: true } }],
    }
    await this.#write('POST', SLICES, JSON.stringify(slice))
  }

  #port(server: number): number {
    return (this.#servers[server]!.address() as AddressInfo).port
  }

  async #write(method: string, path: string, body: string, contentType?: string): Promise<void> {
    const type = contentType === undefined ? {} : { contentType }
    const answer = await this.#writer.request(method, path, { body, ...type })
    if (answer.status >= 300) {
      throw new Error(`${method} ${path} was answered with ${answer.status}: ${answer.body.toString('utf8')}`)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#agent.destroy()
    this.#writer.close()
    for (const server of this.#servers) {
      server.close()
      server.closeAllConnections()
    }
    await this.#cluster[Symbol.asyncDispose]()
  }
}

/** An application that answers with one word, where the node can reach it. */
function serve(text: string): Promise<Server> {
  const server = createServer((_, answer) => void answer.end(text))
  return new Promise((resolve) => server.listen(0, '0.0.0.0', () => resolve(server)))
}

function ingressBody(name: string, service: string): string {
  const backend = { service: { name: service, port: { number: 80 } } }
  const paths = [{ path: '/', pathType: 'Prefix', backend }]
  return JSON.stringify({ metadata: { name }, spec: { rules: [{ host: `${name}.example`, http: { paths } }] } })
}
