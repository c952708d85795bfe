import type { MergeSchema } from '../../lib/patch/merge-schema.ts'
import type { Problems } from './problems.ts'

/**
 * What stands in place of the lines of a table when a kind came into being while the server runs: objects of a custom
 * resource are described by the schema that its definition carries.
 */
export interface DynamicTable {
  /** Copies a value without what the schema does not know, and notes that as `unknown field "…"`. */
  decode(value: unknown, problems: string[]): object
  /** Fills in what is absent, in place. */
  applyDefaults(object: object): void
  validate(object: object, problems: Problems): void
  readonly merge: MergeSchema
  /** The schema as clients see it. The second form of OpenAPI cannot say everything. */
  openApi(form: 'v2' | 'v3', metadata: object): Record<string, unknown>
}
