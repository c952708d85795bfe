import { checkFields, exactField, matchesFields } from '../../api/meta/fields.ts'
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
