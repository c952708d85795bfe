import { parseArgs } from 'node:util'
import { WherryError } from '../lib/errors.ts'
import type { Printer } from './output/printer.ts'

/** One flag: how it is spelled, what it means, and the environment variable that may stand in for it. */
export interface Option {
  readonly type: 'string' | 'boolean'
  readonly short?: string
  /** Shown in the help in place of VALUE. */
  readonly value?: string
  readonly help: string
  readonly default?: string | boolean
  readonly variable?: string
  readonly multiple?: boolean
}

export type Options = Readonly<Record<string, Option>>

export type Values<O extends Options> = {
  [K in keyof O]: O[K]['multiple'] extends true
    ? readonly string[]
    : O[K]['type'] extends 'boolean'
      ? boolean
      : O[K] extends { readonly default: string }
        ? string
        : string | undefined
}

/** What every command is handed. */
export interface CommandContext {
  readonly print: Printer
  readonly signal: AbortSignal
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface Command<O extends Options = Options> {
  /** Words as typed: `up`, `image import`. */
  readonly name: string
  readonly summary: string
  readonly usage: string
  /** What a reader of `--help` should know beyond the summary. */
  readonly about?: string
  readonly options: O
  /** Everything after the name goes to `run` unread (for `kubectl`). */
  readonly passThrough?: boolean
  readonly hidden?: boolean
  run(
    input: { readonly values: Values<O>; readonly positionals: readonly string[] },
    context: CommandContext,
  ): Promise<number | void>
}

/** Gives a command its types. */
export function defineCommand<const O extends Options>(command: Command<O>): Command<O> {
  return command
}

/** Reads flags and environment into typed values; throws `bad-request` with the usage as its hint. */
export function readValues(
  command: Command,
  args: readonly string[],
  env: CommandContext['env'],
): { values: Record<string, unknown>; positionals: readonly string[] } {
  if (command.passThrough) return { values: {}, positionals: args }
  const options: Record<string, { type: 'string' | 'boolean'; short?: string; multiple?: boolean }> = {}
  for (const [name, option] of Object.entries(command.options)) {
    options[name] = {
      type: option.type,
      ...(option.short ? { short: option.short } : {}),
      ...(option.multiple ? { multiple: true } : {}),
    }
  }
  let parsed: { values: Record<string, unknown>; positionals: string[] }
  try {
    parsed = parseArgs({ args: [...args], options, allowPositionals: true, strict: true }) as typeof parsed
  } catch (error) {
    const message = (error as Error).message.split('. To specify')[0] ?? 'unknown flag'
    throw new WherryError('bad-request', message, { hint: `Usage: ${command.usage}` })
  }
  const values: Record<string, unknown> = {}
  for (const [name, option] of Object.entries(command.options)) {
    const fromVariable = option.variable === undefined ? undefined : env[option.variable]
    values[name] =
      parsed.values[name] ??
      (fromVariable === '' ? undefined : fromVariable) ??
      option.default ??
      (option.multiple ? [] : option.type === 'boolean' ? false : undefined)
  }
  return { values, positionals: parsed.positionals }
}

/** The text of `wherry COMMAND --help`. */
export function helpText(command: Command): string {
  const lines = [command.summary, '', `Usage: ${command.usage}`]
  if (command.about) lines.push('', command.about.trim())
  const rows = Object.entries(command.options).map(([name, option]) => {
    const flag = `${option.short ? `-${option.short}, ` : '    '}--${name}${option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''}`
    const notes = [
      typeof option.default === 'string' && option.default !== '' ? `default ${option.default}` : undefined,
      option.variable,
    ].filter((note) => note !== undefined)
    return [flag, option.help + (notes.length > 0 ? ` (${notes.join('; ')})` : '')] as const
  })
  if (rows.length > 0) {
    const width = Math.max(...rows.map(([flag]) => flag.length))
    lines.push('', 'Flags:', ...rows.map(([flag, help]) => `  ${flag.padEnd(width)}  ${help}`))
  }
  return lines.join('\n') + '\n'
}
