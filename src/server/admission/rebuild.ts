import { decodeObject } from '../../api/meta/decode.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { setDefaults } from '../rest/defaults.ts'

/** What admission has made of an object, as an object of its kind again: read by its table, and with its defaults. */
export function rebuild(kind: Kind, { kind: name, apiVersion }: KubeObject, changed: unknown): KubeObject {
  const next = decodeObject(kind.message, changed).object as KubeObject
  // Stored bytes begin with these two, so they have to come first.
  const whole: KubeObject = Object.assign({ kind: name, apiVersion }, next)
  setDefaults(kind, whole)
  return whole
}
