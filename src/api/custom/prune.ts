import type { JSONSchemaProps } from '../apiextensions/v1.ts'
import { decodeObject } from '../meta/decode.ts'
import { setOwn } from '../meta/layout.ts'
import { ObjectMeta } from '../meta/v1.ts'

type Fields = Record<string, unknown>

/** The schema of what is in a list: one for all items, as structural schemas have it. */
export function itemSchema({ items }: JSONSchemaProps): JSONSchemaProps | undefined {
  return Array.isArray(items) ? undefined : items
}

/** The schema of a property; `true` when any value will do, undefined when there may be none of that name. */
export function propertySchema(schema: JSONSchemaProps, name: string): JSONSchemaProps | true | undefined {
  const { properties, additionalProperties } = schema
  if (properties !== undefined && Object.hasOwn(properties, name)) return properties[name]
  if (typeof additionalProperties === 'object') return additionalProperties
  if (additionalProperties === true || schema['x-kubernetes-preserve-unknown-fields'] === true) return true
  return undefined
}

/** Whether null is a value here, and not the absence of one. */
export function allowsNull(schema: JSONSchemaProps): boolean {
  return schema.nullable === true || (schema.type === undefined && schema['x-kubernetes-int-or-string'] !== true)
}

/**
 * Copies a value without the fields that its schema does not know, each of which becomes a problem, and without nulls
 * where they only say that there is nothing.
 */
export function prune(value: unknown, schema: JSONSchemaProps, path: string, problems: string[]): unknown {
  if (Array.isArray(value)) {
    const items = itemSchema(schema)
    if (items === undefined) return structuredClone(value)
    return value.map((item, index) => prune(item, items, `${path}[${index}]`, problems))
  }
  if (typeof value !== 'object' || value === null) return value
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
  return pruneFields(value as Fields, schema, path, problems, isEmbedded)
}

/** The same for an object; a whole one has kind, apiVersion and metadata, whatever the schema says. */
export function pruneFields(
  object: Fields,
  schema: JSONSchemaProps,
  path: string,
  problems: string[],
  isWhole: boolean,
): Fields {
  const result: Fields = {}
  for (const name of Object.keys(object)) {
    const value = object[name]
    if (value === undefined) continue
    const below = path === '' ? name : `${path}.${name}`
    if (isWhole && name === 'metadata') {
      if (value !== null) result['metadata'] = decodeMetadata(value, below, problems)
      continue
    }
    if (isWhole && (name === 'kind' || name === 'apiVersion')) {
      result[name] = value
      continue
    }
    const inner = propertySchema(schema, name)
    if (inner === undefined) problems.push(`unknown field ${JSON.stringify(below)}`)
    else if (inner === true) setOwn(result, name, structuredClone(value))
    else if (value !== null || allowsNull(inner)) setOwn(result, name, prune(value, inner, below, problems))
  }
  return result
}

function decodeMetadata(value: unknown, path: string, problems: string[]): object {
  const decoded = decodeObject(ObjectMeta, value)
  for (const problem of decoded.problems) problems.push(problem.replace(/^(\w+ field ")/, `$1${path}.`))
  return decoded.object
}
