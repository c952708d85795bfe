import { spawn } from 'node:child_process'
import { WherryError } from '../../lib/errors.ts'

export interface CommandOptions {
  readonly input?: string
  readonly signal?: AbortSignal
  /** Exit codes that are no failure; 0 by default. */
  readonly ok?: readonly number[]
}

/** Runs a program to its end and returns what it printed; throws `internal` with what it complained of. */
export function runCommand(command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { input, signal, ok = [0] } = options
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], signal })
    const output: Buffer[] = []
    const complaints: Buffer[] = []
    child.stdout.on('data', (data: Buffer) => output.push(data))
    child.stderr.on('data', (data: Buffer) => complaints.push(data))
    child.on('error', (cause: NodeJS.ErrnoException) => {
      if (signal?.aborted) reject(signal.reason)
      else if (cause.code === 'ENOENT') {
        const hint = `Install the package that has ${command}.`
        reject(new WherryError('unavailable', `${command} is not installed`, { hint, cause }))
      } else reject(new WherryError('internal', `${command} could not be started: ${cause.message}`, { cause }))
    })
    child.on('close', (code, killedBy) => {
      if (code !== null && ok.includes(code)) return resolve(Buffer.concat(output).toString())
      const complaint = Buffer.concat(complaints).toString().trim()
      const how = code === null ? `was ended by ${killedBy}` : `failed with ${code}`
      reject(new WherryError('internal', `${command} ${how}: ${complaint}`))
    })
    // A program that ends without reading its input is judged by its exit code.
    child.stdin.on('error', () => {})
    child.stdin.end(input)
  })
}
