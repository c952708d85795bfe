import type { JSONSchemaProps } from '../apiextensions/v1.ts'
import { itemSchema } from './prune.ts'

const known = new WeakMap<JSONSchemaProps, boolean>()

/** Whether a schema has rules anywhere in it: if not, nothing that reads expressions has to be loaded. */
export function hasRules(schema: JSONSchemaProps): boolean {
  let has = known.get(schema)
  if (has === undefined) {
    has = (schema['x-kubernetes-validations'] ?? []).length > 0 || childrenOf(schema).some(hasRules)
    known.set(schema, has)
  }
  return has
}

function childrenOf(schema: JSONSchemaProps): readonly JSONSchemaProps[] {
  const { properties = {}, additionalProperties, allOf = [] } = schema
  const items = itemSchema(schema)
  return [
    ...Object.values(properties),
    ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
    ...(items === undefined ? [] : [items]),
    ...allOf,
  ]
}
