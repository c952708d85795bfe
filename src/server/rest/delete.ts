import type { KubeObject } from '../../api/meta/kind.ts'
import { formatTime, parseTime } from '../../api/meta/time.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { Entry } from '../../store/store.ts'
import { draftOf, validate } from './admit.ts'
import type { RestContext, RestRequest } from './context.ts'
import type { DeleteQuery } from './delete-options.ts'
import type { ListQuery } from './options.ts'
import { readList } from './list.ts'
import { conflict, MODIFIED, notFound } from './refusals.ts'
import { keyOf } from './resource.ts'
import { copyOf, encodeStored, forStorage, keepDecoded, objectOf, readableEntry, storedObject } from './stored.ts'
import { holdsNamespace } from './update.ts'

/** What is left of an object, or what it was when nothing is. */
export interface Deleted {
  readonly isGone: boolean
  readonly object: KubeObject
  /** Undefined for what a dry run would have made of it. Of what is gone, only as it was stored. */
  readonly entry: Entry | undefined
}

/** Deletes an object, or marks it when a grace period or a finalizer holds it. */
export async function deleteObject(context: RestContext, request: RestRequest, query: DeleteQuery): Promise<Deleted> {
  const { target, resource } = request
  const { kind } = resource
  const key = keyOf(resource, target.namespace, target.name)
  for (;;) {
    const found = context.store.get(key)
    if (found === undefined) throw notFound(kind, target.name)
    const readably = readableEntry(resource, found)
    const entry = readably instanceof Promise ? await readably : readably
    const object = objectOf(resource, entry)
    checkPreconditions(request, query, object)
    await validate(context, draftOf('DELETE', request, kind, query.dryRun, deleteOptions(query)), undefined, object)
    const fate = fateOf(object, query, context.clock.now())
    const deleted = await seal(context, request, query, entry, object, fate)
    if (deleted !== undefined) return deleted
    if (query.resourceVersion !== undefined) throw conflict(kind, target.name, MODIFIED)
  }
}

function checkPreconditions(
  { resource, target }: RestRequest,
  { uid, resourceVersion }: DeleteQuery,
  object: KubeObject,
): void {
  const { metadata } = object
  if (uid !== undefined && uid !== metadata.uid) {
    throw conflict(
      resource.kind,
      target.name,
      `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid}`,
    )
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    throw conflict(
      resource.kind,
      target.name,
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${metadata.resourceVersion}`,
    )
  }
}

function deleteOptions({ gracePeriodSeconds, policy, dryRun }: DeleteQuery): Record<string, unknown> {
  return {
    kind: 'DeleteOptions',
    apiVersion: 'meta.k8s.io/v1',
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(policy === undefined ? {} : { propagationPolicy: policy }),
    ...(dryRun ? { dryRun: ['All'] } : {}),
  }
}

/** What becomes of an object that somebody deletes: gone, unchanged because it is on its way, or marked. */
export type Fate =
  | { readonly action: 'remove' }
  | { readonly action: 'leave' }
  | { readonly action: 'mark'; readonly metadata: Partial<KubeObject['metadata']>; readonly terminating: boolean }

/** Pure. */
export function fateOf(object: KubeObject, query: DeleteQuery, nowMs: number): Fate {
  const { metadata } = object
  const finalizers = finalizersAfter(metadata.finalizers ?? [], query.policy)
  const finalizersChange = !sameJson(finalizers, metadata.finalizers ?? [])
  const grace = graceOf(object, query.gracePeriodSeconds)
  const held = finalizers.length > 0 || holdsNamespace(object)
  if (metadata.deletionTimestamp !== undefined) {
    const left = metadata.deletionGracePeriodSeconds ?? 0
    const shortens = grace !== undefined && grace < left
    if (shortens && grace > 0) {
      const deadline = formatTime(parseTime(metadata.deletionTimestamp) - (left - grace) * 1000)
      return mark({ deletionTimestamp: deadline, deletionGracePeriodSeconds: grace, finalizers })
    }
    if (!held && (grace === undefined || grace === 0 || left === 0)) return { action: 'remove' }
    if (shortens) return mark({ deletionGracePeriodSeconds: 0, finalizers })
    return finalizersChange ? mark({ finalizers }) : { action: 'leave' }
  }
  if ((grace ?? 0) === 0 && !held) return { action: 'remove' }
  const deadline = formatTime(nowMs + (grace ?? 0) * 1000)
  return mark({ deletionTimestamp: deadline, deletionGracePeriodSeconds: grace ?? 0, finalizers })
}

function mark(metadata: Partial<KubeObject['metadata']>): Fate {
  return { action: 'mark', metadata, terminating: metadata.deletionTimestamp !== undefined }
}

function finalizersAfter(finalizers: readonly string[], policy: DeleteQuery['policy']): string[] {
  if (policy === undefined) return [...finalizers]
  const wanted = { Orphan: 'orphan', Foreground: 'foregroundDeletion', Background: undefined }[policy]
  const rest = finalizers.filter((one) => (one !== 'orphan' && one !== 'foregroundDeletion') || one === wanted)
  return wanted === undefined || rest.includes(wanted) ? rest : [...rest, wanted]
}

interface PodLike {
  readonly spec?: { readonly nodeName?: string; readonly terminationGracePeriodSeconds?: number }
  readonly status?: { readonly phase?: string }
}

/** How long an object may still be there, in seconds; undefined for kinds that know no grace. */
function graceOf(object: KubeObject, asked: number | undefined): number | undefined {
  if (object.kind !== 'Pod' || object.apiVersion !== 'v1') return undefined
  const { spec, status } = object as PodLike
  // Nobody would end a pod that is on no node, and one that has ended needs no time.
  if (!spec?.nodeName || status?.phase === 'Succeeded' || status?.phase === 'Failed') return 0
  const grace = asked ?? spec.terminationGracePeriodSeconds ?? 30
  return grace < 0 ? 1 : grace
}

/** Undefined when somebody was faster. */
async function seal(
  context: RestContext,
  request: RestRequest,
  query: DeleteQuery,
  entry: Entry,
  object: KubeObject,
  fate: Fate,
): Promise<Deleted | undefined> {
  const { resource } = request
  const { store, specials } = context
  if (fate.action === 'leave') return { isGone: false, object, entry }
  if (fate.action === 'remove') {
    if (query.dryRun) return { isGone: true, object, entry }
    const result = await store.write({
      key: entry.key,
      value: undefined,
      expected: entry.modRevision,
      decoded: keepDecoded(storedObject(entry)),
    })
    if (!result.ok) return undefined
    await specials.get(resource.name)?.afterDelete?.(object)
    return { isGone: true, object, entry: result.entry }
  }
  const next = marked(copyOf(resource, entry), fate)
  if (query.dryRun) return { isGone: false, object: next, entry: undefined }
  const converted = forStorage(resource, next)
  const stored = converted instanceof Promise ? await converted : converted
  const value = encodeStored(resource, stored)
  const result = await store.write({
    key: entry.key,
    value,
    expected: entry.modRevision,
    decoded: keepDecoded(stored),
  })
  if (!result.ok) return undefined
  const left = readableEntry(resource, result.entry)
  const leftEntry = left instanceof Promise ? await left : left
  return { isGone: false, object: objectOf(resource, leftEntry), entry: leftEntry }
}

function marked(object: KubeObject, { metadata, terminating }: Extract<Fate, { action: 'mark' }>): KubeObject {
  const { metadata: before } = object
  const isNew = before.deletionTimestamp === undefined && terminating
  Object.assign(before, metadata)
  if (before.finalizers?.length === 0) delete before.finalizers
  if (isNew && before.generation !== undefined) before.generation++
  if (isNew && object.kind === 'Namespace' && object.apiVersion === 'v1') {
    const namespace = object as KubeObject & { status?: Record<string, unknown> }
    namespace.status = { ...namespace.status, phase: 'Terminating' }
  }
  return object
}

/** Deletes what a list shows; answers what it was. Objects that others delete meanwhile are no error. */
export async function deleteCollection(
  context: RestContext,
  request: RestRequest,
  selection: ListQuery,
  query: DeleteQuery,
): Promise<{ readonly entries: readonly Entry[]; readonly revision: number }> {
  const { target, resource, permit } = request
  const page = await readList(context.store, resource, target.namespace, selection)
  const works = page.entries.map(async (entry) => {
    const { name, namespace = '' } = objectOf(resource, entry).metadata
    const one: RestRequest = { ...request, permit, target: { ...target, name, namespace } }
    try {
      await deleteObject(context, one, query)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'not-found')) throw error
    }
  })
  await Promise.all(works)
  return { entries: page.entries, revision: page.revision }
}
