import type { Problems } from '../../api/meta/problems.ts'
import type { Cause } from '../../lib/errors.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Attempt } from './admission.ts'

interface More {
  readonly hint?: string
  readonly causes?: readonly Cause[]
  readonly retryAfterSeconds?: number
}

/** The answer to what policy does not allow: `pods "web" is forbidden: …`. */
export function forbidden(attempt: Attempt, why: string, { hint, ...details }: More = {}): WherryError {
  const { group, plural } = attempt.kind
  const name = nameOf(attempt)
  const resource = group === '' ? plural : `${plural}.${group}`
  return new WherryError('forbidden', `${resource} ${JSON.stringify(name)} is forbidden: ${why}`, {
    hint,
    details: { name, group, kind: plural, ...details },
  })
}

/** The answer to an object with values that make no sense here; throws unless there are no problems. */
export function refuseInvalid(attempt: Attempt, { causes, none }: Problems): void {
  if (none) return
  const { group, kind } = attempt.kind
  const name = nameOf(attempt)
  const lines = causes.map(({ field, message }) => `${field}: ${message}`)
  const list = lines.length === 1 ? lines[0] : `[${lines.join(', ')}]`
  throw new WherryError('invalid', `${group === '' ? kind : `${kind}.${group}`} "${name}" is invalid: ${list}`, {
    details: { name, group, kind, causes },
  })
}

function nameOf({ target, object }: Attempt): string {
  // An object whose name is still to be generated is known by how that will begin.
  return target.name || object?.metadata.name || object?.metadata.generateName || ''
}
