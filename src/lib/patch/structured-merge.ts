import { isEmptySet, isMember, leaf, type FieldSet, type FieldSetBuilder } from './field-set.ts'
import { isObject, own, put, type JsonObject } from './json.ts'
import { itemElement, type ListSchema, type MapSchema, type MergeSchema } from './merge-schema.ts'

/**
 * Lays `applied` over `live`, as the type says: fields and items of associative lists merge, all else is replaced.
 * Neither is changed; what `applied` does not touch is shared with `live`.
 */
export function structuredMerge(live: unknown, applied: unknown, schema: MergeSchema): unknown {
  if (applied === undefined) return live
  if (live === undefined) return applied
  if (isObject(live) && schema.map !== undefined && !schema.map.atomic) {
    if (applied === null) return live
    if (isObject(applied)) return mergeMaps(live, applied, schema.map)
  }
  if (Array.isArray(live) && schema.list !== undefined && schema.list.items !== 'atomic') {
    if (applied === null || (Array.isArray(applied) && applied.length === 0)) return live.length === 0 ? applied : live
    if (Array.isArray(applied)) return mergeLists(live, applied, schema.list)
  }
  return applied
}

function mergeMaps(live: JsonObject, applied: JsonObject, map: MapSchema): JsonObject {
  let result: JsonObject | undefined
  for (const key in applied) {
    const before = own(live, key)
    const after = structuredMerge(before, applied[key], map.field(key) ?? map.element ?? {})
    if (after === before) continue
    put((result ??= { ...live }), key, after)
  }
  return result ?? live
}

/**
 * The items of both lists. Those of `applied` stand in its order, those that only `live` has keep their place among
 * the others as well as that allows. Doubled items of `live` are replaced rather than merged.
 */
function mergeLists(live: readonly unknown[], applied: readonly unknown[], list: ListSchema): unknown[] {
  const elementsL = live.map((item) => itemElement(list, item))
  const elementsR = applied.map((item) => itemElement(list, item))
  const liveItems = new Map<string | undefined, unknown>()
  elementsL.forEach((element, i) => liveItems.set(element, liveItems.has(element) ? undefined : live[i]))
  const wanted = new Set(elementsR)
  const shared = elementsR.filter((element) => liveItems.has(element))
  const done = new Set<string | undefined>()
  const result: unknown[] = []
  let nextShared = 0
  let l = 0
  let r = 0
  const takeApplied = (): void => {
    const element = elementsR[r]
    result.push(structuredMerge(liveItems.get(element), applied[r], list.element))
    done.add(element)
    if (shared[nextShared] === element) nextShared++
    r++
  }
  while (l < live.length || r < applied.length) {
    const element = elementsL[l]
    if (l < live.length && !wanted.has(element)) {
      result.push(live[l++])
      continue
    }
    if (l < live.length && (r === applied.length || elementsR[r] !== element)) {
      // A shared item stands where `applied` has it. Here it is only passed by, unless its turn is next.
      const turn = shared[nextShared]
      if (done.has(element) || turn !== element) l++
      if (r === applied.length || (turn !== undefined && turn !== element)) continue
    } else if (l < live.length) {
      l++
    }
    takeApplied()
  }
  return result
}

/**
 * What is left of a value when the fields of `remove` are taken out. A container from which all is taken becomes null:
 * it may be owned itself, and then it is not gone.
 */
export function removeFields(value: unknown, remove: FieldSet, schema: MergeSchema): unknown {
  if (isEmptySet(remove)) return value
  if (Array.isArray(value)) {
    const { list } = schema
    if (list === undefined) return value
    if (list.items === 'atomic') return null
    const kept = value.flatMap((item) => {
      const node = remove[itemElement(list, item) ?? '']
      if (node === undefined) return [item]
      return isMember(node) ? [] : [removeFields(item, node, list.element)]
    })
    return kept.length === 0 ? null : kept
  }
  if (!isObject(value) || schema.map === undefined) return value
  if (schema.map.atomic) return null
  const result: JsonObject = {}
  let empty = true
  for (const key in value) {
    const node = remove[`f:${key}`]
    if (node !== undefined && isMember(node)) continue
    const below = schema.map.field(key) ?? schema.map.element ?? {}
    put(result, key, node === undefined ? value[key] : removeFields(value[key], node, below))
    empty = false
  }
  return empty ? null : result
}

/** The fields that somebody who writes `value` lays claim to: leaves, list items, and keys that are no declared field. */
export function fieldsOf(value: unknown, schema: MergeSchema): FieldSet {
  return claim(value, schema) ?? leaf
}

/** The node of a value: undefined when there is nothing to own, as in a list whose items are owned one by one. */
function claim(value: unknown, schema: MergeSchema): FieldSet | undefined {
  if (Array.isArray(value)) {
    const { list } = schema
    return list === undefined || list.items === 'atomic' ? leaf : claimItems(value, list)
  }
  return isObject(value) && schema.map !== undefined && !schema.map.atomic ? claimMap(value, schema.map) : leaf
}

function claimMap(value: JsonObject, map: MapSchema): FieldSet | undefined {
  const set: FieldSetBuilder = {}
  let empty = true
  for (const key in value) {
    const child = value[key]
    if (child === undefined) continue
    empty = false
    const declared = map.field(key)
    const node = claim(child, declared ?? map.element ?? {})
    if (declared === undefined) set[`f:${key}`] = asMember(node)
    else if (node !== undefined) set[`f:${key}`] = node
  }
  return empty || !isEmptySet(set) ? set : undefined
}

function claimItems(items: readonly unknown[], list: ListSchema): FieldSet | undefined {
  const set: FieldSetBuilder = {}
  for (const item of items) {
    const element = itemElement(list, item)
    // Items that appear twice are owned together, as one atomic thing.
    if (element !== undefined) set[element] = element in set ? leaf : asMember(claim(item, list.element))
  }
  return isEmptySet(set) ? undefined : set
}

function asMember(node: FieldSet | undefined): FieldSet {
  return node === undefined || isEmptySet(node) || '.' in node ? (node ?? leaf) : { '.': leaf, ...node }
}

/** Adds the declared fields on the way to the paths of `set`: whoever owns `a.b.c` then owns `a` too, if it is a field. */
export function withDeclaredFields(set: FieldSet, schema: MergeSchema): FieldSet {
  const result: FieldSetBuilder = {}
  for (const element in set) {
    const node = set[element]!
    if (element === '.' || isEmptySet(node)) {
      result[element] = node
      continue
    }
    const name = element.startsWith('f:') ? element.slice(2) : undefined
    const declared = name === undefined ? undefined : schema.map?.field(name)
    const below = (name === undefined ? schema.list?.element : (declared ?? schema.map?.element)) ?? {}
    const children = withDeclaredFields(node, below)
    result[element] = declared === undefined || '.' in children ? children : { '.': leaf, ...children }
  }
  return result
}
