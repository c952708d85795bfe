import { showPath } from './field-set.ts'
import { isObject } from './json.ts'
import { itemElement, type MergeSchema } from './merge-schema.ts'

/** What of a value does not fit its type, one line each with its path; for what somebody wants to apply. */
export function typeErrors(value: unknown, schema: MergeSchema): string[] {
  const errors: string[] = []
  check(value, schema, [], errors)
  return errors
}

/** More than these are not gathered: the first ones tell it all. */
const ERRORS_MAX = 20

function check(value: unknown, schema: MergeSchema, path: string[], errors: string[]): void {
  if (value === null || value === undefined || errors.length >= ERRORS_MAX) return
  const say = (problem: string): void => {
    errors.push(path.length === 0 ? problem : `${showPath(path)}: ${problem}`)
  }
  const below = (element: string, child: unknown, childSchema: MergeSchema): void => {
    path.push(element)
    check(child, childSchema, path, errors)
    path.pop()
  }
  if (Array.isArray(value) && schema.list !== undefined) {
    const { list } = schema
    const seen = new Set<string>()
    for (const [i, item] of value.entries()) {
      const element = list.items === 'atomic' ? `i:${i}` : itemElement(list, item)
      if (element === undefined) {
        say(`element ${i}: ${itemProblem(item, list.keys)}`)
        return
      }
      if (seen.has(element)) say(`duplicate entries for key ${showPath([element])}`)
      seen.add(element)
      below(element, item, list.element)
    }
  } else if (isObject(value) && schema.map !== undefined) {
    for (const [key, child] of Object.entries(value)) {
      const childSchema = schema.map.field(key) ?? schema.map.element
      if (childSchema === undefined) errors.push(`${showPath([...path, `f:${key}`])}: field not declared in schema`)
      else below(`f:${key}`, child, childSchema)
    }
  } else {
    const problem = scalarProblem(value, schema)
    if (problem !== undefined) say(problem)
  }
}

function itemProblem(item: unknown, keys: readonly string[]): string {
  if (keys.length === 0) {
    return isObject(item)
      ? "associative list without keys has an element that's a map type"
      : 'associative list without keys has an element that is no scalar'
  }
  if (!isObject(item)) return 'associative list with keys may not have non-map elements'
  const names = keys.map((key) => JSON.stringify(key)).join(' ')
  return `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`
}

function scalarProblem(value: unknown, schema: MergeSchema): string | undefined {
  const got = JSON.stringify(value)
  // Where nothing is known, a scalar fits as well as a map or a list.
  if (schema.scalar === 'any' && typeof value !== 'object') return undefined
  if (schema.map !== undefined) return `expected map, got ${got}`
  if (schema.list !== undefined) return `expected list, got ${got}`
  switch (schema.scalar) {
    case 'number':
      return typeof value === 'number' ? undefined : `expected numeric (int or float), got ${typeof value}`
    case 'string':
      return typeof value === 'string' ? undefined : `expected string, got ${got}`
    case 'boolean':
      return typeof value === 'boolean' ? undefined : `expected boolean, got ${got}`
    default:
      return typeof value === 'object' ? `expected any scalar, got ${got}` : undefined
  }
}
