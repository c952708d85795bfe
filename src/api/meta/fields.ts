import { WherryError } from '../../lib/errors.ts'
import type { Kind, KubeObject } from './kind.ts'
import type { FieldRequirement } from './selectors.ts'

/** Whether an object meets the selector; throws `bad-request` for a field that its kind cannot be selected by. */
export function matchesFields<T extends KubeObject>(
  kind: Kind<T>,
  selector: readonly FieldRequirement[],
  object: T,
): boolean {
  return selector.every(({ field, equal, value }) => (getterOf(kind, field)(object) === value) === equal)
}

/** Throws `bad-request` when the selector names a field that the kind cannot be selected by. */
export function checkFields(kind: Kind, selector: readonly FieldRequirement[]): void {
  for (const { field } of selector) getterOf(kind, field)
}

/** The value that every match has in this field, when the selector asks for exactly one. */
export function exactField(selector: readonly FieldRequirement[], field: string): string | undefined {
  return selector.find((one) => one.field === field && one.equal)?.value
}

/** Reads one field of objects; throws `bad-request` for a field that the kind cannot be selected by. */
export function getterOf<T extends KubeObject>(kind: Kind<T>, field: string): (object: T) => string {
  if (field === 'metadata.name') return (object) => object.metadata.name
  if (field === 'metadata.namespace' && kind.namespaced) return (object) => object.metadata.namespace ?? ''
  const getters = kind.selectableFields ?? {}
  const getter = Object.hasOwn(getters, field) ? getters[field] : undefined
  if (getter === undefined) throw new WherryError('bad-request', `field label not supported: ${field}`)
  return getter
}
