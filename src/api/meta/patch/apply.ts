import { WherryError } from '../../../lib/errors.ts'
import {
  difference,
  differenceBelow,
  filterPaths,
  forEachPath,
  hasPath,
  intersection,
  isEmptySet,
  leaf,
  sameSet,
  showPath,
  union,
  type FieldSet,
  type FieldSetBuilder,
} from '../../../lib/patch/field-set.ts'
import { isObject, own, sameJson, type JsonObject } from '../../../lib/patch/json.ts'
import type { MergeSchema } from '../../../lib/patch/merge-schema.ts'
import { compare, type Difference } from '../../../lib/patch/structured-compare.ts'
import { fieldsOf, removeFields, structuredMerge, withDeclaredFields } from '../../../lib/patch/structured-merge.ts'
import { typeErrors } from '../../../lib/patch/typed-check.ts'
import type { Kind, KubeObject } from '../kind.ts'
import { formatTime } from '../time.ts'
import {
  isSameManager,
  readOwnerships,
  withoutFields,
  writeOwnerships,
  type ManagerIdentity,
  type Ownership,
} from './managed-fields.ts'
import { mergeSchemaOf } from './merge-schema-of.ts'
import { emptyObject, trackedPart, unclaimedFields, untrackedFields } from './tracked.ts'
import { ownershipsAfterUpdate, type Writer } from './track-update.ts'

/** Who applies; `force` takes fields away from others instead of refusing. */
export interface Applier extends Writer {
  readonly force?: boolean
}

/**
 * Server-side apply: the object with `applied` laid over it and `metadata.managedFields` as they are then. `applied`
 * is what the client sent, parsed and neither decoded nor defaulted, since every field in it is a claim. `live` is
 * undefined when the object is to be created. The result still has to be decoded and defaulted; it is `live` itself
 * when nothing changes. Throws `conflict` when other managers own what would change.
 */
export function applyPatch<T extends KubeObject>(
  kind: Kind<T>,
  live: T | undefined,
  applied: JsonObject,
  applier: Applier,
): KubeObject {
  checkApplied(kind, applied)
  const { force = false, manager, now } = applier
  const identity = identityOf(kind, applier)
  const target = live ?? startOf(kind)
  const ownerships = ownershipsBeforeApply(kind, live, applier)
  const act = (forced: boolean): Applied => apply(kind, target, applied, ownerships, identity, now, forced)
  const result = force ? act(true) : orForced(act, allowedConflicts(kind, live, manager))
  const merged = withLastApplied(result.object, applied, manager)
  return withManagedFields(merged, target, result.ownerships)
}

interface Applied {
  readonly object: KubeObject
  readonly ownerships: readonly Ownership[]
}

function identityOf(kind: Kind<any>, { manager, subresource = '' }: Writer): ManagerIdentity {
  return { manager, operation: 'Apply', apiVersion: kind.apiVersion, subresource }
}

function startOf(kind: Kind<any>): KubeObject {
  return { ...emptyObject(kind.message), apiVersion: kind.apiVersion, kind: kind.kind } as unknown as KubeObject
}

function checkApplied(kind: Kind<any>, applied: JsonObject): void {
  const [apiVersion, name] = [applied['apiVersion'], applied['kind']]
  if (apiVersion !== kind.apiVersion) {
    throw bad(
      `Incorrect version specified in apply patch. Specified patch version: ${String(apiVersion ?? '')}, expected: ${kind.apiVersion}`,
    )
  }
  if (name !== kind.kind) throw bad(`invalid object type: ${kind.apiVersion}, Kind=${String(name ?? '')}`)
  const metadata = isObject(applied['metadata']) ? applied['metadata'] : {}
  if (own(metadata, 'managedFields') !== undefined && own(metadata, 'managedFields') !== null) {
    throw bad('metadata.managedFields must be nil')
  }
  const errors = typeErrors(applied, mergeSchemaOf(kind.message))
  if (errors.length === 0) return
  const { namespace = '', name: objectName = '' } = metadata
  const which = `${String(namespace)}/${String(objectName)}; ${kind.apiVersion}, Kind=${kind.kind}`
  const list = errors.length === 1 ? errors[0] : ['errors:', ...errors.map((error) => `  ${error}`)].join('\n')
  throw bad(`failed to create typed patch object (${which}): ${list}`)
}

/** What is known of owners; of an object that nobody has tracked, everything belongs to one manager of that name. */
function ownershipsBeforeApply(
  kind: Kind<any>,
  live: KubeObject | undefined,
  { subresource = '', now }: Writer,
): readonly Ownership[] {
  if (live === undefined) return []
  const ownerships = readOwnerships(live.metadata.managedFields ?? [])
  if (ownerships === undefined) throw bad('failed to decode managed fields')
  if (ownerships.length > 0) return ownerships
  const first: ManagerIdentity = {
    manager: 'before-first-apply',
    operation: 'Update',
    apiVersion: kind.apiVersion,
    subresource,
  }
  return ownershipsAfterUpdate(kind, undefined, live, [], first, now)
}

function apply(
  kind: Kind<any>,
  live: KubeObject,
  applied: JsonObject,
  ownerships: readonly Ownership[],
  identity: ManagerIdentity,
  now: number,
  force: boolean,
): Applied {
  const schema = mergeSchemaOf(kind.message)
  const untracked = untrackedFields(kind, identity.subresource)
  const previous = ownerships.find((one) => isSameManager(one, identity))
  const others = ownerships.filter((one) => one !== previous)
  // Pruning looks at all that is claimed, names and versions included; only what can be owned is kept.
  const claimed = differenceBelow(fieldsOf(applied, schema), unclaimedFields(kind, identity.subresource))
  const fields = ownable(claimed, untracked)

  let object = structuredMerge(live, applied, schema) as KubeObject
  if (previous !== undefined && !isEmptySet(difference(previous.fields, claimed))) {
    object = prune(
      object as unknown as JsonObject,
      previous.fields,
      [claimed, ...others.map((one) => one.fields)],
      schema,
    )
  }
  const next = trackedPart(object as unknown as JsonObject, untracked)
  const changes = withoutEmptyAdditions(
    compare(trackedPart(live as unknown as JsonObject, untracked), next, schema),
    next,
  )
  const changed = union(changes?.added ?? leaf, changes?.modified ?? leaf)
  if (!force) refuseConflicts(others, changed)

  const after: Ownership[] = []
  for (const other of others) {
    const left = withoutFields(other, changed, changes?.removed)
    if (left !== undefined) after.push(left)
  }
  if (!isEmptySet(fields)) {
    const same =
      previous !== undefined && previous.apiVersion === identity.apiVersion && sameSet(previous.fields, fields)
    after.push(same && changes === undefined ? previous : { ...identity, time: formatTime(now), fields })
  }
  return { object: sameJson(object, live) ? live : object, ownerships: after }
}

/**
 * An empty map or list where there was nothing is no change: it is not kept. So it is in nobody's way who owned what stood
 * there once.
 */
function withoutEmptyAdditions(changes: Difference | undefined, next: unknown): Difference | undefined {
  if (changes?.added === undefined) return changes
  const { added, ...others } = changes
  const kept = withoutEmpties(added, next)
  if (!isEmptySet(kept)) return { ...others, added: kept }
  return others.removed === undefined && others.modified === undefined ? undefined : others
}

function withoutEmpties(set: FieldSet, value: unknown): FieldSet {
  const kept: FieldSetBuilder = {}
  for (const [element, below] of Object.entries(set)) {
    const child = element.startsWith('f:') && isObject(value) ? own(value, element.slice(2)) : undefined
    if (isEmptySet(below) && isEmptyCollection(child)) continue
    const left = isObject(child) ? withoutEmpties(below, child) : below
    if (isEmptySet(below) || !isEmptySet(left)) kept[element] = left
  }
  return kept
}

function isEmptyCollection(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
}

function ownable(claimed: FieldSet, untracked: FieldSet): FieldSet {
  return filterPaths(claimed, (path) => !(path.length === 1 && path[0] === 'f:metadata') && !hasPath(untracked, path))
}

/**
 * Takes out what the applier owned and no longer names, unless somebody else owns it. What nobody owns stays, and so
 * does what stands in between.
 */
function prune(merged: JsonObject, last: FieldSet, claims: readonly FieldSet[], schema: MergeSchema): KubeObject {
  const declared = (set: FieldSet): FieldSet => withDeclaredFields(set, schema)
  const remove = (set: FieldSet): unknown => removeFields(merged, set, schema) ?? {}
  const lastDeclared = declared(last)
  const all = declared(fieldsOf(merged, schema))
  const claimed = declared(claims.reduce(union))
  const without = declared(fieldsOf(remove(lastDeclared), schema))
  const claimedBack = declared(fieldsOf(remove(difference(all, union(without, claimed))), schema))
  return remove(intersection(difference(all, claimedBack), lastDeclared)) as KubeObject
}

interface Conflict {
  readonly owner: Ownership
  readonly path: readonly string[]
}

/** Who owns what would change, as an error that knows its paths. */
class ApplyConflict extends WherryError {
  readonly conflicts: readonly Conflict[]

  constructor(conflicts: readonly Conflict[]) {
    super('conflict', messageOf(conflicts), {
      details: {
        causes: conflicts.map(({ owner, path }) => ({
          reason: 'FieldManagerConflict',
          message: `conflict with ${showManager(owner)}`,
          field: showPath(path),
        })),
      },
    })
    this.conflicts = conflicts
  }
}

function refuseConflicts(others: readonly Ownership[], changed: FieldSet): void {
  const conflicts: Conflict[] = []
  for (const owner of others) {
    forEachPath(intersection(owner.fields, changed), (path) => conflicts.push({ owner, path: [...path] }))
  }
  if (conflicts.length > 0) throw new ApplyConflict(conflicts)
}

function messageOf(conflicts: readonly Conflict[]): string {
  const [first] = conflicts
  if (conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${showManager(first!.owner)}: ${showPath(first!.path)}`
  }
  const byManager = new Map<Ownership, string[]>()
  for (const { owner, path } of conflicts) {
    const lines = byManager.get(owner) ?? [`conflicts with ${showManager(owner)}:`]
    lines.push(`- ${showPath(path)}`)
    byManager.set(owner, lines)
  }
  const lines = [...byManager].toSorted(([a], [b]) => (sortKey(a) < sortKey(b) ? -1 : 1)).flatMap(([, lines]) => lines)
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`
}

/** The order in which clients have always seen managers. */
function sortKey({ manager, operation, apiVersion, subresource }: Ownership): string {
  return JSON.stringify({
    manager,
    operation,
    ...(operation === 'Update' && { apiVersion }),
    ...(subresource !== '' && { subresource }),
  })
}

function showManager({ manager, subresource, operation, apiVersion }: Ownership): string {
  const where = subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`
  const how = operation === 'Update' ? ` using ${apiVersion}` : ''
  return `${JSON.stringify(manager)}${where}${how}`
}

/** Conflicts in `allowed` alone are no conflicts; the others are told without them. */
function orForced(act: (force: boolean) => Applied, allowed: () => FieldSet | undefined): Applied {
  try {
    return act(false)
  } catch (error) {
    if (!(error instanceof ApplyConflict)) throw error
    const set = allowed()
    if (set === undefined) throw error
    const left = error.conflicts.filter(({ path }) => !hasPath(set, path))
    if (left.length > 0) throw left.length === error.conflicts.length ? error : new ApplyConflict(left)
    return act(true)
  }
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const LAST_APPLIED_MANAGER = 'kubectl'

function lastAppliedOf(object: KubeObject | undefined): string {
  return (own((object?.metadata.annotations ?? {}) as JsonObject, LAST_APPLIED) as string | undefined) ?? ''
}

/**
 * What kubectl has applied on the client's side, and still is so: a first apply on the server's side by kubectl may
 * take it over without a conflict.
 */
function allowedConflicts(kind: Kind<any>, live: KubeObject | undefined, manager: string): () => FieldSet | undefined {
  return () => {
    const text = manager === LAST_APPLIED_MANAGER ? lastAppliedOf(live) : ''
    const last = text === '' ? undefined : parse(text)
    if (live === undefined || !isObject(last) || last['apiVersion'] !== kind.apiVersion) return undefined
    const schema = mergeSchemaOf(kind.message)
    if (typeErrors(last, schema).length > 0) return undefined
    const changes = compare(last, live, schema)
    const gone = [changes?.modified, changes?.added, changes?.removed]
    return gone.reduce<FieldSet>((set, one) => (one === undefined ? set : difference(set, one)), fieldsOf(last, schema))
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Keeps kubectl's annotation true where there is one, so that one can go back to applying on the client's side. */
function withLastApplied(object: KubeObject, applied: JsonObject, manager: string): KubeObject {
  if (manager !== LAST_APPLIED_MANAGER || lastAppliedOf(object) === '') return object
  const metadata = isObject(applied['metadata']) ? applied['metadata'] : {}
  const { [LAST_APPLIED]: _, ...annotations } = isObject(metadata['annotations']) ? metadata['annotations'] : {}
  const text = JSON.stringify({ ...applied, metadata: { ...metadata, annotations } }) + '\n'
  if (text === lastAppliedOf(object)) return object
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: text } },
  }
}

function withManagedFields(object: KubeObject, live: KubeObject, ownerships: readonly Ownership[]): KubeObject {
  const before = live.metadata.managedFields ?? []
  const after = writeOwnerships(ownerships)
  if (object === live && before.length === after.length && after.every((entry, i) => entry === before[i])) return live
  const { managedFields: _, ...metadata } = object.metadata
  return { ...object, metadata: after.length === 0 ? metadata : { ...metadata, managedFields: after } }
}

function bad(message: string): WherryError {
  return new WherryError('bad-request', message)
}
