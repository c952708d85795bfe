import type { Type } from '../../lib/cel/types.ts'
import {
  BOOL, BYTES, DOUBLE, DURATION, DYN, INT, listOf, mapOf, objectType, STRING, TIMESTAMP,
} from '../../lib/cel/types.ts' // prettier-ignore
import type { JSONSchemaProps } from '../apiextensions/v1.ts'
import { escapeName } from './escape-names.ts'
import { itemSchema } from './prune.ts'

/** The largest request, which bounds everything that no schema bounds. */
const REQUEST_BYTES_MAX = 3 * 1024 * 1024

/**
 * A type, and how many bytes its smallest value takes in JSON. What is of one size counts as nothing when it is compared,
 * as by the reference implementation.
 */
interface Sized {
  readonly type: Type
  readonly minSize: number
}

const cache = new WeakMap<JSONSchemaProps, Sized | false>()
const roots = new WeakMap<JSONSchemaProps, Sized | false>()

/** The type of the values of a schema for expressions; undefined when it says too little about them. */
export function expressionType(schema: JSONSchemaProps, isWhole = false): Type | undefined {
  return sizedType(schema, isWhole)?.type
}

/** How many bytes the smallest value of a schema takes in JSON. */
export function expressionMinSize(schema: JSONSchemaProps, isWhole: boolean): number {
  return sizedType(schema, isWhole)?.minSize ?? 0
}

function sizedType(schema: JSONSchemaProps, isWhole: boolean): Sized | undefined {
  const known = isWhole ? roots : cache
  let sized = known.get(schema)
  if (sized === undefined) known.set(schema, (sized = make(schema, isWhole) ?? false))
  return sized === false ? undefined : sized
}

function make(schema: JSONSchemaProps, isWhole: boolean): Sized | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) {
    return { type: { ...DYN, maxSize: textSize(schema) }, minSize: 1 }
  }
  if (isWhole) return objectOfSchema(schema, true)
  switch (schema.type) {
    case 'array':
      return listOfSchema(schema)
    case 'object':
      return typeof schema.additionalProperties === 'object' ? mapOfSchema(schema) : objectOfSchema(schema, false)
    case 'string':
      return textType(schema)
    case 'boolean':
      return { type: { ...BOOL, maxSize: 0 }, minSize: 4 }
    case 'number':
      return { type: { ...DOUBLE, maxSize: 0 }, minSize: 1 }
    case 'integer':
      return { type: { ...INT, maxSize: 0 }, minSize: 1 }
    default:
      return undefined
  }
}

const isEmbedded = (schema: JSONSchemaProps): boolean => schema['x-kubernetes-embedded-resource'] === true

function listOfSchema(schema: JSONSchemaProps): Sized | undefined {
  const items = itemSchema(schema)
  const inner = items === undefined ? undefined : sizedType(items, isEmbedded(items))
  if (inner === undefined) return undefined
  const maxSize = schema.maxItems ?? Math.floor((REQUEST_BYTES_MAX - 2) / (inner.minSize + 1))
  return { type: { ...listOf(inner.type), maxSize: Math.max(0, maxSize) }, minSize: 2 }
}

function mapOfSchema(schema: JSONSchemaProps): Sized | undefined {
  const values = schema.additionalProperties as JSONSchemaProps
  const inner = sizedType(values, isEmbedded(values))
  if (inner === undefined) return undefined
  const maxSize = schema.maxProperties ?? Math.floor((REQUEST_BYTES_MAX - 2) / (inner.minSize + 6))
  return { type: { ...mapOf(STRING, inner.type), maxSize: Math.max(0, maxSize) }, minSize: 2 }
}

const ANY_STRING: JSONSchemaProps = { type: 'string' }

/** What expressions see of the metadata of an object: only what cannot change. */
const METADATA: JSONSchemaProps = { type: 'object', properties: { name: ANY_STRING, generateName: ANY_STRING } }

function objectOfSchema(schema: JSONSchemaProps, isWhole: boolean): Sized {
  const { properties = {}, required = [] } = schema
  const whole = isWhole ? { ...properties, kind: ANY_STRING, apiVersion: ANY_STRING, metadata: METADATA } : properties
  const fields = new Map<string, Type>()
  let minSize = 2
  for (const [name, property] of Object.entries(whole)) {
    const inner = sizedType(property, isEmbedded(property))
    if (inner === undefined) continue
    const escaped = escapeName(name)
    if (escaped !== undefined) fields.set(escaped, inner.type)
    // What has a default need not be in the request.
    if (required.includes(name) && property.default === undefined) minSize += name.length + inner.minSize + 4
  }
  return { type: { ...objectType('object', (name) => fields.get(name)), maxSize: 0 }, minSize }
}

function textType(schema: JSONSchemaProps): Sized {
  switch (schema.format) {
    case 'byte':
      return { type: { ...BYTES, maxSize: schema.maxLength ?? REQUEST_BYTES_MAX - 2 }, minSize: 2 }
    case 'duration':
      return { type: { ...DURATION, maxSize: 32 }, minSize: 5 }
    case 'date':
      return { type: { ...TIMESTAMP, maxSize: 12 }, minSize: 12 }
    case 'date-time':
      return { type: { ...TIMESTAMP, maxSize: 42 }, minSize: 22 }
    default:
      return { type: { ...STRING, maxSize: textSize(schema) }, minSize: 2 }
  }
}

/** A character takes up to four bytes. */
function textSize({ maxLength, enum: values = [] }: JSONSchemaProps): number {
  if (maxLength !== undefined) return Math.max(0, maxLength) * 4
  const lengths = values.flatMap((one) => (typeof one === 'string' ? [one.length] : []))
  return lengths.length > 0 ? Math.max(...lengths) : REQUEST_BYTES_MAX - 2
}
