import { Agent, request } from 'node:http'

export interface LoadResult {
  readonly sent: number
  readonly failures: readonly string[]
}

/**
 * Keeps `connections` keep-alive connections busy with GETs until `stop` is called or `limit` requests are sent. A
 * request is never tried again: whatever is not a complete 2xx answer counts as failed.
 */
export function startLoad(options: {
  readonly host: string
  readonly port: number
  readonly path?: string
  readonly headers?: Record<string, string>
  readonly connections?: number
  readonly limit: number
  readonly pauseMs?: number
}): { stop(): Promise<LoadResult>; done: Promise<LoadResult>; sent(): number } {
  const { connections = 4, limit, pauseMs = 5 } = options
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const failures: string[] = []
  let sent = 0
  const stop = new AbortController()
  const once = (): Promise<void> =>
    new Promise((resolve) => {
      const fail = (what: string): void => {
        failures.push(`request ${sent} at ${new Date().toISOString()}: ${what}`)
        resolve()
      }
      const outgoing = request(
        {
          agent,
          host: options.host,
          port: options.port,
          path: options.path ?? '/',
          headers: options.headers,
          timeout: 30_000,
        },
        (answer) => {
          answer.resume()
          answer.on('error', (error) => fail(error.message))
          answer.on('end', () =>
            (answer.statusCode ?? 0) < 300 && answer.complete ? resolve() : fail(`status ${answer.statusCode}`),
          )
        },
      )
      outgoing.on('timeout', () => outgoing.destroy(new Error('no answer in 30 s')))
      outgoing.on('error', (error) => fail(error.message))
      outgoing.end()
    })
  const worker = async (): Promise<void> => {
    while (!stop.signal.aborted && sent < limit) {
      sent++
      await once()
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  const done = Promise.all(Array.from({ length: connections }, worker)).then(() => {
    agent.destroy()
    return { sent, failures }
  })
  return {
    done,
    sent: () => sent,
    stop: () => {
      stop.abort()
      return done
    },
  }
}
