import type { Logger } from '../lib/log.ts'
import { jsonLogger, type Level } from '../lib/log.ts'
import { realClock } from '../lib/clock.ts'

export interface Lifetime {
  readonly log: Logger
  /** Fires when the process is asked to end. */
  readonly signal: AbortSignal
  /** Ends the process with a failure, so that whoever supervises it starts it anew. */
  fail(message: string, error: unknown): void
}

/** What every long-running process has: a log on standard error, an end by SIGTERM, and a last word before it dies. */
export function processLifetime(program: string): Lifetime {
  const level = (process.env['WHERRY_LOG_LEVEL'] ?? 'info') as Level
  const log = jsonLogger((line) => void process.stderr.write(line), realClock, level, { program })
  const stop = new AbortController()
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort(new Error(name)))
  const fail = (message: string, error: unknown): void => {
    log.error(message, { error })
    process.exit(1)
  }
  // A program in a state that nobody foresaw must not go on; its supervisor starts it from what is on disk.
  process.on('uncaughtException', (error) => fail('uncaught exception', error))
  process.on('unhandledRejection', (error) => fail('unhandled rejection', error))
  return { log, signal: stop.signal, fail }
}
