import { isWherryError, WherryError } from '../lib/errors.ts'
import { type Command, type CommandContext, helpText, readValues } from './command.ts'
import { commands } from './commands/all.ts'
import { exitCodeOf } from './exit-codes.ts'

const TOP_HELP_HEAD = `wherry: a whole container platform in one package. It speaks the Kubernetes API and explains itself.

Usage: wherry COMMAND [ARGUMENTS]

Commands:
`

function topHelp(): string {
  const shown = commands.filter((command) => !command.hidden)
  const width = Math.max(...shown.map((command) => command.name.length))
  const rows = shown.map((command) => `  ${command.name.padEnd(width)}  ${command.summary}`)
  return `${TOP_HELP_HEAD}${rows.join('\n')}\n\nStart here: sudo wherry up\nMore about one: wherry COMMAND --help\n`
}

/** The command that the first words name, and what is left of the line. */
export function findCommand(args: readonly string[]): { command: Command; rest: readonly string[] } | undefined {
  let best: { command: Command; rest: readonly string[] } | undefined
  for (const command of commands) {
    const words = command.name.split(' ')
    if (words.every((word, i) => args[i] === word) && words.length > args.length - (best?.rest.length ?? args.length)) {
      best = { command, rest: args.slice(words.length) }
    }
  }
  return best
}

function nearest(word: string): string | undefined {
  const distance = (a: string, b: string): number => {
    let row = Array.from({ length: b.length + 1 }, (_, i) => i)
    for (let i = 1; i <= a.length; i++) {
      const next = [i]
      for (let j = 1; j <= b.length; j++) {
        next[j] = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1))
      }
      row = next
    }
    return row[b.length]!
  }
  const names = commands.filter((command) => !command.hidden).map((command) => command.name)
  return names
    .map((name) => ({ name, d: distance(word, name) }))
    .toSorted((a, b) => a.d - b.d)
    .find(({ d }) => d <= 2)?.name
}

/** Runs one command line; returns the exit code and prints what went wrong. */
export async function runCommandLine(args: readonly string[], context: CommandContext): Promise<number> {
  const { print } = context
  try {
    if (args.length === 0 || args[0] === '--help' || args[0] === '-h' || args[0] === 'help') {
      const about = args[0] === 'help' ? findCommand(args.slice(1)) : undefined
      print.out((about ? helpText(about.command) : topHelp()).trimEnd())
      return 0
    }
    const found = findCommand(args[0] === '--version' ? ['version'] : args)
    if (found === undefined) {
      const near = nearest(args[0]!)
      throw new WherryError('bad-request', `There is no command \`${args[0]}\`.`, {
        hint: near ? `Did you mean \`wherry ${near}\`?` : 'List them with `wherry --help`.',
      })
    }
    if (!found.command.passThrough && (found.rest.includes('--help') || found.rest.includes('-h'))) {
      print.out(helpText(found.command).trimEnd())
      return 0
    }
    const input = readValues(found.command, found.rest, context.env)
    return (await found.command.run(input as never, context)) ?? 0
  } catch (error) {
    if (!isWherryError(error)) {
      print.note(`${print.red('error:')} ${error instanceof Error ? error.message : String(error)}`)
      if (context.env['WHERRY_DEBUG'] && error instanceof Error) print.note(error.stack ?? '')
      return 1
    }
    print.note(`${print.red('error:')} ${error.message}`)
    if (error.hint) print.note(`${print.bold('next:')}  ${error.hint}`)
    if (context.env['WHERRY_DEBUG']) print.note(`${error.stack ?? ''}\n${String(error.cause ?? '')}`)
    return exitCodeOf(error.code)
  }
}
