import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { WherryError } from '../../lib/errors.ts'

/** Changes nftables through one process that stays, since starting one for each change costs ten times the change. */
export interface NftSession extends AsyncDisposable {
  /** Runs the commands as one transaction: all of them or, when it throws `internal`, none. */
  run(commands: readonly string[]): Promise<void>
}

export interface NftSessionOptions {
  /** A folder for what is too long for one line; it is only read by nft while the commands run. */
  readonly scratchDir: string
  /** The program and its arguments; nft itself by default. */
  readonly command?: readonly [string, ...string[]]
}

// nft reads lines from a pipe byte by byte: from here on, a file is faster.
const LINE_LENGTH_MAX = 2_000
// nft keeps all it was told, to be recalled by the arrow keys.
const RUNS_MAX = 10_000

/** Starts nothing until the first command, and starts anew after nft has died. */
export function openNftSession({ scratchDir, command = ['nft', '-i'] }: NftSessionOptions): NftSession {
  let child: NftProcess | undefined
  let queue: Promise<unknown> = Promise.resolve()
  let scratchFiles = 0

  const runOne = async (commands: readonly string[]): Promise<void> => {
    if (child !== undefined && (child.ended || child.runs >= RUNS_MAX)) {
      await child.end()
      child = undefined
    }
    child ??= new NftProcess(command)
    const line = commands.join('; ')
    if (line.length <= LINE_LENGTH_MAX) return child.run(line)
    const file = join(scratchDir, `nft-${process.pid}-${++scratchFiles}`)
    writeFileSync(file, commands.join('\n') + '\n', { mode: 0o600 })
    try {
      await child.run(`include ${JSON.stringify(file)}`)
    } finally {
      unlinkSync(file)
    }
  }

  return {
    run(commands) {
      const result = queue.then(() => runOne(commands))
      queue = result.catch(() => {})
      return result
    },
    async [Symbol.asyncDispose]() {
      await queue
      await child?.end()
    },
  }
}

class NftProcess {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #closed: Promise<void>
  #heard = ''
  #waiting: { readonly mark: string; readonly settle: (error?: Error) => void } | undefined
  runs = 0
  ended = false

  constructor([command, ...args]: readonly [string, ...string[]]) {
    // Without a home of its own, nft would leave a history there.
    this.#child = spawn(command, args, { stdio: 'pipe', env: { ...process.env, HOME: '/nonexistent' } })
    this.#child.stdout.resume()
    this.#child.stderr.on('data', (data: Buffer) => this.#hear(data.toString()))
    this.#child.stdin.on('error', () => {})
    this.#closed = new Promise((resolve) => {
      const onEnd = (cause?: Error): void => {
        this.ended = true
        this.#waiting?.settle(new WherryError('unavailable', `nft ended: ${this.#heard.trim()}`, { cause }))
        resolve()
      }
      this.#child.on('error', onEnd)
      this.#child.on('close', () => onEnd())
    })
  }

  run(line: string): Promise<void> {
    // nft says nothing when a command is done. So a line follows that is none: nft complains of it, in its turn.
    const mark = `done-${++this.runs}`
    return new Promise((resolve, reject) => {
      const settle = (error?: Error): void => {
        this.#waiting = undefined
        this.#heard = ''
        if (error === undefined) resolve()
        else reject(error)
      }
      this.#waiting = { mark, settle }
      this.#child.stdin.write(`${line}\n${mark}\n`)
    })
  }

  #hear(text: string): void {
    this.#heard += text
    const { mark, settle } = this.#waiting ?? {}
    if (mark === undefined || settle === undefined) return
    const complaint = new RegExp(`Error: [^\\n]*\\n${mark}\\n[ ]*\\^+\\n`).exec(this.#heard)
    if (complaint === null) return
    const said = this.#heard.slice(0, complaint.index).trim()
    settle(said === '' ? undefined : new WherryError('internal', `nft refused a change: ${said.slice(0, 2_000)}`))
  }

  end(): Promise<void> {
    this.#child.stdin.end()
    return this.#closed
  }
}
