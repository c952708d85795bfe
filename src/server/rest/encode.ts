import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { encodeProtobuf, encodeProtobufList, encodeRaw, sealRaw } from '../../api/meta/protobuf.ts'
import type { Message } from '../../api/meta/schema.ts'
import { ListMeta, PartialObjectMetadata, PartialObjectMetadataList } from '../../api/meta/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Entry } from '../../store/store.ts'
import type { ResponseBody } from '../api-server.ts'
import type { Representation } from '../http/negotiate.ts'
import { MEDIA_TYPES } from '../http/negotiate.ts'
import type { Page } from './list.ts'
import type { Resource } from './resource.ts'
import { jsonLength, jsonOf, wholeOf, writeJson } from './stored.ts'
import type { IncludeObject, Row } from './table.ts'
import { columnsOf, partial, rowOf } from './table.ts'

/** How the answer to one request is to be written. */
export interface Writing extends Representation {
  readonly includeObject: IncludeObject
  /** For ages, in milliseconds since the epoch. */
  now(): number
}

export function contentTypeOf({ format, view, viewVersion }: Representation, isList: boolean): string {
  const type = MEDIA_TYPES[format]
  if (view === 'object') return type
  const as = view === 'table' ? 'Table' : isList ? 'PartialObjectMetadataList' : 'PartialObjectMetadata'
  return `${type};as=${as};g=meta.k8s.io;v=${viewVersion}`
}

/** One stored object. Its JSON is sent from the stored bytes. */
export function encodeEntry(resource: Resource, entry: Entry, writing: Writing): ResponseBody | Promise<ResponseBody> {
  const { format, view, pretty } = writing
  if (format === 'json' && view === 'object' && !pretty) return [jsonOf(resource, entry)]
  return encodeObject(resource.kind, wholeOf(resource, entry), writing)
}

/** One object that is not from the store, or not to be sent as it is there. */
export function encodeObject(kind: Kind, object: KubeObject, writing: Writing): ResponseBody | Promise<ResponseBody> {
  const { view, viewVersion, includeObject } = writing
  if (view === 'object') return encodeValue(object, kind.message, writing)
  // Answers to questions, such as a review, are no objects that stand in a list.
  if (!kind.verbs.includes('get')) {
    throw new WherryError('not-acceptable', `a ${kind.kind} can be shown neither as a table nor by its metadata`)
  }
  if (view === 'metadata') return encodeValue(partial(object, viewVersion), PartialObjectMetadata, writing)
  const { resourceVersion } = object.metadata
  const row = rowOf(kind, object, includeObject, viewVersion, writing.now())
  return encodeValue(tableOf(kind, { resourceVersion }, [row], viewVersion), undefined, writing)
}

/** Any value that stands for itself; `message` says how it looks in protobuf. */
export function encodeValue(
  value: object,
  message: Message | undefined,
  { format, pretty }: Pick<Representation, 'format' | 'pretty'>,
): ResponseBody | Promise<ResponseBody> {
  if (format === 'protobuf' && message !== undefined) return [encodeProtobuf(message, value)]
  if (format === 'yaml') return encodeYaml(value)
  return [Buffer.from(pretty ? `${JSON.stringify(value, undefined, 2)}\n` : JSON.stringify(value))]
}

async function encodeYaml(value: object): Promise<ResponseBody> {
  const { formatYaml } = await import('../../lib/yaml.ts')
  return [Buffer.from(formatYaml(value))]
}

function tableOf(kind: Kind, metadata: object, rows: readonly Row[], version: string): object {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: columnsOf(kind),
    rows,
  }
}

/** A list, or a page of one. Plain JSON is put together from the stored bytes, piece by piece as the reader takes it. */
export function encodePage(resource: Resource, page: Page, writing: Writing): ResponseBody | Promise<ResponseBody> {
  const { kind } = resource
  const { format, view, viewVersion, pretty, includeObject } = writing
  const metadata = listMeta(page)
  if (view === 'table') {
    const rows = page.entries.map((entry) =>
      rowOf(kind, wholeOf(resource, entry), includeObject, viewVersion, writing.now()),
    )
    return encodeValue(tableOf(kind, metadata, rows, viewVersion), undefined, writing)
  }
  if (view === 'metadata') {
    const items = page.entries.map((entry) => partial(wholeOf(resource, entry), viewVersion))
    const list = { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${viewVersion}`, metadata, items }
    return encodeValue(list, PartialObjectMetadataList, writing)
  }
  const head = { kind: kind.listKind, apiVersion: kind.apiVersion, metadata }
  if (format === 'protobuf') {
    const items = page.entries.map((entry) => encodeRaw(kind.message, wholeOf(resource, entry)))
    return [encodeProtobufList(head, ListMeta, items)]
  }
  if (format === 'yaml' || pretty || resource.kind !== resource.stored) {
    return encodeValue({ ...head, items: page.entries.map((entry) => wholeOf(resource, entry)) }, undefined, writing)
  }
  return jsonList(resource, `${JSON.stringify(head).slice(0, -1)},"items":[`, page.entries)
}

export function listMeta({ revision, continueToken, remaining }: Page): object {
  return {
    resourceVersion: String(revision),
    ...(continueToken === '' ? {} : { continue: continueToken }),
    ...(remaining === undefined ? {} : { remainingItemCount: remaining }),
  }
}

/** Lists up to this size are sent in one piece, larger ones in pieces of about this size. */
const PIECE_BYTES = 256 * 1024

function jsonList(resource: Resource, head: string, entries: readonly Entry[]): ResponseBody {
  const pieces = jsonPieces(resource, head, entries)
  const first = pieces.next().value!
  const second = pieces.next()
  if (second.done === true) return [first]
  return (sink) => {
    const pump = (): void => {
      for (let piece = pieces.next(); piece.done !== true; piece = pieces.next()) if (!sink.write(piece.value)) return
      sink.end()
    }
    sink.onDrain(pump)
    sink.write(first)
    if (sink.write(second.value)) pump()
  }
}

function* jsonPieces(resource: Resource, head: string, entries: readonly Entry[]): Generator<Buffer, undefined> {
  let from = 0
  do {
    let to = from
    let size = from === 0 ? head.length : 1
    while (to < entries.length && (size < PIECE_BYTES || to === from)) size += jsonLength(resource, entries[to++]!) + 1
    const piece = Buffer.allocUnsafe(size + 2)
    let end = from === 0 ? piece.write(head, 'latin1') : 0
    for (let i = from; i < to; i++) {
      if (i > 0) end += piece.write(',', end, 'latin1')
      end = writeJson(resource, entries[i]!, piece, end)
    }
    if (to === entries.length) end += piece.write(']}', end, 'latin1')
    yield piece.subarray(0, end)
    from = to
  } while (from < entries.length)
}

/** The body of one object in protobuf, for the frames of a watch. */
export function protobufBody(message: Message, object: KubeObject): Buffer {
  return sealRaw(object.apiVersion, object.kind, encodeRaw(message, object))
}
