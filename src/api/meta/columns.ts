import type { Column } from './kind.ts'

type Value<T, V> = (object: T, nowMs: number) => V | null | undefined

/** A column of text. */
export function text<T>(name: string, description: string, value: Value<T, string>): Column<T> {
  return { name, type: 'string', description, value }
}

/** A column of whole numbers. */
export function count<T>(name: string, description: string, value: Value<T, number>): Column<T> {
  return { name, type: 'integer', description, value: (object, nowMs) => value(object, nowMs) ?? 0 }
}

/** A column of true and false. */
export function flag<T>(name: string, description: string, value: Value<T, boolean>): Column<T> {
  return { name, type: 'boolean', description, value: (object, nowMs) => value(object, nowMs) === true }
}

/** A column of times, which are shown as ages. */
export function since<T>(name: string, description: string, value: Value<T, string>): Column<T> {
  return { name, type: 'date', description, value }
}

/** A column that is shown with `-o wide` only. */
export function wide<T>(column: Column<T>): Column<T> {
  return { ...column, priority: 1 }
}

/** The age of the object, for kinds that show something after it. */
export const age: Column<{ readonly metadata: { readonly creationTimestamp: string } }> = since(
  'Age',
  'How long ago the object was created.',
  (object) => object.metadata.creationTimestamp,
)

interface WithContainers {
  readonly name: string
  readonly image?: string
}

/** Names and images of the containers of a template. */
export function containerColumns<T>(containers: (object: T) => readonly WithContainers[]): readonly Column<T>[] {
  return [
    wide(
      text('Containers', 'The names of the containers.', (object: T) =>
        join(containers(object).map(({ name }) => name)),
      ),
    ),
    wide(
      text('Images', 'The images of the containers.', (object: T) =>
        join(containers(object).map(({ image }) => image ?? '')),
      ),
    ),
  ]
}

function join(values: readonly string[]): string {
  return values.join(',')
}

/** The text, or what stands for nothing. */
export function orNone(value: string | undefined, none = '<none>'): string {
  return value === undefined || value === '' ? none : value
}

/** Labels as `a=1,b=2`. */
export function formatLabels(labels: Readonly<Record<string, string>> | undefined): string {
  return orNone(
    Object.entries(labels ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .toSorted()
      .join(','),
  )
}

const SHOWN_MAX = 3

/** The first three of a list, and how many more there are. */
export function someOf(values: readonly string[], none = '<none>'): string {
  const shown = values.slice(0, SHOWN_MAX).join(',')
  if (values.length > SHOWN_MAX) return `${shown} + ${values.length - SHOWN_MAX} more...`
  return orNone(shown, none)
}
