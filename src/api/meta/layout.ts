import { zeroScalar } from './scalars.ts'
import { messageOf } from './schema.ts'
import type { ElementType, Field, Message } from './schema.ts'

/** A line of a table as it stands in JSON: those of inlined messages are among those of their parent. */
export interface Line {
  readonly name: string
  readonly field: Field
}

const layouts = new WeakMap<Message, readonly Line[]>()

/** The lines of a message in the order in which JSON shows them, `kind` and `apiVersion` aside. */
export function linesOf(message: Message): readonly Line[] {
  let lines = layouts.get(message)
  if (lines === undefined) {
    lines = Object.entries(message.fields).flatMap(([name, field]) =>
      field.inline ? linesOf(field.element as Message) : [{ name, field }],
    )
    layouts.set(message, lines)
  }
  return lines
}

/** Scalars without a zero of their own: when they are absent, JSON has nothing to say. */
const nilable: ReadonlySet<string> = new Set(['bytes', 'time', 'microTime', 'rawExtension', 'fieldsV1', 'json'])

/** Scalars that are structs in the reference implementation, whose zero value `omitempty` does not leave out. */
const structs: ReadonlySet<string> = new Set(['quantity', 'intOrString', 'duration'])

/** Whether a decoded object always has this field, if only as its zero value. */
export function isAlways({ shape, element, pointer, omitempty }: Field): boolean {
  if (pointer) return false
  if (shape !== 'one') return !omitempty
  if (typeof element !== 'string') return true
  return structs.has(element) || (!omitempty && !nilable.has(element))
}

/** Scalars whose zero value is the same as their absence, unless they are pointers. */
const plain: ReadonlySet<string> = new Set(['string', 'bool', 'int32', 'int64', 'double', 'bytes', 'strings'])

/** Whether JSON leaves out the zero value of this field. */
export function dropsZero({ shape, element, pointer, omitempty }: Field): boolean {
  return omitempty && !pointer && (shape !== 'one' || (typeof element === 'string' && plain.has(element)))
}

const blanks = new WeakMap<Message, () => Record<string, unknown>>()

/** Makes the empty object of a message, with everything that is always there. */
export function blankMaker(message: Message): () => Record<string, unknown> {
  let make = blanks.get(message)
  if (make === undefined) {
    const always = linesOf(message).flatMap(({ name, field }) => {
      const absent = absentMaker(field)
      return absent === undefined ? [] : [{ name, absent }]
    })
    make = () => {
      const object: Record<string, unknown> = {}
      for (const { name, absent } of always) object[name] = absent()
      return object
    }
    blanks.set(message, make)
  }
  return make
}

/** Makes what stands for a field that is absent but always there; undefined when the field may be absent. */
export function absentMaker(field: Field): (() => unknown) | undefined {
  if (!isAlways(field)) return undefined
  if (field.shape === 'list') return () => []
  if (field.shape === 'map') return () => ({})
  const { element } = field
  if (typeof element !== 'string') return blankMaker(messageOf(element)!)
  return element === 'strings' ? () => [] : constant(zeroScalar(element))
}

function constant(value: unknown): () => unknown {
  return () => value
}

/** What stands for a null in a list or map, whose place has to be kept. */
export function blankElement(element: ElementType): unknown {
  if (typeof element !== 'string') return blankMaker(messageOf(element)!)()
  return element === 'bytes' ? '' : (zeroScalar(element) ?? null)
}

/** Sets a property that may be called `__proto__`. */
export function setOwn(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  } else object[key] = value
}

/** What stands for an absent value of a type: its zero, or its empty object. */
export function blank(element: ElementType): unknown {
  return typeof element === 'string' ? zeroScalar(element) : blankMaker(messageOf(element)!)()
}
