import type { DatabaseSync } from 'node:sqlite'
import { WherryError } from '../lib/errors.ts'
import { damaged } from './sqlite-errors.ts'

/** `whry`: tells our files from other databases. */
const APPLICATION_ID = 0x77687279
const SCHEMA_VERSION = 1

/**
 * One row for each change, in the order of revisions; a NULL value is a delete. Rows that nobody can ask for any more are
 * removed along with later commits, so that churn costs no commit of its own and the file stays as large as what is kept.
 */
const SCHEMA = `
  CREATE TABLE log (
    revision INTEGER PRIMARY KEY,
    created INTEGER NOT NULL,
    key TEXT NOT NULL,
    value BLOB,
    checksum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE history (compacted INTEGER NOT NULL) STRICT;
  INSERT INTO history VALUES (0);
  PRAGMA application_id = ${APPLICATION_ID};
  PRAGMA user_version = ${SCHEMA_VERSION};
`

/** Makes the tables in a new database; refuses one that is somebody else's, or of a later version. */
export function prepareSchema(database: DatabaseSync, path: string): void {
  const pragma = (name: string): number => Number(database.prepare(`PRAGMA ${name}`).get()?.[name])
  const version = pragma('user_version')
  if (version === 0 && pragma('page_count') <= 1) {
    database.exec(`BEGIN; ${SCHEMA} COMMIT`)
    return
  }
  if (pragma('application_id') !== APPLICATION_ID) {
    throw damaged(path, 'it is a database, but not one of wherry')
  }
  if (version !== SCHEMA_VERSION) {
    throw new WherryError(
      'unavailable',
      `The store at ${path} was written by a newer wherry (its schema is ${version}).`,
      {
        hint: `Start it with that version again, or with a data directory of its own; this one knows schema ${SCHEMA_VERSION}.`,
      },
    )
  }
}
