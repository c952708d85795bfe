import { linesOf } from './layout.ts'
import { messageOf } from './schema.ts'
import type { Field, Message } from './schema.ts'

type Fields = Record<string, unknown>

/** Sets in an object, in place, what the tables say that absent fields become. What depends on other fields is up to the kind. */
export function applyDefaults(message: Message, object: object): void {
  if (message.dynamic === undefined) defaulterOf(message)?.(object as Fields)
  else message.dynamic.applyDefaults(object)
}

type Defaulter = (object: Fields) => void

const defaulters = new WeakMap<Message, Defaulter | undefined>()

/** Undefined when there is nothing to set in a message or below. */
function defaulterOf(message: Message): Defaulter | undefined {
  if (defaulters.has(message)) return defaulters.get(message)
  // A message that contains itself adds nothing to what it does otherwise.
  defaulters.set(message, undefined)
  const steps = linesOf(message)
    .map(({ name, field }) => stepOf(name, field))
    .filter((step) => step !== undefined)
  const defaulter: Defaulter | undefined =
    steps.length === 0
      ? undefined
      : (object) => {
          for (const step of steps) step(object)
        }
  defaulters.set(message, defaulter)
  return defaulter
}

function stepOf(name: string, field: Field): Defaulter | undefined {
  const set = setterOf(name, field)
  const message = messageOf(field.element)
  const inner = message === undefined ? undefined : defaulterOf(message)
  if (inner === undefined) return set
  const descend = descenderOf(name, field.shape, inner)
  return set === undefined
    ? descend
    : (object) => {
        set(object)
        descend(object)
      }
}

function setterOf(name: string, { options, pointer }: Field): Defaulter | undefined {
  const value = options.default
  // A zero that stands for absence is no change.
  if (value === undefined || (!pointer && isZero(value))) return undefined
  const make = makerOf(value)
  return (object) => {
    const current = object[name]
    if (current === undefined || current === null || (!pointer && isZero(current))) object[name] = make()
  }
}

/** Most defaults that are no scalars are empty, and cloning is slow. */
function makerOf(value: unknown): () => unknown {
  if (typeof value !== 'object' || value === null) return () => value
  if (Object.keys(value).length > 0) return () => structuredClone(value)
  return Array.isArray(value) ? () => [] : () => ({})
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false
}

function descenderOf(name: string, shape: Field['shape'], inner: Defaulter): Defaulter {
  if (shape === 'one') {
    return (object) => {
      const value = object[name]
      if (typeof value === 'object' && value !== null) inner(value as Fields)
    }
  }
  return (object) => {
    const value = object[name] as Fields[] | Record<string, Fields> | undefined
    if (value === undefined || value === null) return
    for (const one of Object.values(value)) inner(one)
  }
}
