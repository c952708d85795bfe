import type { JSONSchemaProps } from '../apiextensions/v1.ts'
import type { DynamicTable } from '../meta/dynamic.ts'
import { check } from './check.ts'
import { fillIn } from './fill-in.ts'
import { mergeSchemaOfProps } from './merge-schema.ts'
import { publishedSchema } from './open-api.ts'
import { pruneFields } from './prune.ts'

/** The table of one version of a custom resource. */
export interface CustomTable extends DynamicTable {
  /** Copies the fields of an object beside kind, apiVersion and metadata, without those that the schema does not know. */
  prune(fields: Record<string, unknown>): Record<string, unknown>
}

/** Makes a table from a schema; without one everything may stand in an object. */
export function customTable(
  schema: JSONSchemaProps | undefined,
  kind: { readonly group: string; readonly version: string; readonly kind: string },
): CustomTable {
  const root: JSONSchemaProps = schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    decode(value, problems) {
      const object = pruneFields(value as Record<string, unknown>, root, '', problems, true)
      return { ...object, metadata: object['metadata'] ?? {} }
    },
    applyDefaults: (object) => fillIn(object, root),
    validate: (object, problems) => check(object, root, '', problems),
    merge: mergeSchemaOfProps(root, true),
    openApi: (form, metadata) => publishedSchema(schema, kind, form, metadata),
    prune: (fields) => pruneFields(fields, root, '', [], false),
  }
}
