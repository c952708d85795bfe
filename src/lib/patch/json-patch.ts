import { WherryError } from '../errors.ts'
import { isObject, put, sameJson, type JsonObject } from './json.ts'

/** More operations than this in one patch are refused, as by the reference implementation. */
export const jsonPatchOperationsMax = 10_000

/** How many bytes of JSON the `copy` operations of one patch may add in all. */
export const jsonPatchCopyBytesMax = 3 * 1024 * 1024

/** One operation of a JSON patch. `value` may be null, so its presence is kept apart. */
interface Operation {
  readonly op: string
  readonly path: string | undefined
  readonly from: string | undefined
  readonly value: unknown
  readonly hasValue: boolean
}

/**
 * Applies a JSON patch (RFC 6902; a negative index counts from the end). `target` stays as it is and the result shares
 * with it what did not change. A patch that is none is `bad-request`; one that does not apply is `invalid`.
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  const operations = readOperations(patch)
  const document = new Draft(target)
  for (const operation of operations) step(document, operation)
  return document.root
}

function readOperations(patch: unknown): Operation[] {
  if (!Array.isArray(patch)) {
    throw new WherryError('bad-request', 'error decoding patch: a JSON patch is a list of operations')
  }
  if (patch.length > jsonPatchOperationsMax) {
    throw new WherryError(
      'too-large',
      `The allowed maximum operations in a JSON patch is ${jsonPatchOperationsMax}, got ${patch.length}`,
    )
  }
  return patch.map((entry: unknown, index) => {
    if (!isObject(entry)) {
      throw new WherryError('bad-request', `error decoding patch: operation ${index} is not an object`)
    }
    const text = (key: string): string | undefined => {
      if (!Object.hasOwn(entry, key)) return undefined
      const value = entry[key]
      if (typeof value === 'string') return value
      throw new WherryError('bad-request', `error decoding patch: operation ${index}: "${key}" is not a string`)
    }
    return {
      op: text('op') ?? '',
      path: text('path'),
      from: text('from'),
      value: entry['value'],
      hasValue: Object.hasOwn(entry, 'value'),
    }
  })
}

function step(document: Draft, { op, path, from, value, hasValue }: Operation): void {
  if (!['add', 'remove', 'replace', 'move', 'copy', 'test'].includes(op)) refuse(`Unexpected kind: ${op || 'unknown'}`)
  if (path === undefined) refuse(`${op} operation failed to decode path: missing value`)
  const fail = (reason: string): never => refuse(`${op} operation does not apply: ${reason}`)
  const needValue = (): unknown => (hasValue ? value : fail('operation, missing value field: missing value'))
  const needFrom = (): string => from ?? fail('operation, missing from field: missing value')
  switch (op) {
    case 'add':
      return document.add(path, needValue(), fail)
    case 'remove':
      document.remove(path, fail)
      return
    case 'replace':
      return document.replace(path, needValue(), fail)
    case 'move':
      return document.move(needFrom(), path, fail)
    case 'copy':
      return document.copy(needFrom(), path, fail)
    default:
      if (!sameJson(document.get(path, fail), hasValue ? value : null)) {
        refuse(`testing value ${path} failed: test failed`)
      }
  }
}

type Fail = (reason: string) => never

function refuse(message: string): never {
  throw new WherryError('invalid', message)
}

/** A document being changed: a container is copied when it is first written to, and never again. */
class Draft {
  root: unknown
  readonly #mine = new WeakSet<object>()
  #copied = 0

  constructor(root: unknown) {
    this.root = root
  }

  get(path: string, fail: Fail): unknown {
    let value = this.root
    for (const token of tokens(path, fail)) value = child(value, token, path, fail)
    return value
  }

  add(path: string, value: unknown, fail: Fail): void {
    const [parent, key] = this.#writable(path, fail)
    if (parent === undefined) this.root = value
    else if (Array.isArray(parent))
      parent.splice(key === '-' ? parent.length : index(key, parent.length + 1, fail), 0, value)
    else put(parent, key, value)
  }

  remove(path: string, fail: Fail): unknown {
    const [parent, key] = this.#writable(path, fail)
    if (parent === undefined) return fail('the whole document cannot be removed')
    if (Array.isArray(parent)) return parent.splice(index(key, parent.length, fail), 1)[0]
    if (!Object.hasOwn(parent, key)) fail(`Unable to remove nonexistent key: ${key}: missing value`)
    const value = parent[key]
    delete parent[key]
    return value
  }

  replace(path: string, value: unknown, fail: Fail): void {
    const [parent, key] = this.#writable(path, fail)
    if (parent === undefined) this.root = value
    else if (Array.isArray(parent)) parent[index(key, parent.length, fail)] = value
    else if (Object.hasOwn(parent, key)) put(parent, key, value)
    else fail(`doc is missing key: ${path}: missing value`)
  }

  move(from: string, path: string, fail: Fail): void {
    if (path === from) return void this.get(from, fail)
    // Without this a value would be moved into itself, and so out of the document.
    if (path.startsWith(from + '/')) fail(`cannot move "${from}" into itself`)
    this.add(path, this.remove(from, fail), fail)
  }

  copy(from: string, path: string, fail: Fail): void {
    const value = this.get(from, fail)
    const text = JSON.stringify(value)
    this.#copied += text.length
    if (this.#copied > jsonPatchCopyBytesMax) {
      refuse(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.#copied}, exceeding the limit ${jsonPatchCopyBytesMax}`,
      )
    }
    // A copy of its own: what this patch has already copied is changed in place, and must not be seen twice.
    this.add(path, JSON.parse(text), fail)
  }

  /** The container of what `path` names, ready to be changed, and the last token; no container for the document itself. */
  #writable(path: string, fail: Fail): [JsonObject | unknown[] | undefined, string] {
    const steps = tokens(path, fail)
    const last = steps.pop()
    if (last === undefined) return [undefined, '']
    let parent = (this.root = this.#own(this.root, path, fail))
    for (const token of steps) {
      const next = this.#own(child(parent, token, path, fail), path, fail)
      if (Array.isArray(parent)) parent[index(token, parent.length, fail)] = next
      else put(parent, token, next)
      parent = next
    }
    return [parent, last]
  }

  #own(value: unknown, path: string, fail: Fail): JsonObject | unknown[] {
    if (typeof value !== 'object' || value === null) return fail(`doc is missing path: "${path}": missing value`)
    if (this.#mine.has(value)) return value as JsonObject
    const copy = Array.isArray(value) ? [...value] : { ...value }
    this.#mine.add(copy)
    return copy
  }
}

function child(value: unknown, token: string, path: string, fail: Fail): unknown {
  if (Array.isArray(value)) return value[index(token, value.length, fail)]
  if (isObject(value) && Object.hasOwn(value, token)) return value[token]
  return fail(`doc is missing path: "${path}": missing value`)
}

function tokens(path: string, fail: Fail): string[] {
  if (path === '') return []
  if (!path.startsWith('/')) fail(`doc is missing path: "${path}": missing value`)
  return path
    .slice(1)
    .split('/')
    .map((token) => (token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token))
}

/** The place that a token names in a list of which `end` is the first place that is not there. */
function index(token: string, end: number, fail: Fail): number {
  if (!/^-?(0|[1-9]\d*)$/.test(token)) fail(`value was not a proper array index: '${token}'`)
  const given = Number(token)
  const place = given < 0 ? given + end : given
  if (place < 0 || place >= end) fail(`Unable to access invalid index: ${token}: invalid index referenced`)
  return place
}
