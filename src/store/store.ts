/**
 * The store speaks of keys, revisions and bytes, never of Pods. Reads are served from committed memory and never touch
 * the disk; a write is acknowledged when it is durable. Keys are `/registry/<resource.group>/<namespace>/<name>`,
 * ordered by their UTF-16 code units (all of them are ASCII).
 */
export interface Store {
  /** The newest committed revision. It only grows, also over restarts, and is never used twice. */
  revision(): number
  /** History below this revision is forgotten: it is the oldest one to list at, or to watch after. 0 while all is there. */
  compactedRevision(): number
  get(key: string): Entry | undefined
  /** Entries whose key starts with `prefix`, in key order. */
  list(prefix: string, options?: ListOptions): ListResult
  /** How many keys start with `prefix`. */
  count(prefix: string): number
  /**
   * Puts or deletes one key if its entry is still the one that the writer saw. Resolves when the change is durable and
   * visible to reads and watches, in revision order. A change that lost against one that is still being written is told
   * so when that one is durable. Rejects with `unavailable` when the change could not be made durable.
   */
  write(change: Change): Promise<WriteResult>
  /**
   * Calls `onEvents` with every later change below `prefix`, in revision order, in batches that share one commit; never
   * before `watch` has returned. Watchers of one prefix are handed the same array.
   */
  watch(options: WatchOptions): Watch
  /** Forgets what was overwritten or deleted up to `revision`; what is current stays. Resolves when the disk has too. */
  compact(revision: number): Promise<void>
  stats(): StoreStats
  /** Finishes the writes under way, ends every watch and lets go of the files. */
  close(): Promise<void>
}

export interface Entry {
  readonly key: string
  /** The bytes as they were written; shared, never to be changed. */
  readonly value: Buffer
  readonly createRevision: number
  readonly modRevision: number
  /**
   * A place for the reader's decoded form, so that each version is decoded once. Owned by the layer above; the store
   * empties it when the entry has been overwritten and the watchers have been told, so that history costs only bytes.
   */
  decoded?: unknown
}

export interface ListOptions {
  /** Only keys greater than this one. */
  readonly after?: string
  readonly limit?: number
  /** As of this revision; throws `expired` when it is compacted, `timeout` when it is still to come. Default: now. */
  readonly revision?: number
}

export interface ListResult {
  readonly entries: readonly Entry[]
  readonly revision: number
  /** How many more keys follow the last entry when a limit cut the list. */
  readonly remaining: number
}

export interface Change {
  readonly key: string
  /** The new bytes; undefined deletes the key. */
  readonly value: Buffer | undefined
  /** The modRevision that the writer saw; 0 when the key must not exist. */
  readonly expected: number
  /**
   * Makes the decoded form of the new entry, with the revision that it will have, so that nobody has to decode it again.
   * Called at most once, before the entry can be seen; also for a delete. Must not throw.
   */
  readonly decoded?: (revision: number) => unknown
}

export type WriteResult =
  | { readonly ok: true; readonly entry: Entry; readonly revision: number }
  /** Another writer was faster: `current` is what is there now. */
  | { readonly ok: false; readonly current: Entry | undefined }

export interface StoreEvent {
  readonly type: 'put' | 'delete'
  readonly revision: number
  /** The new entry; for a delete, the last one with its modRevision set to the revision of the deletion. */
  readonly entry: Entry
  /** What was there before; undefined for a key that was created. */
  readonly previous: Entry | undefined
}

export interface WatchOptions {
  readonly prefix: string
  /** Deliver changes after this revision; throws `expired` when they are compacted. */
  readonly after: number
  /** Must not throw. */
  readonly onEvents: (events: readonly StoreEvent[]) => void
  /** Called once when the watch ends by itself (the store closed). */
  readonly onEnd?: () => void
}

export interface Watch {
  close(): void
}

export interface StoreStats {
  readonly keys: number
  readonly bytes: number
  readonly historyEvents: number
  readonly historyBytes: number
  readonly fileBytes: number
}
