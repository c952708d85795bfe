import type { DynamicTable } from './dynamic.ts'

/**
 * One machine-readable definition of every message of the API. A group version is a file of tables, one line a field;
 * types, decoding, defaults, OpenAPI, protobuf and merging are all derived from them.
 */

/** What a single value can be. The JSON form is what programs see; protobuf.ts knows the wire form of each. */
export type Scalar =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'double'
  /** Base64 text. */
  | 'bytes'
  /** A decimal number with a suffix, as text: see quantity.ts. */
  | 'quantity'
  | 'intOrString'
  /** RFC 3339, whole seconds. */
  | 'time'
  /** RFC 3339, six digits of a second. */
  | 'microTime'
  /** Go's notation, such as `1m30s`. */
  | 'duration'
  /** A whole object of any kind, as JSON. */
  | 'rawExtension'
  /** The set of fields that a manager owns, as JSON. */
  | 'fieldsV1'
  /** Any JSON value. */
  | 'json'
  /** A list of strings that is one message on the wire (verbs, extra values). */
  | 'strings'

/** The type of `Scalar` in programs. */
export interface ScalarTypes {
  string: string
  bool: boolean
  int32: number
  int64: number
  double: number
  bytes: string
  quantity: string
  intOrString: number | string
  time: string
  microTime: string
  duration: string
  rawExtension: Record<string, unknown>
  fieldsV1: Record<string, unknown>
  json: unknown
  strings: string[]
}

/** What an element of a field is: a scalar, a message, or a message that is defined further down. */
export type ElementType = Scalar | Message | (() => Message)

/** How the elements of a list find each other when two lists are merged. */
export type ListType = 'atomic' | 'set' | 'map'

/** Facts that a line of a table can say beside number and type. All of them default to no. */
export interface FieldOptions {
  readonly doc?: string
  /** OpenAPI names it required. Implies that its zero value is written in JSON, unless `omitempty` says otherwise. */
  readonly required?: boolean
  /** The zero value is written in JSON although nobody requires the field. */
  readonly always?: boolean
  /** Together with `required`: the zero value is left out all the same. */
  readonly omitempty?: boolean
  /** Absent and zero are different things. */
  readonly pointer?: boolean
  /** What an absent field becomes on create and update. */
  readonly default?: unknown
  /** The values that a closed list allows; the type of the property is their union. */
  readonly enum?: readonly string[]
  readonly list?: ListType
  /** The keys of a `list: 'map'`. */
  readonly keys?: readonly string[]
  /** A map or message that is always replaced as a whole. */
  readonly atomic?: boolean
  /** The message is merged field by field here, although its type says as a whole. */
  readonly granular?: boolean
  readonly patchStrategy?: string
  readonly mergeKey?: string
  readonly immutable?: boolean
  readonly min?: number
  readonly max?: number
}

/** A line of a table. `Always` tells the types whether the property is there in every decoded object. */
export interface Field<T = unknown, Always extends boolean = boolean> {
  readonly number: number
  readonly shape: 'one' | 'list' | 'map'
  readonly element: ElementType
  /** Its fields stand among those of the parent in JSON, but in a message of their own in protobuf. */
  readonly inline: boolean
  /** Absent and zero are different things: a pointer in the reference implementation. */
  readonly pointer: boolean
  /** JSON leaves out the zero value. */
  readonly omitempty: boolean
  readonly options: FieldOptions
  readonly '~type'?: T
  readonly '~always'?: Always
}

/** The lines of a message, in the order in which JSON shows them. */
export type Fields = Readonly<Record<string, Field>>

/** JSON forms that are one of two types; protobuf has a field for each. */
export type Union = 'schemaOrArray' | 'schemaOrBool' | 'schemaOrStrings'

/** A table: one message of the API. */
export interface Message<T = any> {
  readonly name: string
  readonly doc: string
  /** The API group, `''` for core, and version of the file it stands in. */
  readonly group: string
  readonly version: string
  /** Its full name in protobuf, such as `k8s.io.api.core.v1.Pod`. */
  readonly protoName: string
  /** Its name in OpenAPI, such as `io.k8s.api.core.v1.Pod`. */
  readonly openApiName: string
  /** It can stand alone: JSON begins with `kind` and `apiVersion`. */
  readonly object: boolean
  /** Merging replaces it as a whole. */
  readonly atomic: boolean
  readonly union: Union | undefined
  readonly fields: Fields
  /** Stands in place of the fields where a schema says what there is; they are only what all objects have. */
  readonly dynamic?: DynamicTable
  readonly '~type'?: T
}

/** The type of the objects that a table describes, after decoding: what is not optional is always there. */
export type Static<M extends Message> = NonNullable<M['~type']>

/** What one writes: everything may be left out, at any depth. */
export type Draft<T> = T extends readonly (infer E)[]
  ? Draft<E>[]
  : T extends object
    ? { [K in keyof T]?: Draft<T[K]> }
    : T

type TypeOf<E> = E extends Scalar
  ? ScalarTypes[E]
  : E extends Message<infer T>
    ? T
    : E extends () => Message<infer T>
      ? T
      : never

type ValueOf<E, O> = O extends { enum: readonly (infer V)[] } ? (E extends 'string' ? V : TypeOf<E>) : TypeOf<E>

type Is<O, K extends string> = O extends { readonly [P in K]: true } ? true : false

type Written<O> = Is<O, 'omitempty'> extends true ? false : Is<O, 'required'> extends true ? true : Is<O, 'always'>

type AlwaysThere<O> = Is<O, 'pointer'> extends true ? false : Written<O>

type Flatten<T> = { [K in keyof T]: T[K] }

type Inlined<F> = { [K in keyof F]: F[K] extends InlineField<infer T> ? (x: T) => void : never }[keyof F]

type IntersectionOf<U> = [U] extends [never]
  ? unknown
  : (U extends unknown ? U : never) extends (x: infer T) => void
    ? T
    : never

type OwnKeys<F> = { [K in keyof F]: F[K] extends InlineField<any> ? never : K }[keyof F]

type AlwaysKeys<F> = { [K in OwnKeys<F>]: F[K] extends Field<any, true> ? K : never }[OwnKeys<F>]

/** The type that the lines of a table add up to. */
export type Shape<F> = Flatten<
  { [K in AlwaysKeys<F>]: F[K] extends Field<infer T, any> ? T : never } & {
    [K in Exclude<OwnKeys<F>, AlwaysKeys<F>>]?: F[K] extends Field<infer T, any> ? T : never
  } & IntersectionOf<Inlined<F>>
>

interface InlineField<T> extends Field<T, true> {
  readonly '~inline': true
}

/** A scalar field. */
export type ScalarField<S extends Scalar, O> = Field<ValueOf<S, O>, AlwaysThere<O>>

function one<S extends Scalar>(scalar: S) {
  return <const O extends FieldOptions = {}>(number: number, options?: O): ScalarField<S, O> =>
    field(number, 'one', scalar, options)
}

export const string = one('string')
export const bool = one('bool')
export const int32 = one('int32')
export const int64 = one('int64')
export const double = one('double')
export const strings = one('strings')

/** Values whose absence is visible: there is no zero that stands for it. */
function nilable<S extends Scalar>(scalar: S) {
  return <const O extends FieldOptions = {}>(number: number, options?: O): Field<ScalarTypes[S], false> =>
    field(number, 'one', scalar, options)
}

export const bytes = nilable('bytes')
export const time = nilable('time')
export const microTime = nilable('microTime')
export const rawExtension = nilable('rawExtension')
export const fieldsV1 = nilable('fieldsV1')
export const json = nilable('json')

/** Values that are small structs underneath: without `pointer` they are always there, as `0` or `0s`. */
function struct<S extends Scalar>(scalar: S) {
  return <const O extends FieldOptions = {}>(
    number: number,
    options?: O,
  ): Field<ScalarTypes[S], Is<O, 'pointer'> extends true ? false : true> => field(number, 'one', scalar, options)
}

export const quantity = struct('quantity')
export const intOrString = struct('intOrString')
export const duration = struct('duration')

/** A message that may be absent. */
export function ref<M extends Message | (() => Message)>(
  number: number,
  message: M,
  options?: FieldOptions,
): Field<TypeOf<M>, false> {
  return field(number, 'one', message, { ...options, pointer: true })
}

/** A message that is always there, if only as `{}`. */
export function embed<M extends Message>(number: number, message: M, options?: FieldOptions): Field<TypeOf<M>, true> {
  return field(number, 'one', message, options)
}

/** A message whose fields stand among those of its parent in JSON. The name of the line is of no consequence there. */
export function inline<M extends Message>(number: number, message: M, options?: FieldOptions): InlineField<TypeOf<M>> {
  return { ...field(number, 'one', message, options), inline: true } as InlineField<TypeOf<M>>
}

export function list<E extends ElementType, const O extends FieldOptions = {}>(
  number: number,
  element: E,
  options?: O,
): Field<ValueOf<E, O>[], AlwaysThere<O>> {
  return field(number, 'list', element, options)
}

/** A map with string keys. */
export function map<E extends ElementType, const O extends FieldOptions = {}>(
  number: number,
  element: E,
  options?: O,
): Field<Record<string, ValueOf<E, O>>, AlwaysThere<O>> {
  return field(number, 'map', element, options)
}

function field(
  number: number,
  shape: Field['shape'],
  element: ElementType,
  options: FieldOptions = {},
): Field<any, any> {
  const written = options.omitempty !== true && (options.required === true || options.always === true)
  return { number, shape, element, inline: false, pointer: options.pointer === true, omitempty: !written, options }
}

export interface MessageOptions {
  readonly atomic?: boolean
}

/** `name`, `uid` and the like are optional in templates; on an object of its own they are set before it is stored. */
interface Identified {
  name: string
  uid: string
  resourceVersion: string
  creationTimestamp: string
}

type ObjectShape<F> = Flatten<
  { apiVersion: string; kind: string } & (Shape<F> extends { metadata: infer M extends { uid?: string } }
    ? { metadata: Flatten<Omit<M, keyof Identified> & Identified> } & Omit<Shape<F>, 'metadata'>
    : Shape<F>)
>

/** Makes the builders of one group version: `message`, `object` for what can stand alone, `union`. */
export function groupVersion(facts: { readonly group: string; readonly version: string; readonly proto: string }) {
  const { group, version, proto } = facts
  const make = (name: string, doc: string, fields: Fields, options: MessageOptions & Partial<Message>): Message => ({
    name,
    doc,
    group,
    version,
    protoName: `${proto}.${name}`,
    openApiName: openApiPackage(proto) + '.' + name,
    object: options.object === true,
    atomic: options.atomic === true,
    union: options.union,
    fields,
  })
  return {
    message: <const F extends Fields>(
      name: string,
      doc: string,
      fields: F,
      options: MessageOptions = {},
    ): Message<Shape<F>> => make(name, doc, fields, options),
    object: <const F extends Fields>(
      name: string,
      doc: string,
      fields: F,
      options: MessageOptions = {},
    ): Message<ObjectShape<F>> => make(name, doc, fields, { ...options, object: true }),
    /** A value of one of two types in JSON, for which protobuf has a field each. Its type has to be written out. */
    union: <T>(name: string, doc: string, form: Union, fields: Fields): Message<T> =>
      make(name, doc, fields, { union: form }),
  }
}

/** Protobuf packages and OpenAPI names differ by their beginning, and by dashes that protobuf cannot have. */
function openApiPackage(proto: string): string {
  return 'io.k8s.' + proto.replace(/^k8s\.io\./, '').replaceAll('_', '-')
}

/** The message that a field's elements are, or undefined for scalars. */
export function messageOf(element: ElementType): Message | undefined {
  if (typeof element === 'string') return undefined
  return typeof element === 'function' ? element() : element
}
