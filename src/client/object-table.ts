import { keyOf } from '../api/meta/kind.ts'
import type { KubeObject } from '../api/meta/kind.ts'
import { deepFreeze } from '../lib/deep-freeze.ts'
import type { Change } from './cache.ts'

interface Index<T> {
  readonly key: (object: T) => readonly string[]
  readonly found: Map<string, Map<string, T>>
}

const NOTHING: readonly never[] = Object.freeze([])

/** Objects by key, by namespace and by index, with each change found by comparison with what was there. */
export class ObjectTable<T extends KubeObject> {
  readonly #objects = new Map<string, T>()
  readonly #namespaces = new Map<string, Map<string, T>>()
  readonly #indexes = new Map<string, Index<T>>()
  /** Lists that were asked for since the last change, by namespace; `''` for all. */
  readonly #lists = new Map<string, readonly T[]>()

  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  list(namespace = ''): readonly T[] {
    let list = this.#lists.get(namespace)
    if (list === undefined) {
      const objects = namespace === '' ? this.#objects : this.#namespaces.get(namespace)
      list = objects === undefined ? NOTHING : Object.freeze([...objects.values()])
      this.#lists.set(namespace, list)
    }
    return list
  }

  byIndex(name: string, value: string): readonly T[] {
    const found = this.#indexes.get(name)?.found.get(value)
    return found === undefined ? NOTHING : [...found.values()]
  }

  addIndex(name: string, key: (object: T) => readonly string[]): void {
    if (this.#indexes.has(name)) return
    const index: Index<T> = { key, found: new Map() }
    this.#indexes.set(name, index)
    for (const [objectKey, object] of this.#objects) enter(index, objectKey, object)
  }

  /** Puts an object in its place; undefined when it is there in this version already. */
  set(object: T): Change<T> | undefined {
    const key = keyOf(object)
    const previous = this.#objects.get(key)
    if (previous !== undefined && previous.metadata.resourceVersion === object.metadata.resourceVersion)
      return undefined
    deepFreeze(object)
    this.#objects.set(key, object)
    const namespace = object.metadata.namespace ?? ''
    if (namespace !== '') mapAt(this.#namespaces, namespace).set(key, object)
    this.#forgetLists(namespace)
    for (const index of this.#indexes.values()) {
      if (previous !== undefined) leave(index, key, previous)
      enter(index, key, object)
    }
    return { object, previous }
  }

  /** Takes an object out; undefined when it is not there. */
  delete(key: string): Change<T> | undefined {
    const previous = this.#objects.get(key)
    if (previous === undefined) return undefined
    this.#objects.delete(key)
    const namespace = previous.metadata.namespace ?? ''
    if (namespace !== '') removeAt(this.#namespaces, namespace, key)
    this.#forgetLists(namespace)
    for (const index of this.#indexes.values()) leave(index, key, previous)
    return { object: undefined, previous }
  }

  #forgetLists(namespace: string): void {
    this.#lists.delete('')
    this.#lists.delete(namespace)
  }
}

function enter<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.key(object)) mapAt(index.found, value).set(key, object)
}

function leave<T>(index: Index<T>, key: string, object: T): void {
  for (const value of index.key(object)) removeAt(index.found, value, key)
}

function mapAt<T>(maps: Map<string, Map<string, T>>, name: string): Map<string, T> {
  let map = maps.get(name)
  if (map === undefined) maps.set(name, (map = new Map()))
  return map
}

function removeAt<T>(maps: Map<string, Map<string, T>>, name: string, key: string): void {
  const map = maps.get(name)
  if (map === undefined) return
  map.delete(key)
  if (map.size === 0) maps.delete(name)
}
