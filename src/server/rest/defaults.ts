import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { applyDefaults } from '../../api/meta/defaults.ts'

/** Fills in what an object leaves out, in place: first what the tables say, then what they cannot. */
export function setDefaults(kind: Kind, object: KubeObject): void {
  applyDefaults(kind.message, object)
  kind.defaults?.(object)
}
