import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

/** When to bring the write-ahead log into the database. */
export interface CheckpointLimits {
  /** How much may wait before a checkpoint begins. */
  readonly startBytes: number
  /** Past this length of the log, writes wait for a checkpoint to reach its end, so that it starts over. */
  readonly walBytesMax: number
}

export const defaultCheckpoints: CheckpointLimits = { startBytes: 8 << 20, walBytesMax: 64 << 20 }

const PAGE_BYTES = 4096
/** The worker goes when it had nothing to do for so long: it costs some megabytes to keep, some milliseconds to start. */
const IDLE_MS = 10_000

/** How far a checkpoint came, in pages. */
interface Progress {
  readonly log: number
  readonly checkpointed: number
}

/** A few lines that have to run on a thread of their own, as text, so that no bundler has to know of a second file. */
const WORKER = `
  const { parentPort, workerData } = require('node:worker_threads')
  const { DatabaseSync } = require('node:sqlite')
  const database = new DatabaseSync(workerData.path)
  database.exec('PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0')
  const checkpoint = database.prepare('PRAGMA wal_checkpoint(PASSIVE)')
  parentPort.on('message', () => {
    try {
      const { log, checkpointed } = checkpoint.get()
      parentPort.postMessage({ log, checkpointed })
    } catch ({ message, errcode }) {
      parentPort.postMessage({ failure: { message, errcode } })
    }
  })
`

/**
 * Brings what is in the write-ahead log into the database, on a thread of its own, so that no commit pays for it. Under
 * writes that never pause a checkpoint never reaches the end of the log; when that has grown too long, `room` holds the
 * writes back for the moment that the last step takes.
 */
export class Checkpointer {
  readonly #path: string
  readonly #limits: CheckpointLimits
  #walBytes: number
  #checkpointedBytes = 0
  /** How long the log may get before writes wait. */
  #roomUntil: number
  /** Counts all that was ever written, to see whether something was during a checkpoint. */
  #writtenBytes = 0
  #running: Promise<void> | undefined
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined

  /** `walBytes` is how long the log is that the last process left. */
  constructor(path: string, walBytes: number, limits: CheckpointLimits) {
    this.#path = path
    this.#walBytes = walBytes
    this.#limits = limits
    this.#roomUntil = limits.walBytesMax
  }

  /** Counts what a commit added. */
  wrote(bytes: number): void {
    this.#writtenBytes += bytes
    this.#walBytes += bytes
    if (this.#walBytes - this.#checkpointedBytes < this.#limits.startBytes) return
    // One that fails, as on a full disk, is tried again after the next commits; the log keeps everything.
    this.#checkpoint().catch(() => {})
  }

  /** Undefined when there is room for more; else resolves when there is. Rejects when the disk has none. */
  room(): Promise<void> | undefined {
    return this.#walBytes < this.#roomUntil ? undefined : this.#makeRoom()
  }

  async #makeRoom(): Promise<void> {
    // The first one may have begun before the last commit; during the second nobody writes.
    for (let i = 0; i < 2 && this.#walBytes >= this.#roomUntil; i++) await this.#checkpoint()
    // Somebody who reads the database from elsewhere, as a backup does, holds the log: it grows until they are done.
    this.#roomUntil = Math.max(this.#limits.walBytesMax, this.#walBytes + this.#limits.startBytes)
  }

  #checkpoint(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #run(): Promise<void> {
    const before = this.#writtenBytes
    const { log, checkpointed } = await this.#ask()
    const since = this.#writtenBytes - before
    // Only when nothing came in between does the next commit write from the beginning of the log again.
    const startsOver = log === checkpointed && since === 0
    this.#walBytes = startsOver ? 0 : log * PAGE_BYTES + since
    this.#checkpointedBytes = startsOver ? 0 : checkpointed * PAGE_BYTES
  }

  async #ask(): Promise<Progress> {
    clearTimeout(this.#idle)
    const worker = (this.#worker ??= new Worker(WORKER, { eval: true, workerData: { path: this.#path }, execArgv: [] }))
    // While it works, it keeps the process; while it waits for work, it does not.
    worker.ref()
    try {
      const answered = once(worker, 'message')
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- threads have no origin
      worker.postMessage('checkpoint')
      const [answer] = (await answered) as [Progress | { readonly failure: object }]
      if ('failure' in answer) throw Object.assign(new Error('checkpoint failed'), answer.failure)
      return answer
    } finally {
      worker.unref()
      this.#idle = setTimeout(() => void this.#stop(), IDLE_MS).unref()
    }
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#idle)
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  /** Ends the thread, after the checkpoint that runs. */
  async close(): Promise<void> {
    await this.#running?.catch(() => {})
    await this.#stop()
  }
}
