import type { Connection } from './connection.ts'
import type { Endpoint } from './endpoint.ts'
import { podsIn } from './objects.ts'
import { watchLines } from './watch-lines.ts'

/** When the pods of a namespace began to run, and were gone, as a client sees it by a watch. */
export class RunningPods implements AsyncDisposable {
  readonly #present = new Set<string>()
  readonly #running = new Map<string, PromiseWithResolvers<number>>()
  #gone = Promise.withResolvers<void>()
  #connection: Connection | undefined

  static async watch(endpoint: Endpoint, namespace: string): Promise<RunningPods> {
    const pods = new RunningPods()
    const path = `${podsIn(namespace)}?watch=true&resourceVersion=0`
    pods.#connection = await watchLines(endpoint, path, (line) => pods.#take(line, performance.now()))
    return pods
  }

  /** At what time of `performance.now()` a pod was first seen Running. */
  async running(name: string, signal: AbortSignal): Promise<number> {
    const pod = this.#pod(name)
    const stop = (): void => pod.reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    return pod.promise.finally(() => signal.removeEventListener('abort', stop))
  }

  /** Resolves when none of the pods that were seen is left. */
  async allGone(): Promise<void> {
    while (this.#present.size > 0) await this.#gone.promise
    this.#running.clear()
  }

  #pod(name: string): PromiseWithResolvers<number> {
    let pod = this.#running.get(name)
    if (pod === undefined) this.#running.set(name, (pod = Promise.withResolvers()))
    return pod
  }

  #take(line: Buffer, now: number): void {
    const { type, object } = JSON.parse(line.toString('utf8')) as {
      type: string
      object: { metadata: { name: string }; status: { phase?: string } }
    }
    const { name } = object.metadata
    if (type === 'DELETED') this.#present.delete(name)
    else this.#present.add(name)
    if (type !== 'DELETED' && object.status.phase === 'Running') this.#pod(name).resolve(now)
    if (this.#present.size > 0) return
    this.#gone.resolve()
    this.#gone = Promise.withResolvers()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#connection?.close()
  }
}
