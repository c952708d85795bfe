import { isObject, own, put, type JsonObject } from './json.ts'

/** Applies a JSON merge patch (RFC 7386). The result shares what did not change with `target`, which stays as it is. */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const result: JsonObject = isObject(target) ? { ...target } : {}
  for (const key in patch) {
    const value = patch[key]
    if (value === null) delete result[key]
    else put(result, key, applyMergePatch(own(result, key), value))
  }
  return result
}
