import type { Problems } from '../../meta/problems.ts'

/** Checks that a path does not climb. */
export function noBacksteps(path: string, field: string, problems: Problems): void {
  if (path.split('/').includes('..')) problems.invalid(field, path, "must not contain '..'")
}

/** Checks a path below another one. */
export function descending(path: string, field: string, problems: Problems): void {
  if (path.startsWith('/')) problems.invalid(field, path, 'must be a relative path')
  noBacksteps(path, field, problems)
}

/** Checks a path below another one where names that begin with two dots are taken. */
export function notReserved(path: string, field: string, problems: Problems): void {
  descending(path, field, problems)
  if (path.startsWith('..') && !path.split('/').includes('..')) {
    problems.invalid(field, path, "must not start with '..'")
  }
}
