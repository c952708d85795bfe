/** One change as a log keeps it. */
export interface LogRow {
  readonly revision: number
  readonly key: string
  /** Undefined for a delete. */
  readonly value: Buffer | undefined
  readonly createRevision: number
}

/** What makes changes durable. The store calls one method at a time and waits for its end. */
export interface Log {
  /** Resolves when all rows are durable; when it throws, none of them is. */
  append(rows: readonly LogRow[]): Promise<void> | void
  /** After a failed append: whether the log surely stands where it stood before, so that later ones may be tried. */
  intact(): boolean
  /** These revisions are of no use to anybody any more, history below `compacted` is gone: removes them when it suits it. */
  forget(revisions: readonly number[], compacted: number): void
  /** Resolves when everything that was to be forgotten is. */
  tidy(): Promise<void> | void
  fileBytes(): number
  close(): Promise<void> | void
}

/** A log that remembers nothing: for a store that lives as long as its process. */
export const noLog: Log = {
  append: () => {},
  intact: () => true,
  forget: () => {},
  tidy: () => {},
  fileBytes: () => 0,
  close: () => {},
}
