import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { Draft } from '../api/meta/schema.ts'
import { errorFromStatus } from '../api/meta/status.ts'
import type { Status } from '../api/meta/v1.ts'
import { readAll, readLines } from './bytes.ts'
import type {
  Client,
  DeleteOptions,
  List,
  ListQuery,
  PatchOptions,
  PatchType,
  RawRequest,
  RawResponse,
  Ref,
  StreamResponse,
  UpdateOptions,
  WatchEvent,
  WatchQuery,
  WriteOptions,
} from './client.ts'
import { completed } from './completed.ts'

/** How long a request other than a watch or a stream may take. */
const TIMEOUT_MS = 60_000

const PATCH_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
}

export interface JsonClientOptions {
  readonly stream: Client['stream']
  readonly fieldManager: string
  readonly close: () => Promise<void>
}

/** A client that asks in JSON, whichever way its requests take. */
export function jsonClient({ stream, fieldManager, close }: JsonClientOptions): Client {
  const raw = async (request: RawRequest): Promise<RawResponse> => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS)
    const signal = request.signal === undefined ? timeout : AbortSignal.any([request.signal, timeout])
    const { body, ...head } = await stream({ ...request, signal })
    return { ...head, body: await readAll(body) }
  }

  const json = async (method: string, path: string, body?: object, contentType = 'application/json') => {
    const answer = await raw({
      method,
      path,
      headers: { accept: 'application/json', ...(body !== undefined && { 'content-type': contentType }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const value = parseAnswer(answer)
    if (answer.status >= 400) throw errorFromStatus(value as Partial<Status>, answer.status)
    return value
  }

  const writing = (options: WriteOptions = {}): Parameters => ({
    fieldManager: options.fieldManager ?? fieldManager,
    ...(options.dryRun === true && { dryRun: 'All' }),
  })

  const update = async <T extends KubeObject>(kind: Kind<T>, object: T, options: UpdateOptions = {}): Promise<T> =>
    completed(
      kind,
      await json('PUT', pathOf(kind, object.metadata, options.subresource, writing(options)), typed(kind, object)),
    )

  return {
    get: async (kind, ref) => completed(kind, await json('GET', pathOf(kind, ref))),

    async list<T extends KubeObject>(kind: Kind<T>, query: ListQuery = {}): Promise<List<T>> {
      const path = collectionOf(kind, query.namespace, listParameters(query))
      const answer = (await json('GET', path)) as { items: object[] | null; metadata: Omit<List<T>, 'items'> }
      const { resourceVersion, continue: next } = answer.metadata
      const items = (answer.items ?? []).map((item) => completed(kind, item))
      return { items, resourceVersion, ...(next && { continue: next }) }
    },

    watch: (kind, query) => watch(stream, kind, query),

    create: async <T extends KubeObject>(kind: Kind<T>, object: Draft<T>, options?: WriteOptions) => {
      const { namespace } = ((object as Draft<KubeObject>).metadata ?? {}) as { namespace?: string }
      return completed(kind, await json('POST', collectionOf(kind, namespace, writing(options)), typed(kind, object)))
    },

    update,
    updateStatus: (kind, object, options) => update(kind, object, { ...options, subresource: 'status' }),

    patch: async <T extends KubeObject>(kind: Kind<T>, ref: Ref, patch: unknown, options: PatchOptions) => {
      const parameters = { ...writing(options), ...(options.force === true && { force: 'true' }) }
      const body = options.type === 'apply' ? typed(kind, patch as object) : (patch as object)
      const path = pathOf(kind, ref, options.subresource, parameters)
      return completed(kind, await json('PATCH', path, body, PATCH_TYPES[options.type]))
    },

    async delete<T extends KubeObject>(kind: Kind<T>, ref: Ref, options: DeleteOptions = {}) {
      const answer = await json('DELETE', pathOf(kind, ref), deleteBody(options))
      return isStillThere(kind, answer) ? completed(kind, answer) : undefined
    },

    async deleteCollection(kind, query, options = {}) {
      await json('DELETE', collectionOf(kind, query.namespace, listParameters(query)), deleteBody(options))
    },

    createSubresource: (kind, ref, subresource, body) => json('POST', pathOf(kind, ref, subresource, writing()), body),

    raw,
    stream,
    close,
  }
}

/** Events as they come; ends when the signal fires or the server ends the stream. */
async function* watch<T extends KubeObject>(
  stream: (request: RawRequest) => Promise<StreamResponse>,
  kind: Kind<T>,
  query: WatchQuery,
): AsyncGenerator<WatchEvent<T>> {
  const { signal } = query
  const path = collectionOf(kind, query.namespace, watchParameters(query))
  try {
    const response = await stream({ method: 'GET', path, headers: { accept: 'application/json' }, signal })
    if (response.status >= 400) {
      const body = await readAll(response.body)
      throw errorFromStatus(parseAnswer({ ...response, body }) as Partial<Status>, response.status)
    }
    for await (const line of readLines(response.body)) {
      if (signal.aborted) return
      const { type, object } = JSON.parse(line) as { type: string; object: any }
      if (type === 'ERROR') throw errorFromStatus(object)
      if (type === 'BOOKMARK') {
        const { resourceVersion, annotations } = object.metadata
        yield { type, resourceVersion, initialEventsEnd: annotations?.['k8s.io/initial-events-end'] === 'true' }
      } else {
        yield { type: type as 'ADDED', object: completed(kind, object) }
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

type Parameters = Readonly<Record<string, string>>

function collectionOf<T extends KubeObject>(kind: Kind<T>, namespace: string | undefined, query: Parameters): string {
  const root = kind.group === '' ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`
  const where = kind.namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${root}${where}/${kind.plural}${queryOf(query)}`
}

function pathOf<T extends KubeObject>(kind: Kind<T>, ref: Ref, subresource = '', query: Parameters = {}): string {
  const path = `${collectionOf(kind, ref.namespace, {})}/${encodeURIComponent(ref.name)}`
  return `${path}${subresource === '' ? '' : `/${subresource}`}${queryOf(query)}`
}

function queryOf(query: Parameters): string {
  const text = new URLSearchParams(query).toString()
  return text === '' ? '' : `?${text}`
}

function listParameters(query: ListQuery): Parameters {
  return {
    ...(query.labelSelector && { labelSelector: query.labelSelector }),
    ...(query.fieldSelector && { fieldSelector: query.fieldSelector }),
    ...(query.limit !== undefined && { limit: String(query.limit) }),
    ...(query.continue && { continue: query.continue }),
    ...(query.resourceVersion !== undefined && { resourceVersion: query.resourceVersion }),
  }
}

function watchParameters(query: WatchQuery): Parameters {
  return {
    watch: 'true',
    allowWatchBookmarks: 'true',
    ...(query.labelSelector && { labelSelector: query.labelSelector }),
    ...(query.fieldSelector && { fieldSelector: query.fieldSelector }),
    ...(query.resourceVersion !== undefined && { resourceVersion: query.resourceVersion }),
    ...(query.sendInitialEvents === true && { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }),
  }
}

function deleteBody(options: DeleteOptions): object {
  return {
    kind: 'DeleteOptions',
    apiVersion: 'v1',
    ...(options.gracePeriodSeconds !== undefined && { gracePeriodSeconds: options.gracePeriodSeconds }),
    ...(options.propagationPolicy !== undefined && { propagationPolicy: options.propagationPolicy }),
    ...(options.preconditions !== undefined && { preconditions: options.preconditions }),
    ...(options.dryRun === true && { dryRun: ['All'] }),
  }
}

/**
 * A delete is answered with a Status, or with the object: either as it was when it went, or as it stays because of its
 * finalizers or its grace. Only in the latter case does something hold it.
 */
function isStillThere<T extends KubeObject>(kind: Kind<T>, answer: any): boolean {
  if (answer.kind !== kind.kind || answer.metadata?.deletionTimestamp === undefined) return false
  const { finalizers, deletionGracePeriodSeconds } = answer.metadata
  return (finalizers?.length ?? 0) > 0 || (deletionGracePeriodSeconds ?? 0) > 0
}

/** The object with its apiVersion and kind. */
function typed<T extends KubeObject>(kind: Kind<T>, object: object): object {
  return { apiVersion: kind.apiVersion, kind: kind.kind, ...object }
}

function parseAnswer({ status, body }: RawResponse): any {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // Proxies in between, and servers of another kind, answer with text.
    const message = body.subarray(0, 1024).toString('utf8').trim()
    return { message: message === '' ? `the server answered with status ${status}` : message }
  }
}
