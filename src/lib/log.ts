import type { Clock } from './clock.ts'

export type Level = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, unknown>>

/** A line for the operator: a constant message with fields. Secrets never go in. */
export interface Logger {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A logger whose lines all carry `fields`. */
  with(fields: LogFields): Logger
}

const RANK: Record<Level, number> = { debug: 0, info: 1, warn: 2, error: 3 }

function plain(value: unknown): unknown {
  if (!(value instanceof Error)) return value
  const cause = value.cause === undefined ? undefined : plain(value.cause)
  return { name: value.name, message: value.message, stack: value.stack, cause }
}

/** Writes one JSON line for each message at `level` or above. */
export function jsonLogger(
  write: (line: string) => void,
  clock: Pick<Clock, 'now'>,
  level: Level = 'info',
  base: LogFields = {},
): Logger {
  const at =
    (mine: Level) =>
    (message: string, fields?: LogFields): void => {
      if (RANK[mine] < RANK[level]) return
      const line: Record<string, unknown> = { time: new Date(clock.now()).toISOString(), level: mine, message }
      for (const source of [base, fields ?? {}]) for (const key in source) line[key] = plain(source[key])
      write(JSON.stringify(line) + '\n')
    }
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: (fields) => jsonLogger(write, clock, level, { ...base, ...fields }),
  }
}

const nothing = (): void => {}

/** Says nothing: for tests and for library use. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  with: () => silentLogger,
}
