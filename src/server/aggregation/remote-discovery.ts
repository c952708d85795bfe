import type { IncomingMessage } from 'node:http'
import type { APIService } from '../../api/apiregistration/v1.ts'
import { isObject } from '../../lib/patch/json.ts'
import type { JsonObject } from '../../lib/patch/json.ts'
import { ask, reasonOf } from '../streams/forward.ts'
import type { Destination } from '../streams/node-connection.ts'
import type { Priority } from './priorities.ts'

/** What is known of a version that another server answers for. */
export interface RemoteVersion {
  readonly group: string
  readonly version: string
  readonly priority: Priority
  /** As they stand in the aggregated form of discovery. */
  readonly resources: readonly RemoteResource[]
  /** Whether it could be asked the last time. */
  readonly freshness: 'Current' | 'Stale'
}

export interface RemoteResource {
  readonly resource: string
  readonly responseKind: JsonObject
  readonly scope: 'Namespaced' | 'Cluster'
  readonly singularResource: string
  readonly verbs: readonly string[]
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly subresources?: readonly JsonObject[]
}

interface Tried {
  readonly resources?: readonly RemoteResource[]
  readonly failure?: string
}

const TIMEOUT_MS = 5000
/** How often it is tried before a server counts as gone: one of several endpoints may be bad. */
const ATTEMPTS = 5
const DOCUMENT_BYTES_MAX = 64 * 1024 * 1024

/** Asks a server what it serves in the version of an APIService: that it answers is what makes it available. */
export async function tryBackend({ spec }: APIService, destinationOf: (path: string) => Destination): Promise<Tried> {
  const { group = '', version = '' } = spec
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const attempt = async (): Promise<Tried> => {
    const destination = destinationOf(path)
    const url = `https://${destination.host}:${destination.port}${path}`
    try {
      const answer = await get(destination)
      const status = answer.statusCode ?? 0
      const text = await textOf(answer)
      if (status < 200 || status >= 300) throw new Error(`bad status from ${url}: ${status}`)
      return { resources: resourcesIn(text, group, version) }
    } catch (error) {
      throw new Error(`failing or missing response from ${url}: ${failureOf(error, url)}`, { cause: error })
    }
  }
  try {
    return await attempt().catch(() => Promise.any(Array.from({ length: ATTEMPTS - 1 }, attempt)))
  } catch (error) {
    const last: unknown = error instanceof AggregateError ? error.errors.at(-1) : error
    return { failure: (last as Error).message }
  }
}

/** A JSON document; undefined when the server has none there. */
export async function readDocument(destination: Destination): Promise<unknown> {
  const answer = await get(destination)
  const text = await textOf(answer)
  return answer.statusCode === 200 ? (JSON.parse(text) as unknown) : undefined
}

function get(destination: Destination): Promise<IncomingMessage> {
  const headers = { accept: 'application/json', 'user-agent': 'kube-aggregator' }
  return ask({ method: 'GET', headers, signal: AbortSignal.timeout(TIMEOUT_MS) }, destination, undefined)
}

async function textOf(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer) {
    size += (chunk as Buffer).length
    if (size > DOCUMENT_BYTES_MAX) throw new Error('the answer is too large')
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString()
}

function failureOf(error: unknown, url: string): string {
  const { message, cause } = error as Error
  if (!(cause instanceof Error)) return message
  const isLate = ['TimeoutError', 'AbortError'].includes(cause.name)
  const why = isLate ? 'context deadline exceeded' : reasonOf(cause)
  return `Get ${JSON.stringify(url)}: ${why}`
}

/** The resources of an APIResourceList in the other form of discovery. What is none is left out. */
export function resourcesIn(text: string, group: string, version: string): RemoteResource[] {
  const list: unknown = JSON.parse(text)
  const entries = isObject(list) && Array.isArray(list['resources']) ? list['resources'].filter(isObject) : []
  const kindOf = (entry: JsonObject): JsonObject => ({
    group: textIn(entry, 'group') || group,
    version: textIn(entry, 'version') || version,
    kind: textIn(entry, 'kind'),
  })
  const resources: RemoteResource[] = []
  for (const entry of entries) {
    const name = textIn(entry, 'name')
    if (name === '' || name.includes('/')) continue
    const subresources = entries
      .filter((one) => textIn(one, 'name').startsWith(`${name}/`))
      .map((one) => ({
        subresource: textIn(one, 'name').slice(name.length + 1),
        responseKind: kindOf(one),
        verbs: textsIn(one, 'verbs'),
      }))
    const [shortNames, categories] = [textsIn(entry, 'shortNames'), textsIn(entry, 'categories')]
    resources.push({
      resource: name,
      responseKind: kindOf(entry),
      scope: entry['namespaced'] === true ? 'Namespaced' : 'Cluster',
      singularResource: textIn(entry, 'singularName'),
      verbs: textsIn(entry, 'verbs'),
      ...(shortNames.length === 0 ? {} : { shortNames }),
      ...(categories.length === 0 ? {} : { categories }),
      ...(subresources.length === 0 ? {} : { subresources }),
    })
  }
  return resources
}

function textIn(object: JsonObject, name: string): string {
  const value = object[name]
  return typeof value === 'string' ? value : ''
}

function textsIn(object: JsonObject, name: string): string[] {
  const value = object[name]
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
}
