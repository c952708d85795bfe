import { WherryError } from '../../lib/errors.ts'
import { decodeMessage } from './protobuf-decode.ts'
import { encodeMessage } from './protobuf-encode.ts'
import type { Message } from './schema.ts'
import { BackwardWriter, BYTES, Reader } from './wire.ts'

/** The four bytes before everything that is not inside something else. */
const MAGIC = Buffer.from('k8s\0')

/** What stands in an envelope: the type as its sender says it, and the message itself. */
export interface Envelope {
  readonly apiVersion: string
  readonly kind: string
  readonly raw: Buffer
}

// One writer serves all: encoding is never interrupted, and its buffer stays as large as objects get. It is emptied
// before each use, since an encoding that failed leaves its beginning there.
const shared = new BackwardWriter()

function emptyWriter(): BackwardWriter {
  shared.clear()
  return shared
}

/** The message of an object alone, as it stands inside a list or an envelope. */
export function encodeRaw(message: Message, object: unknown): Buffer<ArrayBuffer> {
  const writer = emptyWriter()
  encodeMessage(message, object, writer)
  return writer.finish()
}

/** A whole body: magic, envelope and message. */
export function encodeProtobuf(
  message: Message,
  object: { readonly apiVersion?: string; readonly kind?: string },
): Buffer<ArrayBuffer> {
  const writer = emptyWriter()
  encodeMessage(message, object, writer)
  return sealed(writer, object.apiVersion ?? '', object.kind ?? '')
}

/** A whole body around a message that is encoded already. */
export function sealRaw(apiVersion: string, kind: string, raw: Uint8Array): Buffer<ArrayBuffer> {
  const writer = emptyWriter()
  writer.raw(raw)
  return sealed(writer, apiVersion, kind)
}

/** A whole body of a list, from its metadata and the messages of its items. */
export function encodeProtobufList(
  list: { readonly apiVersion: string; readonly kind: string; readonly metadata: unknown },
  listMeta: Message,
  items: readonly Uint8Array[],
): Buffer<ArrayBuffer> {
  const writer = emptyWriter()
  for (let i = items.length - 1; i >= 0; i--) {
    writer.bytes(items[i]!)
    writer.tag(2, BYTES)
  }
  const end = writer.length
  encodeMessage(listMeta, list.metadata, writer)
  writer.unsigned(writer.length - end)
  writer.tag(1, BYTES)
  return sealed(writer, list.apiVersion, list.kind)
}

/** Puts an envelope and the magic before what the writer holds. */
function sealed(writer: BackwardWriter, apiVersion: string, kind: string): Buffer<ArrayBuffer> {
  const { length } = writer
  const head = new BackwardWriter()
  head.unsigned(length)
  head.tag(2, BYTES)
  const end = head.length
  head.text(kind)
  head.tag(2, BYTES)
  head.text(apiVersion)
  head.tag(1, BYTES)
  head.unsigned(head.length - end)
  head.tag(1, BYTES)
  head.raw(MAGIC)
  // An empty contentEncoding and an empty contentType follow the message.
  return Buffer.concat([head.finish(), writer.finish(), Buffer.from([0x1a, 0, 0x22, 0])])
}

/** Whether bytes begin like a body in protobuf. */
export function isProtobuf(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, at) => bytes[at] === byte)
}

/** Opens the envelope of a body; throws `bad-request` when it is none. */
export function openEnvelope(bytes: Buffer): Envelope {
  if (!isProtobuf(bytes))
    throw new WherryError('bad-request', 'the body does not begin like a Kubernetes protobuf message')
  return readable(() => {
    const from = new Reader(bytes, MAGIC.length)
    let [apiVersion, kind, raw] = ['', '', Buffer.alloc(0) as Buffer]
    while (!from.done) {
      const tag = from.tag()
      if (tag === 10) {
        const meta = from.message()
        while (!meta.done) {
          const inner = meta.tag()
          if (inner === 10) apiVersion = meta.text()
          else if (inner === 18) kind = meta.text()
          else meta.skip(inner % 8)
        }
      } else if (tag === 18) raw = from.bytes()
      else from.skip(tag % 8)
    }
    return { apiVersion, kind, raw }
  })
}

/** The object that a message without envelope stands for; throws `bad-request` when the bytes are broken. */
export function decodeRaw<T>(message: Message<T>, raw: Buffer): T {
  return readable(() => decodeMessage(message, new Reader(raw)) as T)
}

/** The object of a whole body, with the `kind` and `apiVersion` of its envelope. */
export function decodeProtobuf<T>(message: Message<T>, bytes: Buffer): T {
  const { apiVersion, kind, raw } = openEnvelope(bytes)
  const object = decodeRaw(message, raw)
  if (!message.object) return object
  return { ...(kind === '' ? {} : { kind }), ...(apiVersion === '' ? {} : { apiVersion }), ...object }
}

/** One frame of a watch: its length in four bytes, and an event around a whole body. */
export function encodeWatchFrame(type: string, body: Uint8Array): Buffer<ArrayBuffer> {
  const writer = emptyWriter()
  writer.bytes(body)
  writer.tag(1, BYTES)
  writer.unsigned(writer.length)
  writer.tag(2, BYTES)
  writer.text(type)
  writer.tag(1, BYTES)
  const size = Buffer.alloc(4)
  size.writeUInt32BE(writer.length)
  writer.raw(size)
  return writer.finish()
}

/** The event of a frame, its length aside. */
export function decodeWatchEvent(event: Buffer): { type: string; body: Buffer } {
  return readable(() => {
    const from = new Reader(event)
    let [type, body] = ['', Buffer.alloc(0) as Buffer]
    while (!from.done) {
      const tag = from.tag()
      if (tag === 10) type = from.text()
      else if (tag === 18) {
        const object = from.message()
        while (!object.done) {
          const inner = object.tag()
          if (inner === 10) body = object.bytes()
          else object.skip(inner % 8)
        }
      } else from.skip(tag % 8)
    }
    return { type, body }
  })
}

function readable<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof RangeError || error instanceof SyntaxError) {
      throw new WherryError('bad-request', `unable to decode the protobuf body: ${error.message}`, { cause: error })
    }
    throw error
  }
}
