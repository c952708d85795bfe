/**
 * What structured merging has to know of a type. Several forms may be allowed, as for values of which nothing is known;
 * then the form of the value decides.
 */
export interface MergeSchema {
  readonly scalar?: 'string' | 'number' | 'boolean' | 'any'
  readonly list?: ListSchema
  readonly map?: MapSchema
}

export interface ListSchema {
  /** How items of two lists find each other: not at all, by their value, or by their keys. */
  readonly items: 'atomic' | 'set' | 'map'
  readonly element: MergeSchema
  /** In alphabetical order, as they stand in path elements; empty unless `items` is `map`. */
  readonly keys: readonly string[]
  /** What an absent key means, such as protocol `TCP`. */
  readonly keyDefaults: Readonly<Record<string, string | number | boolean>>
}

export interface MapSchema {
  readonly atomic: boolean
  /** The fields by name; undefined for one that is not declared. */
  field(name: string): MergeSchema | undefined
  /** What a key is that is no declared field; undefined when there may be none. */
  readonly element: MergeSchema | undefined
}

/** Nothing is known: objects merge, lists are replaced. For custom resources without a schema, below what they keep. */
export const unknownSchema: MergeSchema = {
  scalar: 'any',
  get list(): ListSchema {
    return unknownList
  },
  get map(): MapSchema {
    return unknownMap
  },
}

const unknownList: ListSchema = { items: 'atomic', element: unknownSchema, keys: [], keyDefaults: {} }
const unknownMap: MapSchema = { atomic: false, field: () => undefined, element: unknownSchema }

/** The path element of a list's item; undefined when the item cannot be told from others. */
export function itemElement({ items, keys, keyDefaults }: ListSchema, item: unknown): string | undefined {
  if (items === 'set') {
    return typeof item === 'object' ? undefined : `v:${quote(item)}`
  }
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return undefined
  let text = ''
  for (const key of keys) {
    const value = (item as Record<string, unknown>)[key] ?? keyDefaults[key]
    if (value === undefined) continue
    text += `${text === '' ? '' : ','}"${key}":${quote(value)}`
  }
  return text === '' ? undefined : `k:{${text}}`
}

/** JSON as Go writes it, since others compare these texts. */
function quote(value: unknown): string {
  const text = JSON.stringify(value)
  return typeof value === 'string' && /[<>&\u2028\u2029]/.test(value)
    ? text.replace(/[<>&\u2028\u2029]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
    : text
}
