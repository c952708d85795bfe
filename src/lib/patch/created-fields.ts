import { isObject, sameJson, type JsonObject } from './json.ts'
import { itemElement, type ListSchema, type MapSchema, type MergeSchema } from './merge-schema.ts'

/**
 * The JSON of the set of all fields that an object sets which has just been made: those in which it differs from `blank`,
 * in which nothing is set. It is what `compare` finds to be added or modified, written without making the set: objects are
 * created far more often than anybody looks at who owns their fields. Undefined when only `compare` can tell.
 */
export function createdFields(blank: JsonObject, object: JsonObject, schema: MergeSchema): string | undefined {
  try {
    return changed(blank, object, schema) ?? '{}'
  } catch (error) {
    if (error === UNUSUAL) return undefined
    throw error
  }
}

/** Thrown for values whose form is not that of their blank, which only types that nobody knows allow. */
const UNUSUAL = new Error('only `compare` can tell')

const LEAF = '{}'

/** The node of a value that has a blank; undefined when nothing below it is set. */
function changed(blank: unknown, value: unknown, schema: MergeSchema): string | undefined {
  if (blank === value) return undefined
  if (Array.isArray(value)) {
    if (schema.list === undefined) return changedLeaf(blank, value)
    if (!Array.isArray(blank) || blank.length > 0) throw UNUSUAL
    return changedList(value, schema.list)
  }
  if (isObject(value)) {
    if (schema.map === undefined) return changedLeaf(blank, value)
    if (!isObject(blank)) throw UNUSUAL
    return changedMap(blank, value, schema.map)
  }
  if (typeof blank === 'object' && blank !== null) throw UNUSUAL
  return changedLeaf(blank, value)
}

function changedLeaf(blank: unknown, value: unknown): string | undefined {
  return sameJson(blank, value) ? undefined : LEAF
}

function changedMap(blank: JsonObject, object: JsonObject, map: MapSchema): string | undefined {
  if (map.atomic) return changedLeaf(blank, object)
  let text = ''
  for (const key in object) {
    const value = object[key]
    if (value === undefined) continue
    const schema = map.field(key) ?? map.element
    if (schema === undefined) continue
    const before = Object.hasOwn(blank, key) ? blank[key] : undefined
    const node = before === undefined ? whole(value, schema) : changed(before, value, schema)
    if (node !== undefined) text += `${text === '' ? '' : ','}${fieldKey(key)}${node}`
  }
  return text === '' ? undefined : `{${text}}`
}

function changedList(items: readonly unknown[], list: ListSchema): string | undefined {
  if (items.length === 0) return undefined
  if (list.items === 'atomic') return LEAF
  const text = wholeItems(items, list)
  return text === '' ? undefined : `{${text}}`
}

/** The node of a value without a blank: every field of it is a path, containers too. */
function whole(value: unknown, schema: MergeSchema): string {
  if (typeof value !== 'object' || value === null) return LEAF
  if (Array.isArray(value)) {
    const { list } = schema
    return list === undefined || list.items === 'atomic' ? LEAF : container(wholeItems(value, list))
  }
  const { map } = schema
  if (map === undefined || map.atomic) return LEAF
  let text = ''
  for (const key in value) {
    const child = (value as JsonObject)[key]
    const type = map.field(key) ?? map.element
    if (child === undefined || type === undefined) continue
    text += `${text === '' ? '' : ','}${fieldKey(key)}${whole(child, type)}`
  }
  return container(text)
}

function container(children: string): string {
  return children === '' ? LEAF : `{".":{},${children}}`
}

function wholeItems(items: readonly unknown[], list: ListSchema): string {
  const nodes = new Map<string, string>()
  for (const item of items) {
    const element = itemElement(list, item)
    // Items that appear twice are owned together, as one atomic thing.
    if (element !== undefined) nodes.set(element, nodes.has(element) ? LEAF : whole(item, list.element))
  }
  let text = ''
  for (const [element, node] of nodes) text += `${text === '' ? '' : ','}${JSON.stringify(element)}:${node}`
  return text
}

/** The names of fields are few, and those of labels and keys of data are often the same. */
const fieldKeys = new Map<string, string>()
const FIELD_KEYS_MAX = 10_000

/** `"f:name":` */
function fieldKey(name: string): string {
  let key = fieldKeys.get(name)
  if (key === undefined) {
    key = `${JSON.stringify(`f:${name}`)}:`
    if (fieldKeys.size < FIELD_KEYS_MAX) fieldKeys.set(name, key)
  }
  return key
}
