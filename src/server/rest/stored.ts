import type { KubeObject } from '../../api/meta/kind.ts'
import type { Entry } from '../../store/store.ts'
import { ownersOf, ownersText, ownersTextOf, textWithoutOwners } from './owners.ts'
import type { Resource } from './resource.ts'

/**
 * How objects become bytes in the store and back. The bytes are the object's JSON in its stored version, except for the
 * resourceVersion, which is the revision that the store gives it: it is put in where the metadata begin whenever the
 * bytes are sent. So lists and watches copy bytes, and nothing is written twice.
 *
 * The managedFields are more than half of most objects, and nobody but a writer asks for them. So they stay bytes: the
 * decoded form of an entry has none (see owners.ts).
 */
export function encodeStored(resource: Resource, object: KubeObject): Buffer {
  return encodeWith(resource, object, ownersText(object.metadata.managedFields))
}

/** The same for the next state of an entry whose managedFields stay as they are. */
export function encodeNext(resource: Resource, object: KubeObject, { value }: Entry): Buffer {
  return encodeWith(resource, object, ownersTextOf(value))
}

function encodeWith(resource: Resource, object: KubeObject, owners: string): Buffer {
  const { kind, apiVersion, metadata, ...rest } = object
  const { managedFields: _owners, resourceVersion: _, ...others } = metadata
  const { stored, head } = resource
  if (kind !== stored.kind || apiVersion !== stored.apiVersion)
    throw new TypeError(`a stored object begins with ${head}`)
  const text = JSON.stringify(others).slice(1, -1)
  const end = JSON.stringify(rest)
  return bytesOf(`${head}${text}${owners}}${end === '{}' ? '}' : `,${end.slice(1)}`}`)
}

/** In memory of its own, since the store keeps it, and would copy what shares a pool. */
function bytesOf(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}

/** Makes the decoded form that the store keeps beside the bytes: the object itself, with the revision it got. */
export function keepDecoded(object: KubeObject): (revision: number) => KubeObject {
  return (revision) => {
    const { managedFields: _, ...metadata } = object.metadata
    metadata.resourceVersion = String(revision)
    return { ...object, metadata }
  }
}

/** The object of an entry in its stored version, without its managedFields. It is shared: nobody may change it. */
export function storedObject(entry: Entry): KubeObject {
  return (entry.decoded ??= parseStored(entry)) as KubeObject
}

function parseStored({ value, modRevision }: Entry): KubeObject {
  const object = JSON.parse(textWithoutOwners(value)) as KubeObject
  object.metadata.resourceVersion = String(modRevision)
  return object
}

/** The object of an entry in the version of the request, without its managedFields. It is shared: nobody may change it. */
export function objectOf(resource: Resource, entry: Entry): KubeObject {
  const object = storedObject(entry)
  const { storedAs } = resource.kind
  return storedAs === undefined ? object : storedAs.fromStored(object)
}

/**
 * The entries with objects that can be read at once. It takes time only for kinds that somebody outside converts: all
 * others are handed back as they are.
 */
export function readable(resource: Resource, entries: readonly Entry[]): readonly Entry[] | Promise<readonly Entry[]> {
  const { asking } = resource.kind.storedAs ?? {}
  if (asking === undefined) return entries
  const held = entries.map(hold)
  const asked = asking.ask(held.map((entry) => entry.decoded))
  return asked === undefined ? held : asked.then(() => held)
}

/** The same for one entry. */
export function readableEntry(resource: Resource, entry: Entry): Entry | Promise<Entry> {
  const entries = readable(resource, [entry])
  return entries instanceof Promise ? entries.then(([only]) => only!) : entries[0]!
}

/** An entry with its decoded form, of which the store would let go while somebody is being asked. */
export function hold(entry: Entry): Entry & { readonly decoded: unknown } {
  return { ...entry, decoded: storedObject(entry) }
}

/** The same with its managedFields, as it is shown and changed. Nobody may change it in place. */
export function wholeOf(resource: Resource, entry: Entry): KubeObject {
  const object = objectOf(resource, entry)
  const managedFields = ownersOf(entry.value)
  if (managedFields.length === 0) return object
  return { ...object, metadata: { ...object.metadata, managedFields } }
}

/** A copy of the object of an entry with its managedFields, in the version of the request, that may be changed. */
export function copyOf(resource: Resource, entry: Entry): KubeObject {
  const { storedAs } = resource.kind
  const copy = storedAs === undefined ? parseStored(entry) : structuredClone(storedAs.fromStored(storedObject(entry)))
  const managedFields = ownersOf(entry.value)
  if (managedFields.length > 0) copy.metadata.managedFields = managedFields
  return copy
}

/** How many bytes `writeJson` will write. */
export function jsonLength(resource: Resource, entry: Entry): number {
  return entry.value.length + RESOURCE_VERSION_OVERHEAD + digits(entry.modRevision)
}

const RESOURCE_VERSION_OVERHEAD = '"resourceVersion":"",'.length

function digits(revision: number): number {
  let count = 1
  for (let rest = revision; rest >= 10; rest = Math.floor(rest / 10)) count++
  return count
}

/** Copies the JSON of an entry, in its stored version, to `target` at `offset`; answers where it ends. */
export function writeJson(resource: Resource, entry: Entry, target: Buffer, offset: number): number {
  const { value, modRevision } = entry
  const at = resource.head.length
  let end = offset + value.copy(target, offset, 0, at)
  end += target.write(`"resourceVersion":"${modRevision}",`, end, 'latin1')
  return end + value.copy(target, end, at)
}

/** The JSON of an entry in one piece, with room for what the caller puts around it. */
export function jsonOf(resource: Resource, entry: Entry, before = '', after = ''): Buffer {
  if (resource.kind !== resource.stored) {
    return Buffer.from(before + JSON.stringify(wholeOf(resource, entry)) + after)
  }
  const buffer = Buffer.allocUnsafe(before.length + jsonLength(resource, entry) + after.length)
  buffer.write(before, 0, 'latin1')
  const end = writeJson(resource, entry, buffer, before.length)
  buffer.write(after, end, 'latin1')
  return buffer
}

/** The object in its stored version: the object itself where that is the one of the request. */
export function forStorage({ kind }: Resource, object: KubeObject): KubeObject | Promise<KubeObject> {
  return kind.storedAs === undefined ? object : kind.storedAs.toStored(object)
}

/** Whether an entry is stored in the version in which it would be written today. */
export function isCurrent({ stored }: Resource, entry: Entry): boolean {
  return storedObject(entry).apiVersion === stored.apiVersion
}
