import { isObject, sameJson } from '../../lib/patch/json.ts'
import type { JsonSchema } from './schemas.ts'
import { sortedByKey } from './v2.ts'

const DEFINITION = '#/definitions/'

/**
 * A document with the paths of another one below a prefix, and with the definitions that those need. A definition that
 * says something else than one of the same name gets another name, as in Kubernetes.
 */
export function mergeOpenApiV2(document: JsonSchema, other: JsonSchema, prefix: string): JsonSchema {
  const known = fieldsOf(document['definitions'])
  const theirs = fieldsOf(other['definitions'])
  const paths = Object.fromEntries(
    Object.entries(fieldsOf(other['paths'])).filter(([path]) => path === prefix || path.startsWith(prefix)),
  )
  const needed = reached(paths, theirs)
  const names = new Map<string, string>()
  for (const name of needed) names.set(name, freeName(name, theirs[name], known))
  const renamed = (value: unknown): unknown => withRefs(value, (name) => names.get(name) ?? name)
  const definitions = Object.fromEntries([...needed].map((name) => [names.get(name)!, renamed(theirs[name])]))
  return {
    ...document,
    paths: sortedByKey({ ...fieldsOf(document['paths']), ...(renamed(paths) as Record<string, unknown>) }),
    definitions: sortedByKey({ ...definitions, ...known }),
  }
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {}
}

/** The names of all definitions that a value leads to. */
function reached(value: unknown, definitions: Record<string, unknown>): Set<string> {
  const found = new Set<string>()
  const open: unknown[] = [value]
  while (open.length > 0) {
    withRefs(open.pop(), (name) => {
      if (!found.has(name) && Object.hasOwn(definitions, name)) {
        found.add(name)
        open.push(definitions[name])
      }
      return name
    })
  }
  return found
}

function freeName(name: string, definition: unknown, known: Record<string, unknown>): string {
  let free = name
  for (let count = 2; Object.hasOwn(known, free) && !sameJson(known[free], definition); count++)
    free = `${name}_v${count}`
  return free
}

/** A copy in which each reference leads to what `rename` makes of its name. */
function withRefs(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => withRefs(one, rename))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      key === '$ref' && typeof inner === 'string' && inner.startsWith(DEFINITION)
        ? DEFINITION + rename(inner.slice(DEFINITION.length))
        : withRefs(inner, rename),
    ]),
  )
}
