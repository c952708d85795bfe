import { createHash } from 'node:crypto'
import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { Kind } from '../../api/meta/kind.ts'
import type { KindRegistry } from '../../api/meta/registry.ts'
import type { JsonSchema } from '../../api/openapi/schemas.ts'
import { WherryError } from '../../lib/errors.ts'
import { isObject } from '../../lib/patch/json.ts'
import type { Aggregation } from '../aggregation/aggregation.ts'
import type { RemoteVersion } from '../aggregation/remote-discovery.ts'
import type { ApiRequest, ApiResponse } from '../api-server.ts'
import type { PathHandler } from '../http/handler.ts'
import { readRange } from '../http/negotiate.ts'
import { header } from '../rest/call.ts'

type Remote = Pick<Aggregation, 'versions' | 'document' | 'revision'>

/** One document, made when it is first asked for and then kept as the bytes that are sent. */
interface Document {
  readonly type: string
  readonly bytes: Buffer
  readonly etag: string
  /** A server that should have added to it could not be asked: it is made anew before long. */
  readonly isPartial?: boolean
  /** Packed when a client first asks for that. */
  gzipped?: Promise<Buffer>
}

/** To make a document anew costs more than to do without a part of it for a while. */
const PARTIAL_MS = 10_000

/** Serves `/openapi/v2`, and `/openapi/v3` with a document for each group version. */
export function openApiHandler(kinds: KindRegistry, aggregation: Remote, serverVersion: string): PathHandler {
  const documents = new Map<string, Promise<Document | undefined>>()
  let revision = ''
  const find = (path: string): Promise<Document | undefined> => {
    let document = documents.get(path)
    if (document === undefined) {
      document = make(path, { registry: kinds, aggregation, serverVersion, find })
      documents.set(path, document)
      // A path that nobody serves is not remembered: there is no end to those.
      void document.then((made) => {
        if (made === undefined) documents.delete(path)
        else if (made.isPartial === true) setTimeout(() => documents.delete(path), PARTIAL_MS).unref()
      })
    }
    return document
  }
  return async ({ request, target, query }) => {
    const { path, verb } = target
    if (!path.startsWith('/openapi/v') || (verb !== 'get' && verb !== 'head')) return undefined
    const now = `${kinds.revision?.()} ${aggregation.revision()}`
    if (now !== revision) {
      revision = now
      documents.clear()
    }
    const isGnostic = path === '/openapi/v2' && wantsGnostic(header(request, 'accept') ?? '')
    const document = await find(isGnostic ? GNOSTIC_PATH : path)
    if (document === undefined) return undefined
    if (!isGnostic) refuseOtherTypes(header(request, 'accept') ?? '')
    return respondDocument(request, document, query.get('hash'))
  }
}

interface Making {
  readonly registry: KindRegistry
  readonly aggregation: Remote
  readonly serverVersion: string
  readonly find: (path: string) => Promise<Document | undefined>
}

async function make(path: string, making: Making): Promise<Document | undefined> {
  if (path === '/openapi/v2') {
    const { value, isPartial } = await makeV2(making)
    return { ...toDocument(value), isPartial }
  }
  if (path === GNOSTIC_PATH) {
    const [{ value, isPartial }, { encodeGnostic }] = await Promise.all([
      makeV2(making),
      import('../../api/openapi/gnostic.ts'),
    ])
    return { ...bytesToDocument(encodeGnostic(value), GNOSTIC_TYPE), isPartial }
  }
  const { registry, aggregation, serverVersion, find } = making
  const remote = aggregation.versions()
  const kinds = (await registry.allKinds()).filter((kind) => !remote.some((one) => isOf(kind, one)))
  const { openApiV3, openApiV3Root } = await import('../../api/openapi/v3.ts')
  const versions = groupVersionsOf(kinds)
  if (path === '/openapi/v3') {
    const all = await Promise.all(
      [...versions, ...remote].map(async ({ group, version }) => {
        const bytes = (await find(`/openapi/v3/${rootOf({ group, version })}`))?.bytes
        return bytes === undefined ? [] : [{ group, version, bytes }]
      }),
    )
    return { ...toDocument(openApiV3Root(all.flat())), isPartial: all.some((one) => one.length === 0) }
  }
  const elsewhere = remote.find((one) => path === `/openapi/v3/${rootOf(one)}`)
  if (elsewhere !== undefined) return asked(aggregation, elsewhere, path)
  const version = versions.find((one) => path === `/openapi/v3/${rootOf(one)}`)
  return version === undefined ? undefined : toDocument(openApiV3(version, kinds, serverVersion))
}

async function makeV2({ registry, aggregation, serverVersion }: Making): Promise<{
  readonly value: JsonSchema
  readonly isPartial: boolean
}> {
  const remote = aggregation.versions()
  const kinds = (await registry.allKinds()).filter((kind) => !remote.some((one) => isOf(kind, one)))
  const { openApiV2 } = await import('../../api/openapi/v2.ts')
  let value = openApiV2(kinds, serverVersion)
  let isPartial = false
  for (const version of remote) {
    const other = await aggregation.document(version, '/openapi/v2').catch(() => undefined)
    if (!isObject(other)) {
      isPartial = true
      continue
    }
    const { mergeOpenApiV2 } = await import('../../api/openapi/merge-v2.ts')
    value = mergeOpenApiV2(value, other, `/${rootOf(version)}/`)
  }
  return { value, isPartial }
}

/** A document of another server; without one, clients do with less. */
async function asked(aggregation: Remote, version: RemoteVersion, path: string): Promise<Document | undefined> {
  const document = await aggregation.document(version, path).catch(() => undefined)
  return isObject(document) ? toDocument(document) : undefined
}

function isOf(kind: Kind, { group, version }: GroupVersion): boolean {
  return kind.group === group && kind.version === version
}

interface GroupVersion {
  readonly group: string
  readonly version: string
}

function groupVersionsOf(kinds: readonly Kind[]): GroupVersion[] {
  const versions = new Map(kinds.map(({ group, version }) => [`${group}/${version}`, { group, version }]))
  return [...versions.values()]
}

function rootOf({ group, version }: GroupVersion): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`
}

function toDocument(value: object): Document {
  return bytesToDocument(Buffer.from(JSON.stringify(value)), 'application/json')
}

function bytesToDocument(bytes: Buffer, type: string): Document {
  return { type, bytes, etag: `"${createHash('sha512').update(bytes).digest('hex').toUpperCase()}"` }
}

/** The form in which clients in Go take the second version: no path of a request has a blank. */
const GNOSTIC_PATH = '/openapi/v2 gnostic'
const GNOSTIC_TYPE = 'application/com.github.proto-openapi.spec.v2.v1.0+protobuf'

/** Clients write the type in an old form with an at sign too. */
function wantsGnostic(accept: string): boolean {
  return /^application\/com\.github\.proto-openapi\.spec\.v2[@.]v1\.0\+protobuf\b/.test(accept.trim())
}

/** Apart from gnostic's form only JSON is written; a client that would take nothing else is told so. */
function refuseOtherTypes(accept: string): void {
  if (accept === '') return
  const types = accept.split(',').map((range) => readRange(range).type)
  if (types.some((type) => ['application/json', '*/*', 'application/*'].includes(type))) return
  throw new WherryError('not-acceptable', 'only the following media types are accepted: application/json')
}

const pack = promisify(gzip)

async function respondDocument(request: ApiRequest, document: Document, hash: string | null): Promise<ApiResponse> {
  const headers = {
    'content-type': document.type,
    etag: document.etag,
    vary: 'Accept-Encoding, Accept',
    // A document that is asked for by its hash never changes.
    'cache-control': hash === null ? 'no-cache, private' : 'public, immutable',
  }
  if (header(request, 'if-none-match') === document.etag) return { status: 304, headers, body: [] }
  if (!/\bgzip\b/.test(header(request, 'accept-encoding') ?? ''))
    return { status: 200, headers, body: [document.bytes] }
  document.gzipped ??= pack(document.bytes) as Promise<Buffer>
  return { status: 200, headers: { ...headers, 'content-encoding': 'gzip' }, body: [await document.gzipped] }
}
