import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { WherryError } from '../../lib/errors.ts'

/** What is asked of the machine that takes its time. */
export interface Host {
  /** Runs a command to its end and returns what it printed; throws `internal` with its complaint when it fails. */
  run(command: string, ...args: readonly string[]): Promise<string>
  /** Removes a file or a directory with all that is in it. */
  remove(path: string): Promise<void>
  close(): void
}

interface Job {
  readonly command: string
  readonly resolve: (output: string) => void
  readonly reject: (error: Error) => void
}

/**
 * Commands are run one after the other by a small shell that is kept: to start a process from one as large as ours
 * blocks it for 7 ms, a shell does it in less than one.
 */
export function helperShell(): Host {
  const marker = randomUUID()
  let shell: ChildProcessWithoutNullStreams | undefined
  let output = ''
  let jobs: Job[] = []

  const started = (): ChildProcessWithoutNullStreams => {
    if (shell !== undefined) return shell
    const child = spawn('/bin/sh', ['-s'], { stdio: ['pipe', 'pipe', 'pipe'] })
    // Its stdin closes with this process, and it ends.
    child.unref()
    for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as { unref(): void }).unref()
    child.stdin.on('error', () => {})
    child.stdout.setEncoding('utf8').on('data', (text: string) => take(text))
    child.on('error', (error) => fail(child, error))
    child.on('exit', () => fail(child, new Error('the shell ended')))
    output = ''
    shell = child
    return child
  }

  const fail = (child: ChildProcessWithoutNullStreams, cause: Error): void => {
    if (shell !== child) return
    shell = undefined
    const lost = jobs
    jobs = []
    for (const { command, reject } of lost) reject(new WherryError('internal', `${command} was not run`, { cause }))
  }

  const take = (text: string): void => {
    output += text
    for (;;) {
      const end = output.indexOf(marker)
      const line = end < 0 ? -1 : output.indexOf('\n', end)
      if (line < 0) return
      const code = Number(output.slice(end + marker.length, line))
      // The marker stands on a line of its own, so there is a line break of ours before it.
      const printed = output.slice(0, end - 1)
      output = output.slice(line + 1)
      const job = jobs.shift()!
      if (code === 0) job.resolve(printed)
      else job.reject(new WherryError('internal', `${job.command} failed with ${code}: ${printed.trim()}`))
    }
  }

  return {
    run: (command, ...args) =>
      new Promise((resolve, reject) => {
        jobs.push({ command, resolve, reject })
        const words = [command, ...args].map(quote).join(' ')
        started().stdin.write(`${words} </dev/null 2>&1; printf '\\n%s%d\\n' ${marker} $?\n`)
      }),
    remove: (path) => rm(path, { recursive: true, force: true }),
    close() {
      shell?.stdin.end()
      shell = undefined
    },
  }
}

function quote(word: string): string {
  if (word.includes('\0')) throw new WherryError('invalid', 'a command cannot have a zero byte in it')
  return `'${word.replaceAll("'", `'\\''`)}'`
}
