import type { Connection } from './connection.ts'
import type { Endpoint } from './endpoint.ts'
import { podsIn } from './objects.ts'
import { watchLines } from './watch-lines.ts'

/** Counts the pods of a namespace that have a node, as a client sees them by a watch. */
export class BoundPods implements AsyncDisposable {
  #count = 0
  #goal = Infinity
  #reach = (): void => {}
  #connection: Connection | undefined

  static async watch(endpoint: Endpoint, namespace: string): Promise<BoundPods> {
    const bound = new BoundPods()
    const path = `${podsIn(namespace)}?watch=true&resourceVersion=0&fieldSelector=spec.nodeName!%3D`
    bound.#connection = await watchLines(endpoint, path, (line) => bound.#take(line))
    return bound
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
  #take(line: Buffer): void {
    if (line.subarray(0, 32).includes('"ADDED"')) this.#count++
    if (this.#count >= this.#goal) this.#reach()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection?.close()
  }
}
