import { createHash } from 'node:crypto'
import type { KindRegistry } from '../../api/meta/registry.ts'
import { APIGroup, APIGroupList, APIResourceList, APIVersions, RootPaths } from '../../api/meta/v1.ts'
import type { Message } from '../../api/meta/schema.ts'
import type { Aggregation } from '../aggregation/aggregation.ts'
import type { ApiResponse } from '../api-server.ts'
import type { PathHandler } from '../http/handler.ts'
import { MEDIA_TYPES, readRange } from '../http/negotiate.ts'
import { response, writingFor } from '../http/respond.ts'
import { header } from '../rest/call.ts'
import { encodeValue } from '../rest/encode.ts'
import { aggregated, allGroups, apiGroup, apiGroupList, apiResourceList, apiVersions } from './documents.ts'

interface Document {
  readonly message: Message
  readonly value: object
}

interface Discovery {
  /** Plain documents by their path. */
  readonly plain: ReadonlyMap<string, Document>
  /** Aggregated documents by path and version, as JSON with a tag that changes with them. */
  readonly aggregated: ReadonlyMap<string, { readonly body: Buffer; readonly etag: string }>
}

/** Serves `/api`, `/apis` and what lies below them down to the group versions. */
export function discoveryHandler(
  kinds: KindRegistry,
  aggregation: Pick<Aggregation, 'versions' | 'revision'>,
  serverAddress: () => string,
): PathHandler {
  let discovery: Promise<Discovery> | undefined
  let revision = ''
  return async ({ request, target, query }) => {
    const { path, verb } = target
    if ((path !== '/' && !path.startsWith('/api')) || (verb !== 'get' && verb !== 'head')) return undefined
    const now = `${kinds.revision?.()} ${aggregation.revision()}`
    if (now !== revision) {
      revision = now
      discovery = undefined
    }
    discovery ??= kinds.allKinds().then((all) => build(allGroups(all, aggregation.versions()), serverAddress()))
    const { plain, aggregated: whole } = await discovery
    const version = path === '/api' || path === '/apis' ? aggregatedVersion(header(request, 'accept') ?? '') : undefined
    if (version !== undefined)
      return respondAggregated(whole.get(`${path} ${version}`)!, version, header(request, 'if-none-match'))
    const document = plain.get(path)
    if (document === undefined) return undefined
    const writing = writingFor(request, query, Date.now)
    const body = await encodeValue(document.value, document.message, writing)
    return response(200, MEDIA_TYPES[writing.format], body)
  }
}

function build(groups: ReturnType<typeof allGroups>, serverAddress: string): Discovery {
  const plain = new Map<string, Document>([
    ['/api', { message: APIVersions, value: apiVersions(groups, serverAddress) }],
    ['/apis', { message: APIGroupList, value: apiGroupList(groups) }],
  ])
  for (const group of groups) {
    if (group.group !== '') plain.set(`/apis/${group.group}`, { message: APIGroup, value: apiGroup(group) })
    for (const version of group.versions) {
      const path = group.group === '' ? `/api/${version.version}` : `/apis/${group.group}/${version.version}`
      plain.set(path, { message: APIResourceList, value: apiResourceList(group.group, version) })
    }
  }
  const whole = new Map<string, { body: Buffer; etag: string }>()
  const parts = {
    '/api': groups.filter(({ group }) => group === ''),
    '/apis': groups.filter(({ group }) => group !== ''),
  }
  for (const [path, some] of Object.entries(parts)) {
    for (const version of ['v2', 'v2beta1'] as const) {
      const body = Buffer.from(JSON.stringify(aggregated(some, version)))
      const etag = `"${createHash('sha512').update(body).digest('hex').slice(0, 64).toUpperCase()}"`
      whole.set(`${path} ${version}`, { body, etag })
    }
  }
  const others = [
    '/healthz',
    '/livez',
    '/metrics',
    '/openapi/v2',
    '/openapi/v3',
    '/openid/v1/jwks',
    '/readyz',
    '/version',
  ]
  plain.set('/', { message: RootPaths, value: { paths: [...plain.keys(), ...others].toSorted() } })
  return { plain, aggregated: whole }
}

/** The version of the aggregated document that a client asks for before anything else that it would get. */
function aggregatedVersion(accept: string): 'v2' | 'v2beta1' | undefined {
  for (const range of accept.split(',')) {
    const { type, parameters } = readRange(range)
    const version = parameters.get('v')
    if (
      type === 'application/json' &&
      parameters.get('as') === 'APIGroupDiscoveryList' &&
      parameters.get('g') === 'apidiscovery.k8s.io' &&
      (version === 'v2' || version === 'v2beta1')
    ) {
      return version
    }
    if (parameters.get('as') === undefined) return undefined
  }
  return undefined
}

function respondAggregated(
  { body, etag }: { readonly body: Buffer; readonly etag: string },
  version: string,
  ifNoneMatch: string | undefined,
): ApiResponse {
  const headers = {
    'content-type': `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`,
    'cache-control': 'public',
    etag,
    vary: 'Accept',
  }
  return ifNoneMatch === etag ? { status: 304, headers, body: [] } : { status: 200, headers, body: [body] }
}
