import { spawn } from 'node:child_process'
import { WherryError } from '../../lib/errors.ts'

export interface Execution {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program without a shell and collects what it says. Throws `unavailable` when it cannot be started at all. */
export function execute(
  program: string,
  args: readonly string[],
  options: {
    readonly input?: string
    readonly cwd?: string
    readonly env?: Record<string, string>
    readonly signal?: AbortSignal
  } = {},
): Promise<Execution> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env === undefined ? process.env : { ...process.env, ...options.env },
      signal: options.signal,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const chunks: { out: Buffer[]; err: Buffer[] } = { out: [], err: [] }
    child.stdout!.on('data', (chunk: Buffer) => chunks.out.push(chunk))
    child.stderr!.on('data', (chunk: Buffer) => chunks.err.push(chunk))
    child.on('error', (cause) =>
      reject(new WherryError('unavailable', `${program} cannot be started: ${cause.message}`, { cause })),
    )
    child.on('close', (code, signal) =>
      resolve({
        code: code ?? (signal === null ? 1 : 128),
        stdout: Buffer.concat(chunks.out).toString('utf8'),
        stderr: Buffer.concat(chunks.err).toString('utf8'),
      }),
    )
    if (options.input !== undefined) child.stdin!.end(options.input)
  })
}

/** As `execute`, and throws with the program's own last words when it fails. */
export async function mustExecute(...call: Parameters<typeof execute>): Promise<string> {
  const [program, args] = call
  const { code, stdout, stderr } = await execute(...call)
  if (code === 0) return stdout
  const words = (stderr.trim() || stdout.trim()).split('\n').slice(-5).join('\n')
  throw new WherryError('internal', `${program} ${args.slice(0, 4).join(' ')} failed with code ${code}: ${words}`)
}
