import { sameJson } from '../../lib/patch/json.ts'
import type { Problems } from './problems.ts'

/** Checks that a value is still what it was. */
export function unchanged(next: unknown, old: unknown, field: string, problems: Problems): void {
  if (!sameJson(next, old)) problems.invalid(field, next, 'field is immutable')
}
