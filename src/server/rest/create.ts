import type { KubeObject } from '../../api/meta/kind.ts'
import { trackUpdate } from '../../api/meta/patch/track-update.ts'
import { formatTime } from '../../api/meta/time.ts'
import { randomSuffix } from '../../lib/random.ts'
import type { Entry } from '../../store/store.ts'
import type { AttemptDraft } from './admit.ts'
import { draftOf, mutate, validate } from './admit.ts'
import type { RestContext, WriteRequest } from './context.ts'
import { setDefaults } from './defaults.ts'
import { setGeneration } from './generation.ts'
import type { Incoming } from './incoming.ts'
import { alreadyExists, badRequest } from './refusals.ts'
import { keyOf } from './resource.ts'
import type { Held } from './specials.ts'
import { forStorage, encodeStored, keepDecoded, readableEntry } from './stored.ts'
import { resetFor, validateObject } from './strategy.ts'
import { newUid } from './uid.ts'

/** What a write has come to: an entry, or only an object when it was a dry run. */
export type Written = { readonly entry: Entry } | { readonly object: KubeObject }

/** How often a generated name may be taken already. */
const GENERATED_NAME_ATTEMPTS = 8

/** Creates an object: default, admit, complete, validate, store. The permit says that this is allowed. */
export async function createObject(context: RestContext, request: WriteRequest, incoming: Incoming): Promise<Written> {
  const { target, resource, query, manager } = request
  const { kind } = resource
  let object = incoming.object
  placeObject(object, request)
  setDefaults(kind, object)
  if (incoming.isTracked !== true) {
    object = trackUpdate(kind, undefined, object, {
      manager,
      subresource: target.subresource,
      now: context.clock.now(),
      reset: incoming.resetsOwners,
    })
  }
  const draft = draftOf('CREATE', request, kind, query.dryRun, createOptions(request))
  object = await mutate(context, draft, object, undefined)
  const generates = !object.metadata.name && (object.metadata.generateName ?? '') !== ''
  for (let attempt = 1; ; attempt++) {
    if (generates) object.metadata.name = generateName(context, object.metadata.generateName!)
    const written = await storeNew(context, request, draft, object)
    if (written !== undefined) return written
    if (!generates || attempt === GENERATED_NAME_ATTEMPTS) throw alreadyExists(kind, object.metadata.name)
  }
}

/** The namespace of the path and that of the object have to agree; either may leave it to the other. */
function placeObject({ metadata }: KubeObject, { target, resource }: WriteRequest): void {
  if (!resource.kind.namespaced) {
    delete metadata.namespace
    return
  }
  if (metadata.namespace === undefined || metadata.namespace === '') metadata.namespace = target.namespace
  else if (metadata.namespace !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

function createOptions({ query, manager }: WriteRequest): Record<string, unknown> {
  return {
    kind: 'CreateOptions',
    apiVersion: 'meta.k8s.io/v1',
    fieldManager: manager,
    fieldValidation: query.fieldValidation,
    ...(query.dryRun ? { dryRun: ['All'] } : {}),
  }
}

const NAME_LENGTH_MAX = 63
const SUFFIX_LENGTH = 5

function generateName({ random }: RestContext, prefix: string): string {
  return prefix.slice(0, NAME_LENGTH_MAX - SUFFIX_LENGTH) + randomSuffix(random, SUFFIX_LENGTH)
}

/** Undefined when there is an object of that name. */
async function storeNew(
  context: RestContext,
  request: WriteRequest,
  draft: AttemptDraft,
  object: KubeObject,
): Promise<Written | undefined> {
  const { target, resource, query } = request
  const { metadata } = object
  metadata.uid = newUid(context.random)
  metadata.creationTimestamp = formatTime(context.clock.now())
  delete metadata.deletionTimestamp
  delete metadata.deletionGracePeriodSeconds
  delete metadata.selfLink
  resetFor(resource, object, undefined, '')
  setGeneration(resource, object, undefined)
  const held = await context.specials.get(resource.name)?.beforeWrite?.(object, undefined, query.dryRun)
  try {
    const checked = validateObject(resource, object, undefined, '')
    if (checked !== undefined) await checked
    await validate(context, draft, object, undefined)
    // Asked last: whoever may not create it at all is told that first.
    if (metadata.resourceVersion) throw badRequest('resourceVersion should not be set on objects to be created')
    const key = keyOf(resource, target.namespace, metadata.name)
    if (query.dryRun) {
      if (context.store.get(key) !== undefined) return await undone(held)
      await held?.undo()
      return { object }
    }
    const converted = forStorage(resource, object)
    const stored = converted instanceof Promise ? await converted : converted
    const result = await context.store.write({
      key,
      value: encodeStored(resource, stored),
      expected: 0,
      decoded: keepDecoded(stored),
    })
    if (!result.ok) return await undone(held)
    await held?.keep()
    const shown = readableEntry(resource, result.entry)
    return { entry: shown instanceof Promise ? await shown : shown }
  } catch (error) {
    await held?.undo()
    throw error
  }
}

async function undone(held: Held | void): Promise<undefined> {
  await held?.undo()
  return undefined
}
