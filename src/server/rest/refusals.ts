import type { Kind } from '../../api/meta/kind.ts'
import type { Cause } from '../../lib/errors.ts'
import { WherryError } from '../../lib/errors.ts'
import { resourceOf } from './resource.ts'

/** The sentences of Kubernetes, which clients match against. */

export function notFound(kind: Kind, name: string): WherryError {
  return new WherryError('not-found', `${resourceOf(kind).name} "${name}" not found`, {
    details: detailsOf(kind, name),
  })
}

export function alreadyExists(kind: Kind, name: string): WherryError {
  return new WherryError('already-exists', `${resourceOf(kind).name} "${name}" already exists`, {
    details: detailsOf(kind, name),
  })
}

export const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again'

export function conflict(kind: Kind, name: string, why: string): WherryError {
  return new WherryError('conflict', `Operation cannot be fulfilled on ${resourceOf(kind).name} "${name}": ${why}`, {
    details: detailsOf(kind, name),
  })
}

export function invalid(kind: Kind, name: string, causes: readonly Cause[]): WherryError {
  const all = [...new Set(causes.map(({ field, message }) => `${field}: ${message}`))]
  const list = all.length === 1 ? all[0] : `[${all.join(', ')}]`
  const groupKind = kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`
  return new WherryError('invalid', `${groupKind} "${name}" is invalid: ${list}`, {
    details: { ...detailsOf(kind, name), kind: kind.kind, causes },
  })
}

export function methodNotAllowed(): WherryError {
  return new WherryError('method-not-allowed', 'the server does not allow this method on the requested resource')
}

/** For paths that lead nowhere. */
export function unknownResource(): WherryError {
  return new WherryError('not-found', 'the server could not find the requested resource', { details: {} })
}

export function badRequest(message: string): WherryError {
  return new WherryError('bad-request', message)
}

function detailsOf({ group, plural }: Kind, name: string): { name: string; group?: string; kind: string } {
  return group === '' ? { name, kind: plural } : { name, group, kind: plural }
}
