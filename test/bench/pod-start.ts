import { setTimeout as sleep } from 'node:timers/promises'
import type { Pod } from '../../src/api/core/v1.ts'
import { pauseImageName } from '../../src/node/runtime/pause-image.ts'
import { BareDriver } from './bare-driver.ts'
import { Connection } from './connection.ts'
import type { Bench, Figure } from './figure.ts'
import { quantile } from './figure.ts'
import { load } from './load.ts'
import { makeNamespace, newName, podsIn } from './objects.ts'
import { RunningPods } from './running-pods.ts'
import { TestCluster } from './test-cluster.ts'

const SINGLES = 100
const BURST = 100
/** So many are started before they are removed: what runs on the node is always about as much. */
const BATCH = 20
/** Between two starts: what follows the first one is not to slow down the second. */
const PAUSE_MS = 50
const NAMESPACE = 'bench'

/** What the cluster adds to the time in which the runtime starts a pod. */
export const podStart: Figure = {
  name: 'pod-start',
  summary: 'a pod is created → it runs, beside the same calls to the runtime alone',
  needsRoot: true,
  async *run({ repeats, signal }: Bench) {
    await using node = await PodNode.start(signal)
    await node.singles(BATCH)
    const beyond = (all: readonly Singles[], q: number): number[] =>
      all.map(({ pods, bare }) => quantile(pods, q) - quantile(bare, q))
    const singles: Singles[] = []
    for (let run = 0; run < repeats; run++) singles.push(await node.singles(SINGLES))
    for (const [q, goal] of [
      [0.5, 10],
      [0.99, 25],
    ] as const) {
      const whole = singles.map(({ pods }) => quantile(pods, q).toFixed(0)).join(' ')
      const bare = singles.map(({ bare: alone }) => quantile(alone, q).toFixed(0)).join(' ')
      yield {
        what: `pod start beyond the runtime's: p${q * 100}`,
        unit: 'ms',
        runs: beyond(singles, q),
        goal: { atMost: goal },
        ...(q === 0.5 && { cpuSeconds: singles.reduce((sum, one) => sum + one.cpuSeconds, 0) }),
        note: `pods ${whole}, runtime alone ${bare}`,
      }
    }
    const bursts: Burst[] = []
    for (let run = 0; run < repeats; run++) bursts.push(await node.burst(BURST))
    yield {
      what: `${BURST} pods at once, to the runtime's own time`,
      unit: '×',
      runs: bursts.map(({ podsMs, bareMs }) => podsMs / bareMs),
      goal: { atMost: 1.1 },
      cpuSeconds: bursts.reduce((sum, one) => sum + one.cpuSeconds, 0),
      note: bursts.map(({ podsMs, bareMs }) => `${podsMs.toFixed(0)}:${bareMs.toFixed(0)} ms`).join(' '),
    }
  },
}

export interface Singles {
  /** Milliseconds of each pod, by the cluster and by the runtime alone. */
  readonly pods: readonly number[]
  readonly bare: readonly number[]
  /** Of server and agent while pods were started and removed. */
  readonly cpuSeconds: number
}

export interface Burst {
  readonly podsMs: number
  readonly bareMs: number
  readonly cpuSeconds: number
}

/** A cluster's node on which pods are started, by the cluster and by nobody but the runtime, in turn. */
export class PodNode implements AsyncDisposable {
  readonly #cluster: TestCluster
  readonly #driver: BareDriver
  readonly #watch: RunningPods
  readonly #writer: Connection
  readonly #signal: AbortSignal
  #like: Pod | undefined

  private constructor(
    cluster: TestCluster,
    parts: { readonly watch: RunningPods; readonly writer: Connection; readonly signal: AbortSignal },
  ) {
    this.#cluster = cluster
    this.#driver = new BareDriver(cluster)
    this.#watch = parts.watch
    this.#writer = parts.writer
    this.#signal = parts.signal
  }

  static async start(signal: AbortSignal): Promise<PodNode> {
    await using undo = new AsyncDisposableStack()
    const cluster = undo.use(await TestCluster.start(signal))
    await makeNamespace(cluster, NAMESPACE)
    const watch = undo.use(await RunningPods.watch(cluster.endpoint, NAMESPACE))
    const writer = undo.use(await Connection.open(cluster.endpoint))
    undo.move()
    return new PodNode(cluster, { watch, writer, signal })
  }

  /** One after the other, each by the cluster and then by the runtime alone. */
  async singles(count: number): Promise<Singles> {
    const pods: number[] = []
    const bare: number[] = []
    const before = this.#cluster.cpuSeconds()
    while (pods.length < count) {
      pods.push(await this.#startOne())
      await sleep(PAUSE_MS, undefined, { signal: this.#signal })
      bare.push(await this.#driver.start(this.#like!))
      await sleep(PAUSE_MS, undefined, { signal: this.#signal })
      if (pods.length % BATCH === 0 || pods.length === count) await this.#clear()
    }
    return { pods, bare, cpuSeconds: this.#cluster.cpuSeconds() - before }
  }

  async burst(count: number): Promise<Burst> {
    const names = Array.from({ length: count }, () => newName('burst'))
    const before = this.#cluster.cpuSeconds()
    const running = Promise.all(names.map((name) => this.#watch.running(name, this.#signal)))
    let next = 0
    const begin = performance.now()
    const [times] = await Promise.all([
      running,
      load(this.#cluster, {
        connections: 16,
        requests: count,
        next: () => ({ method: 'POST', path: podsIn(NAMESPACE), body: podBody(names[next++]!) }),
      }),
    ])
    const cpuSeconds = this.#cluster.cpuSeconds() - before
    await this.#clear()
    const bareMs = await this.#driver.start(this.#like!, count)
    await this.#clear()
    return { podsMs: Math.max(...times) - begin, bareMs, cpuSeconds }
  }

  async #startOne(): Promise<number> {
    const name = newName('single')
    const begin = performance.now()
    const [seen, { body }] = await Promise.all([
      this.#watch.running(name, this.#signal),
      this.#writer.request('POST', podsIn(NAMESPACE), { body: podBody(name) }).then((answer) => {
        if (answer.status === 201) return answer
        throw new Error(`the pod was answered with ${answer.status}: ${answer.body.toString('utf8')}`)
      }),
    ])
    this.#like ??= JSON.parse(body.toString('utf8')) as Pod
    return seen - begin
  }

  async #clear(): Promise<void> {
    const path = `${podsIn(NAMESPACE)}?gracePeriodSeconds=1`
    await this.#writer.request('DELETE', path)
    await Promise.all([this.#watch.allGone(), this.#driver.clear()])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#writer.close()
    await this.#watch[Symbol.asyncDispose]()
    await this.#driver[Symbol.asyncDispose]().catch(() => {})
    await this.#cluster[Symbol.asyncDispose]()
  }
}

/** The smallest pod that there is: its image is on every node. */
function podBody(name: string): string {
  return JSON.stringify({
    metadata: { name, labels: { app: 'bench' } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'app', image: pauseImageName, imagePullPolicy: 'Never' }],
    },
  })
}
