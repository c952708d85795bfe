import { WherryError } from '../../../lib/errors.ts'
import { isObject, own, put, type JsonObject } from '../../../lib/patch/json.ts'
import type { Kind } from '../kind.ts'
import { messageOf } from '../schema.ts'
import type { Field, Message } from '../schema.ts'
import { linesByName } from './merge-schema-of.ts'

const DIRECTIVE = '$patch'
const RETAIN_KEYS = '$retainKeys'
const DELETE_FROM = '$deleteFromPrimitiveList/'
const ELEMENT_ORDER = '$setElementOrder/'

/**
 * Applies a strategic merge patch, by the merge keys of the kind's tables. Neither `live` nor `patch` is changed. The
 * result still has to be decoded and defaulted.
 */
export function applyStrategicMerge(kind: Pick<Kind, 'message'>, live: JsonObject, patch: unknown): JsonObject {
  if (!isObject(patch)) throw bad('a strategic merge patch is an object')
  return mergeObject(live, patch, kind.message)
}

/** A table, or undefined for what has none: maps with free keys and raw JSON. */
type Table = Message | undefined

function mergeObject(original: JsonObject, patch: JsonObject, table: Table): JsonObject {
  const directive = own(patch, DIRECTIVE)
  if (directive === 'replace') {
    const { [DIRECTIVE]: _, ...rest } = patch
    return rest
  }
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge') {
    throw bad(`unknown patch type: ${String(directive)} in map: ${JSON.stringify(patch)}`)
  }
  const result = retained(original, patch)
  const ordered = new Set<string>()
  for (const key in patch) {
    if (!key.startsWith(ELEMENT_ORDER)) continue
    const name = key.slice(ELEMENT_ORDER.length)
    ordered.add(name)
    mergeOrdered(result, name, own(patch, name), patch[key], lineOf(table, name))
  }
  for (const key in patch) {
    const value = patch[key]
    if (key === RETAIN_KEYS || key === DIRECTIVE || key.startsWith(ELEMENT_ORDER) || ordered.has(key)) continue
    if (key.startsWith(DELETE_FROM)) {
      deleteItems(result, key.slice(DELETE_FROM.length), value)
    } else if (value === null) {
      delete result[key]
    } else {
      const merged = mergeField(own(result, key), value, lineOf(table, key))
      if (merged === undefined) delete result[key]
      else put(result, key, merged)
    }
  }
  return result
}

function mergeField(original: unknown, value: unknown, line: Field | undefined): unknown {
  if (isObject(original) && isObject(value)) {
    return strategies(line).includes('replace') ? value : mergeObject(original, value, tableBelow(line))
  }
  if (Array.isArray(original) && Array.isArray(value)) {
    return strategies(line).includes('merge') ? mergeList(original, value, line) : value
  }
  return withoutDirectives(value)
}

/** The original without what `$retainKeys` does not name: for unions, of which the members exclude each other. */
function retained(original: JsonObject, patch: JsonObject): JsonObject {
  if (!Object.hasOwn(patch, RETAIN_KEYS)) return { ...original }
  const keep = patch[RETAIN_KEYS]
  if (!Array.isArray(keep)) throw bad('invalid patch format of retainKeys')
  const names = new Set<unknown>(keep)
  for (const key in patch) {
    const isDirective = key === RETAIN_KEYS || key.startsWith(DELETE_FROM) || key.startsWith(ELEMENT_ORDER)
    if (!isDirective && patch[key] !== null && !names.has(key)) throw bad('invalid patch format of retainKeys')
  }
  const result: JsonObject = {}
  for (const key in original) if (names.has(key)) put(result, key, original[key])
  return result
}

function deleteItems(result: JsonObject, name: string, items: unknown): void {
  if (!Array.isArray(items)) throw bad('invalid patch format of primitive list')
  const list = own(result, name)
  if (Array.isArray(list))
    put(
      result,
      name,
      list.filter((item) => !items.includes(item)),
    )
}

/** Merges a list whose final order the patch states. */
function mergeOrdered(result: JsonObject, name: string, value: unknown, order: unknown, line: Field | undefined): void {
  if (!Array.isArray(order)) throw bad('invalid patch format of setElementOrder list')
  const original = own(result, name)
  if (original !== undefined && original !== null && !Array.isArray(original)) throw notAList(original)
  if (value === null) {
    delete result[name]
    return
  }
  if (value !== undefined && !Array.isArray(value)) throw notAList(value)
  const identity = identityOf(line, [...order, ...(original ?? []), ...(value ?? [])])
  if (value !== undefined) checkOrder(value, order, identity)

  if (original === undefined || original === null) {
    if (value !== undefined) put(result, name, inOrder(withoutDirectives(value) as unknown[], order, [], identity))
    return
  }
  const merged = value === undefined ? original : mergeItems(original, value, line)
  put(result, name, inOrder(merged, order, original, identity))
}

function mergeList(original: readonly unknown[], patch: readonly unknown[], line: Field | undefined): unknown[] {
  if (original.length === 0 && patch.length === 0) return []
  const merged = mergeItems(original, patch, line)
  if (patch.some((item) => isObject(item) && item[DIRECTIVE] === 'replace')) return merged
  const identity = identityOf(line, [...original, ...patch])
  return inOrder(
    merged,
    patch.filter((item) => !directs(item)),
    surviving(original, patch, identity),
    identity,
  )
}

function directs(item: unknown): boolean {
  return isObject(item) && Object.hasOwn(item, DIRECTIVE)
}

/** The original items that the patch does not delete: what it deletes and adds again is new, and has no place of old. */
function surviving(original: readonly unknown[], patch: readonly unknown[], identity: IdentityOf): readonly unknown[] {
  const deleted = patch.filter(directs).map(identity)
  return deleted.length === 0 ? original : original.filter((item) => !deleted.includes(identity(item)))
}

/** The items of both lists, each once; in the order of the original, what is new at the end. */
function mergeItems(original: readonly unknown[], patch: readonly unknown[], line: Field | undefined): unknown[] {
  const identity = identityOf(line, [...original, ...patch])
  if (identity === itself) return [...new Set([...original, ...patch])]
  let result = [...original]
  const additions: JsonObject[] = []
  let replace = false
  for (const item of patch as JsonObject[]) {
    const directive = own(item, DIRECTIVE)
    if (directive === undefined) additions.push(item)
    else if (directive === 'delete') {
      const key = identity(item)
      result = result.filter((other) => own(other as JsonObject, line!.options.mergeKey!) !== key)
    } else if (directive === 'replace') replace = true
    else if (directive === 'merge') throw bad('merging lists cannot yet be specified in the patch')
    else throw bad(`unknown patch type: ${String(directive)} in map: ${JSON.stringify(item)}`)
  }
  if (replace) return additions
  for (const item of additions) {
    const key = identity(item)
    const place = result.findIndex((other) => own(other as JsonObject, line!.options.mergeKey!) === key)
    if (place < 0) result.push(withoutDirectives(item))
    else result[place] = mergeObject(result[place] as JsonObject, item, tableBelow(line))
  }
  return result
}

type IdentityOf = (item: unknown) => unknown

const itself: IdentityOf = (item) => item

/** How the items of a list are told apart: by the merge key, or by their value when they are scalars. */
function identityOf(line: Field | undefined, items: readonly unknown[]): IdentityOf {
  const objects = items.filter(isObject).length
  if (objects === 0) {
    if (items.some(Array.isArray)) throw bad('lists of lists are not supported')
    return itself
  }
  if (objects < items.length) throw bad(`list element types are not identical: ${JSON.stringify(items)}`)
  const mergeKey = line?.options.mergeKey
  if (mergeKey === undefined) throw bad('cannot merge lists without merge key')
  return (item) => {
    const value = own(item as JsonObject, mergeKey)
    if (value === undefined) throw bad(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`)
    return value
  }
}

function checkOrder(patch: readonly unknown[], order: readonly unknown[], identity: IdentityOf): void {
  let place = 0
  for (const item of patch) {
    if (directs(item)) continue
    const key = identity(item)
    while (place < order.length && identity(order[place]) !== key) place++
    if (place === order.length && order.length > 0) {
      throw bad(
        `The order in patch list:\n${JSON.stringify(patch)}\n doesn't match ${ELEMENT_ORDER.slice(0, -1)} list:\n${JSON.stringify(order)}\n`,
      )
    }
    place++
  }
}

/**
 * Sorts `items`: those that `order` names stand in its order; the others stand among them as in `original`, as far as
 * that says anything.
 */
function inOrder(
  items: readonly unknown[],
  order: readonly unknown[],
  original: readonly unknown[],
  identity: IdentityOf,
): unknown[] {
  const rank = ranks(order, identity)
  const place = ranks(original, identity)
  const by = (ranks: ReadonlyMap<unknown, number>) => (a: unknown, b: unknown) =>
    (ranks.get(identity(a)) ?? Infinity) - (ranks.get(identity(b)) ?? Infinity) || 0
  const named = items.filter((item) => rank.has(identity(item))).toSorted(by(rank))
  const others = items.filter((item) => !rank.has(identity(item))).toSorted(by(place))
  const result: unknown[] = []
  while (named.length > 0 && others.length > 0) {
    const [one, other] = [place.get(identity(named[0])), place.get(identity(others[0]))]
    result.push(one !== undefined && other !== undefined && other < one ? others.shift() : named.shift())
  }
  return [...result, ...named, ...others]
}

function ranks(items: readonly unknown[], identity: IdentityOf): ReadonlyMap<unknown, number> {
  const ranks = new Map<unknown, number>()
  items.forEach((item, i) => {
    const key = identity(item)
    if (!ranks.has(key)) ranks.set(key, i)
  })
  return ranks
}

/** A value of the patch for which there is no original: nulls and items that only direct are left out. */
function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined)
  if (!isObject(value)) return value
  if (Object.hasOwn(value, DIRECTIVE)) return undefined
  const result: JsonObject = {}
  for (const key in value) {
    if (value[key] === null || isDirectiveKey(key)) continue
    const below = withoutDirectives(value[key])
    if (below !== undefined) put(result, key, below)
  }
  return result
}

function isDirectiveKey(key: string): boolean {
  return key === RETAIN_KEYS || key.startsWith(DELETE_FROM) || key.startsWith(ELEMENT_ORDER)
}

function lineOf(table: Table, name: string): Field | undefined {
  return table === undefined ? undefined : linesByName(table).get(name)
}

function tableBelow(line: Field | undefined): Table {
  // What stands in a map with free keys is described by the map's own line, which has no fields to look up.
  return line === undefined || line.shape === 'map' ? undefined : messageOf(line.element)
}

function strategies(line: Field | undefined): readonly string[] {
  return line?.options.patchStrategy?.split(',') ?? []
}

function notAList(value: unknown): WherryError {
  return bad(`expected a list, but received: ${JSON.stringify(value)}`)
}

function bad(message: string): WherryError {
  return new WherryError('bad-request', message)
}
