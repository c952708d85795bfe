/** The type of an expression or of a value. */
export interface Type {
  readonly kind: TypeKind
  /** Of an object or an opaque type, or of a type parameter. */
  readonly name: string
  /** Of a list its items, of a map keys and values, of an optional or a type what is in it. */
  readonly params: readonly Type[]
  /** The type of a field; undefined when an object has none of that name. */
  readonly field?: (name: string) => Type | undefined
  /** How many characters, bytes, items or entries a value can have at most, where that is known. */
  readonly maxSize?: number
}

export type TypeKind =
  | 'dyn'
  | 'error'
  | 'null'
  | 'bool'
  | 'int'
  | 'uint'
  | 'double'
  | 'string'
  | 'bytes'
  | 'timestamp'
  | 'duration'
  | 'list'
  | 'map'
  | 'optional'
  | 'type'
  | 'object'
  | 'opaque'
  | 'param'

const simple = (kind: TypeKind, name: string = kind): Type => ({ kind, name, params: [] })

export const DYN = simple('dyn')
export const ERROR = simple('error', '!error!')
export const NULL = simple('null', 'null_type')
export const BOOL = simple('bool')
export const INT = simple('int')
export const UINT = simple('uint')
export const DOUBLE = simple('double')
export const STRING = simple('string')
export const BYTES = simple('bytes')
export const TIMESTAMP = simple('timestamp', 'google.protobuf.Timestamp')
export const DURATION = simple('duration', 'google.protobuf.Duration')

export const listOf = (item: Type): Type => ({ kind: 'list', name: 'list', params: [item] })
export const mapOf = (key: Type, value: Type): Type => ({ kind: 'map', name: 'map', params: [key, value] })
export const optionalOf = (inner: Type): Type => ({ kind: 'optional', name: 'optional_type', params: [inner] })
export const typeOfType = (inner: Type): Type => ({ kind: 'type', name: 'type', params: [inner] })
export const param = (name: string): Type => simple('param', name)
/** A type of values that only functions can look into. */
export const opaque = (name: string): Type => simple('opaque', name)
/** A type with fields; what is not known of them before they are asked for may be worked out then. */
export const objectType = (name: string, field: (name: string) => Type | undefined): Type => ({
  kind: 'object',
  name,
  params: [],
  field,
})
export const objectOf = (name: string, fields: Readonly<Record<string, Type>>): Type =>
  objectType(name, (field) => (Object.hasOwn(fields, field) ? fields[field] : undefined))

/** As the checker names types: `list(int)`, `timestamp`. */
export function formatType({ kind, name, params }: Type): string {
  switch (kind) {
    case 'null':
    case 'timestamp':
    case 'duration':
      return kind
    case 'type':
      return params.length === 0 ? 'type' : `type(${formatType(params[0]!)})`
    default:
      return params.length === 0 ? name : `${name}(${params.map(formatType).join(', ')})`
  }
}

/** As types name themselves: `list(int)`, `google.protobuf.Timestamp`. */
export function fullName({ name, params }: Type): string {
  return params.length === 0 ? name : `${name}(${params.map(fullName).join(', ')})`
}

export function sameType(a: Type, b: Type): boolean {
  return (
    a === b ||
    (a.kind === b.kind &&
      a.name === b.name &&
      a.params.length === b.params.length &&
      a.params.every((one, i) => sameType(one, b.params[i]!)))
  )
}

/** What type parameters stand for, so far. */
export type Bindings = Map<string, Type>

/** Puts in what parameters stand for; those that stand for nothing stay, or become dyn. */
export function substitute(type: Type, bindings: Bindings, toDyn = false): Type {
  if (type.kind === 'param') {
    const bound = bindings.get(type.name)
    if (bound !== undefined) return substitute(bound, bindings, toDyn)
    return toDyn ? DYN : type
  }
  if (type.params.length === 0) return type
  return { ...type, params: type.params.map((one) => substitute(one, bindings, toDyn)) }
}

/** Whether a value of one type may stand where another is wanted; notes what that makes of parameters. */
export function isAssignable(wanted: Type, given: Type, bindings: Bindings): boolean {
  const trial = new Map(bindings)
  if (!assign(wanted, given, trial)) return false
  for (const [name, type] of trial) bindings.set(name, type)
  return true
}

/** The same for all of two lists, or for none. */
export function areAssignable(wanted: readonly Type[], given: readonly Type[], bindings: Bindings): boolean {
  if (wanted.length !== given.length) return false
  const trial = new Map(bindings)
  if (!wanted.every((type, i) => assign(type, given[i]!, trial))) return false
  for (const [name, type] of trial) bindings.set(name, type)
  return true
}

const NULLABLE: ReadonlySet<TypeKind> = new Set(['object', 'opaque', 'timestamp', 'duration', 'optional'])

function assign(a: Type, b: Type, bindings: Bindings): boolean {
  if (b.kind === 'param') return assignParam(b, a, bindings)
  if (a.kind === 'param') return assignParam(a, b, bindings)
  if (a.kind === 'dyn' || a.kind === 'error' || b.kind === 'dyn' || b.kind === 'error') return true
  if (a.kind === 'null') return NULLABLE.has(b.kind) || b.kind === 'null'
  if (b.kind === 'null') return NULLABLE.has(a.kind)
  if (a.kind === 'type' && b.kind === 'type') return true
  if (a.kind !== b.kind || a.name !== b.name || a.params.length !== b.params.length) return false
  return a.params.every((one, i) => assign(one, b.params[i]!, bindings))
}

function assignParam(one: Type, other: Type, bindings: Bindings): boolean {
  const bound = bindings.get(one.name)
  if (bound !== undefined) {
    if (!assign(bound, other, bindings)) return false
    // What is more general covers both.
    if (isMoreGeneral(other, bound)) bind(one, other, bindings)
    return true
  }
  if (occurs(one, other, bindings)) return false
  bind(one, other, bindings)
  return true
}

function bind(one: Type, other: Type, bindings: Bindings): void {
  if (other.kind !== 'param' || other.name !== one.name) bindings.set(one.name, other)
}

function occurs(one: Type, inside: Type, bindings: Bindings): boolean {
  if (inside.kind === 'param') {
    if (inside.name === one.name) return false
    const bound = bindings.get(inside.name)
    return bound !== undefined && bound.kind !== 'param' && occurs(one, bound, bindings)
  }
  return inside.params.some((type) =>
    type.kind === 'param' && type.name === one.name ? true : occurs(one, type, bindings),
  )
}

function isMoreGeneral(a: Type, b: Type): boolean {
  if (a.kind === 'dyn' || a.kind === 'error') return b.kind !== 'dyn' && b.kind !== 'error'
  return a.params.length > 0 && a.params.length === b.params.length
    ? a.params.some((one, i) => isMoreGeneral(one, b.params[i]!))
    : false
}

/** The one of two types that go together that says less. */
export function mostGeneral(a: Type, b: Type): Type {
  return isMoreGeneral(b, a) ? b : a
}
