import { ageOf } from '../../api/meta/ages.ts'
import type { Column, Kind, KubeObject } from '../../api/meta/kind.ts'

/** What `kubectl get` prints, made by the server so that every client shows a kind in the same way. */
export interface Table {
  readonly kind: 'Table'
  readonly apiVersion: string
  readonly metadata: {
    readonly resourceVersion?: string
    readonly continue?: string
    readonly remainingItemCount?: number
  }
  readonly columnDefinitions?: readonly ColumnDefinition[]
  readonly rows: readonly Row[]
}

interface ColumnDefinition {
  readonly name: string
  readonly type: string
  readonly format: string
  readonly description: string
  readonly priority: number
}

export interface Row {
  readonly cells: readonly unknown[]
  readonly object?: unknown
}

/** Which part of an object goes with its row. */
export type IncludeObject = 'None' | 'Metadata' | 'Object'

const definitions = new WeakMap<Kind, readonly ColumnDefinition[]>()

export function columnsOf(kind: Kind): readonly ColumnDefinition[] {
  let columns = definitions.get(kind)
  if (columns === undefined) {
    const own = (kind.columns ?? []).map(({ name, type, format = '', description, priority = 0 }) => ({
      name,
      // Ages are written out here; to a client they are text.
      type: type === 'date' ? 'string' : type,
      format,
      description,
      priority,
    }))
    columns = [...(hasName(kind) ? [] : [NAME]), ...own, ...(hasAge(kind) ? [AGE] : [])]
    definitions.set(kind, columns)
  }
  return columns
}

const NAME: ColumnDefinition = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'The name of the object, unique among those of its kind in its namespace.',
  priority: 0,
}

const AGE: ColumnDefinition = {
  name: 'Age',
  type: 'string',
  format: '',
  description: 'How long ago the object was created.',
  priority: 0,
}

/** Events show their name last, and only when asked for more. */
function hasName(kind: Kind): boolean {
  return (kind.columns ?? []).some(({ name }) => name === 'Name')
}

/** A kind whose columns say when something was seen or created needs no second age. */
function hasAge(kind: Kind): boolean {
  return !(kind.columns ?? []).some(({ name }) => name === 'Age' || name === 'Created At' || name === 'Last Seen')
}

/** One object as a row. */
export function rowOf(kind: Kind, object: KubeObject, include: IncludeObject, version: string, nowMs: number): Row {
  const cells: unknown[] = hasName(kind) ? [] : [object.metadata.name]
  for (const column of kind.columns ?? []) cells.push(cellOf(column, object, nowMs))
  if (hasAge(kind)) cells.push(ageOf(object.metadata.creationTimestamp, nowMs))
  if (include === 'None') return { cells }
  return { cells, object: include === 'Object' ? object : partial(object, version) }
}

function cellOf(column: Column<any>, object: KubeObject, nowMs: number): unknown {
  const value = column.value(object, nowMs)
  if (column.type !== 'date') return value ?? (column.type === 'string' ? '' : null)
  return ageOf(value as string | undefined, nowMs)
}

/** The metadata of an object alone. */
export function partial(object: KubeObject, version: string): object {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata }
}
