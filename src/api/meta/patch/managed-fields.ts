import { difference, isEmptySet, leaf, readFieldSet, union, type FieldSet } from '../../../lib/patch/field-set.ts'
import type { ManagedFieldsEntry } from '../v1.ts'

/** The fields that one manager owns, for one way of writing: its entry in `metadata.managedFields`. */
export interface Ownership {
  readonly manager: string
  readonly operation: 'Apply' | 'Update'
  readonly apiVersion: string
  readonly subresource: string
  /** RFC 3339. */
  readonly time: string | undefined
  readonly fields: FieldSet
  /** The entry that it was read from, while it is unchanged. */
  readonly entry?: ManagedFieldsEntry
}

/** Who is one and the same manager; an applier is so over all versions of the API. */
export type ManagerIdentity = Pick<Ownership, 'manager' | 'operation' | 'apiVersion' | 'subresource'>

export function isSameManager(a: ManagerIdentity, b: ManagerIdentity): boolean {
  return (
    a.manager === b.manager &&
    a.operation === b.operation &&
    a.subresource === b.subresource &&
    (a.operation === 'Apply' || a.apiVersion === b.apiVersion)
  )
}

/** Reads the entries of an object; undefined when one of them cannot be read, so that none of them counts. */
export function readOwnerships(entries: readonly ManagedFieldsEntry[]): Ownership[] | undefined {
  const ownerships: Ownership[] = []
  for (const entry of entries) {
    const { manager = '', operation, apiVersion = '', fieldsType, subresource = '', time } = entry
    if ((operation !== 'Apply' && operation !== 'Update') || apiVersion === '' || fieldsType !== 'FieldsV1') {
      return undefined
    }
    const fields = fieldsOfEntry(entry)
    if (fields === undefined) return undefined
    ownerships.push({ manager, operation, apiVersion, subresource, time, fields, entry })
  }
  return ownerships
}

/** Objects that have been found or made to be sets: those need no second look. */
const known = new WeakSet<object>()

function fieldsOfEntry({ fieldsV1 = leaf }: ManagedFieldsEntry): FieldSet | undefined {
  if (!known.has(fieldsV1)) {
    if (readFieldSet(fieldsV1) === undefined) return undefined
    known.add(fieldsV1)
  }
  return fieldsV1 as FieldSet
}

/** The entries that stand for these ownerships, in the order in which they are kept. */
export function writeOwnerships(ownerships: readonly Ownership[]): ManagedFieldsEntry[] {
  return ownerships.toSorted(byOrder).map((one) => one.entry ?? entryOf(one))
}

function entryOf({ manager, operation, apiVersion, subresource, time, fields }: Ownership): ManagedFieldsEntry {
  known.add(fields)
  return {
    manager,
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...(subresource === '' ? {} : { subresource }),
  }
}

function byOrder(a: Ownership, b: Ownership): number {
  return (
    compareText(a.operation, b.operation) ||
    compareText(a.time ?? '', b.time ?? '') ||
    compareText(a.manager, b.manager) ||
    compareText(a.apiVersion, b.apiVersion) ||
    compareText(a.subresource, b.subresource)
  )
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** The ownership without these fields; undefined when none is left. */
export function withoutFields(ownership: Ownership, ...sets: readonly (FieldSet | undefined)[]): Ownership | undefined {
  let { fields } = ownership
  for (const set of sets) if (set !== undefined) fields = difference(fields, set)
  if (isEmptySet(fields)) return undefined
  return fields === ownership.fields ? ownership : { ...ownership, fields, entry: undefined }
}

/** How many managers of updates are kept apart. */
const UPDATE_MANAGERS_MAX = 10

const ANCIENT = 'ancient-changes'

/** Merges the oldest updaters of a version into one, as soon as there are too many. */
export function capUpdaters(ownerships: readonly Ownership[]): readonly Ownership[] {
  const updaters = ownerships.filter((one) => one.operation === 'Update').toSorted(byOrder)
  let surplus = updaters.length - UPDATE_MANAGERS_MAX
  if (surplus <= 0) return ownerships
  const rest = new Set(ownerships)
  const buckets = new Map<string, Ownership>()
  for (const updater of updaters) {
    if (surplus <= 0) break
    const { apiVersion } = updater
    const bucket = buckets.get(apiVersion)
    rest.delete(updater)
    if (bucket === undefined) {
      buckets.set(apiVersion, updater)
      continue
    }
    buckets.set(apiVersion, {
      ...updater,
      manager: ANCIENT,
      subresource: '',
      fields: union(bucket.fields, updater.fields),
      entry: undefined,
    })
    surplus--
  }
  return [...rest, ...buckets.values()]
}
