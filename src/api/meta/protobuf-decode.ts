import { absentMaker, blankElement, dropsZero, linesOf, setOwn } from './layout.ts'
import type { Line } from './layout.ts'
import { microTimeText } from './scalars.ts'
import { messageOf } from './schema.ts'
import type { ElementType, Field, Message, Scalar } from './schema.ts'
import { formatDuration, formatTime } from './time.ts'
import { canonicalQuantity } from './quantity.ts'
import { BYTES, FIXED64, VARINT } from './wire.ts'
import type { Reader } from './wire.ts'

type Read = (from: Reader) => unknown

/** What is read of a message, by the place of its line. */
type Slots = unknown[]

interface Plan {
  /** Reads one field of that number into the slots. */
  readonly readers: ReadonlyMap<number, (from: Reader, slots: Slots) => void>
  readonly lines: readonly PlannedLine[]
}

interface PlannedLine extends Line {
  readonly absent: (() => unknown) | undefined
  readonly dropZero: boolean
}

const plans = new WeakMap<Message, Plan>()

/** Reads a message as its table describes it, in the same shape that decoding JSON gives. */
export function decodeMessage(message: Message, from: Reader): unknown {
  const plan = planOf(message)
  const slots: Slots = []
  readInto(plan, from, slots)
  return message.union === undefined ? objectOf(plan, slots) : unionOf(message, plan, slots)
}

function readInto(plan: Plan, from: Reader, slots: Slots): void {
  while (!from.done) {
    const tag = from.tag()
    const read = plan.readers.get(tag)
    if (read === undefined) from.skip(tag % 8)
    else read(from, slots)
  }
}

function objectOf({ lines }: Plan, slots: Slots): unknown {
  const object: Record<string, unknown> = {}
  for (let at = 0; at < lines.length; at++) {
    const { name, absent, dropZero } = lines[at]!
    const value = slots[at]
    if (value === undefined) {
      if (absent !== undefined) object[name] = absent()
    } else if (!dropZero || !(value === '' || value === 0 || value === false)) {
      object[name] = value
    }
  }
  return object
}

/** Lines that JSON does not show, as those of unions, are read like the others. */
function unionOf(message: Message, { lines }: Plan, slots: Slots): unknown {
  const value = (name: string): unknown => slots[lines.findIndex((line) => line.name === name)]
  const schema = value('schema')
  if (schema !== undefined) return schema
  if (message.union === 'schemaOrBool') return value('allows') === true
  return value(message.union === 'schemaOrArray' ? 'jSONSchemas' : 'property') ?? []
}

function planOf(message: Message): Plan {
  let plan = plans.get(message)
  if (plan === undefined) {
    const lines = linesOf(message).map((line) => ({
      ...line,
      absent: absentMaker(line.field),
      dropZero: dropsZero(line.field),
    }))
    const place = new Map(lines.map(({ field }, at) => [field, at]))
    const readers = new Map<number, (from: Reader, slots: Slots) => void>()
    plan = { readers, lines }
    plans.set(message, plan)
    for (const field of Object.values(message.fields)) {
      readers.set(
        field.number * 8 + wireTypeOf(field),
        field.inline ? inlineReader(field, place) : fieldReader(field, place.get(field)!),
      )
    }
  }
  return plan
}

function wireTypeOf({ shape, element }: Field): number {
  if (shape === 'map') return BYTES
  if (element === 'bool' || element === 'int32' || element === 'int64') return VARINT
  return element === 'double' ? FIXED64 : BYTES
}

/** Reads an inner message into the slots of its parent. */
function inlineReader(field: Field, place: ReadonlyMap<Field, number>): (from: Reader, slots: Slots) => void {
  const inner = planOf(messageOf(field.element)!)
  return (from, slots) => {
    const own: Slots = []
    readInto(inner, from.message(), own)
    inner.lines.forEach((line, at) => {
      if (own[at] !== undefined) slots[place.get(line.field)!] = own[at]
    })
  }
}

function fieldReader({ shape, element }: Field, at: number): (from: Reader, slots: Slots) => void {
  const read = elementReader(element)
  if (shape === 'list') {
    return (from, slots) => {
      const list = (slots[at] ??= []) as unknown[]
      list.push(read(from) ?? blankElement(element))
    }
  }
  if (shape === 'map') {
    return (from, slots) => {
      const map = (slots[at] ??= {}) as Record<string, unknown>
      const entry = from.message()
      let key = ''
      let value: unknown
      while (!entry.done) {
        const tag = entry.tag()
        if (tag >> 3 === 1) key = entry.text()
        else if (tag >> 3 === 2) value = read(entry)
        else entry.skip(tag % 8)
      }
      setOwn(map, key, value ?? blankElement(element))
    }
  }
  return (from, slots) => {
    slots[at] = read(from)
  }
}

function elementReader(element: ElementType): Read {
  if (typeof element === 'string') return scalarReaders[element]
  let message: Message | undefined
  return (from) => decodeMessage((message ??= messageOf(element)!), from.message())
}

/** Reads the fields of a small message by hand. */
function fieldsOf(from: Reader, read: (number: number, message: Reader) => boolean): void {
  const message = from.message()
  while (!message.done) {
    const tag = message.tag()
    if (!read(tag >> 3, message)) message.skip(tag % 8)
  }
}

function readTimestamp(from: Reader): { seconds: number; nanos: number } | undefined {
  let seconds = 0
  let nanos = 0
  let empty = true
  fieldsOf(from, (number, message) => {
    if (number !== 1 && number !== 2) return false
    empty = false
    if (number === 1) seconds = message.integer()
    else nanos = message.integer()
    return true
  })
  return empty ? undefined : { seconds, nanos }
}

function readRaw(from: Reader): unknown {
  let value: unknown
  fieldsOf(from, (number, message) => {
    if (number !== 1) return false
    value = JSON.parse(message.text())
    return true
  })
  return value
}

const scalarReaders: Readonly<Record<Scalar, Read>> = {
  string: (from) => from.text(),
  bool: (from) => from.unsigned() !== 0,
  int32: (from) => from.integer(),
  int64: (from) => from.integer(),
  double: (from) => from.double(),
  bytes: (from) => from.bytes().toString('base64'),
  quantity: (from) => {
    let text = '0'
    fieldsOf(from, (number, message) => {
      if (number !== 1) return false
      text = message.text()
      return true
    })
    return canonicalQuantity(text)
  },
  intOrString: (from) => {
    let [isText, number, text] = [false, 0, '']
    fieldsOf(from, (field, message) => {
      if (field === 1) isText = message.unsigned() === 1
      else if (field === 2) number = message.integer()
      else if (field === 3) text = message.text()
      else return false
      return true
    })
    return isText ? text : number
  },
  time: (from) => {
    const parts = readTimestamp(from)
    return parts === undefined ? undefined : formatTime(parts.seconds * 1000)
  },
  microTime: (from) => {
    const parts = readTimestamp(from)
    return parts === undefined ? undefined : microTimeText(parts.seconds, parts.nanos)
  },
  duration: (from) => {
    let nanos = 0n
    fieldsOf(from, (number, message) => {
      if (number !== 1) return false
      nanos = message.big()
      return true
    })
    return formatDuration(nanos)
  },
  rawExtension: readRaw,
  fieldsV1: readRaw,
  json: readRaw,
  strings: (from) => {
    const list: string[] = []
    fieldsOf(from, (number, message) => {
      if (number !== 1) return false
      list.push(message.text())
      return true
    })
    return list
  },
}
