import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { encodeProtobuf, encodeProtobufList, encodeRaw, sealRaw } from '../../api/meta/protobuf.ts'
import type { Message } from '../../api/meta/schema.ts'
import { ListMeta, PartialObjectMetadata, PartialObjectMetadataList } from '../../api/meta/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Entry } from '../../store/store.ts'
import type { ResponseBody, Sink } from '../api-server.ts'
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

/** Lists up to this size are sent in one piece, larger ones in pieces of this size. */
const PIECE_BYTES = 512 * 1024

function jsonList(resource: Resource, head: string, entries: readonly Entry[]): ResponseBody {
  let bytes = head.length + LIST_END.length + Math.max(0, entries.length - 1)
  for (const entry of entries) bytes += jsonLength(resource, entry)
  const fill = listWriter(resource, head, entries)
  if (bytes <= PIECE_BYTES) {
    const whole = Buffer.allocUnsafe(bytes)
    fill(whole)
    return [whole]
  }
  const send = (sink: Sink): void => {
    // Two pieces take turns, once the sink says that it is done with one: fresh memory would cost as much as what is copied.
    const free: Buffer[] = []
    let left = bytes
    const pump = (): void => {
      while (left > 0) {
        const piece = free.pop() ?? Buffer.allocUnsafeSlow(PIECE_BYTES)
        const length = fill(piece)
        left -= length
        if (!sink.write(piece.subarray(0, length), () => free.push(piece)) && left > 0) return
      }
      sink.end()
    }
    sink.onDrain(() => {
      if (left > 0) pump()
    })
    pump()
  }
  return Object.assign(send, { bytes })
}

const LIST_END = ']}'

/** Fills one buffer after the other with the JSON of a list, and answers how far; whatever the size of the buffers. */
function listWriter(resource: Resource, head: string, entries: readonly Entry[]): (target: Buffer) => number {
  let next = 0
  /** What did not fit any more. */
  let rest: Buffer | undefined = Buffer.from(head)
  const isDone = (): boolean => next > entries.length
  return (target) => {
    let end = 0
    for (;;) {
      if (rest !== undefined) {
        const copied = rest.copy(target, end)
        end += copied
        rest = copied < rest.length ? rest.subarray(copied) : undefined
        if (rest !== undefined) return end
      }
      if (isDone()) return end
      if (next === entries.length) rest = Buffer.from(LIST_END)
      else if (end + 1 + jsonLength(resource, entries[next]!) <= target.length) {
        if (next > 0) target[end++] = COMMA
        end = writeJson(resource, entries[next]!, target, end)
      } else rest = jsonOf(resource, entries[next]!, next > 0 ? ',' : '')
      next++
    }
  }
}

const COMMA = 44

/** The body of one object in protobuf, for the frames of a watch. */
export function protobufBody(message: Message, object: KubeObject): Buffer {
  return sealRaw(object.apiVersion, object.kind, encodeRaw(message, object))
}
