import { sameJson } from '../../lib/patch/json.ts'
import type { JSONSchemaProps } from '../apiextensions/v1.ts'
import { Problems } from '../meta/problems.ts'
import { allowsNull, itemSchema, propertySchema } from './prune.ts'

/** Says what is wrong with a value by its schema, in the words that clients know from the reference implementation. */
export function check(value: unknown, schema: JSONSchemaProps, path: string, problems: Problems): void {
  if (value === null && allowsNull(schema)) return
  if (!hasType(value, schema)) {
    const type = schema['x-kubernetes-int-or-string'] === true ? 'integer,string' : schema.type!
    problems.invalid(
      path,
      typeNameOf(value),
      `${path} in body must be of type ${type}: ${JSON.stringify(typeNameOf(value))}`,
    )
    return
  }
  if (schema.enum !== undefined && schema.enum.length > 0 && !schema.enum.some((one) => sameJson(one, value))) {
    problems.notSupported(
      path,
      value,
      schema.enum.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))),
    )
  }
  if (typeof value === 'string') checkText(value, schema, path, problems)
  else if (typeof value === 'number') checkNumber(value, schema, path, problems)
  else if (Array.isArray(value)) checkItems(value, schema, path, problems)
  else if (typeof value === 'object' && value !== null) {
    checkFields(value as Record<string, unknown>, schema, path, problems)
  }
  checkCombinations(value, schema, path, problems)
}

function hasType(value: unknown, schema: JSONSchemaProps): boolean {
  if (schema['x-kubernetes-int-or-string'] === true) return typeof value === 'string' || Number.isInteger(value)
  switch (schema.type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'array':
      return Array.isArray(value)
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return typeof value === 'number'
    case 'string':
      return typeof value === 'string'
    case 'boolean':
      return typeof value === 'boolean'
    default:
      return true
  }
}

function typeNameOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

const patterns = new Map<string, RegExp | undefined>()

function patternOf(text: string): RegExp | undefined {
  if (!patterns.has(text)) {
    if (patterns.size > 1000) patterns.clear()
    try {
      patterns.set(text, new RegExp(text, 'u'))
    } catch {
      patterns.set(text, undefined)
    }
  }
  return patterns.get(text)
}

function checkText(value: string, schema: JSONSchemaProps, path: string, problems: Problems): void {
  const { maxLength, minLength, pattern, format } = schema
  const length = maxLength === undefined && minLength === undefined ? 0 : [...value].length
  if (maxLength !== undefined && length > maxLength) problems.tooLong(path, maxLength)
  if (minLength !== undefined && length < minLength) {
    problems.invalid(path, value, `${path} in body should be at least ${minLength} chars long`)
  }
  if (pattern && patternOf(pattern)?.test(value) === false) {
    problems.invalid(path, value, `${path} in body should match '${pattern}'`)
  }
  if (format && FORMATS[format]?.(value) === false) {
    problems.invalid(path, value, `${path} in body must be of type ${format}: ${JSON.stringify(value)}`)
  }
}

/** Forms of text that are checked; others are only a hint for people. */
const FORMATS: Readonly<Record<string, (text: string) => boolean>> = {
  'date-time': (text) =>
    /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)),
  date: (text) => /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)),
  byte: (text) => /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0,
  uuid: (text) => /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i.test(text),
}

function checkNumber(value: number, schema: JSONSchemaProps, path: string, problems: Problems): void {
  const { maximum, minimum, multipleOf, exclusiveMaximum, exclusiveMinimum } = schema
  if (maximum !== undefined && (exclusiveMaximum === true ? value >= maximum : value > maximum)) {
    const rule = exclusiveMaximum === true ? 'less than' : 'less than or equal to'
    problems.invalid(path, value, `${path} in body should be ${rule} ${maximum}`)
  }
  if (minimum !== undefined && (exclusiveMinimum === true ? value <= minimum : value < minimum)) {
    const rule = exclusiveMinimum === true ? 'greater than' : 'greater than or equal to'
    problems.invalid(path, value, `${path} in body should be ${rule} ${minimum}`)
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) {
    problems.invalid(path, value, `${path} in body should be a multiple of ${multipleOf}`)
  }
  const bits = schema.format === 'int32' ? 31 : 0
  if (bits > 0 && (value >= 2 ** bits || value < -(2 ** bits))) {
    problems.invalid(path, value, `${path} in body must be of type int32: ${JSON.stringify(value)}`)
  }
}

function checkItems(list: readonly unknown[], schema: JSONSchemaProps, path: string, problems: Problems): void {
  const { maxItems, minItems } = schema
  if (maxItems !== undefined && list.length > maxItems) problems.tooMany(path, list.length, maxItems)
  if (minItems !== undefined && list.length < minItems) {
    problems.invalid(path, list.length, `${path} in body should have at least ${minItems} items`)
  }
  const listType = schema['x-kubernetes-list-type']
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  if (listType === 'set' || listType === 'map' || schema.uniqueItems === true) {
    const seen = new Set<string>()
    list.forEach((item, index) => {
      const identity = listType === 'map' ? keys.map((key) => (item as Record<string, unknown> | null)?.[key]) : item
      const text = JSON.stringify(identity)
      if (seen.has(text)) problems.duplicate(`${path}[${index}]`, identity)
      seen.add(text)
    })
  }
  const items = itemSchema(schema)
  if (items !== undefined) list.forEach((item, index) => check(item, items, `${path}[${index}]`, problems))
}

function checkFields(object: Record<string, unknown>, schema: JSONSchemaProps, path: string, problems: Problems): void {
  const { required = [], maxProperties, minProperties } = schema
  const names = Object.keys(object)
  for (const name of required) {
    if (!Object.hasOwn(object, name)) problems.required(path === '' ? name : `${path}.${name}`)
  }
  if (maxProperties !== undefined && names.length > maxProperties) {
    problems.invalid(path, names.length, `${path} in body should have at most ${maxProperties} properties`)
  }
  if (minProperties !== undefined && names.length < minProperties) {
    problems.invalid(path, names.length, `${path} in body should have at least ${minProperties} properties`)
  }
  for (const name of names) {
    const inner = propertySchema(schema, name)
    if (typeof inner === 'object') check(object[name], inner, path === '' ? name : `${path}.${name}`, problems)
  }
}

function checkCombinations(value: unknown, schema: JSONSchemaProps, path: string, problems: Problems): void {
  const { allOf = [], anyOf = [], oneOf = [], not } = schema
  for (const one of allOf) check(value, one, path, problems)
  if (anyOf.length > 0 && !anyOf.some((one) => fits(value, one, path))) {
    problems.invalid(path, value, `${path} in body must validate at least one schema (anyOf)`)
  }
  if (oneOf.length > 0 && oneOf.filter((one) => fits(value, one, path)).length !== 1) {
    problems.invalid(path, value, `${path} in body must validate one and only one schema (oneOf)`)
  }
  if (not !== undefined && fits(value, not, path)) {
    problems.invalid(path, value, `${path} in body must not validate the schema (not)`)
  }
}

function fits(value: unknown, schema: JSONSchemaProps, path: string): boolean {
  const problems = new Problems()
  check(value, schema, path, problems)
  return problems.none
}
