/**
 * A set of field paths, in the form in which managedFields carry it (FieldsV1): a tree whose keys are path elements,
 * `f:name` for a field, `k:{…}` for the list item with those keys, `v:…` for the item of a set, `i:…` for an index. A
 * path is in the set when its node is empty or has the key `.`; a node that only has other keys is just on the way.
 * The root node stands for no path. Sets are never changed once they are made, so they may share nodes.
 */
export interface FieldSet {
  readonly [element: string]: FieldSet
}

/** The set without a path; as a node, a path with nothing below it. */
export const leaf: FieldSet = Object.freeze({})

/** A set under construction. */
export type FieldSetBuilder = Record<string, FieldSet>

export function isEmptySet(set: FieldSet): boolean {
  for (const _ in set) return false
  return true
}

/** Whether the path that ends at `node` is in the set: both arguments are one node, found in its parent. */
export function isMember(node: FieldSet): boolean {
  return '.' in node || isEmptySet(node)
}

export function hasPath(set: FieldSet, path: readonly string[]): boolean {
  let node: FieldSet | undefined = set
  for (const element of path) {
    node = node[element]
    if (node === undefined) return false
  }
  return path.length > 0 && isMember(node)
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmptySet(b)) return a
  if (isEmptySet(a)) return b
  let result: FieldSetBuilder | undefined
  for (const element in b) {
    const right = b[element]!
    const left = a[element]
    const both = left === undefined ? right : unionNode(left, right)
    if (both !== left) (result ??= { ...a })[element] = both
  }
  return result ?? a
}

/** Below the root an empty node is a path of its own, which must not get lost among the children of the other. */
function unionNode(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a
  const [emptyA, emptyB] = [isEmptySet(a), isEmptySet(b)]
  if (emptyA && emptyB) return a
  if (emptyA) return '.' in b ? b : { '.': leaf, ...b }
  if (emptyB) return '.' in a ? a : { '.': leaf, ...a }
  return union(a, b)
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b) return a
  const result: FieldSetBuilder = {}
  for (const element in a) {
    const right = b[element]
    if (element === '.' || right === undefined) continue
    const left = a[element]!
    const node = toNode(isMember(left) && isMember(right), intersection(left, right))
    if (node !== undefined) result[element] = node
  }
  return result
}

/** What is in `a` and not in `b`, path by path: what stands below a path of `b` stays. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, false)
}

/** What is in `a` and neither in `b` nor below a path of `b`. */
export function differenceBelow(a: FieldSet, b: FieldSet): FieldSet {
  return subtract(a, b, true)
}

function subtract(a: FieldSet, b: FieldSet, below: boolean): FieldSet {
  let result: FieldSetBuilder | undefined
  for (const element in a) {
    const right = b[element]
    if (element === '.' || right === undefined) continue
    const left = a[element]!
    const removed = isMember(right)
    const rest = removed && below ? leaf : subtract(left, right, below)
    if (rest === left && !removed) continue
    const node = toNode(isMember(left) && !removed, withoutDot(rest))
    result ??= { ...a }
    if (node === undefined) delete result[element]
    else result[element] = node
  }
  return result ?? a
}

/** Both paths and nodes on the way to them: what `pick` says of a node with its path decides whether it stays a path. */
export function filterPaths(set: FieldSet, pick: (path: readonly string[]) => boolean, path: string[] = []): FieldSet {
  const result: FieldSetBuilder = {}
  for (const element in set) {
    if (element === '.') continue
    const child = set[element]!
    path.push(element)
    const node = toNode(isMember(child) && pick(path), filterPaths(child, pick, path))
    path.pop()
    if (node !== undefined) result[element] = node
  }
  return result
}

/** Calls `visit` with every path of the set, parents before children, siblings in the order of their names. */
export function forEachPath(set: FieldSet, visit: (path: readonly string[]) => void, path: string[] = []): void {
  const elements = Object.keys(set).filter((element) => element !== '.')
  for (const element of elements.toSorted()) {
    const child = set[element]!
    path.push(element)
    if (isMember(child)) visit(path)
    forEachPath(child, visit, path)
    path.pop()
  }
}

/** How people read a path: `.spec.containers[name="web"].image`. */
export function showPath(path: readonly string[]): string {
  return path.map(showElement).join('')
}

function showElement(element: string): string {
  const text = element.slice(2)
  switch (element[0]) {
    case 'f':
      return `.${text}`
    case 'k': {
      const keys = JSON.parse(text) as Record<string, unknown>
      return `[${Object.entries(keys).map(([key, value]) => `${key}=${JSON.stringify(value)}`)}]`
    }
    case 'v':
      return `[=${text}]`
    default:
      return `[${text}]`
  }
}

/** Whether two sets have the same paths. */
export function sameSet(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  for (const element in a) {
    if (element === '.') continue
    const [left, right] = [a[element]!, b[element]]
    if (right === undefined || isMember(left) !== isMember(right) || !sameSet(left, right)) return false
  }
  for (const element in b) if (element !== '.' && !(element in a)) return false
  return true
}

/** Reads a set that came from outside; undefined when it is none. */
export function readFieldSet(value: unknown): FieldSet | undefined {
  return isFieldSet(value, 0) ? value : undefined
}

const ELEMENT = /^(f:|v:|k:\{|i:-?\d)/

function isFieldSet(value: unknown, depth: number): value is FieldSet {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || depth > 100) return false
  for (const [element, node] of Object.entries(value)) {
    if (element === '.') {
      if (depth === 0) return false
      continue
    }
    if (!ELEMENT.test(element) || !isFieldSet(node, depth + 1)) return false
    if (element.startsWith('k:') && !isJson(element.slice(2))) return false
  }
  return true
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function toNode(member: boolean, children: FieldSet): FieldSet | undefined {
  if (!isEmptySet(children)) return member ? ('.' in children ? children : { '.': leaf, ...children }) : children
  return member ? leaf : undefined
}

function withoutDot(node: FieldSet): FieldSet {
  if (!('.' in node)) return node
  const { '.': _, ...children } = node
  return children
}
