import { canonicalQuantity } from './quantity.ts'
import { messageOf } from './schema.ts'
import type { ElementType, Field, Message, Scalar } from './schema.ts'
import { parseDuration, parseTimestamp } from './time.ts'
import { BYTES, FIXED64, VARINT } from './wire.ts'
import type { BackwardWriter } from './wire.ts'

/** Writes the fields of an object; see BackwardWriter for the order. */
type Encoder = (value: any, out: BackwardWriter) => void

const encoders = new WeakMap<Message, Encoder>()

/** Writes an object as the message of its table, byte for byte like the reference implementation. */
export function encodeMessage(message: Message, object: unknown, out: BackwardWriter): void {
  encoderOf(message)(object, out)
}

function encoderOf(message: Message): Encoder {
  let encoder = encoders.get(message)
  if (encoder === undefined) {
    encoder = compile(message)
    encoders.set(message, encoder)
  }
  return encoder
}

function compile(message: Message): Encoder {
  let writers: readonly Encoder[] | undefined
  return (object, out) => {
    // Compiled on first use, because messages may contain themselves.
    writers ??= Object.entries(message.fields)
      .toSorted(([, a], [, b]) => b.number - a.number)
      .map(([name, field]) => fieldWriter(name, field))
    const value = message.union === undefined ? object : unionFields(message, object)
    for (const write of writers) write(value, out)
  }
}

/** The value of a union as the fields that protobuf has for it. */
function unionFields(message: Message, value: unknown): unknown {
  switch (message.union) {
    case 'schemaOrArray':
      return Array.isArray(value) ? { jSONSchemas: value } : { schema: value }
    case 'schemaOrBool':
      // The reference sets `allows` beside a schema too.
      return typeof value === 'boolean' ? { allows: value } : { allows: true, schema: value }
    default:
      return Array.isArray(value) ? { property: value } : { schema: value }
  }
}

function fieldWriter(name: string, field: Field): Encoder {
  const { number, shape, element, pointer, inline } = field
  const write = elementWriter(element)
  const wireType = wireTypeOf(element)
  if (inline) {
    return (object, out) => {
      write(object, out)
      out.tag(number, wireType)
    }
  }
  if (shape === 'list') {
    return (object, out) => {
      const list: readonly unknown[] | undefined = object[name]
      if (list === undefined || list === null) return
      for (let i = list.length - 1; i >= 0; i--) {
        write(list[i], out)
        out.tag(number, wireType)
      }
    }
  }
  if (shape === 'map') {
    return (object, out) => {
      const map: Readonly<Record<string, unknown>> | undefined = object[name]
      if (map === undefined || map === null) return
      for (const key of Object.keys(map).toSorted(byBytes).toReversed()) {
        const end = out.length
        write(map[key], out)
        out.tag(2, wireType)
        out.text(key)
        out.tag(1, BYTES)
        out.unsigned(out.length - end)
        out.tag(number, BYTES)
      }
    }
  }
  if (pointer || isNil(element)) {
    return (object, out) => {
      const value = object[name]
      if (value === undefined || value === null) return
      write(value, out)
      out.tag(number, wireType)
    }
  }
  return (object, out) => {
    write(object[name], out)
    out.tag(number, wireType)
  }
}

/** Go sorts keys by their bytes, which is not the order of UTF-16. */
function byBytes(a: string, b: string): number {
  // eslint-disable-next-line no-control-regex
  const ascii = /^[\x00-\x7f]*$/
  if (ascii.test(a) && ascii.test(b)) return a < b ? -1 : 1
  return Buffer.compare(Buffer.from(a), Buffer.from(b))
}

/** Slices: nothing is written when they are nil, although they are no pointers. */
function isNil(element: ElementType): boolean {
  return element === 'bytes' || element === 'strings'
}

function wireTypeOf(element: ElementType): number {
  if (element === 'bool' || element === 'int32' || element === 'int64') return VARINT
  return element === 'double' ? FIXED64 : BYTES
}

const nothing: unknown = {}

function elementWriter(element: ElementType): Encoder {
  if (typeof element === 'string') return scalarWriters[element]
  const write = encoderOf(messageOf(element)!)
  return (value, out) => {
    const end = out.length
    write(value ?? nothing, out)
    out.unsigned(out.length - end)
  }
}

/** Wraps what is written in between in a length. */
function sized(write: Encoder): Encoder {
  return (value, out) => {
    const end = out.length
    write(value, out)
    out.unsigned(out.length - end)
  }
}

function writeTimestamp(text: string | undefined, out: BackwardWriter, unit: number): void {
  const parts = text === undefined || text === null ? undefined : parseTimestamp(text)
  if (parts === undefined) return
  out.integer(Math.floor(parts.nanos / unit) * unit)
  out.tag(2, VARINT)
  out.integer(parts.seconds)
  out.tag(1, VARINT)
}

const writeRaw = sized((value, out) => {
  if (value === undefined || value === null) return
  out.bytes(Buffer.from(JSON.stringify(value)))
  out.tag(1, BYTES)
})

const scalarWriters: Readonly<Record<Scalar, Encoder>> = {
  string: (value, out) => out.text(value ?? ''),
  bool: (value, out) => out.unsigned(value === true ? 1 : 0),
  int32: (value, out) => out.integer(value ?? 0),
  int64: (value, out) => out.integer(value ?? 0),
  double: (value, out) => out.double(value ?? 0),
  bytes: (value, out) => out.bytes(Buffer.from(value ?? '', 'base64')),
  quantity: sized((value, out) => {
    out.text(canonicalQuantity(value ?? '0'))
    out.tag(1, BYTES)
  }),
  intOrString: sized((value, out) => {
    const isText = typeof value === 'string'
    out.text(isText ? value : '')
    out.tag(3, BYTES)
    out.integer(isText ? 0 : (value ?? 0))
    out.tag(2, VARINT)
    out.unsigned(isText ? 1 : 0)
    out.tag(1, VARINT)
  }),
  time: sized((value, out) => writeTimestamp(value, out, 1e9)),
  microTime: sized((value, out) => writeTimestamp(value, out, 1000)),
  duration: sized((value, out) => {
    out.integer(parseDuration(value ?? '0') ?? 0n)
    out.tag(1, VARINT)
  }),
  rawExtension: writeRaw,
  fieldsV1: writeRaw,
  json: (value, out) => {
    const end = out.length
    // A null of JSON is a value here.
    if (value !== undefined) {
      out.bytes(Buffer.from(JSON.stringify(value)))
      out.tag(1, BYTES)
    }
    out.unsigned(out.length - end)
  },
  strings: sized((value: readonly string[] | undefined, out) => {
    if (value === undefined || value === null) return
    for (let i = value.length - 1; i >= 0; i--) {
      out.text(value[i]!)
      out.tag(1, BYTES)
    }
  }),
}
