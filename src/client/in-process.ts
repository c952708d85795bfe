import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type {
  Client,
  DeleteOptions,
  List,
  ListQuery,
  PatchOptions,
  RawRequest,
  RawResponse,
  Ref,
  StreamResponse,
  UpdateOptions,
  WatchEvent,
  WatchQuery,
  WriteOptions,
} from './client.ts'
import { WherryError } from '../lib/errors.ts'
import { readAll } from './bytes.ts'
import type { JsonClientOptions } from './json-client.ts'
import { jsonClient } from './json-client.ts'

/**
 * What the API server offers in its own process, as far as a client needs it (`ApiServer` of the server fits). Client
 * and server share no code: they meet in this shape, and programs bring them together.
 *
 * Objects in answers and events are complete (apiVersion and kind set), deeply frozen and shared; what is passed in is
 * copied. A refusal is a rejected promise with the WherryError that would have gone over the wire.
 */
export interface LocalServer<Who> {
  as(identity: Who): LocalApi
  /** Whether another server answers for a kind: only `handle` reaches that. */
  isElsewhere(kind: Pick<Kind, 'group' | 'version'>): boolean
  handle(request: LocalRequest<Who>): Promise<LocalResponse>
}

export interface LocalApi {
  get<T extends KubeObject>(kind: Kind<T>, ref: Ref): Promise<T>
  list<T extends KubeObject>(kind: Kind<T>, query?: ListQuery): Promise<List<T>>
  /** Batches in revision order, each to be read once, until the signal fires, or until `onEnd` is called once with what went wrong. */
  watch<T extends KubeObject>(
    kind: Kind<T>,
    options: WatchQuery & {
      readonly onEvents: (events: Iterable<WatchEvent<T>>) => void
      readonly onEnd: (error: Error | undefined) => void
    },
  ): Promise<void>
  create<T extends KubeObject>(kind: Kind<T>, object: any, options?: WriteOptions): Promise<T>
  update<T extends KubeObject>(kind: Kind<T>, object: any, options?: UpdateOptions): Promise<T>
  patch<T extends KubeObject>(kind: Kind<T>, ref: Ref, patch: unknown, options: PatchOptions): Promise<T>
  delete<T extends KubeObject>(kind: Kind<T>, ref: Ref, options?: DeleteOptions): Promise<T | undefined>
  deleteCollection<T extends KubeObject>(kind: Kind<T>, query: ListQuery, options?: DeleteOptions): Promise<void>
  createSubresource(kind: Kind, ref: Ref, subresource: string, body: object): Promise<unknown>
}

export interface LocalRequest<Who> {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  body(): Promise<Buffer>
  readonly identity: Who
  readonly signal: AbortSignal
}

export interface LocalResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  readonly body: readonly Buffer[] | ((sink: LocalSink) => void)
}

/** Where a streamed answer goes. */
export interface LocalSink {
  write(chunk: Buffer): boolean
  end(): void
  backlogBytes(): number
  onDrain(run: () => void): void
  onClose(run: () => void): void
}

/** The client of a program in the server's process; `fieldManager` names the program in managedFields. */
export function inProcessClient<Who>(server: LocalServer<Who>, identity: Who, fieldManager: string): Client {
  const api = server.as(identity)
  const named = <O extends WriteOptions>(options: O | undefined): O => ({ fieldManager, ...options }) as O

  const stream = async (request: RawRequest): Promise<StreamResponse> => {
    const body = Buffer.from(request.body ?? '')
    const signal = request.signal ?? new AbortController().signal
    const response = await server.handle({
      method: request.method,
      url: request.path,
      headers: request.headers ?? {},
      body: async () => body,
      identity,
      signal,
    })
    const headers: Record<string, string> = {}
    for (const [name, value] of Object.entries(response.headers)) {
      headers[name.toLowerCase()] = typeof value === 'string' ? value : value.join(', ')
    }
    return { status: response.status, headers, body: bodyOf(response.body, signal) }
  }

  const local: Client = {
    get: (kind, ref) => api.get(kind, ref),
    list: (kind, query) => api.list(kind, query),
    watch: (kind, query) => watchLocally(api, kind, query),
    create: (kind, object, options) => api.create(kind, object, named(options)),
    update: (kind, object, options) => api.update(kind, object, named(options)),
    updateStatus: (kind, object, options) => api.update(kind, object, { ...named(options), subresource: 'status' }),
    patch: (kind, ref, patch, options) => api.patch(kind, ref, patch, named(options)),
    delete: (kind, ref, options) => api.delete(kind, ref, options),
    deleteCollection: (kind, query, options) => api.deleteCollection(kind, query, options),
    createSubresource: (kind, ref, subresource, body) =>
      api.createSubresource(kind as unknown as Kind, ref, subresource, body),
    async raw(request): Promise<RawResponse> {
      const { body, ...head } = await stream(request)
      return { ...head, body: await readAll(body) }
    },
    stream,
    close: async () => {},
  }
  return withElsewhere(local, server, fieldManager)
}

/** Objects that another server answers for are asked for by requests that this one passes on. */
function withElsewhere(local: Client, server: Pick<LocalServer<any>, 'isElsewhere'>, fieldManager: string): Client {
  const remote = elsewhereClient({ stream: local.stream, fieldManager, close: local.close })
  const at = <T extends KubeObject>(kind: Kind<T>): Client => (server.isElsewhere(kind) ? remote : local)
  return {
    ...local,
    get: (kind, ref) => at(kind).get(kind, ref),
    list: (kind, query) => at(kind).list(kind, query),
    watch: (kind, query) => at(kind).watch(kind, query),
    create: (kind, object, options) => at(kind).create(kind, object, options),
    update: (kind, object, options) => at(kind).update(kind, object, options),
    updateStatus: (kind, object, options) => at(kind).updateStatus(kind, object, options),
    patch: (kind, ref, patch, options) => at(kind).patch(kind, ref, patch, options),
    delete: (kind, ref, options) => at(kind).delete(kind, ref, options),
    deleteCollection: (kind, query, options) => at(kind).deleteCollection(kind, query, options),
    createSubresource: (kind, ref, subresource, body) => at(kind).createSubresource(kind, ref, subresource, body),
  }
}

function elsewhereClient(options: JsonClientOptions): Client {
  const client = jsonClient(options)
  return {
    ...client,
    watch(kind, query) {
      // Older servers do not know it, and would leave whoever waits for the end of the list without one.
      if (query.sendInitialEvents === true) return refusing(new WherryError('invalid', 'list first, and watch then'))
      return client.watch(kind, query)
    },
  }
}

// eslint-disable-next-line require-yield -- it only throws, as a watch does that is refused
async function* refusing(error: WherryError): AsyncGenerator<never> {
  throw error
}

/** A long listing is read between the other work of the process. */
const EVENTS_PER_TURN = 256

/** Turns calls back into an iterable. The server bounds how far a reader may fall behind by ending the watch. */
async function* watchLocally<T extends KubeObject>(
  api: LocalApi,
  kind: Kind<T>,
  query: WatchQuery,
): AsyncGenerator<WatchEvent<T>> {
  const stop = new AbortController()
  const signal = AbortSignal.any([query.signal, stop.signal])
  const waiting: Iterable<WatchEvent<T>>[] = []
  let ended: { readonly error: Error | undefined } | undefined
  let wake = (): void => {}
  const end = (error: Error | undefined): void => {
    ended ??= { error }
    wake()
  }
  const onAbort = (): void => end(undefined)
  query.signal.addEventListener('abort', onAbort, { once: true })
  try {
    if (query.signal.aborted) return
    await api.watch(kind, {
      ...query,
      signal,
      onEvents(events) {
        waiting.push(events)
        wake()
      },
      onEnd: end,
    })
    for (;;) {
      const batch = waiting.shift()
      if (batch !== undefined) {
        let read = 0
        for (const event of batch) {
          if (query.signal.aborted) return
          yield event
          if (++read % EVENTS_PER_TURN === 0) await nextTurn()
        }
      } else if (ended !== undefined) {
        if (ended.error !== undefined) throw ended.error
        return
      } else {
        await new Promise<void>((resolve) => (wake = resolve))
      }
    }
  } finally {
    query.signal.removeEventListener('abort', onAbort)
    stop.abort()
  }
}

/** A limit for answers that are streamed to a reader in the same process; beyond it the writer waits for a drain. */
const BACKLOG_BYTES_MAX = 1024 * 1024

async function* bodyOf(body: LocalResponse['body'], signal: AbortSignal): AsyncGenerator<Buffer> {
  if (typeof body !== 'function') {
    yield* body
    return
  }
  const chunks: Buffer[] = []
  let backlog = 0
  let ended = false
  let wake = (): void => {}
  const onDrain: (() => void)[] = []
  const onClose: (() => void)[] = []
  const close = (): void => {
    if (ended) return
    ended = true
    for (const run of onClose) run()
    wake()
  }
  signal.addEventListener('abort', close, { once: true })
  try {
    body({
      write(chunk) {
        chunks.push(chunk)
        backlog += chunk.length
        wake()
        return backlog < BACKLOG_BYTES_MAX
      },
      end: close,
      backlogBytes: () => backlog,
      onDrain: (run) => onDrain.push(run),
      onClose: (run) => onClose.push(run),
    })
    for (;;) {
      const chunk = chunks.shift()
      if (chunk !== undefined) {
        backlog -= chunk.length
        yield chunk
        if (backlog === 0) for (const run of onDrain) run()
      } else if (ended) {
        return
      } else {
        await new Promise<void>((resolve) => (wake = resolve))
      }
    }
  } finally {
    signal.removeEventListener('abort', close)
    close()
  }
}
