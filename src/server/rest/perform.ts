import type { Kind, Verb as KindVerb } from '../../api/meta/kind.ts'
import { managerOfUserAgent } from '../../api/meta/patch/track-update.ts'
import { Status } from '../../api/meta/v1.ts'
import type { ResourceTarget } from '../request.ts'
import type { Answer } from './answer.ts'
import { success } from './answer.ts'
import type { Call } from './call.ts'
import type { RestContext, RestRequest, WriteRequest } from './context.ts'
import type { Written } from './create.ts'
import { createObject } from './create.ts'
import { deleteCollection, deleteObject } from './delete.ts'
import { readDeleteQuery } from './delete-options.ts'
import { answerProblems } from './incoming.ts'
import { readList, refuseFuture } from './list.ts'
import { parseResourceVersion, readListQuery, readWatchQuery, readWriteQuery } from './options.ts'
import { patchObject } from './patch.ts'
import { methodNotAllowed, notFound, unknownResource } from './refusals.ts'
import { keyOf, resourceOf } from './resource.ts'
import { readableEntry } from './stored.ts'
import type { Subresources } from './subresources.ts'
import { updateObject } from './update.ts'
import { planWatch } from './watch.ts'

/** Does what a request asks for: authorize first, then the verb. */
export async function perform(context: RestContext, subresources: Subresources, call: Call): Promise<Answer> {
  const { target, identity } = call
  const permit = context.authorize(identity, target)
  const { kind } = target
  if (kind === undefined || !isServedAt(kind, target)) throw unknownResource()
  const request: RestRequest = { permit, target, resource: resourceOf(kind), warn: call.warn }
  if (target.subresource !== '') {
    const definition = Object.hasOwn(kind.subresources, target.subresource)
      ? kind.subresources[target.subresource]
      : undefined
    if (definition === undefined) throw unknownResource()
    if (!definition.verbs.includes(target.verb as KindVerb)) throw methodNotAllowed()
    const special =
      subresources.get(`${request.resource.name}/${target.subresource}`) ?? subresources.get(target.subresource)
    if (special !== undefined) return special(context, request, call)
  } else {
    // One object is created at the path of the collection, and changed at its own.
    const isOne = target.verb === 'update' || target.verb === 'patch'
    if (!kind.verbs.includes(target.verb as KindVerb) || (target.name === '' ? isOne : target.verb === 'create')) {
      throw methodNotAllowed()
    }
    const special = subresources.get(request.resource.name)
    if (special !== undefined && target.verb === 'create') return special(context, request, call)
  }
  return performVerb(context, request, call)
}

/** Lists may go over all namespaces; a Namespace stands in none although its path names one. */
function isServedAt({ namespaced, plural }: Kind, { namespace, verb }: ResourceTarget): boolean {
  if (!namespaced) return namespace === '' || plural === 'namespaces'
  return namespace !== '' || verb === 'list' || verb === 'watch'
}

async function performVerb(context: RestContext, request: RestRequest, call: Call): Promise<Answer> {
  const { target, resource } = request
  switch (target.verb) {
    case 'get':
      return getObject(context, request, call.query)
    case 'list':
      return {
        type: 'page',
        resource,
        page: await readList(context.store, resource, target.namespace, readListQuery(call.query)),
      }
    case 'watch':
      return { type: 'watch', plan: planWatch(context.store, resource, target.namespace, readWatchQuery(call.query)) }
    case 'create': {
      const write = writeRequest(request, call, 'CreateOptions')
      const incoming = await call.body.object(resource.kind)
      answerProblems(resource.kind, incoming.problems, write.query.fieldValidation, call.warn)
      return written(request, 201, await createObject(context, write, incoming))
    }
    case 'update': {
      const write = writeRequest(request, call, 'UpdateOptions')
      const incoming = await call.body.object(resource.kind)
      answerProblems(resource.kind, incoming.problems, write.query.fieldValidation, call.warn)
      const result = await updateObject(context, write, incoming)
      return written(request, result.isNew ? 201 : 200, result)
    }
    case 'patch': {
      const result = await patchObject(context, writeRequest(request, call, 'PatchOptions'), await call.body.patch())
      return written(request, result.isNew ? 201 : 200, result)
    }
    case 'delete':
      return deleteOne(context, request, call)
    case 'deletecollection': {
      const query = readDeleteQuery(call.query, await call.body.options())
      const deleted = await deleteCollection(context, request, readListQuery(withoutOptions(call.query)), query)
      return { type: 'page', resource, page: { ...deleted, continueToken: '', remaining: undefined } }
    }
    default:
      throw methodNotAllowed()
  }
}

async function getObject(
  { store }: RestContext,
  { target, resource }: RestRequest,
  query: URLSearchParams,
): Promise<Answer> {
  const resourceVersion = query.get('resourceVersion')
  if (resourceVersion) refuseFuture(store, parseResourceVersion(resourceVersion))
  const entry = store.get(keyOf(resource, target.namespace, target.name))
  if (entry === undefined) throw notFound(resource.kind, target.name)
  return { type: 'entry', status: 200, resource, entry: await readableEntry(resource, entry) }
}

export function writeRequest(request: RestRequest, call: Call, options: string): WriteRequest {
  const query = readWriteQuery(call.query, options)
  return {
    ...request,
    query,
    manager: query.fieldManager === '' ? managerOfUserAgent(call.userAgent) : query.fieldManager,
  }
}

export function written({ resource }: RestRequest, status: number, result: Written): Answer {
  if ('entry' in result) return { type: 'entry', status, resource, entry: result.entry }
  return { type: 'object', status, kind: resource.kind, object: result.object }
}

/** Kinds of which the answer to a delete is the object, although it is gone. */
const ANSWERS_DELETED = new Set([
  'pods',
  'persistentvolumes',
  'persistentvolumeclaims',
  'podtemplates',
  'resourcequotas',
  'serviceaccounts',
])

async function deleteOne(context: RestContext, request: RestRequest, call: Call): Promise<Answer> {
  const { target, resource } = request
  const query = readDeleteQuery(call.query, await call.body.options())
  const { isGone, object, entry } = await deleteObject(context, request, query)
  if (isGone && !ANSWERS_DELETED.has(resource.name)) {
    return {
      type: 'value',
      status: 200,
      message: Status,
      value: success(resource.kind, target.name, object.metadata.uid),
    }
  }
  if (entry === undefined) return { type: 'object', status: 200, kind: resource.kind, object }
  return { type: 'entry', status: !isGone && query.isCascading ? 202 : 200, resource, entry, isGone }
}

/** Parameters of a delete that a list would not take. */
function withoutOptions(query: URLSearchParams): URLSearchParams {
  const rest = new URLSearchParams(query)
  for (const name of ['dryRun', 'gracePeriodSeconds', 'orphanDependents', 'propagationPolicy']) rest.delete(name)
  return rest
}
