import { parseDuration, parseTimestamp } from '../../lib/cel/time.ts'
import { Double, KeyedList, Mapping } from '../../lib/cel/values.ts'
import type { Value } from '../../lib/cel/values.ts'
import type { JSONSchemaProps } from '../apiextensions/v1.ts'
import { escapeName } from './escape-names.ts'
import { itemSchema } from './prune.ts'

/** A value of JSON as rules see it: what its schema says that it is. */
export function ruleValue(value: unknown, schema: JSONSchemaProps, isWhole = false): Value {
  if (value === null || value === undefined) return null
  if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'number' ? BigInt(value) : value
  if (Array.isArray(value)) return listValue(value, schema)
  if (typeof value === 'object') {
    const { additionalProperties } = schema
    if (!isWhole && typeof additionalProperties === 'object') return new RuleMap(value as Fields, additionalProperties)
    return new RuleObject(value as Fields, schema, isWhole)
  }
  if (typeof value === 'number') {
    return schema.type === 'number' || !Number.isInteger(value) ? new Double(value) : BigInt(value)
  }
  return typeof value === 'string' ? textValue(value, schema.format) : value
}

type Fields = Readonly<Record<string, unknown>>

const isEmbedded = (schema: JSONSchemaProps): boolean => schema['x-kubernetes-embedded-resource'] === true

function listValue(list: readonly unknown[], schema: JSONSchemaProps): Value {
  const items = itemSchema(schema)
  const values = items === undefined ? list : list.map((item) => ruleValue(item, items, isEmbedded(items)))
  const type = schema['x-kubernetes-list-type']
  if (type !== 'set' && type !== 'map') return values
  const keyed = new KeyedList()
  keyed.push(...values)
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []).map((key) => escapeName(key) ?? key)
  if (type === 'map') {
    keyed.identity = (item) => (item instanceof Mapping ? keys.map((key) => item.get(key) ?? null) : item)
  }
  return keyed
}

function textValue(text: string, format: string | undefined): Value {
  switch (format) {
    case 'byte':
      return new Uint8Array(Buffer.from(text, 'base64'))
    case 'duration':
      return parseDuration(text) ?? text
    case 'date':
      return parseTimestamp(`${text}T00:00:00Z`) ?? text
    case 'date-time':
      return parseTimestamp(text) ?? text
    default:
      return text
  }
}

class RuleMap extends Mapping {
  readonly #fields: Fields
  readonly #values: JSONSchemaProps

  constructor(fields: Fields, values: JSONSchemaProps) {
    super()
    this.#fields = fields
    this.#values = values
  }

  get size(): number {
    return Object.keys(this.#fields).length
  }

  get(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.#fields, key)) return undefined
    return ruleValue(this.#fields[key], this.#values, isEmbedded(this.#values))
  }

  keys(): Iterable<Value> {
    return Object.keys(this.#fields)
  }
}

const TEXT: JSONSchemaProps = { type: 'string' }
const METADATA: JSONSchemaProps = { type: 'object', properties: { name: TEXT, generateName: TEXT } }

class RuleObject extends Mapping {
  readonly #fields: Fields
  /** Properties by the names that expressions have for them. */
  readonly #properties: ReadonlyMap<string, { readonly name: string; readonly schema: JSONSchemaProps }>
  readonly #known = new Map<string, Value>()

  constructor(fields: Fields, schema: JSONSchemaProps, isWhole: boolean) {
    super()
    this.#fields = fields
    this.#properties = propertiesOf(schema, isWhole)
  }

  get size(): number {
    return [...this.keys()].length
  }

  get(key: Value): Value | undefined {
    const escaped = key as string
    if (this.#known.has(escaped)) return this.#known.get(escaped)
    const property = this.#properties.get(escaped)
    if (property === undefined || !Object.hasOwn(this.#fields, property.name)) return undefined
    const value = this.#fields[property.name]
    if (value === undefined) return undefined
    const made = ruleValue(value, property.schema, isEmbedded(property.schema))
    this.#known.set(escaped, made)
    return made
  }

  *keys(): Iterable<Value> {
    for (const [escaped, { name }] of this.#properties) if (this.#fields[name] !== undefined) yield escaped
  }
}

type Properties = ReadonlyMap<string, { readonly name: string; readonly schema: JSONSchemaProps }>

const plain = new WeakMap<JSONSchemaProps, Properties>()
const whole = new WeakMap<JSONSchemaProps, Properties>()

function propertiesOf(schema: JSONSchemaProps, isWhole: boolean): Properties {
  const cache = isWhole ? whole : plain
  let properties = cache.get(schema)
  if (properties === undefined) {
    const all = {
      ...schema.properties,
      ...(isWhole ? { kind: TEXT, apiVersion: TEXT, metadata: METADATA } : {}),
    }
    properties = new Map(
      Object.entries(all).flatMap(([name, property]) => {
        const escaped = escapeName(name)
        return escaped === undefined ? [] : [[escaped, { name, schema: property }] as const]
      }),
    )
    cache.set(schema, properties)
  }
  return properties
}
