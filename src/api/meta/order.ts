import { linesOf } from './layout.ts'
import { messageOf } from './schema.ts'
import type { Message } from './schema.ts'

type Fields = Record<string, unknown>

/**
 * The object with its fields in the order of the tables, so that equal objects give equal bytes. What is in order
 * already is returned as it is; what is not is copied, down to the parts that are.
 */
export function inTableOrder<T extends object>(message: Message, object: T): T {
  return ordererOf(message)(object as Fields) as T
}

type Orderer = (object: Fields) => Fields

interface Place {
  readonly at: number
  readonly order: ((value: unknown) => unknown) | undefined
}

const orderers = new WeakMap<Message, Orderer>()

function ordererOf(message: Message): Orderer {
  let orderer = orderers.get(message)
  if (orderer === undefined) {
    orderer = compile(message)
    orderers.set(message, orderer)
  }
  return orderer
}

function compile(message: Message): Orderer {
  let places: Map<string, Place> | undefined
  return (object) => {
    // Values of one of two types are schemas, which keep the order in which they were written.
    if (message.union !== undefined || typeof object !== 'object' || object === null) return object
    // Compiled on first use, because messages may contain themselves.
    places ??= placesOf(message)
    let copy: Fields | undefined
    let last = -1
    let isSorted = true
    for (const key of Object.keys(object)) {
      const place = places.get(key)
      if (place === undefined) continue
      if (place.at < last) isSorted = false
      last = place.at
      const value = object[key]
      const ordered = place.order?.(value) ?? value
      if (ordered !== value) (copy ??= { ...object })[key] = ordered
    }
    return isSorted ? (copy ?? object) : sorted(copy ?? object, places)
  }
}

function placesOf(message: Message): Map<string, Place> {
  const places = new Map<string, Place>()
  const add = (name: string, order: Place['order']): void => void places.set(name, { at: places.size, order })
  if (message.object) for (const name of ['kind', 'apiVersion']) add(name, undefined)
  for (const { name, field } of linesOf(message)) {
    const inner = messageOf(field.element)
    if (inner === undefined) add(name, undefined)
    else if (field.shape === 'one') add(name, (value) => ordererOf(inner)(value as Fields))
    else if (field.shape === 'list') add(name, (value) => orderedList(inner, value as Fields[] | undefined))
    else add(name, (value) => orderedMap(inner, value as Record<string, Fields> | undefined))
  }
  return places
}

function orderedList(message: Message, list: Fields[] | undefined): Fields[] | undefined {
  if (!Array.isArray(list)) return list
  const order = ordererOf(message)
  let copy: Fields[] | undefined
  for (let i = 0; i < list.length; i++) {
    const ordered = order(list[i]!)
    if (ordered !== list[i]) (copy ??= [...list])[i] = ordered
  }
  return copy ?? list
}

function orderedMap(message: Message, map: Record<string, Fields> | undefined): Record<string, Fields> | undefined {
  if (typeof map !== 'object' || map === null) return map
  const order = ordererOf(message)
  let copy: Record<string, Fields> | undefined
  for (const key of Object.keys(map)) {
    const ordered = order(map[key]!)
    if (ordered !== map[key]) (copy ??= { ...map })[key] = ordered
  }
  return copy ?? map
}

function sorted(object: Fields, places: ReadonlyMap<string, Place>): Fields {
  const at = (key: string): number => places.get(key)?.at ?? places.size
  return Object.fromEntries(
    Object.keys(object)
      .toSorted((a, b) => at(a) - at(b))
      .map((key) => [key, object[key]]),
  )
}
