import type { Pod } from '../../api/core/v1.ts'

/** On the annotations and labels of a Pod of an indexed Job: which of its pieces it works on. */
export const indexAnnotation = 'batch.kubernetes.io/job-completion-index'
const FAILURES = 'batch.kubernetes.io/job-index-failure-count'
const IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count'

/** The index of a Pod; undefined when it has none, or one that the Job does not have. */
export function indexOf(pod: Pod, completions: number): number | undefined {
  const text = pod.metadata.annotations?.[indexAnnotation]
  if (text === undefined || !/^\d+$/.test(text)) return undefined
  const index = Number(text)
  return index < completions ? index : undefined
}

/** Reads `1,3-5,7`. What makes no sense, or is beyond the Job's completions, is left out. */
export function parseIndexes(text: string | undefined, completions: number): Set<number> {
  const indexes = new Set<number>()
  for (const part of (text ?? '').split(',')) {
    const [, first, last = first] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? []
    if (first === undefined) continue
    for (let index = Number(first); index <= Math.min(Number(last), completions - 1); index++) indexes.add(index)
  }
  return indexes
}

/** Writes `1,3-5,7`: three or more in a row are joined. */
export function formatIndexes(indexes: ReadonlySet<number>): string {
  const sorted = [...indexes].toSorted((a, b) => a - b)
  const parts: string[] = []
  for (let at = 0; at < sorted.length;) {
    let end = at
    while (sorted[end + 1] === sorted[end]! + 1) end++
    if (end - at >= 2) parts.push(`${sorted[at]}-${sorted[end]}`)
    else parts.push(...sorted.slice(at, end + 1).map(String))
    at = end + 1
  }
  return parts.join(',')
}

/** The first `count` indexes that are in none of the sets. */
export function pendingIndexes(count: number, completions: number, taken: readonly ReadonlySet<number>[]): number[] {
  const pending: number[] = []
  for (let index = 0; index < completions && pending.length < count; index++) {
    if (!taken.some((set) => set.has(index))) pending.push(index)
  }
  return pending
}

/** How often Pods of the same index failed before this one: those that counted, and those that a policy let pass. */
export function failuresBefore(pod: Pod): { readonly counted: number; readonly ignored: number } {
  const { annotations = {} } = pod.metadata
  const read = (key: string): number => (/^\d{1,9}$/.test(annotations[key] ?? '') ? Number(annotations[key]) : 0)
  return { counted: read(FAILURES), ignored: read(IGNORED_FAILURES) }
}

/** The annotations by which a Pod remembers the failures of its predecessors. */
export function failureAnnotations(counted: number, ignored: number): Record<string, string> {
  return { [FAILURES]: String(counted), ...(ignored > 0 && { [IGNORED_FAILURES]: String(ignored) }) }
}
