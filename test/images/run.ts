import { spawn } from 'node:child_process'

/** Runs a program to its end and returns its standard output; a failure carries what it wrote to standard error. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal; echo?: boolean } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { echo = false, ...spawnOptions } = options
    const child = spawn(program, args, { ...spawnOptions, stdio: ['ignore', 'pipe', echo ? 'inherit' : 'pipe'] })
    let output = ''
    let complaints = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-4000)))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output)
      else reject(new Error(`${program} ${args.slice(0, 3).join(' ')} … ended with ${signal ?? code}: ${complaints}`))
    })
  })
}
