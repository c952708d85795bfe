import { WherryError } from '../../lib/errors.ts'
import { absentMaker, blankElement, dropsZero, linesOf, setOwn } from './layout.ts'
import type { Line } from './layout.ts'
import { Mismatch, scalarDecoders } from './scalars.ts'
import { messageOf } from './schema.ts'
import type { ElementType, Field, Message } from './schema.ts'

/** An object as its table describes it, and what a strict reader would complain about. */
export interface Decoded<T> {
  readonly object: T
  /** Such as `unknown field "spec.foo"`. */
  readonly problems: readonly string[]
}

/**
 * Makes an object from a JSON value: only fields of the table, in its order, with what is always there filled in and
 * zero values that JSON leaves out left out. A value of a wrong type throws `bad-request`. The value is not kept or
 * changed, except that the insides of free-form fields are shared with it.
 */
export function decodeObject<T>(message: Message<T>, value: unknown): Decoded<T> {
  const context: Context = { path: [], line: undefined, problems: [] }
  if (message.dynamic !== undefined) {
    const problems: string[] = []
    return { object: message.dynamic.decode(value, problems) as T, problems }
  }
  try {
    return { object: decoderOf(message)(value, context) as T, problems: context.problems }
  } catch (error) {
    if (!(error instanceof Mismatch)) throw error
    const { name, version } = message
    throw new WherryError(
      'bad-request',
      `${name} in version ${JSON.stringify(version)} cannot be handled as a ${name}: ${explain(error, context)}`,
    )
  }
}

/** What a strict reader says of problems, all in one. */
export function strictDecodingError(problems: readonly string[]): string {
  return `strict decoding error: ${problems.join(', ')}`
}

/** A step from an object to what is inside: the name of a field, an index, or a key of a map. */
type Step = string | number | readonly [key: string]

/** Where a decoder is: the steps down to the message that it reads, and the line that it reads there. */
interface Context {
  readonly path: Step[]
  line: CompiledLine | undefined
  readonly problems: string[]
}

type Decoder = (value: any, context: Context) => unknown

interface CompiledLine {
  readonly name: string
  /** The message that the line belongs to, and the type of its values as Go writes it: for complaints. */
  readonly owner: string
  readonly type: string
  readonly elementType: string
  readonly decode: Decoder
  /** Makes the value that stands for an absent one, where there has to be one. */
  readonly absent: (() => unknown) | undefined
  /** The zero value is left out. */
  readonly dropZero: boolean
}

/** No object nests like this: it would only exhaust the stack. */
const DEPTH_MAX = 1000

const decoders = new WeakMap<Message, Decoder>()

function decoderOf(message: Message): Decoder {
  let decoder = decoders.get(message)
  if (decoder === undefined) {
    decoder = message.union === undefined ? messageDecoder(message) : unionDecoder(message)
    decoders.set(message, decoder)
  }
  return decoder
}

function messageDecoder(message: Message): Decoder {
  let lines: readonly CompiledLine[] | undefined
  return (value, context) => {
    // Compiled on first use, because messages may contain themselves.
    lines ??= [...typeLines(message), ...linesOf(message).map((line) => compileLine(message, line))]
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Mismatch(value)
    const object: Record<string, unknown> = {}
    let seen = 0
    for (const line of lines) {
      const given = value[line.name]
      if (given !== undefined) seen++
      if (given === undefined || given === null) {
        if (line.absent !== undefined) object[line.name] = line.absent()
        continue
      }
      context.line = line
      const decoded = line.decode(given, context)
      if (line.dropZero && isZero(decoded)) continue
      object[line.name] = decoded
    }
    if (Object.keys(value).length !== seen) noteUnknown(value, lines, context)
    return object
  }
}

function typeLines(message: Message): CompiledLine[] {
  if (!message.object) return []
  return ['kind', 'apiVersion'].map((name) => ({
    name,
    owner: message.name,
    type: 'string',
    elementType: 'string',
    decode: scalarDecoders.string,
    absent: undefined,
    dropZero: true,
  }))
}

function compileLine(message: Message, { name, field }: Line): CompiledLine {
  return {
    name,
    owner: message.name,
    type: goTypeOf(message, field),
    elementType: goTypeOf(message, { ...field, shape: 'one' }),
    decode: fieldDecoder(name, field),
    absent: absentMaker(field),
    dropZero: dropsZero(field),
  }
}

function fieldDecoder(name: string, { shape, element }: Field): Decoder {
  const decode = typeof element === 'string' ? scalarDecoders[element] : decoderOf(messageOf(element)!)
  if (shape === 'list') return listDecoder(name, element, decode)
  if (shape === 'map') return mapDecoder(name, element, decode)
  if (typeof element === 'string') return decode
  return (value, context) => {
    if (context.path.push(name) > DEPTH_MAX) throw new WherryError('bad-request', 'the object is nested too deeply')
    const object = decode(value, context)
    context.path.pop()
    return object
  }
}

function listDecoder(name: string, element: ElementType, decode: Decoder): Decoder {
  return (value, context) => {
    if (!Array.isArray(value)) throw new Mismatch(value)
    const { path, line } = context
    path.push(name, 0)
    const list = value.map((one, index) => {
      // A null among the elements is the zero of their type; of free-form values it is a value.
      if ((one === null && element !== 'json') || one === undefined) return blankElement(element)
      path[path.length - 1] = index
      context.line = line
      return decode(one, context)
    })
    path.length -= 2
    return list
  }
}

function mapDecoder(name: string, element: ElementType, decode: Decoder): Decoder {
  return (value, context) => {
    if (typeof value !== 'object' || Array.isArray(value)) throw new Mismatch(value)
    const { path, line } = context
    const map: Record<string, unknown> = {}
    path.push(name, '')
    for (const key of Object.keys(value)) {
      const one = value[key]
      if (one === undefined) continue
      path[path.length - 1] = [key]
      context.line = line
      setOwn(map, key, one === null ? blankElement(element) : decode(one, context))
    }
    path.length -= 2
    return map
  }
}

/** A value of one of two types: each has a line of its own in the table. */
function unionDecoder(message: Message): Decoder {
  const schema = (): Decoder => decoderOf(messageOf(message.fields['schema']!.element)!)
  return (value, context) => {
    if (typeof value === 'boolean' && message.union === 'schemaOrBool') return value
    if (Array.isArray(value)) {
      if (message.union === 'schemaOrArray') return value.map((one) => schema()(one, context))
      if (message.union === 'schemaOrStrings') return scalarDecoders.strings(value)
    }
    return schema()(value, context)
  }
}

function isZero(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === '' || value === 0 || value === false
  return Array.isArray(value) ? value.length === 0 : Object.keys(value).length === 0
}

function noteUnknown(value: Record<string, unknown>, lines: readonly CompiledLine[], context: Context): void {
  const known = new Set(lines.map((line) => line.name))
  for (const key of Object.keys(value)) {
    if (known.has(key) || value[key] === undefined) continue
    context.problems.push(`unknown field ${JSON.stringify(fieldPath([...context.path, key]))}`)
  }
}

/** `spec.containers[0].name`. */
function fieldPath(path: readonly Step[]): string {
  return path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${String(step)}`))
    .join('')
}

/** Says which type was found where another one belongs, as Go does. */
function explain({ value, text }: Mismatch, { path, line }: Context): string {
  if (text !== undefined) return text
  if (line === undefined) return `json: cannot unmarshal ${typeOf(value)} into Go value`
  const names = path.filter((step) => typeof step === 'string')
  const isElement = typeof path.at(-1) !== 'string' && path.at(-2) === line.name
  const isMessage = path.at(-1) === line.name
  const where = isElement || isMessage ? names : [...names, line.name]
  const type = isElement ? line.elementType : line.type
  const found = typeof value === 'number' && type.startsWith('int') ? `number ${value}` : typeOf(value)
  return `json: cannot unmarshal ${found} into Go struct field ${line.owner}.${where.join('.')} of type ${type}`
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
}

function goTypeOf(message: Message, { shape, element }: Field): string {
  const one =
    typeof element === 'string' ? (GO_TYPES[element] ?? element) : `${message.version}.${messageOf(element)!.name}`
  return shape === 'list' ? `[]${one}` : shape === 'map' ? `map[string]${one}` : one
}

const GO_TYPES: Readonly<Record<string, string>> = {
  double: 'float64',
  bytes: '[]uint8',
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  duration: 'v1.Duration',
  rawExtension: 'runtime.RawExtension',
  fieldsV1: 'v1.FieldsV1',
  strings: '[]string',
}
