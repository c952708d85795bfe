import type { JSONSchemaProps } from '../apiextensions/v1.ts'
import { setOwn } from '../meta/layout.ts'
import { allowsNull, itemSchema, propertySchema } from './prune.ts'

/** Fills in the defaults of a schema, in place, at every depth that is there or comes to be by a default. */
export function fillIn(value: unknown, schema: JSONSchemaProps): void {
  if (typeof value !== 'object' || value === null || !hasDefaults(schema)) return
  if (Array.isArray(value)) {
    const items = itemSchema(schema)
    if (items !== undefined) for (const item of value) fillIn(item, items)
    return
  }
  const object = value as Record<string, unknown>
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (property.default === undefined) continue
    const present = Object.hasOwn(object, name) ? object[name] : undefined
    if (present === undefined || (present === null && !allowsNull(property))) {
      setOwn(object, name, structuredClone(property.default))
    }
  }
  for (const name of Object.keys(object)) {
    const inner = propertySchema(schema, name)
    if (typeof inner === 'object') fillIn(object[name], inner)
  }
}

const known = new WeakMap<JSONSchemaProps, boolean>()

function hasDefaults(schema: JSONSchemaProps): boolean {
  let has = known.get(schema)
  if (has === undefined) {
    const { properties = {}, additionalProperties } = schema
    const items = itemSchema(schema)
    const inner = [
      ...Object.values(properties),
      ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
      ...(items === undefined ? [] : [items]),
    ]
    has = inner.some((one) => one.default !== undefined || hasDefaults(one))
    known.set(schema, has)
  }
  return has
}
