import type { Clock } from '../lib/clock.ts'
import { isWherryError, WherryError } from '../lib/errors.ts'
import type { Committed, HistoryLimits } from './committed.ts'
import type { Log, LogRow } from './log.ts'
import type {
  Change,
  Entry,
  ListOptions,
  ListResult,
  Store,
  StoreEvent,
  StoreStats,
  Watch,
  WatchOptions,
  WriteResult,
} from './store.ts'
import { Watchers } from './watchers.ts'

export interface LoggedStoreOptions {
  readonly committed: Committed
  readonly log: Log
  readonly clock: Pick<Clock, 'now'>
  readonly history: HistoryLimits
  /** Runs a commit when the writes that arrive together have arrived. */
  readonly schedule: (run: () => void) => void
  /** Called once when the log can no longer be trusted: every later write is refused, the process should start anew. */
  readonly onFailure?: (error: WherryError) => void
}

/** A change that is not durable yet. */
interface Pending {
  readonly change: Change
  readonly revision: number
  readonly createRevision: number
  readonly settled: Promise<WriteResult>
  readonly resolve: (result: WriteResult) => void
  readonly reject: (error: unknown) => void
}

/** A store whose state is in memory and whose changes go through a log, those that arrive together in one commit. */
export class LoggedStore implements Store {
  readonly #committed: Committed
  readonly #options: LoggedStoreOptions
  readonly #watchers = new Watchers()
  /** The newest change of each key that is not durable yet: what later writers are compared with. */
  readonly #newest = new Map<string, Pending>()
  #waiting: Pending[] = []
  #assigned: number
  #committing: Promise<void> | undefined
  #scheduled = false
  #refusal: WherryError | undefined
  #closed = false
  /** Entries that the last commit made history: whoever was told of them is still at it, so they are emptied by the next. */
  #retired: Entry[] = []

  constructor(options: LoggedStoreOptions) {
    this.#options = options
    this.#committed = options.committed
    this.#assigned = options.committed.revision
    this.#forgetSurplus()
  }

  revision(): number {
    return this.#committed.revision
  }

  compactedRevision(): number {
    return this.#committed.compacted
  }

  get(key: string): Entry | undefined {
    return this.#committed.get(key)
  }

  list(prefix: string, options?: ListOptions): ListResult {
    return this.#committed.list(prefix, options)
  }

  count(prefix: string): number {
    return this.#committed.count(prefix)
  }

  watch(options: WatchOptions): Watch {
    if (this.#closed) throw closedError()
    return this.#watchers.add(options, this.#committed.since(options.after, options.prefix))
  }

  write(change: Change): Promise<WriteResult> {
    if (this.#refusal !== undefined) return Promise.reject(this.#refusal)
    const { key, expected } = change
    const before = this.#newest.get(key)
    const found = before === undefined ? this.#committed.get(key) : seenAs(before)
    const nothingToDelete = found === undefined && change.value === undefined
    if ((found?.modRevision ?? 0) !== expected || nothingToDelete) {
      const lost = (): WriteResult => ({ ok: false, current: this.#committed.get(key) })
      // What is not durable yet must not be told to anybody, so the loser waits for the winner.
      return before === undefined ? Promise.resolve(lost()) : before.settled.then(lost)
    }
    const revision = ++this.#assigned
    const { promise, resolve, reject } = Promise.withResolvers<WriteResult>()
    const createRevision = found?.createRevision ?? revision
    const pending: Pending = { change, revision, createRevision, settled: promise, resolve, reject }
    this.#newest.set(key, pending)
    this.#waiting.push(pending)
    this.#schedule()
    return promise
  }

  #schedule(): void {
    if (this.#scheduled || this.#committing !== undefined) return
    this.#scheduled = true
    this.#options.schedule(() => {
      this.#scheduled = false
      this.#commit()
    })
  }

  #commit(): void {
    const batch = this.#waiting
    if (batch.length === 0 || this.#committing !== undefined) return
    this.#waiting = []
    let written: Promise<void> | void
    try {
      written = this.#options.log.append(batch.map(rowOf))
    } catch (error) {
      this.#giveUp(batch, error)
      return
    }
    if (written === undefined) {
      this.#publish(batch)
      return
    }
    this.#committing = written
      .then(
        () => this.#publish(batch),
        (error: unknown) => this.#giveUp(batch, error),
      )
      .finally(() => {
        this.#committing = undefined
        // What gathered in the meantime has waited long enough.
        this.#commit()
      })
  }

  #publish(batch: readonly Pending[]): void {
    const atMs = this.#options.clock.now()
    const events: StoreEvent[] = []
    for (const pending of batch) {
      const decoded = pending.change.decoded?.(pending.revision)
      events.push(this.#committed.apply({ ...rowOf(pending), decoded }, atMs))
    }
    for (let i = 0; i < batch.length; i++) {
      const pending = batch[i]!
      const { entry } = events[i]!
      if (this.#newest.get(entry.key) === pending) this.#newest.delete(entry.key)
      pending.resolve({ ok: true, entry, revision: pending.revision })
    }
    this.#watchers.notify(events)
    for (const entry of this.#retired) entry.decoded = undefined
    this.#retired = []
    for (const { type, entry, previous } of events) {
      if (previous !== undefined) this.#retired.push(previous)
      if (type === 'delete') this.#retired.push(entry)
    }
    this.#forgetSurplus()
  }

  /**
   * Nothing of the batch is durable, and whatever waits may build on it: all of it is refused. When the log says that it
   * stands where it stood (a full disk), later writes are tried again; otherwise nobody knows, and the store has failed.
   */
  #giveUp(batch: readonly Pending[], cause: unknown): void {
    const error = isWherryError(cause)
      ? cause
      : new WherryError('unavailable', 'The change could not be stored.', { cause })
    const all = [...batch, ...this.#waiting]
    this.#waiting = []
    this.#newest.clear()
    this.#assigned = this.#committed.revision
    for (const pending of all) pending.reject(error)
    if (this.#options.log.intact()) return
    this.#refusal = error
    this.#options.onFailure?.(error)
  }

  #forgetSurplus(): void {
    const upTo = this.#committed.surplus(this.#options.history, this.#options.clock.now())
    if (upTo > this.#committed.compacted) this.#forget(upTo)
  }

  #forget(upTo: number): void {
    const forgotten = this.#committed.compact(upTo)
    this.#options.log.forget(forgotten, this.#committed.compacted)
  }

  async compact(revision: number): Promise<void> {
    this.#forget(revision)
    await this.#committing
    await this.#options.log.tidy()
  }

  stats(): StoreStats {
    const { keys, bytes, historyEvents, historyBytes } = this.#committed
    return { keys, bytes, historyEvents, historyBytes, fileBytes: this.#options.log.fileBytes() }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    this.#refusal ??= closedError()
    while (this.#waiting.length > 0 || this.#committing !== undefined) {
      this.#commit()
      await this.#committing
    }
    this.#watchers.end()
    await this.#options.log.close()
  }
}

function rowOf({ change: { key, value }, revision, createRevision }: Pending): LogRow {
  return { revision, key, value, createRevision }
}

/** What a later writer has to have seen once this change is durable. */
function seenAs({
  change,
  revision,
  createRevision,
}: Pending): Pick<Entry, 'modRevision' | 'createRevision'> | undefined {
  return change.value === undefined ? undefined : { modRevision: revision, createRevision }
}

function closedError(): WherryError {
  return new WherryError('unavailable', 'The store is closed.')
}
