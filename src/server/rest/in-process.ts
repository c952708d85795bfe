import type { Draft } from '../../api/meta/schema.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { deepFreeze } from '../../lib/deep-freeze.ts'
import type { WherryError } from '../../lib/errors.ts'
import type {
  DeleteOptions,
  ListOptions,
  ObjectApi,
  ObjectEvent,
  ObjectName,
  PatchOptions,
  UpdateOptions,
  WatchOptions,
  WriteOptions,
} from '../api-server.ts'
import type { Entry } from '../../store/store.ts'
import type { Identity } from '../authn/identity.ts'
import { nameOfSelector } from '../http/target.ts'
import type { ResourceTarget, Verb } from '../request.ts'
import type { Answer } from './answer.ts'
import type { Call } from './call.ts'
import { valueBody } from './call.ts'
import type { RestContext } from './context.ts'
import { frozen } from './object-reader.ts'
import { perform } from './perform.ts'
import type { Subresources } from './subresources.ts'
import type { Resource } from './resource.ts'
import type { Watcher } from './watch.ts'
import { startWatch } from './watch.ts'

interface Place {
  readonly namespace?: string
  readonly name?: string
  readonly subresource?: string
}

/** The verbs for callers in this process: the same authorization, admission and storage, without any bytes. */
export function inProcessApi(
  context: RestContext,
  subresources: Subresources,
  identity: Identity,
  signal: AbortSignal,
): ObjectApi {
  const call = (
    verb: Verb,
    kind: Kind<any>,
    place: Place,
    query: object,
    body?: unknown,
    patch?: PatchOptions['type'],
  ): Promise<Answer> =>
    perform(context, subresources, {
      identity,
      // Callers know a custom resource only by its names.
      target: targetOf(verb, context.kinds.findCustom?.(kind) ?? kind, place, query),
      query: queryOf(query),
      body: valueBody(body, patch),
      userAgent: identity.username,
      warn: () => {},
    } satisfies Call)

  return {
    get: async (kind, ref, options = {}) => objectIn(await call('get', kind, { ...ref, ...options }, {})),
    async list<T extends KubeObject>(kind: Kind<T>, { namespace, ...query }: ListOptions = {}) {
      const answer = await call('list', kind, place({ namespace }), query)
      if (answer.type !== 'page') throw new TypeError('a list is answered with a page')
      const { entries, revision, continueToken } = answer.page
      return {
        items: entries.map((entry) => frozen(answer.resource, entry) as T),
        resourceVersion: String(revision),
        ...(continueToken === '' ? {} : { continue: continueToken }),
      }
    },
    async watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions<T>) {
      const { namespace, labelSelector, fieldSelector, resourceVersion, sendInitialEvents } = options
      const answer = await call('watch', kind, place({ namespace }), {
        labelSelector,
        fieldSelector,
        resourceVersion,
        sendInitialEvents,
        ...(sendInitialEvents === undefined ? {} : { resourceVersionMatch: 'NotOlderThan' }),
        allowWatchBookmarks: true,
      })
      if (answer.type !== 'watch') throw new TypeError('a watch is answered with a watch')
      const stopped = AbortSignal.any([options.signal, signal])
      if (stopped.aborted) {
        options.onEnd(undefined)
        return
      }
      const watcher = objectWatcher(answer.plan.resource, options)
      const { close, began } = startWatch(context, answer.plan, watcher)
      stopped.addEventListener('abort', () => {
        close()
        watcher.end()
      })
      if (began !== undefined) await began
    },
    create: async <T extends KubeObject>(kind: Kind<T>, object: Draft<T>, options: WriteOptions = {}) =>
      objectIn(await call('create', kind, place({ namespace: namespaceOf(object) }), writeQuery(options), object)),
    update: async <T extends KubeObject>(
      kind: Kind<T>,
      object: Draft<T>,
      { subresource, ...options }: UpdateOptions = {},
    ) => {
      const { name = '' } = (object as Partial<KubeObject>).metadata ?? {}
      return objectIn(
        await call(
          'update',
          kind,
          place({ namespace: namespaceOf(object), name, subresource }),
          writeQuery(options),
          object,
        ),
      )
    },
    patch: async (kind, ref, patch, { type, force, subresource, ...options }) =>
      objectIn(
        await call('patch', kind, place({ ...ref, subresource }), { ...writeQuery(options), force }, patch, type),
      ),
    async delete<T extends KubeObject>(kind: Kind<T>, ref: ObjectName, options: DeleteOptions = {}) {
      const answer = await call('delete', kind, ref, {}, deleteBody(options))
      return answer.type === 'entry' && answer.isGone !== true
        ? (frozen(answer.resource, answer.entry) as T)
        : undefined
    },
    async deleteCollection(kind, { namespace, ...query }, options = {}) {
      await call('deletecollection', kind, place({ namespace }), query, deleteBody(options))
    },
    async createSubresource(kind, ref, subresource, body) {
      return objectIn(await call('create', kind, { ...ref, subresource }, {}, body))
    },
  }
}

function place({ namespace, name, subresource }: { [K in keyof Place]?: string | undefined }): Place {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  }
}

function targetOf(
  verb: Verb,
  kind: Kind<any>,
  { namespace = '', name = '', subresource = '' }: Place,
  { fieldSelector }: { readonly fieldSelector?: string | undefined },
): ResourceTarget {
  return {
    ...(fieldSelector ? { fieldSelector } : {}),
    resource: true,
    verb,
    group: kind.group,
    version: kind.version,
    plural: kind.plural,
    subresource,
    // A Namespace stands in itself, as far as paths and rights are concerned.
    namespace: kind.namespaced ? namespace : kind.plural === 'namespaces' && kind.group === '' ? name : '',
    name: name === '' ? nameOfSelector(fieldSelector ?? null) : name,
    rest: '',
    path: '',
    kind: kind as Kind,
  }
}

const NO_QUERY = new URLSearchParams()

function queryOf(values: object): URLSearchParams {
  let query: URLSearchParams | undefined
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined) (query ??= new URLSearchParams()).append(name, String(value))
  }
  return query ?? NO_QUERY
}

function writeQuery({ fieldManager, dryRun }: WriteOptions): object {
  return { fieldManager, fieldValidation: 'Ignore', dryRun: dryRun === true ? 'All' : undefined }
}

function deleteBody({ gracePeriodSeconds, propagationPolicy, preconditions, dryRun }: DeleteOptions): object {
  return { gracePeriodSeconds, propagationPolicy, preconditions, dryRun: dryRun === true ? ['All'] : undefined }
}

function namespaceOf(object: object): string {
  return (object as Partial<KubeObject>).metadata?.namespace ?? ''
}

function objectIn(answer: Answer): any {
  switch (answer.type) {
    case 'entry':
      return frozen(answer.resource, answer.entry)
    case 'object':
      return deepFreeze(answer.object)
    case 'value':
      return deepFreeze(answer.value)
    default:
      throw new TypeError(`a ${answer.type} is no object`)
  }
}

function objectWatcher<T extends KubeObject>(resource: Resource, { onEvents, onEnd }: WatchOptions<T>): Watcher {
  let isOver = false
  const tell = (events: Iterable<ObjectEvent<T>>): void => {
    if (!isOver) onEvents(events)
  }
  const finish = (error: WherryError | undefined): void => {
    if (isOver) return
    isOver = true
    onEnd(error)
  }
  return {
    initial: (entries) => tell(additions(resource, entries)),
    events: (events) => tell(events.map(({ type, entry }) => ({ type, object: frozen(resource, entry) as T }))),
    bookmark: (revision, initialEventsEnd) =>
      tell([{ type: 'BOOKMARK', resourceVersion: String(revision), initialEventsEnd }]),
    fail: finish,
    end: () => finish(undefined),
  }
}

/** Decoded as they are read: after a restart nobody has to wait until all that is stored has been decoded. */
function* additions<T extends KubeObject>(resource: Resource, entries: readonly Entry[]): Generator<ObjectEvent<T>> {
  for (const entry of entries) yield { type: 'ADDED', object: frozen(resource, entry) as T }
}
