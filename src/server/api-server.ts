import type { Duplex } from 'node:stream'
import { servedGroups } from '../api/kinds.ts'
import { kindRegistry } from '../api/meta/registry.ts'
import type { KindRegistry } from '../api/meta/registry.ts'
import type { Clock } from '../lib/clock.ts'
import type { Recorder } from '../lib/decisions.ts'
import type { Logger } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import type { Store } from '../store/store.ts'
import type { AdmissionPlugin } from './admission/admission.ts'
import type { CallHook } from './admission/webhooks/call.ts'
import { hookCaller } from './admission/webhooks/call.ts'
import { createAggregation } from './aggregation/aggregation.ts'
import type { FrontProxy } from './aggregation/front-proxy.ts'
import { Identity } from './authn/identity.ts'
import type { Authenticate } from './authn/identity.ts'
import type { ServiceAccountTokens } from './authn/service-account-tokens.ts'
import type { Authorize } from './authz/permit.ts'
import { converterOf } from './custom-resources/conversion.ts'
import { cleanDefinitions } from './custom-resources/cleanup.ts'
import { definitionSpecial } from './custom-resources/names.ts'
import { customRegistry } from './custom-resources/registry.ts'
import { DecisionRing } from './decisions/ring.ts'
import { decisionsHandler } from './decisions/serve.ts'
import { openIdHandler } from './discovery/openid.ts'
import { discoveryHandler } from './discovery/serve.ts'
import { openApiHandler } from './discovery/openapi.ts'
import { healthHandler } from './health.ts'
import type { PathHandler } from './http/handler.ts'
import { requestHandler } from './http/handler.ts'
import { upgradeHandler } from './http/upgrade.ts'
import type { RestContext } from './rest/context.ts'
import { objectReader } from './rest/object-reader.ts'
import { statusWriter } from './rest/status-writer.ts'
import { inProcessApi } from './rest/in-process.ts'
import type { Subresources } from './rest/subresources.ts'
import { Metrics, metricsHandler } from './metrics.ts'
import { parseRange } from './services/addresses.ts'
import type { PortRange } from './services/node-ports.ts'
import { serviceSpecial } from './services/service-special.ts'
import { bind } from './subresources/binding.ts'
import { evict } from './subresources/eviction.ts'
import { reviewHandlers } from './subresources/reviews.ts'
import type { ReviewOptions } from './subresources/reviews.ts'
import { connectHandlers } from './subresources/connect.ts'
import { tokenHandler } from './subresources/token.ts'
import type { NodeClientTls } from './streams/node-connection.ts'
import { scale } from './subresources/scale.ts'
import { versionHandler, versionOf } from './version.ts'
import type { Draft } from '../api/meta/schema.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { WherryError } from '../lib/errors.ts'

export interface ApiServerOptions {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly authenticate: Authenticate
  readonly authorize: Authorize
  readonly admission: readonly AdmissionPlugin[]
  /** Who answers questions about rights and tokens; without it they are not served. */
  readonly reviews?: ReviewOptions
  /** Who issues tokens; without it there are none. */
  readonly tokens?: ServiceAccountTokens
  /** Where decisions go, and are found; in memory unless said otherwise. */
  readonly decisions?: { readonly ring: DecisionRing; readonly recorder: Recorder }
  /** How servers are asked that convert custom resources; over TLS unless said otherwise. */
  readonly callHook?: CallHook
  /** How the server shows itself to servers that stand behind it; without it, those cannot be asked. */
  readonly frontProxy?: () => FrontProxy | undefined
  /** How the server shows itself to the agents of nodes; asked for each connection. */
  readonly nodeClientTls?: () => NodeClientTls
  readonly log: Logger
  /** Where Services get their addresses; 10.96.0.0/16 unless said otherwise. */
  readonly serviceRange?: string
  readonly nodePorts?: PortRange
  /** Which version of the platform this is. */
  readonly release: string
  /** `host:port` under which clients reach the server, for those that ask. */
  readonly serverAddress?: () => string
  /** What is served: all built-in kinds, unless a test wants less. */
  readonly kinds?: KindRegistry
}

/** The server itself, where it acts on its own. */
const SERVER = Identity.of('system:apiserver', ['system:masters', 'system:authenticated'])

/** Makes the server. It does nothing until it is asked. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const { store, clock, random, authorize, admission, log, authenticate } = options
  const reader = objectReader(store)
  const call = options.callHook ?? hookCaller(reader, random)
  const kinds = customRegistry(options.kinds ?? kindRegistry(servedGroups), reader, converterOf({ call, random }))
  const addresses = parseRange(options.serviceRange ?? '10.96.0.0/16')
  const nodePorts = options.nodePorts ?? { from: 30_000, to: 32_767 }
  const closing = new AbortController()
  const metrics = new Metrics()
  const streams = new Set<() => void>()
  const ring = options.decisions?.ring ?? new DecisionRing()
  const recorder = options.decisions?.recorder ?? ring
  const destinations = { objects: reader, random, nodeClientTls: options.nodeClientTls }
  const serverAddress = options.serverAddress ?? (() => '')
  const context: RestContext = {
    store,
    clock,
    random,
    kinds,
    authorize,
    admission,
    recorder,
    log,
    metrics,
    streams,
    specials: new Map([
      ['services', serviceSpecial({ store, random, api: () => own, addresses, nodePorts })],
      ['customresourcedefinitions.apiextensions.k8s.io', definitionSpecial(reader, clock)],
    ]),
  }
  const subresources: Subresources = new Map([
    ['scale', scale],
    ['pods/binding', bind],
    ['bindings', bind],
    ['pods/eviction', evict],
    ...(options.reviews === undefined ? [] : reviewHandlers(options.reviews)),
    ...(options.tokens === undefined ? [] : [['serviceaccounts/token', tokenHandler(options.tokens)] as const]),
    ...connectHandlers(destinations),
  ])
  const own = inProcessApi(context, subresources, SERVER, closing.signal)
  const write = statusWriter(store)
  const frontProxy = options.frontProxy ?? (() => undefined)
  const aggregation = createAggregation({ reader, write, clock, random, log, frontProxy })
  const { signal } = closing
  cleanDefinitions({ reader, write, api: () => own, clock, log, signal })
  const paths: readonly PathHandler[] = [
    discoveryHandler(kinds, aggregation, serverAddress),
    openApiHandler(kinds, aggregation, versionOf(options.release)),
    healthHandler([{ name: 'ping', check: () => {} }], []),
    versionHandler(options.release),
    metricsHandler(metrics, store),
    ...(options.tokens === undefined ? [] : [openIdHandler(options.tokens, serverAddress)]),
  ]
  const others = new Map([['decisions.wherry.dev', decisionsHandler(ring, recorder)]])
  const handler = { context, authenticate, subresources, paths, aggregation, others }
  return {
    kinds,
    handle: requestHandler(handler),
    upgrade: upgradeHandler(handler, destinations),
    as: (identity) => inProcessApi(context, subresources, identity, closing.signal),
    isElsewhere: ({ group, version }) => aggregation.backend(group, version) !== undefined,
    async close() {
      closing.abort()
      aggregation.close()
      kinds.close()
      for (const end of streams) end()
    },
  }
}

/**
 * The API server without its sockets. `http/listen.ts` puts it on a port; a client in the same process asks `as(identity)`
 * and skips sockets and serialisation, but neither authorization nor admission (DESIGN.md, decision 6).
 */
export interface ApiServer {
  /** What is served at the moment, custom kinds among it. */
  readonly kinds: KindRegistry
  /** Answers one request with bytes: what the sockets use, and a client's `raw`. Never throws: errors are answers too. */
  handle(request: ApiRequest): Promise<ApiResponse>
  /** Takes over the socket of a request that wants to speak something else: exec, attach, port-forward. Never throws. */
  upgrade(request: ApiRequest, socket: Duplex, head: Buffer): Promise<void>
  /** The API for callers in this process. */
  as(identity: Identity): ObjectApi
  /** Whether another server answers for a kind: only `handle` reaches that. */
  isElsewhere(kind: Pick<Kind, 'group' | 'version'>): boolean
  /** Ends all watches; the store is its owner's to close. */
  close(): Promise<void>
}

/**
 * The verbs as function calls. Objects that are returned or handed to watchers are frozen and shared by all callers;
 * what is passed in is copied. Refusals are thrown as `WherryError`, with the code and message that go over the wire.
 */
export interface ObjectApi {
  get<T extends KubeObject>(kind: Kind<T>, ref: ObjectName, options?: GetOptions): Promise<T>
  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<ObjectList<T>>
  /**
   * Calls `onEvents` with batches in revision order, the first ones before it resolves, until `onEnd` is called, once:
   * without an error when `signal` has fired or time is over, else with what went wrong (`expired`: list again).
   * Rejects when the watch is refused.
   */
  watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions<T>): Promise<void>
  /** `object.metadata.namespace` says where; `apiVersion` and `kind` may be left out. */
  create<T extends KubeObject>(kind: Kind<T>, object: Draft<T>, options?: WriteOptions): Promise<T>
  update<T extends KubeObject>(kind: Kind<T>, object: Draft<T>, options?: UpdateOptions): Promise<T>
  patch<T extends KubeObject>(kind: Kind<T>, ref: ObjectName, patch: unknown, options: PatchOptions): Promise<T>
  /** The object as it is after the call when it is still there (finalizers, grace), undefined when it is gone. */
  delete<T extends KubeObject>(kind: Kind<T>, ref: ObjectName, options?: DeleteOptions): Promise<T | undefined>
  deleteCollection<T extends KubeObject>(kind: Kind<T>, query: ListOptions, options?: DeleteOptions): Promise<void>
  /** POST to a subresource such as `binding`, `eviction` or `token`; returns the answer's body. */
  createSubresource(kind: Kind, ref: ObjectName, subresource: string, body: object): Promise<unknown>
}

export interface ObjectName {
  readonly namespace?: string
  readonly name: string
}

/** Only `subresource`: reads in this process are always of the newest state. */
export interface GetOptions {
  readonly subresource?: string
}

export interface ListOptions {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly limit?: number
  readonly continue?: string
  readonly resourceVersion?: string
}

export interface ObjectList<T> {
  readonly items: readonly T[]
  readonly resourceVersion: string
  readonly continue?: string
}

export type ObjectEvent<T> =
  | { readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'; readonly object: T }
  | { readonly type: 'BOOKMARK'; readonly resourceVersion: string; readonly initialEventsEnd: boolean }

export interface WatchOptions<T> {
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly resourceVersion?: string
  readonly sendInitialEvents?: boolean
  readonly signal: AbortSignal
  /** To be read once: the first listing is decoded while it is. */
  readonly onEvents: (events: Iterable<ObjectEvent<T>>) => void
  readonly onEnd: (error: WherryError | undefined) => void
}

export interface WriteOptions {
  readonly fieldManager?: string
  readonly dryRun?: boolean
}

export interface UpdateOptions extends WriteOptions {
  readonly subresource?: string
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply'

export interface PatchOptions extends UpdateOptions {
  readonly type: PatchType
  readonly force?: boolean
}

export interface DeleteOptions extends WriteOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string }
}

/** A request as it came in, with a body that is read at most once and only when it is needed. */
export interface ApiRequest {
  readonly method: string
  /** Path with query, as in the request line. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: RequestHeaders
  /** Rejects with `too-large` beyond the limit. */
  body(): Promise<Buffer>
  /** The verified client certificate, DER. */
  readonly clientCertificate?: Buffer
  /** Who sends it, where that is known without credentials: callers in this process. */
  readonly identity?: Identity
  /** Fires when the caller has gone away. */
  readonly signal: AbortSignal
}

export type RequestHeaders = Readonly<Record<string, string | readonly string[] | undefined>>

export interface ApiResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[]>>
  /** Bytes to be sent one after the other, or a stream that begins when the sink is there. */
  readonly body: ResponseBody
  /** It may be large, and worth packing for a client that is far away. */
  readonly compressible?: boolean
}

/** Bytes to be sent one after the other, or a stream that begins when the sink is there. */
export type ResponseBody = readonly Buffer[] | ResponseStream

export interface ResponseStream {
  (sink: Sink): void
  /** How long the answer will be, where that is known. */
  readonly bytes?: number
}

/** Where a streamed answer goes. */
export interface Sink {
  /**
   * False when what is waiting to be sent has grown beyond the connection's buffer. `onTaken` runs when the chunk's memory
   * may be used for something else; where that cannot be told, never.
   */
  write(chunk: Buffer, onTaken?: () => void): boolean
  end(): void
  /** Bytes that were written and not yet taken by the connection. */
  backlogBytes(): number
  onDrain(run: () => void): void
  /** Runs once when the other side is gone or `end` was called. */
  onClose(run: () => void): void
}
