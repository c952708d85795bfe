import { Connection } from './connection.ts'
import type { TestServer } from './test-server.ts'
import { podsIn } from './objects.ts'

const LINE_FEED = 10

/** Counts the pods of a namespace that have a node, as a client sees them by a watch. */
export class BoundPods implements AsyncDisposable {
  #count = 0
  #goal = Infinity
  #reach = (): void => {}
  #rest: Buffer = Buffer.alloc(0)
  readonly #connection: Connection

  private constructor(connection: Connection) {
    this.#connection = connection
  }

  static async watch(server: TestServer, namespace: string): Promise<BoundPods> {
    const connection = await Connection.open(server.endpoint)
    const bound = new BoundPods(connection)
    const path = `${podsIn(namespace)}?watch=true&resourceVersion=0&fieldSelector=spec.nodeName!%3D`
    await new Promise<void>((resolve, reject) => {
      const onData = (piece: Buffer): void => bound.#take(piece)
      connection.request('GET', path, { onData, onHead: () => resolve() }).catch(reject)
    })
    return bound
  }

  get count(): number {
    return this.#count
  }

  /** Resolves when so many pods have a node; rejects when the signal fires first. */
  reaches(goal: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = (): void => reject(signal.reason as Error)
      if (signal.aborted) return stop()
      signal.addEventListener('abort', stop, { once: true })
      this.#goal = goal
      this.#reach = () => {
        signal.removeEventListener('abort', stop)
        resolve()
      }
      if (this.#count >= goal) this.#reach()
    })
  }

  /** A pod comes into view of this watch when it is bound; what happens to it later is of no interest. */
  #take(piece: Buffer): void {
    const data = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    let from = 0
    for (let end = data.indexOf(LINE_FEED); end >= 0; end = data.indexOf(LINE_FEED, from)) {
      if (data.subarray(from, Math.min(end, from + 32)).includes('"ADDED"')) this.#count++
      from = end + 1
    }
    this.#rest = data.subarray(from)
    if (this.#count >= this.#goal) this.#reach()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection.close()
  }
}
