/** A JSON object. Keys come from outside, so `__proto__` is a key like any other: read with `own`, write with `put`. */
export type JsonObject = Record<string, unknown>

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value of a key of the object itself, never of its prototype. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Sets a key of the object itself; plain assignment would take `__proto__` for the prototype. */
export function put(object: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
  } else {
    object[key] = value
  }
}

/** Whether two JSON values are equal; a key whose value is undefined counts as absent. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false
    for (let i = 0; i < a.length; i++) if (!sameJson(a[i], b[i])) return false
    return true
  }
  if (Array.isArray(b)) return false
  return sameObject(a as JsonObject, b as JsonObject)
}

function sameObject(a: JsonObject, b: JsonObject): boolean {
  let count = 0
  for (const key in a) {
    const value = a[key]
    if (value === undefined) continue
    count++
    if (!Object.hasOwn(b, key) || !sameJson(value, b[key])) return false
  }
  for (const key in b) if (b[key] !== undefined) count--
  return count === 0
}
