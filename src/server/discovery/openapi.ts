import { createHash } from 'node:crypto'
import { gzip } from 'node:zlib'
import { promisify } from 'node:util'
import type { Kind } from '../../api/meta/kind.ts'
import type { KindRegistry } from '../../api/meta/registry.ts'
import { WherryError } from '../../lib/errors.ts'
import type { ApiRequest, ApiResponse } from '../api-server.ts'
import type { PathHandler } from '../http/handler.ts'
import { readRange } from '../http/negotiate.ts'
import { header } from '../rest/call.ts'

/** One document, made when it is first asked for and then kept as the bytes that are sent. */
interface Document {
  readonly type: string
  readonly bytes: Buffer
  readonly etag: string
  /** Packed when a client first asks for that. */
  gzipped?: Promise<Buffer>
}

/** Serves `/openapi/v2`, and `/openapi/v3` with a document for each group version. */
export function openApiHandler(kinds: KindRegistry, serverVersion: string): PathHandler {
  const documents = new Map<string, Promise<Document | undefined>>()
  let revision = kinds.revision?.()
  const find = (path: string): Promise<Document | undefined> => {
    let document = documents.get(path)
    if (document === undefined) {
      document = make(path, kinds, serverVersion, find)
      documents.set(path, document)
      // A path that nobody serves is not remembered: there is no end to those.
      void document.then((made) => made === undefined && documents.delete(path))
    }
    return document
  }
  return async ({ request, target, query }) => {
    const { path, verb } = target
    if (!path.startsWith('/openapi/v') || (verb !== 'get' && verb !== 'head')) return undefined
    if (kinds.revision?.() !== revision) {
      revision = kinds.revision?.()
      documents.clear()
    }
    const isGnostic = path === '/openapi/v2' && wantsGnostic(header(request, 'accept') ?? '')
    const document = await find(isGnostic ? GNOSTIC_PATH : path)
    if (document === undefined) return undefined
    if (!isGnostic) refuseOtherTypes(header(request, 'accept') ?? '')
    return respondDocument(request, document, query.get('hash'))
  }
}

async function make(
  path: string,
  registry: KindRegistry,
  serverVersion: string,
  find: (path: string) => Promise<Document | undefined>,
): Promise<Document | undefined> {
  const kinds = await registry.allKinds()
  if (path === '/openapi/v2') {
    const { openApiV2 } = await import('../../api/openapi/v2.ts')
    return toDocument(openApiV2(kinds, serverVersion))
  }
  if (path === GNOSTIC_PATH) {
    const [{ openApiV2 }, { encodeGnostic }] = await Promise.all([
      import('../../api/openapi/v2.ts'),
      import('../../api/openapi/gnostic.ts'),
    ])
    return bytesToDocument(encodeGnostic(openApiV2(kinds, serverVersion)), GNOSTIC_TYPE)
  }
  const { openApiV3, openApiV3Root } = await import('../../api/openapi/v3.ts')
  const versions = groupVersionsOf(kinds)
  if (path === '/openapi/v3') {
    const all = await Promise.all(
      versions.map(async (version) => ({ ...version, bytes: (await find(`/openapi/v3/${rootOf(version)}`))!.bytes })),
    )
    return toDocument(openApiV3Root(all))
  }
  const version = versions.find((one) => path === `/openapi/v3/${rootOf(one)}`)
  return version === undefined ? undefined : toDocument(openApiV3(version, kinds, serverVersion))
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
