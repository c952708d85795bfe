import { randomUUID } from 'node:crypto'
import type { Kind } from '../../api/meta/kind.ts'
import type { KindRegistry } from '../../api/meta/registry.ts'
import { isWherryError } from '../../lib/errors.ts'
import type { Aggregation } from '../aggregation/aggregation.ts'
import type { ApiRequest, ApiResponse } from '../api-server.ts'
import type { Authenticate, Identity } from '../authn/identity.ts'
import type { PathTarget, ResourceTarget, Target } from '../request.ts'
import { bytesBody, header } from '../rest/call.ts'
import type { RestContext } from '../rest/context.ts'
import type { Writing } from '../rest/encode.ts'
import { perform } from '../rest/perform.ts'
import type { Subresources } from '../rest/subresources.ts'
import { forward } from '../streams/forward.ts'
import { respond, respondError, writingFor } from './respond.ts'
import { aim, readAddress, splitUrl } from './target.ts'

/** Answers paths that are no resources, such as `/healthz`; undefined when nobody knows the path. */
export type PathHandler = (request: PathRequest) => Promise<ApiResponse | undefined> | ApiResponse | undefined

export interface PathRequest {
  readonly request: ApiRequest
  readonly identity: Identity
  readonly target: PathTarget
  readonly query: URLSearchParams
}

/** A request for a resource that is no kind, after it was authorized. */
export interface ResourceRequest extends Omit<PathRequest, 'target'> {
  readonly target: ResourceTarget
}

export type ResourceHandler = (request: ResourceRequest) => Promise<ApiResponse>

export interface HandlerOptions {
  readonly context: RestContext
  readonly authenticate: Authenticate
  readonly subresources: Subresources
  /** Asked one after the other. */
  readonly paths: readonly PathHandler[]
  /** Who answers for what this server does not. */
  readonly aggregation: Aggregation
  /** Resources that are no kinds, by `plural.group`. */
  readonly others: ReadonlyMap<string, ResourceHandler>
}

/** Turns a request into an answer: who, what, may they, do it. Whatever is thrown on the way becomes a Status. */
export function requestHandler(options: HandlerOptions): (request: ApiRequest) => Promise<ApiResponse> {
  const findKind = kindFinder(options.context.kinds)
  const { log, clock } = options.context
  const { metrics } = options.context
  const now = (): number => clock.now()
  return async (request) => {
    const start = performance.now()
    let target: Target | undefined
    const warnings: string[] = []
    let writing: Writing | undefined
    let answer: ApiResponse
    try {
      const { path, query: text } = splitUrl(request.url)
      const query = text === '' ? NO_QUERY : new URLSearchParams(text)
      const identity = await identityOf(options, request)
      target = await targetOf(request.method, path, query, findKind)
      const backend = options.aggregation.backendOf(target)
      if (backend !== undefined) {
        options.context.authorize(identity, target)
        answer = await forward(request, options.aggregation.destination(backend, identity, request.url))
      } else if (target.resource) {
        writing = writingFor(request, query, now, target.kind?.message.dynamic !== undefined)
        answer = await serveResource(options, { request, identity, query, writing, warnings }, target)
      } else {
        options.context.authorize(identity, target)
        answer = await servePath(options.paths, { request, identity, target, query })
      }
    } catch (error) {
      if (!isWherryError(error) || error.code === 'internal') {
        log.error('a request failed', { method: request.method, path: splitUrl(request.url).path, error })
      }
      answer = await respondError(error, writing)
    }
    const [verb, group, plural] =
      target?.resource === true ? [target.verb, target.group, target.plural] : [request.method, '', '']
    metrics.observe(verb, group, plural, answer.status, (performance.now() - start) / 1000)
    return withStandardHeaders(answer, header(request, 'audit-id') ?? randomUUID(), warnings)
  }
}

const NO_QUERY = new URLSearchParams()

interface Asked {
  readonly request: ApiRequest
  readonly identity: Identity
  readonly query: URLSearchParams
  readonly writing: Writing
  readonly warnings: string[]
}

async function serveResource(
  { context, subresources, others }: HandlerOptions,
  { request, identity, query, writing, warnings }: Asked,
  target: ResourceTarget,
): Promise<ApiResponse> {
  if (target.kind === undefined) {
    const other = others.get(`${target.plural}.${target.group}`)
    if (other !== undefined) {
      context.authorize(identity, target)
      return other({ request, identity, target, query })
    }
  }
  const answer = await perform(context, subresources, {
    identity,
    target,
    query,
    body: bytesBody(request),
    userAgent: header(request, 'user-agent') ?? '',
    warn: (message) => void warnings.push(message),
    request,
  })
  return respond(context, answer, writing)
}

async function servePath(paths: readonly PathHandler[], request: PathRequest): Promise<ApiResponse> {
  for (const serve of paths) {
    const answer = await serve(request)
    if (answer !== undefined) return answer
  }
  return pathNotFound()
}

/** Who sends a request: callers in this process have said so already. */
export function identityOf(
  { authenticate }: Pick<HandlerOptions, 'authenticate'>,
  request: ApiRequest,
): Identity | Promise<Identity> {
  if (request.identity !== undefined) return request.identity
  const authorization = header(request, 'authorization')
  const { clientCertificate, headers } = request
  return authenticate({
    headers,
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
    ...(authorization === undefined ? {} : { authorization }),
  })
}

export type KindFinder = (
  group: string,
  version: string,
  plural: string,
) => Kind | undefined | Promise<Kind | undefined>

/** Finds kinds at once that have been loaded before. */
export function kindFinder(kinds: KindRegistry): KindFinder {
  const loaded = new Map<string, Kind>()
  let revision = kinds.revision?.()
  return (group, version, plural) => {
    if (kinds.revision?.() !== revision) {
      revision = kinds.revision?.()
      loaded.clear()
    }
    const key = `${group}/${version}/${plural}`
    const known = loaded.get(key)
    if (known !== undefined) return known
    return kinds.loadKind(group, version, plural).then((kind) => {
      if (kind !== undefined) loaded.set(key, kind)
      return kind
    })
  }
}

export async function targetOf(
  method: string,
  path: string,
  query: URLSearchParams,
  findKind: KindFinder,
): Promise<Target> {
  const address = readAddress(method, path, query)
  if (!address.resource) return aim(address, undefined)
  const kind = findKind(address.group, address.version, address.plural)
  return aim(address, kind instanceof Promise ? await kind : kind)
}

function pathNotFound(): ApiResponse {
  return {
    status: 404,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' },
    body: [Buffer.from('404 page not found\n')],
  }
}

function withStandardHeaders(
  { headers, ...rest }: ApiResponse,
  auditId: string,
  warnings: readonly string[],
): ApiResponse {
  const standard = { 'audit-id': auditId, ...headers }
  return { ...rest, headers: warnings.length === 0 ? standard : { ...standard, warning: warnings.map(toWarning) } }
}

/** RFC 7234: a code, an agent (none), and a quoted text in which no line can end. */
function toWarning(message: string): string {
  const text = message.replace(/[^\x20-\x7e]/g, ' ').replace(/[\\"]/g, '\\$&')
  return `299 - "${text}"`
}
