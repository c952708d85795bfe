/**
 * Protobuf (proto3) for messages that are described by tables: plain objects in, plain objects out. 64-bit numbers are
 * JavaScript numbers, so that times in nanoseconds are exact to a quarter of a microsecond.
 */

/** What a single value on the wire is. */
export type Scalar = 'string' | 'bool' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'double' | 'bytes'

/** The names of an enum and their numbers. */
export type EnumTable = Readonly<Record<string, number>>

export interface Field {
  readonly number: number
  readonly type: Scalar | { readonly enum: EnumTable } | (() => Table)
  /** `map` has string keys. */
  readonly shape?: 'list' | 'map'
}

/** The fields of a message, by their names in JavaScript. */
export type Table<T = any> = Readonly<Record<string, Field>> & { readonly '~type'?: T }

/** What one hands in: everything may be left out, at any depth. */
export type Input<T> = T extends Uint8Array
  ? T
  : T extends readonly (infer E)[]
    ? readonly Input<E>[]
    : T extends object
      ? { readonly [K in keyof T]?: Input<T[K]> | undefined }
      : T

/** Encodes `value`; zero values are left out, as proto3 does. */
export function encode<T>(table: Table<T>, value: Input<T>): Buffer {
  const chunks: Uint8Array[] = []
  writeMessage(chunks, table, value as Record<string, unknown>)
  return Buffer.concat(chunks)
}

/** Decodes a message; scalars, lists and maps that were not sent have their zero value, messages are undefined. */
export function decode<T>(table: Table<T>, bytes: Uint8Array): T {
  return readMessage(table, new Reader(bytes)) as T
}

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

function writeMessage(chunks: Uint8Array[], table: Table, value: Record<string, unknown>): void {
  for (const name in table) {
    const given = value[name]
    if (given === undefined || given === null) continue
    const field = table[name]!
    if (field.shape === 'list') writeList(chunks, field, given as readonly unknown[])
    else if (field.shape === 'map') writeMap(chunks, field, given as Record<string, unknown>)
    else if (!isZero(field, given)) writeField(chunks, field, given)
  }
}

function writeList(chunks: Uint8Array[], field: Field, values: readonly unknown[]): void {
  if (values.length === 0) return
  if (isPacked(field)) {
    const packed: Uint8Array[] = []
    for (const value of values) packed.push(scalarBytes(field, value))
    writeBytes(chunks, field.number, Buffer.concat(packed))
    return
  }
  for (const value of values) writeField(chunks, field, value)
}

function writeMap(chunks: Uint8Array[], field: Field, values: Record<string, unknown>): void {
  for (const key in values) {
    const entry: Uint8Array[] = []
    writeBytes(entry, 1, Buffer.from(key))
    writeField(entry, { ...field, number: 2 }, values[key])
    writeBytes(chunks, field.number, Buffer.concat(entry))
  }
}

function writeField(chunks: Uint8Array[], field: Field, value: unknown): void {
  const { type, number } = field
  if (typeof type === 'function') {
    const inner: Uint8Array[] = []
    writeMessage(inner, type(), value as Record<string, unknown>)
    writeBytes(chunks, number, Buffer.concat(inner))
  } else if (type === 'string') writeBytes(chunks, number, Buffer.from(value as string))
  else if (type === 'bytes') writeBytes(chunks, number, value as Uint8Array)
  else chunks.push(varint((number << 3) | wireOf({ number, type })), scalarBytes(field, value))
}

function writeBytes(chunks: Uint8Array[], number: number, bytes: Uint8Array): void {
  chunks.push(varint((number << 3) | BYTES), varint(bytes.length), bytes)
}

function scalarBytes({ type }: Field, value: unknown): Uint8Array {
  if (type === 'bool') return varint(value === true ? 1 : 0)
  if (type === 'double') {
    const bytes = Buffer.alloc(8)
    bytes.writeDoubleLE(value as number)
    return bytes
  }
  return varint(typeof type === 'object' ? enumNumber(type.enum, value as string) : (value as number))
}

function enumNumber(table: EnumTable, name: string): number {
  const number = table[name]
  if (number === undefined) throw new TypeError(`${name} is not one of ${Object.keys(table).join(', ')}`)
  return number
}

function isPacked({ type }: Field): boolean {
  return typeof type === 'object' || (typeof type === 'string' && type !== 'string' && type !== 'bytes')
}

function wireOf(field: Field): number {
  if (field.shape === 'map' || (field.type !== 'double' && !isPacked(field))) return BYTES
  return field.type === 'double' ? FIXED64 : VARINT
}

function isZero({ type }: Field, value: unknown): boolean {
  if (typeof type === 'function') return false
  if (typeof type === 'object') return enumNumber(type.enum, value as string) === 0
  if (type === 'bytes') return (value as Uint8Array).length === 0
  return value === '' || value === 0 || value === false
}

/** Ten bytes for negative numbers: the two's complement of 64 bits. */
function varint(value: number): Uint8Array {
  if (value >= 0 && value < 0x80) return Uint8Array.of(value)
  const bytes: number[] = []
  if (value >= 0 && value <= 0x7fff_ffff) {
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
    bytes.push(rest)
  } else {
    let rest = BigInt.asUintN(64, BigInt(Math.trunc(value)))
    for (; rest > 0x7fn; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80)
    bytes.push(Number(rest))
  }
  return Uint8Array.from(bytes)
}

class Reader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get done(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Up to 64 bits; `signed` reads them as two's complement. */
  varint(signed: boolean): number {
    let low = 0
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.#byte()
      low |= (byte & 0x7f) << shift
      if (byte < 0x80) return low
    }
    let value = BigInt(low)
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte()
      value |= BigInt(byte & 0x7f) << shift
      if (byte < 0x80) return Number(signed ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value))
    }
    throw new RangeError('a varint of more than ten bytes')
  }

  double(): number {
    return this.#take(8).readDoubleLE()
  }

  bytes(): Buffer {
    return this.#take(this.varint(false))
  }

  skip(wire: number): void {
    if (wire === VARINT) this.varint(false)
    else if (wire === FIXED64) this.#take(8)
    else if (wire === BYTES) this.bytes()
    else if (wire === FIXED32) this.#take(4)
    else throw new RangeError(`wire type ${wire} is not known`)
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new RangeError('the message is cut off')
    return byte
  }

  #take(length: number): Buffer {
    const end = this.#at + length
    if (end > this.#bytes.length) throw new RangeError('the message is cut off')
    const part = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return part
  }
}

/** A table as the decoder wants it: fields by number, and a message in which nothing was sent. */
interface Plan {
  readonly byNumber: ReadonlyMap<number, readonly [name: string, field: Field]>
  readonly empty: () => Record<string, unknown>
}

const plans = new WeakMap<Table, Plan>()

function planOf(table: Table): Plan {
  let plan = plans.get(table)
  if (plan !== undefined) return plan
  const entries = Object.entries(table) as [string, Field][]
  plan = {
    byNumber: new Map(entries.map(([name, field]) => [field.number, [name, field]])),
    empty: () => {
      const message: Record<string, unknown> = {}
      for (const [name, field] of entries) message[name] = zero(field)
      return message
    },
  }
  plans.set(table, plan)
  return plan
}

function zero({ type, shape }: Field): unknown {
  if (shape === 'list') return []
  if (shape === 'map') return {}
  if (typeof type === 'function') return undefined
  if (typeof type === 'object') return enumName(type.enum, 0)
  if (type === 'string') return ''
  if (type === 'bool') return false
  return type === 'bytes' ? new Uint8Array(0) : 0
}

/** A number that a newer peer knows and we do not keeps its number as its name. */
function enumName(table: EnumTable, number: number): string {
  for (const name in table) if (table[name] === number) return name
  return String(number)
}

function readMessage(table: Table, reader: Reader): Record<string, unknown> {
  const plan = planOf(table)
  const message = plan.empty()
  while (!reader.done) {
    const tag = reader.varint(false)
    const wire = tag & 7
    const known = plan.byNumber.get(tag >>> 3)
    const packed = known !== undefined && wire === BYTES && known[1].shape === 'list' && isPacked(known[1])
    if (known === undefined || (wire !== wireOf(known[1]) && !packed)) {
      reader.skip(wire)
      continue
    }
    const [name, field] = known
    if (field.shape === 'list') {
      const list = message[name] as unknown[]
      if (packed) {
        const values = new Reader(reader.bytes())
        while (!values.done) list.push(readValue(field, values))
      } else list.push(readValue(field, reader))
    } else if (field.shape === 'map') {
      const [key, value] = readEntry(field, new Reader(reader.bytes()))
      ;(message[name] as Record<string, unknown>)[key] = value
    } else message[name] = readValue(field, reader)
  }
  return message
}

function readEntry(field: Field, reader: Reader): [string, unknown] {
  const single: Field = { number: 2, type: field.type }
  let key = ''
  let value = zero(single)
  while (!reader.done) {
    const tag = reader.varint(false)
    if (tag >>> 3 === 1) key = reader.bytes().toString()
    else if (tag >>> 3 === 2) value = readValue(single, reader)
    else reader.skip(tag & 7)
  }
  return [key, value]
}

function readValue({ type }: Field, reader: Reader): unknown {
  if (typeof type === 'function') return readMessage(type(), new Reader(reader.bytes()))
  if (typeof type === 'object') return enumName(type.enum, reader.varint(true))
  if (type === 'string') return reader.bytes().toString()
  if (type === 'bytes') return reader.bytes()
  if (type === 'bool') return reader.varint(false) !== 0
  if (type === 'double') return reader.double()
  return reader.varint(type === 'int32' || type === 'int64')
}
