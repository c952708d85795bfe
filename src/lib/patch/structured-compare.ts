import { isEmptySet, leaf, type FieldSet, type FieldSetBuilder } from './field-set.ts'
import { isObject, own, sameJson, type JsonObject } from './json.ts'
import { itemElement, type ListSchema, type MapSchema, type MergeSchema } from './merge-schema.ts'

/** How the right value differs from the left one. A field is in at most one of the sets; undefined means empty. */
export interface Difference {
  readonly added?: FieldSet
  readonly removed?: FieldSet
  readonly modified?: FieldSet
}

/** Compares two values of one type; undefined when there is no difference. Unknown fields are not looked at. */
export function compare(left: unknown, right: unknown, schema: MergeSchema): Difference | undefined {
  if (left === right) return undefined
  const [formL, formR] = [formOf(left, schema), formOf(right, schema)]
  if (formL !== undefined && formR !== undefined && formL !== formR) {
    // Only values of unknown type can change it: what stood below is gone, what stands there now is new.
    const [removed, added] = [below(left, schema), below(right, schema)]
    return { modified: leaf, ...(removed && { removed }), ...(added && { added }) }
  }
  switch (formL ?? formR) {
    case 'map':
      return compareMaps(left, right, schema.map!)
    case 'list':
      return compareLists(left, right, schema.list!)
    default:
      return compareLeaves(left, right)
  }
}

/** Which of the forms of a type a value has; null can stand for any. */
function formOf(value: unknown, schema: MergeSchema): 'map' | 'list' | 'scalar' | undefined {
  if (typeof value !== 'object') return value === undefined ? undefined : 'scalar'
  if (value === null) return undefined
  if (Array.isArray(value)) return schema.list === undefined ? 'scalar' : 'list'
  return schema.map === undefined ? 'scalar' : 'map'
}

function compareLeaves(left: unknown, right: unknown): Difference | undefined {
  return sameJson(left, right) ? undefined : { modified: leaf }
}

const nothing: JsonObject = {}

function toMap(value: unknown): JsonObject {
  return isObject(value) ? value : nothing
}

function isEmptyMap(map: JsonObject): boolean {
  for (const key in map) if (map[key] !== undefined) return false
  return true
}

function compareMaps(leftOrNull: unknown, rightOrNull: unknown, map: MapSchema): Difference | undefined {
  const [left, right] = [toMap(leftOrNull), toMap(rightOrNull)]
  // Absent, null and empty are told apart, as leaves.
  if (map.atomic || (isEmptyMap(left) && isEmptyMap(right))) return compareLeaves(leftOrNull, rightOrNull)
  const difference = new Gathering()
  for (const key in right) {
    const value = right[key]
    if (value === undefined) continue
    const before = own(left, key)
    if (before === value) continue
    const schema = map.field(key) ?? map.element
    if (schema === undefined) continue
    if (before === undefined) difference.add(`f:${key}`, wholeSet(value, schema))
    else difference.include(`f:${key}`, compare(before, value, schema))
  }
  for (const key in left) {
    const value = left[key]
    if (value === undefined || own(right, key) !== undefined) continue
    const schema = map.field(key) ?? map.element
    if (schema !== undefined) difference.remove(`f:${key}`, wholeSet(value, schema))
  }
  return difference.result()
}

function compareLists(left: unknown, right: unknown, list: ListSchema): Difference | undefined {
  const [before, after] = [toList(left), toList(right)]
  if (list.items === 'atomic' || (before.length === 0 && after.length === 0)) return compareLeaves(left, right)
  if (before.length === after.length && before.every((item, i) => sameJson(item, after[i]))) return undefined

  const [itemsL, itemsR] = [grouped(before, list), grouped(after, list)]
  const difference = new Gathering()
  for (const [element, right] of itemsR) {
    const left = itemsL.get(element) ?? []
    const [one, other] = [left[0], right[0]]
    if (left.length <= 1 && right.length === 1) {
      if (left.length === 0) difference.add(element, wholeSet(other, list.element))
      else difference.include(element, compare(one, other, list.element))
    } else if (left.length > 1 && right.length > 1) {
      // Items that appear twice are owned together, as one atomic thing.
      if (!sameJson(left, right)) difference.include(element, { modified: leaf })
    } else if (left.length > 1) {
      difference.add(element, wholeSet(other, list.element))
      difference.remove(element, leaf)
    } else {
      if (left.length === 1) difference.remove(element, wholeSet(one, list.element))
      difference.add(element, leaf)
    }
  }
  for (const [element, left] of itemsL) {
    if (itemsR.has(element)) continue
    difference.remove(element, left.length > 1 ? leaf : wholeSet(left[0], list.element))
  }
  return difference.result()
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The items of a list by path element. Those that have none cannot be owned, and are left out. */
function grouped(items: readonly unknown[], list: ListSchema): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>()
  for (const item of items) {
    const element = itemElement(list, item)
    if (element === undefined) continue
    const group = groups.get(element)
    if (group === undefined) groups.set(element, [item])
    else group.push(item)
  }
  return groups
}

/** Puts the differences of children together; makes sets only where there is something to put in. */
class Gathering {
  #added: FieldSetBuilder | undefined
  #removed: FieldSetBuilder | undefined
  #modified: FieldSetBuilder | undefined

  add(element: string, set: FieldSet): void {
    ;(this.#added ??= {})[element] = set
  }

  remove(element: string, set: FieldSet): void {
    ;(this.#removed ??= {})[element] = set
  }

  include(element: string, difference: Difference | undefined): void {
    if (difference === undefined) return
    if (difference.added !== undefined) this.add(element, difference.added)
    if (difference.removed !== undefined) this.remove(element, difference.removed)
    if (difference.modified !== undefined) (this.#modified ??= {})[element] = difference.modified
  }

  result(): Difference | undefined {
    if (this.#added === undefined && this.#removed === undefined && this.#modified === undefined) return undefined
    return {
      ...(this.#added === undefined ? {} : { added: this.#added }),
      ...(this.#removed === undefined ? {} : { removed: this.#removed }),
      ...(this.#modified === undefined ? {} : { modified: this.#modified }),
    }
  }
}

/** The node of a value that is new or gone as a whole: every field of it is a path, containers too. */
function wholeSet(value: unknown, schema: MergeSchema): FieldSet {
  if (typeof value !== 'object' || value === null) return leaf
  const set: FieldSetBuilder = { '.': leaf }
  let empty = true
  if (Array.isArray(value)) {
    const { list } = schema
    if (list === undefined || list.items === 'atomic') return leaf
    for (const item of value) {
      const element = itemElement(list, item)
      if (element === undefined) continue
      set[element] = element in set ? leaf : wholeSet(item, list.element)
      empty = false
    }
  } else {
    const { map } = schema
    if (map === undefined || map.atomic) return leaf
    for (const key in value) {
      const child = (value as JsonObject)[key]
      const type = map.field(key) ?? map.element
      if (child === undefined || type === undefined) continue
      set[`f:${key}`] = wholeSet(child, type)
      empty = false
    }
  }
  return empty ? leaf : set
}

/** What stands below a value, without the value itself. */
function below(value: unknown, schema: MergeSchema): FieldSet | undefined {
  const { '.': _, ...children } = wholeSet(value, schema)
  return isEmptySet(children) ? undefined : children
}
