import { decodeObject } from '../api/meta/decode.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import { isUntyped } from './untyped-kind.ts'

/**
 * An object from the wire as programs expect it: with apiVersion and kind, which lists leave out of their items, and
 * with every field that is always there.
 */
export function completed<T extends KubeObject>(kind: Kind<T>, json: unknown): T {
  const object = json as Partial<KubeObject>
  object.apiVersion ??= kind.apiVersion
  object.kind ??= kind.kind
  return isUntyped(kind) ? (object as T) : decodeObject(kind.message, object).object
}
