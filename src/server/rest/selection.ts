import { checkFields, exactField, getterOf, matchesFields } from '../../api/meta/fields.ts'
import type { KubeObject } from '../../api/meta/kind.ts'
import { meets } from '../../api/meta/selectors.ts'
import type { Entry } from '../../store/store.ts'
import type { Selection } from './options.ts'
import type { Resource } from './resource.ts'
import { objectOf } from './stored.ts'

/** Whether a selection chooses an entry. */
export type Matcher = (entry: Entry) => boolean

/** Undefined when everything is chosen. Throws `bad-request` for a field that cannot be selected by. */
export function matcherOf(resource: Resource, { labels, fields }: Selection): Matcher | undefined {
  if (labels.length === 0 && fields.length === 0) return undefined
  checkFields(resource.kind, fields)
  const name = exactField(fields, 'metadata.name')
  const ending = name === undefined ? undefined : `/${name}`
  const others = fields.filter(({ field, equal }) => field !== 'metadata.name' || !equal)
  const matchesObject = (object: KubeObject): boolean =>
    meets(labels, object.metadata.labels) && matchesFields(resource.kind, others, object)
  const justName = labels.length === 0 && others.length === 0
  return (entry) => {
    // The key says the name, so that watches of one object need not look into all others.
    if (ending !== undefined && !entry.key.endsWith(ending)) return false
    return justName || matchesObject(objectOf(resource, entry))
  }
}

/** A field of which a selection wants exactly one value: whoever has many selections finds them by that. */
export interface FieldIndex {
  /** The same for all who read the same field in the same way. */
  readonly key: string
  readonly value: string
  valueOf(entry: Entry): string
}

/** Undefined for a selection without such a field. */
export function indexOf(resource: Resource, { fields }: Selection): FieldIndex | undefined {
  const exact = fields.find(({ equal }) => equal)
  if (exact === undefined) return undefined
  const { field, value } = exact
  const key = `${resource.kind.apiVersion} ${field}`
  if (field === 'metadata.name')
    return { key, value, valueOf: (entry) => entry.key.slice(entry.key.lastIndexOf('/') + 1) }
  const get = getterOf(resource.kind, field)
  return { key, value, valueOf: (entry) => get(objectOf(resource, entry)) }
}
