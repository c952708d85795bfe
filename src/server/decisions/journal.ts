import { appendFile, open, readFile, rename, stat } from 'node:fs/promises'
import type { Clock } from '../../lib/clock.ts'
import type { Decision, Recorder } from '../../lib/decisions.ts'
import type { Logger } from '../../lib/log.ts'
import type { DecisionRing } from './ring.ts'

/** When the file is put aside and a new one begun. Both together are what a restart remembers. */
const FILE_BYTES_MAX = 16 * 1024 * 1024

/** How long lines are gathered before they are written. */
const DELAY_MS = 200

/** What may wait to be written; beyond it lines are lost rather than memory. */
const WAITING_BYTES_MAX = 8 * 1024 * 1024

export interface JournalOptions {
  readonly path: string
  readonly ring: DecisionRing
  readonly clock: Clock
  readonly log: Logger
}

/** Keeps decisions in a file beside the store, so that a restart does not forget them: a line each, never synced. */
export class DecisionJournal implements Recorder {
  readonly #options: JournalOptions
  #waiting: string[] = []
  #waitingBytes = 0
  #fileBytes = 0
  #writing: Promise<void> = Promise.resolve()
  #cancelTimer: (() => void) | undefined

  private constructor(options: JournalOptions) {
    this.#options = options
  }

  /** Opens the journal and puts what it remembers into the ring. */
  static async open(options: JournalOptions): Promise<DecisionJournal> {
    const journal = new DecisionJournal(options)
    await replay(previousOf(options.path), options.ring)
    await replay(options.path, options.ring)
    journal.#fileBytes = await endLine(options.path)
    return journal
  }

  record(decision: Decision): void {
    this.#options.ring.record(decision)
    const line = `${JSON.stringify(decision)}\n`
    if (this.#waitingBytes > WAITING_BYTES_MAX) return
    this.#waiting.push(line)
    this.#waitingBytes += line.length
    this.#cancelTimer ??= this.#options.clock.after(DELAY_MS, () => void this.flush())
  }

  /** Writes what is waiting. */
  flush(): Promise<void> {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async #write(): Promise<void> {
    if (this.#waiting.length === 0) return
    const text = Buffer.from(this.#waiting.join(''))
    this.#waiting = []
    this.#waitingBytes = 0
    const { path, log } = this.#options
    try {
      if (this.#fileBytes > FILE_BYTES_MAX) {
        await rename(path, previousOf(path))
        this.#fileBytes = 0
      }
      await appendFile(path, text, { mode: 0o600 })
      this.#fileBytes += text.length
    } catch (error) {
      log.warn('decisions could not be written', { path, error })
    }
  }
}

function previousOf(path: string): string {
  return `${path}.1`
}

async function replay(path: string, ring: DecisionRing): Promise<void> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw error
  }
  for (const line of text.split('\n')) {
    const decision = parse(line)
    if (decision !== undefined) ring.record(decision)
  }
}

/** A line that a crash has cut off is no decision. */
function parse(line: string): Decision | undefined {
  if (line === '') return undefined
  try {
    return JSON.parse(line) as Decision
  } catch {
    return undefined
  }
}

/** Ends a line that was cut off, so that the next one stands on its own; answers how large the file is. */
async function endLine(path: string): Promise<number> {
  const size = await stat(path).then(
    (stats) => stats.size,
    () => 0,
  )
  if (size === 0) return 0
  const file = await open(path, 'r+')
  try {
    const last = Buffer.alloc(1)
    await file.read(last, 0, 1, size - 1)
    if (last[0] === NEWLINE) return size
    await file.write('\n', size)
    return size + 1
  } finally {
    await file.close()
  }
}

const NEWLINE = 10
