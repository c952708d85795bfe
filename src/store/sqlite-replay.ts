import type { DatabaseSync } from 'node:sqlite'
import { crc32 } from 'node:zlib'
import type { AtRest } from './at-rest.ts'
import type { Committed } from './committed.ts'
import { damaged } from './sqlite-errors.ts'

export interface ReplayOptions {
  readonly path: string
  readonly committed: Committed
  readonly nowMs: number
  readonly atRest?: AtRest
}

/** Brings the log back into memory; answers the revisions of rows that were forgotten but not removed yet. */
export function replay(
  database: DatabaseSync,
  { path, committed, nowMs, atRest }: ReplayOptions,
  compacted: number,
): readonly number[] {
  const rows = database.prepare('SELECT revision, created, key, value, checksum FROM log ORDER BY revision')
  rows.setReturnArrays(true)
  const orphans: number[] = []
  const outdated: number[] = []
  let forgotten: number[] | undefined
  for (const row of rows.iterate()) {
    const [revision, createRevision, key, bytes, sum] = row as unknown as Row
    const stored = bytes === null ? undefined : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    if (checksum(key, stored) !== sum) throw damaged(path, `the bytes of ${key} at revision ${revision} have changed`)
    const sealed = stored !== undefined && atRest?.covers(key) === true
    const value = sealed ? atRest.open(key, stored) : stored
    if (sealed && !atRest.isCurrent(stored)) outdated.push(revision)
    // What follows is history that is still kept.
    if (revision > compacted) forgotten ??= forgetUpTo(committed, compacted)
    // A delete whose victim has been removed from the log already says nothing any more.
    if (value === undefined && committed.get(key) === undefined) orphans.push(revision)
    else committed.apply({ revision, createRevision, key, value }, nowMs)
  }
  forgotten ??= forgetUpTo(committed, compacted)
  if (atRest !== undefined && outdated.length > 0) sealAgain(database, atRest, outdated)
  return orphans.concat(forgotten)
}

type Row = [revision: number, created: number, key: string, value: Uint8Array<ArrayBuffer> | null, checksum: number]

function forgetUpTo(committed: Committed, revision: number): number[] {
  committed.startAt(revision)
  return committed.compact(revision)
}

/** Seals rows as they would be sealed today, on disk before it returns and with nothing left of the old form, so that an old key can go. */
function sealAgain(database: DatabaseSync, atRest: AtRest, revisions: readonly number[]): void {
  const select = database.prepare('SELECT key, value FROM log WHERE revision = ?')
  const update = database.prepare('UPDATE log SET value = ?, checksum = ? WHERE revision = ?')
  database.exec('PRAGMA secure_delete = ON; BEGIN IMMEDIATE')
  for (const revision of revisions) {
    const { key, value } = select.get(revision) as { key: string; value: Uint8Array }
    const bytes = atRest.seal(key, atRest.open(key, Buffer.from(value)))
    update.run(bytes, checksum(key, bytes), revision)
  }
  database.exec('COMMIT; PRAGMA secure_delete = OFF; PRAGMA wal_checkpoint(TRUNCATE)')
}

/** Tells bytes that have changed on the disk; the key is part of it, so that it cannot change either. */
export function checksum(key: string, value: Buffer | undefined): number {
  let hash = 7
  for (let i = 0; i < key.length; i++) hash = (Math.imul(hash, 31) + key.charCodeAt(i)) >>> 0
  return value === undefined ? hash : crc32(value, hash)
}
