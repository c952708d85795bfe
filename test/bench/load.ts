import { Connection } from './connection.ts'
import type { RequestOptions } from './connection.ts'
import type { Cost } from './process-cost.ts'
import { startCost } from './process-cost.ts'
import type { Loaded } from './endpoint.ts'

export interface Request extends RequestOptions {
  readonly method: string
  readonly path: string
  readonly onAnswer?: (body: Buffer) => void
}

export interface LoadOptions {
  readonly connections: number
  readonly requests: number
  /** Makes the next request; `worker` counts the connections. */
  readonly next: (worker: number) => Request
}

export interface Load extends Cost {
  readonly cpuPer1000: number
  readonly perSecond: number
}

/** Keeps each connection busy with one request after the other until all have been answered well. */
export async function load(server: Loaded, { connections, requests, next }: LoadOptions): Promise<Load> {
  const open = await Connection.openMany(server.endpoint, connections)
  let left = requests
  const work = async (connection: Connection, worker: number): Promise<void> => {
    while (left-- > 0) {
      const { method, path, onAnswer, ...options } = next(worker)
      const { status, body } = await connection.request(method, path, options)
      if (status >= 300) throw new Error(`${method} ${path} was answered with ${status}: ${body.toString('utf8')}`)
      onAnswer?.(body)
    }
  }
  const cost = startCost(server.pid)
  await Promise.all(open.map(work))
  const spent = cost()
  for (const connection of open) connection.close()
  return { ...spent, cpuPer1000: (spent.cpuSeconds / requests) * 1000, perSecond: requests / spent.wallSeconds }
}

/** Repeats a load; the first run, in which the server compiles its code, is not counted. */
export async function repeatedLoad(server: Loaded, repeats: number, options: LoadOptions): Promise<readonly Load[]> {
  await load(server, options)
  const loads: Load[] = []
  for (let i = 0; i < repeats; i++) loads.push(await load(server, options))
  return loads
}
