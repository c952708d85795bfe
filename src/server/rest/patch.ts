import { decodeObject, strictDecodingError } from '../../api/meta/decode.ts'
import type { KubeObject } from '../../api/meta/kind.ts'
import { applyPatch } from '../../api/meta/patch/apply.ts'
import { applyStrategicMerge } from '../../api/meta/patch/strategic-merge.ts'
import { resetsManagedFields } from '../../api/meta/patch/track-update.ts'
import { applyJsonPatch } from '../../lib/patch/json-patch.ts'
import { isObject, type JsonObject } from '../../lib/patch/json.ts'
import { applyMergePatch } from '../../lib/patch/merge-patch.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Entry } from '../../store/store.ts'
import type { PatchType } from '../api-server.ts'
import { readRange } from '../http/negotiate.ts'
import type { RestContext, WriteRequest } from './context.ts'
import type { Written } from './create.ts'
import { createObject } from './create.ts'
import { answerProblems, decodeIncoming } from './incoming.ts'
import { alreadyExists, badRequest, invalid, notFound } from './refusals.ts'
import { keyOf } from './resource.ts'
import { copyOf, wholeOf } from './stored.ts'
import type { Change } from './update.ts'
import { changeObject } from './update.ts'

/** A patch that has been read but not applied. */
export interface IncomingPatch {
  readonly type: PatchType
  readonly value: unknown
  /** Keys that stand in it twice. */
  readonly problems: readonly string[]
}

const PATCH_TYPES: Readonly<Record<string, PatchType>> = {
  'application/json-patch+json': 'json',
  'application/merge-patch+json': 'merge',
  'application/strategic-merge-patch+json': 'strategic',
  'application/apply-patch+yaml': 'apply',
}

/** Which kind of patch a body is; throws `unsupported-media-type`. */
export function patchTypeOf(contentType: string | undefined): PatchType {
  const type = PATCH_TYPES[readRange(contentType ?? '').type]
  if (type !== undefined) return type
  throw new WherryError(
    'unsupported-media-type',
    `the body of the request was in an unknown format - accepted media types include: ${Object.keys(PATCH_TYPES).join(', ')}`,
  )
}

/** Patches an object; a server-side apply creates it when it is not there. */
export async function patchObject(
  context: RestContext,
  request: WriteRequest,
  patch: IncomingPatch,
): Promise<Written & { readonly isNew: boolean }> {
  if (patch.type === 'apply') return applyObject(context, request, patch)
  if (patch.type === 'strategic' && request.resource.kind.message.dynamic !== undefined) {
    const types = Object.keys(PATCH_TYPES).filter((type) => PATCH_TYPES[type] !== 'strategic')
    throw new WherryError(
      'unsupported-media-type',
      `the body of the request was in an unknown format - accepted media types include: ${types.join(', ')}`,
    )
  }
  answerProblems(request.resource.kind, patch.problems, request.query.fieldValidation, request.warn)
  const written = await changeObject(context, request, (old, entry) => patched(request, patch, old, entry))
  return { ...written, isNew: false }
}

function patched(request: WriteRequest, patch: IncomingPatch, old: KubeObject, entry: Entry): Change {
  const { resource } = request
  const { kind } = resource
  const next = applyTo(request, patch, namesOwners(patch) ? wholeOf(resource, entry) : old)
  const { object, problems } = decodeObject(kind.message, next)
  refuseProblems(request, patch, problems)
  keepPlace(request, object, old)
  return { object, resetsOwners: resetsManagedFields(next) }
}

/** Whether a patch can see the managedFields. */
function namesOwners({ type, value }: IncomingPatch): boolean {
  return type === 'json' || (isObject(value) && isObject(value['metadata']) && 'managedFields' in value['metadata'])
}

function applyTo({ resource }: WriteRequest, { type, value }: IncomingPatch, old: KubeObject): unknown {
  if (type === 'json') return applyJsonPatch(old, value)
  if (type === 'strategic') return applyStrategicMerge(resource.kind, old as unknown as JsonObject, value)
  if (!isObject(value)) throw badRequest('a merge patch is an object')
  return applyMergePatch(old, value)
}

function refuseProblems(
  { resource, target, query, warn }: WriteRequest,
  { value }: IncomingPatch,
  problems: readonly string[],
): void {
  if (problems.length === 0 || query.fieldValidation === 'Ignore') return
  if (query.fieldValidation === 'Warn') {
    for (const problem of problems) warn(problem)
    return
  }
  const shown = JSON.stringify(JSON.stringify(value))
  throw invalid(resource.kind, target.name, [
    {
      reason: 'FieldValueInvalid',
      field: 'patch',
      message: `Invalid value: ${shown}: ${strictDecodingError(problems)}`,
    },
  ])
}

/** A patch changes neither what an object is nor where it is. */
function keepPlace({ resource, target }: WriteRequest, object: KubeObject, old: KubeObject): void {
  const { kind, metadata } = object
  if (kind !== old.kind || object.apiVersion !== old.apiVersion) {
    throw badRequest(
      `the patch would make the object a ${kind} of ${object.apiVersion}, but it is a ${old.kind} of ${old.apiVersion}`,
    )
  }
  if (metadata.name !== old.metadata.name) {
    throw badRequest(`the name of the object (${metadata.name}) does not match the name on the URL (${target.name})`)
  }
  if ((metadata.namespace ?? '') !== (old.metadata.namespace ?? '') && resource.kind.namespaced) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

async function applyObject(
  context: RestContext,
  request: WriteRequest,
  { value, problems }: IncomingPatch,
): Promise<Written & { readonly isNew: boolean }> {
  const { resource, target, query, manager, permit } = request
  const { kind } = resource
  if (query.fieldManager === '') {
    throw invalidPatchOptions('fieldManager', 'FieldValueRequired', 'Required value: is required for apply patch')
  }
  if (!isObject(value)) throw badRequest(`error decoding YAML: a ${kind.kind} was expected`)
  answerProblems(kind, problems, query.fieldValidation, request.warn)
  placeApplied(request, value)
  const applier = { manager, subresource: target.subresource, force: query.force }
  const key = keyOf(resource, target.namespace, target.name)
  for (;;) {
    if (context.store.get(key) === undefined) {
      if (target.subresource !== '') throw notFound(kind, target.name)
      context.authorize(permit.identity, { ...target, verb: 'create' })
      const created = await applyNew(context, request, value, applier)
      if (created !== undefined) return { ...created, isNew: true }
    }
    const written = await changeObject(context, request, (_old, entry) => {
      const whole = wholeOf(resource, entry)
      const next = applyPatch(kind, whole, value, { ...applier, now: context.clock.now() })
      if (next === whole) return { object: copyOf(resource, entry), resetsOwners: false, isTracked: true }
      const decoded = decodeObject(kind.message, next)
      answerProblems(kind, decoded.problems, query.fieldValidation, request.warn)
      return { object: decoded.object, resetsOwners: false, isTracked: true }
    })
    return { ...written, isNew: false }
  }
}

/** Undefined when somebody else has created the object meanwhile. */
async function applyNew(
  context: RestContext,
  request: WriteRequest,
  value: JsonObject,
  applier: { readonly manager: string; readonly force: boolean },
): Promise<Written | undefined> {
  const { kind } = request.resource
  if (isObject(value['metadata']) && value['metadata']['uid']) {
    throw new WherryError('conflict', alreadyExists(kind, request.target.name).message)
  }
  const next = applyPatch(kind, undefined, value, { ...applier, now: context.clock.now() })
  const incoming = decodeIncoming(kind, next)
  answerProblems(kind, incoming.problems, request.query.fieldValidation, request.warn)
  try {
    return await createObject(context, request, { ...incoming, isTracked: true })
  } catch (error) {
    if (error instanceof WherryError && error.code === 'already-exists') return undefined
    throw error
  }
}

/** The applied object has to be the one of the path. */
function placeApplied({ resource, target }: WriteRequest, value: JsonObject): void {
  const metadata = value['metadata']
  if (metadata === undefined || metadata === null) value['metadata'] = {}
  else if (!isObject(metadata)) throw badRequest('metadata is an object')
  const place = value['metadata'] as JsonObject
  place['name'] ??= target.name
  if (place['name'] !== target.name) {
    throw badRequest(
      `the name of the object (${String(place['name'])}) does not match the name on the URL (${target.name})`,
    )
  }
  if (!resource.kind.namespaced) return
  place['namespace'] ??= target.namespace
  if (place['namespace'] !== target.namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request')
  }
}

function invalidPatchOptions(field: string, reason: string, message: string): WherryError {
  return new WherryError('invalid', `PatchOptions.meta.k8s.io "" is invalid: ${field}: ${message}`, {
    details: { group: 'meta.k8s.io', kind: 'PatchOptions', causes: [{ reason, field, message }] },
  })
}
