import type { KubeObject } from '../../api/meta/kind.ts'
import { trackUpdate } from '../../api/meta/patch/track-update.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { Entry } from '../../store/store.ts'
import { draftOf, mutate, validate } from './admit.ts'
import type { RestContext, WriteRequest } from './context.ts'
import type { Written } from './create.ts'
import { createObject } from './create.ts'
import { setDefaults } from './defaults.ts'
import { setGeneration } from './generation.ts'
import type { Incoming } from './incoming.ts'
import { badRequest, conflict, invalid, MODIFIED, notFound } from './refusals.ts'
import { keyOf } from './resource.ts'
import { encodeStored, forStorage, isCurrent, keepDecoded, objectOf, readableEntry, wholeOf } from './stored.ts'
import { resetFor, validateObject } from './strategy.ts'

/** The next state of an object, not yet defaulted. It may be changed. */
export interface Change {
  readonly object: KubeObject
  readonly resetsOwners: boolean
  /** The managedFields are right already: a server-side apply has worked them out. */
  readonly isTracked?: boolean
}

/**
 * Works out the next state from the present one, which is shared, may not be changed and has no managedFields. Runs again
 * after a conflict.
 */
export type Changer = (old: KubeObject, entry: Entry) => Change | Promise<Change>

/** Kinds that an update creates when they are not there. */
const CREATED_ON_UPDATE = new Set([
  'services',
  'endpoints',
  'events',
  'events.events.k8s.io',
  'limitranges',
  'resourcequotas',
  'leases.coordination.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'rolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
])

/** Kinds of which an update has to say what it replaces. */
const NEEDS_RESOURCE_VERSION = new Set([
  'leases.coordination.k8s.io',
  'runtimeclasses.node.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'apiservices.apiregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
])

/** Replaces an object, or the part of it that a subresource stands for. */
export async function updateObject(
  context: RestContext,
  request: WriteRequest,
  incoming: Incoming,
): Promise<Written & { readonly isNew: boolean }> {
  const { target, resource } = request
  const { metadata } = incoming.object
  if (metadata.name === undefined || metadata.name === '') metadata.name = target.name
  if (metadata.name !== target.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`)
  }
  placeUpdate(incoming.object, request)
  const key = keyOf(resource, target.namespace, target.name)
  if (target.subresource === '' && CREATED_ON_UPDATE.has(resource.name) && context.store.get(key) === undefined) {
    context.authorize(request.permit.identity, { ...target, verb: 'create' })
    metadata.resourceVersion = ''
    return { ...(await createObject(context, request, incoming)), isNew: true }
  }
  const pinned = metadata.resourceVersion ?? ''
  if (pinned === '' && NEEDS_RESOURCE_VERSION.has(resource.name)) {
    throw invalid(resource.kind, target.name, [
      {
        reason: 'FieldValueInvalid',
        field: 'metadata.resourceVersion',
        message: 'Invalid value: 0: must be specified for an update',
      },
    ])
  }
  // Every attempt changes the object, so each but the last needs one of its own.
  const change = (): Change => ({ object: structuredClone(incoming.object), resetsOwners: incoming.resetsOwners })
  const written = await changeObject(context, request, pinned === '' ? change : () => incoming)
  return { ...written, isNew: false }
}

function placeUpdate({ metadata }: KubeObject, { target, resource }: WriteRequest): void {
  if (!resource.kind.namespaced) {
    delete metadata.namespace
    return
  }
  if (metadata.namespace === undefined || metadata.namespace === '') metadata.namespace = target.namespace
  if (metadata.namespace !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

/** Others may be faster this often before a change gives up. */
export const ATTEMPTS_MAX = 100

/** Changes an object from what it is now: default, admit, complete, validate, store; again when somebody was faster. */
export async function changeObject(context: RestContext, request: WriteRequest, changer: Changer): Promise<Written> {
  const { target, resource } = request
  const { kind } = resource
  const key = keyOf(resource, target.namespace, target.name)
  for (let attempt = 1; ; attempt++) {
    const found = context.store.get(key)
    if (found === undefined) throw notFound(kind, target.name)
    const readably = readableEntry(resource, found)
    const entry = readably instanceof Promise ? await readably : readably
    const old = objectOf(resource, entry)
    const change = await changer(old, entry)
    const { resourceVersion } = change.object.metadata
    if (resourceVersion && resourceVersion !== String(entry.modRevision)) throw conflict(kind, target.name, MODIFIED)
    const written = await tryChange(context, request, change, old, entry)
    if (written !== undefined) return written
    const isPinned = resourceVersion !== undefined && resourceVersion !== '' && request.target.verb === 'update'
    if (isPinned || attempt === ATTEMPTS_MAX) throw conflict(kind, target.name, MODIFIED)
  }
}

/** Undefined when somebody was faster. */
async function tryChange(
  context: RestContext,
  request: WriteRequest,
  change: Change,
  old: KubeObject,
  entry: Entry,
): Promise<Written | undefined> {
  const { target, resource, query, manager } = request
  const { kind } = resource
  const whole = wholeOf(resource, entry)
  let object = change.object
  checkUid(request, object, old)
  setDefaults(kind, object)
  if (change.isTracked !== true) {
    object = trackUpdate(kind, whole, object, {
      manager,
      subresource: target.subresource,
      now: context.clock.now(),
      reset: change.resetsOwners,
    })
  }
  const draft = draftOf('UPDATE', request, kind, query.dryRun, updateOptions(request))
  object = await mutate(context, draft, object, old)
  keepIdentity(object, old)
  resetFor(resource, object, old, target.subresource)
  setGeneration(resource, object, old)
  const held = await context.specials.get(resource.name)?.beforeWrite?.(object, old, query.dryRun)
  try {
    const checked = validateObject(resource, object, old, target.subresource)
    if (checked !== undefined) await checked
    await validate(context, draft, object, old)
    if (query.dryRun) {
      await held?.undo()
      object.metadata.resourceVersion = old.metadata.resourceVersion
      return { object }
    }
    object.metadata.resourceVersion = old.metadata.resourceVersion
    // What has not changed is written all the same where that moves it to another stored version.
    if (sameJson(object, whole) && isCurrent(resource, entry)) {
      await held?.undo()
      return { entry }
    }
    const converted = forStorage(resource, object)
    const stored = converted instanceof Promise ? await converted : converted
    const isLast = endsWith(object, old)
    const result = await context.store.write({
      key: entry.key,
      value: isLast ? undefined : encodeStored(resource, stored),
      expected: entry.modRevision,
      decoded: keepDecoded(stored),
    })
    if (!result.ok) {
      await held?.undo()
      return undefined
    }
    await held?.keep()
    if (isLast) await context.specials.get(resource.name)?.afterDelete?.(object)
    const shown = readableEntry(resource, result.entry)
    return { entry: shown instanceof Promise ? await shown : shown }
  } catch (error) {
    await held?.undo()
    throw error
  }
}

function checkUid({ resource, target }: WriteRequest, object: KubeObject, old: KubeObject): void {
  const { uid } = object.metadata
  if (uid === undefined || uid === '' || uid === old.metadata.uid) return
  throw conflict(
    resource.kind,
    target.name,
    `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`,
  )
}

function updateOptions({ query, manager }: WriteRequest): Record<string, unknown> {
  return {
    kind: 'UpdateOptions',
    apiVersion: 'meta.k8s.io/v1',
    fieldManager: manager,
    fieldValidation: query.fieldValidation,
    ...(query.dryRun ? { dryRun: ['All'] } : {}),
  }
}

/** What only the server sets stays as it was. */
function keepIdentity({ metadata }: KubeObject, old: KubeObject): void {
  const before = old.metadata
  metadata.uid = before.uid
  metadata.creationTimestamp = before.creationTimestamp
  delete metadata.selfLink
  if (before.deletionTimestamp === undefined) delete metadata.deletionTimestamp
  else metadata.deletionTimestamp = before.deletionTimestamp
  if (before.deletionGracePeriodSeconds === undefined) delete metadata.deletionGracePeriodSeconds
  else metadata.deletionGracePeriodSeconds = before.deletionGracePeriodSeconds
}

/** Whether this change lets go of the last thing that kept a deleted object there. */
function endsWith(object: KubeObject, old: KubeObject): boolean {
  if (old.metadata.deletionTimestamp === undefined) return false
  if ((object.metadata.finalizers ?? []).length > 0) return false
  if ((old.metadata.deletionGracePeriodSeconds ?? 0) !== 0) return false
  return !holdsNamespace(object)
}

/** A namespace has finalizers of its own in its spec. */
export function holdsNamespace(object: KubeObject): boolean {
  if (object.kind !== 'Namespace' || object.apiVersion !== 'v1') return false
  const { spec } = object as KubeObject & { spec?: { finalizers?: readonly string[] } }
  return (spec?.finalizers ?? []).length > 0
}
