import type { Node } from './v1.ts'

/** A node that does not say what it keeps for itself keeps nothing. */
export function nodeDefaults({ status }: Node): void {
  if (status.capacity !== undefined) status.allocatable ??= { ...status.capacity }
}
