import { createdFields } from '../../../lib/patch/created-fields.ts'
import { isEmptySet, union, type FieldSet } from '../../../lib/patch/field-set.ts'
import { isObject, own, sameJson, type JsonObject } from '../../../lib/patch/json.ts'
import { compare } from '../../../lib/patch/structured-compare.ts'
import type { Kind, KubeObject } from '../kind.ts'
import { formatTime } from '../time.ts'
import type { ManagedFieldsEntry } from '../v1.ts'
import { fieldsOfText } from './fields-text.ts'
import {
  capUpdaters,
  isSameManager,
  readOwnerships,
  withoutFields,
  writeOwnerships,
  type ManagerIdentity,
  type Ownership,
} from './managed-fields.ts'
import { mergeSchemaOf } from './merge-schema-of.ts'
import { emptyObject, trackedPart, untrackedFields } from './tracked.ts'

/** Who writes, where, and when. */
export interface Writer {
  /** The `fieldManager` of the request, else what `managerOfUserAgent` makes of its user agent. */
  readonly manager: string
  /** `''` or absent for the object itself. */
  readonly subresource?: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** The client has sent an empty list of managedFields, which decoding does not keep: see `resetsManagedFields`. */
  readonly reset?: boolean
}

/** Whether an object as it was sent, or as a patch made it, asks to forget all owners: by `[]` or `[{}]`. */
export function resetsManagedFields(raw: unknown): boolean {
  const metadata = isObject(raw) ? own(raw, 'metadata') : undefined
  const given = isObject(metadata) ? own(metadata, 'managedFields') : undefined
  return Array.isArray(given) && (given.length === 0 || (given.length === 1 && sameJson(given[0], {})))
}

/**
 * The object with `metadata.managedFields` as they are after a create (without `live`), update or patch that is no
 * apply. Called with the new object decoded and defaulted, before admission: what admission adds belongs to nobody.
 * The result shares everything else with `next`, which may carry the managedFields that the client sent.
 */
export function trackUpdate<T extends KubeObject>(kind: Kind<T>, live: T | undefined, next: T, writer: Writer): T {
  const { subresource = '' } = writer
  const before = writer.reset === true && subresource === '' ? none : baseEntries(live, next, subresource)
  const entries = track(kind, live, next, before, writer)
  if (entries === next.metadata.managedFields) return next
  const { managedFields: _, ...metadata } = next.metadata
  return { ...next, metadata: entries.length === 0 ? metadata : { ...metadata, managedFields: entries } }
}

/** Who manages fields by default: the program's name in front of the version, as in `kubectl/v1.36.0 (linux/amd64)`. */
export function managerOfUserAgent(userAgent: string): string {
  const slash = userAgent.indexOf('/')
  return (slash === -1 ? userAgent : userAgent.slice(0, slash)).replace(/[^\x20-\x7e]/g, '').slice(0, 128)
}

const none: readonly ManagedFieldsEntry[] = []

/** The entries to go on from: the client may change them, except through a subresource. */
function baseEntries(
  live: KubeObject | undefined,
  next: KubeObject,
  subresource: string,
): readonly ManagedFieldsEntry[] {
  const kept = live?.metadata.managedFields ?? none
  const given = next.metadata.managedFields
  if (given === undefined || given === kept || (subresource !== '' && live !== undefined)) return kept
  return sameJson(given, kept) || readOwnerships(given) === undefined ? kept : given
}

function track(
  kind: Kind<any>,
  live: KubeObject | undefined,
  next: KubeObject,
  before: readonly ManagedFieldsEntry[],
  { manager, subresource = '', now }: Writer,
): ManagedFieldsEntry[] {
  // An object of which nothing is tracked any more stays so until somebody applies to it.
  if (live !== undefined && before.length === 0) return []
  const ownerships = readOwnerships(before) ?? []
  const writer: ManagerIdentity = {
    manager: manager === '' ? 'unknown' : manager,
    operation: 'Update',
    apiVersion: kind.apiVersion,
    subresource,
  }
  if (live === undefined && ownerships.length === 0) {
    const fields = createdFieldsOf(kind, next, subresource)
    if (fields !== undefined) {
      return isEmptySet(fields) ? [] : writeOwnerships([{ ...writer, time: formatTime(now), fields }])
    }
  }
  const after = ownershipsAfterUpdate(kind, live, next, ownerships, writer, now)
  return after === ownerships ? (before as ManagedFieldsEntry[]) : writeOwnerships(capUpdaters(after))
}

function createdFieldsOf(kind: Kind<any>, next: KubeObject, subresource: string): FieldSet | undefined {
  const untracked = untrackedFields(kind, subresource)
  const text = createdFields(
    trackedPart(emptyObject(kind.message), untracked),
    trackedPart(next as unknown as JsonObject, untracked),
    mergeSchemaOf(kind.message),
  )
  return text === undefined ? undefined : fieldsOfText(text)
}

/** The same list when nothing has changed. */
export function ownershipsAfterUpdate(
  kind: Kind<any>,
  live: KubeObject | undefined,
  next: KubeObject,
  ownerships: readonly Ownership[],
  writer: ManagerIdentity,
  now: number,
): readonly Ownership[] {
  const untracked = untrackedFields(kind, writer.subresource)
  const difference = compare(
    trackedPart((live ?? emptyObject(kind.message)) as unknown as JsonObject, untracked),
    trackedPart(next as unknown as JsonObject, untracked),
    mergeSchemaOf(kind.message),
  )
  if (difference === undefined) return ownerships
  const { added, modified, removed } = difference
  const changed = added === undefined ? modified : modified === undefined ? added : union(added, modified)
  const after: Ownership[] = []
  let mine: Ownership | undefined
  for (const ownership of ownerships) {
    const left = withoutFields(ownership, changed, removed)
    if (isSameManager(ownership, writer)) mine = left
    else if (left !== undefined) after.push(left)
  }
  if (changed === undefined || isEmptySet(changed)) return mine === undefined ? after : [...after, mine]
  const fields = mine === undefined ? changed : union(mine.fields, changed)
  after.push({ ...writer, time: formatTime(now), fields })
  return after
}
