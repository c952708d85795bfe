import { EvalError, noSuchOverload } from './errors.ts'
import type { Type } from './types.ts'
import * as types from './types.ts'

/**
 * Values as expressions see them: null, booleans, strings, Uint8Array for bytes and arrays for lists are themselves; an
 * int is a bigint; the rest are classes of this file. A JavaScript number comes only from JSON, where `adapt` makes an
 * int or a double of it, as it makes a map of a plain object.
 */
export type Value = unknown

export class Double {
  readonly value: number

  constructor(value: number) {
    this.value = value
  }
}

export class Uint {
  readonly value: bigint

  constructor(value: bigint) {
    this.value = value
  }
}

/** A length of time in nanoseconds. */
export class Duration {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

/** A moment: nanoseconds since the epoch. */
export class Timestamp {
  readonly nanos: bigint

  constructor(nanos: bigint) {
    this.nanos = nanos
  }
}

export class TypeValue {
  readonly type: Type

  constructor(type: Type) {
    this.type = type
  }
}

/** A value that may not be there. */
export class Optional {
  static readonly none = new Optional(undefined)
  /** Undefined when there is none. */
  readonly value: Value | undefined

  private constructor(value: Value | undefined) {
    this.value = value
  }

  static of(value: Value): Optional {
    return new Optional(value)
  }
}

/** A value that only functions can look into. */
export abstract class Opaque {
  abstract readonly type: Type
  abstract equals(other: Opaque): boolean

  /** What traversing it costs. */
  get size(): number {
    return 1
  }
}

/** What has keys or fields. */
export abstract class Mapping {
  abstract readonly size: number
  /** Undefined when there is no such key. */
  abstract get(key: Value): Value | undefined
  abstract keys(): Iterable<Value>

  /** Its type when it is an object of a declared type, not a map. */
  get type(): Type | undefined {
    return undefined
  }
}

/** A plain object of JSON. */
export class JsonMap extends Mapping {
  readonly object: Readonly<Record<string, unknown>>

  constructor(object: Readonly<Record<string, unknown>>) {
    super()
    this.object = object
  }

  get size(): number {
    return Object.keys(this.object).length
  }

  get(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.object, key)) return undefined
    const value = this.object[key]
    return value === undefined ? undefined : adapt(value)
  }

  keys(): Iterable<Value> {
    return Object.keys(this.object)
  }
}

/** A map that an expression has made. */
export class EntryMap extends Mapping {
  readonly #entries = new Map<string, readonly [Value, Value]>()

  get size(): number {
    return this.#entries.size
  }

  /** Adds an entry; throws when the key is there already, or cannot be one. */
  add(key: Value, value: Value): void {
    const text = keyText(key)
    if (text === undefined) throw new EvalError(`unsupported key type: ${types.formatType(typeOf(key))}`)
    if (this.#entries.has(text)) throw new EvalError(`insert failed: key ${display(key)} already exists`)
    this.#entries.set(text, [key, value])
  }

  get(key: Value): Value | undefined {
    const text = keyText(key)
    return text === undefined ? undefined : this.#entries.get(text)?.[1]
  }

  *keys(): Iterable<Value> {
    for (const [key] of this.#entries.values()) yield key
  }
}

/** An object of a type with a name that an expression has made: `Object.spec{…}`. */
export class StructValue extends Mapping {
  readonly #type: Type
  readonly fields: ReadonlyMap<string, Value>

  constructor(type: Type, fields: ReadonlyMap<string, Value>) {
    super()
    this.#type = type
    this.fields = fields
  }

  override get type(): Type {
    return this.#type
  }

  get size(): number {
    return this.fields.size
  }

  get(key: Value): Value | undefined {
    return this.fields.get(key as string)
  }

  keys(): Iterable<Value> {
    return this.fields.keys()
  }
}

/** The same text for keys that are equal, whatever kind of number they are. */
function keyText(key: Value): string | undefined {
  switch (typeof key) {
    case 'string':
      return `s${key}`
    case 'bigint':
      return `n${key}`
    case 'boolean':
      return `b${key}`
    default:
      if (key instanceof Uint) return `n${key.value}`
      return key instanceof Double && Number.isInteger(key.value) ? `n${BigInt(key.value)}` : undefined
  }
}

const maps = new WeakMap<object, JsonMap>()

/** Makes a value of what may come from JSON. */
export function adapt(value: unknown): Value {
  switch (typeof value) {
    case 'number':
      return Number.isInteger(value) && Math.abs(value) < 2 ** 63 ? BigInt(value) : new Double(value)
    case 'undefined':
      return null
    case 'object': {
      if (value === null || Array.isArray(value)) return value
      const prototype: unknown = Object.getPrototypeOf(value)
      if (prototype !== Object.prototype && prototype !== null) return value
      let map = maps.get(value)
      if (map === undefined) maps.set(value, (map = new JsonMap(value as Record<string, unknown>)))
      return map
    }
    default:
      return value
  }
}

export function typeOf(value: Value): Type {
  switch (typeof value) {
    case 'boolean':
      return types.BOOL
    case 'bigint':
      return types.INT
    case 'string':
      return types.STRING
    default:
      if (value === null) return types.NULL
      if (Array.isArray(value)) return types.listOf(types.DYN)
      if (value instanceof Mapping) return value.type ?? types.mapOf(types.DYN, types.DYN)
      if (value instanceof Double) return types.DOUBLE
      if (value instanceof Uint) return types.UINT
      if (value instanceof Uint8Array) return types.BYTES
      if (value instanceof Timestamp) return types.TIMESTAMP
      if (value instanceof Duration) return types.DURATION
      if (value instanceof Optional) return types.optionalOf(types.DYN)
      if (value instanceof TypeValue) return types.typeOfType(types.DYN)
      if (value instanceof Opaque) return value.type
      return types.DYN
  }
}

/** Whether a function that wants a type can take a value. */
export function fits(type: Type, value: Value): boolean {
  switch (type.kind) {
    case 'dyn':
    case 'param':
      return true
    case 'null':
      return value === null
    case 'bool':
      return typeof value === 'boolean'
    case 'int':
      return typeof value === 'bigint'
    case 'string':
      return typeof value === 'string'
    case 'uint':
      return value instanceof Uint
    case 'double':
      return value instanceof Double
    case 'bytes':
      return value instanceof Uint8Array
    case 'list':
      return Array.isArray(value)
    case 'map':
      return value instanceof Mapping
    case 'timestamp':
      return value instanceof Timestamp
    case 'duration':
      return value instanceof Duration
    case 'optional':
      return value instanceof Optional
    case 'type':
      return value instanceof TypeValue
    case 'opaque':
      return value instanceof Opaque && value.type.name === type.name
    case 'object':
      return value instanceof Mapping
    default:
      return false
  }
}

/** A list whose items are told apart by what they are or by keys, and not by where they stand. */
export class KeyedList extends Array<Value> {
  /** What tells an item apart; undefined when it is the item as a whole. */
  identity: ((item: Value) => Value) | undefined

  static override get [Symbol.species](): ArrayConstructor {
    return Array
  }
}

/** Whether two values are equal: numbers of any kind by what they are worth, all else only with its like. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true
  if (typeof a === 'string' || typeof a === 'boolean' || a === null || a === undefined) return false
  const [left, right] = [numberOf(a), numberOf(b)]
  if (left !== undefined) return right !== undefined && orderNumbers(left, right) === 0
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b)
  if (a instanceof Mapping) return b instanceof Mapping && sameEntries(a, b)
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos
  if (a instanceof TypeValue)
    return b instanceof TypeValue && a.type.kind === b.type.kind && a.type.name === b.type.name
  if (a instanceof Optional) {
    if (!(b instanceof Optional)) return false
    if (a.value === undefined || b.value === undefined) return a.value === b.value
    return equal(a.value, b.value)
  }
  return a instanceof Opaque && b instanceof Opaque && a.type.name === b.type.name && a.equals(b)
}

function numberOf(value: Value): bigint | number | undefined {
  if (typeof value === 'bigint') return value
  if (value instanceof Double || value instanceof Uint) return value.value
  return undefined
}

/** Undefined when one of them is not a number. What is compared with a double becomes one, even if that loses digits. */
function orderNumbers(a: bigint | number, b: bigint | number): number | undefined {
  if (typeof a === 'bigint' && typeof b === 'bigint') return order(a, b)
  const [left, right] = [Number(a), Number(b)]
  if (Number.isNaN(left) || Number.isNaN(right)) return undefined
  return left < right ? -1 : left > right ? 1 : 0
}

function sameItems(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false
  if (!(a instanceof KeyedList)) return a.every((one, i) => equal(adapt(one), adapt(b[i])))
  const { identity = (item: Value) => item } = a
  return a.every((one) => b.some((other) => equal(identity(one), identity(other)) && equal(one, other)))
}

function sameEntries(a: Mapping, b: Mapping): boolean {
  if (a.size !== b.size) return false
  for (const key of a.keys()) {
    const other = b.get(key)
    if (other === undefined || !equal(a.get(key), other)) return false
  }
  return true
}

/** Below 0, 0 or above 0; throws for what has no order. */
export function compare(a: Value, b: Value): number {
  const [left, right] = [numberOf(a), numberOf(b)]
  if (left !== undefined && right !== undefined) {
    const order = orderNumbers(left, right)
    if (order === undefined) throw new EvalError('NaN values cannot be ordered')
    return order
  }
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b)
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Timestamp && b instanceof Timestamp) return order(a.nanos, b.nanos)
  if (a instanceof Duration && b instanceof Duration) return order(a.nanos, b.nanos)
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b)
  throw noSuchOverload()
}

const order = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)

/** By code points, as UTF-8 is ordered. */
function compareText(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    let [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
    if (x === y) continue
    // Surrogates stand for what comes after all that one unit can say.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000
    }
    return x < y ? -1 : 1
  }
  return a.length < b.length ? -1 : 1
}

/** How many characters, items, entries or bytes a value has; 1 for all others. */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return lengthOf(value)
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length
  if (value instanceof Mapping || value instanceof Opaque) return value.size
  if (value instanceof Optional && value.value !== undefined) return sizeOf(value.value)
  return 1
}

/** The number of code points of a text. */
export function lengthOf(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length - 1; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) {
      length--
      i++
    }
  }
  return length
}

/** A value in a message. */
export function display(value: Value): string {
  if (value instanceof Double || value instanceof Uint) return String(value.value)
  return String(value)
}

const INT_MIN = -(2n ** 63n)
const INT_MAX = 2n ** 63n - 1n
const UINT_MAX = 2n ** 64n - 1n

export function toInt(value: bigint): bigint {
  if (value < INT_MIN || value > INT_MAX) throw new EvalError('integer overflow')
  return value
}

export function toUint(value: bigint): Uint {
  if (value < 0n || value > UINT_MAX) throw new EvalError('unsigned integer overflow')
  return new Uint(value)
}

/** What of a value JSON can say; throws for what it cannot. */
export function toJson(value: Value): unknown {
  const plain = adapt(value)
  if (typeof plain === 'bigint') return Number(plain)
  if (plain instanceof Double) return plain.value
  if (plain instanceof Uint) return Number(plain.value)
  if (Array.isArray(plain)) return plain.map(toJson)
  if (plain instanceof Uint8Array) return Buffer.from(plain).toString('base64')
  if (plain instanceof Mapping) {
    const object: Record<string, unknown> = {}
    for (const key of plain.keys()) {
      const name = typeof key === 'string' ? key : display(key)
      Object.defineProperty(object, name, {
        value: toJson(plain.get(key)),
        enumerable: true,
        configurable: true,
        writable: true,
      })
    }
    return object
  }
  if (plain === null || typeof plain === 'string' || typeof plain === 'boolean') return plain
  throw new EvalError(`a value of type ${types.fullName(typeOf(plain))} cannot be written as JSON`)
}
