import type { KubeObject } from '../../api/meta/kind.ts'
import { encodeProtobuf, encodeWatchFrame } from '../../api/meta/protobuf.ts'
import { statusOf } from '../../api/meta/status.ts'
import { PartialObjectMetadata, Status } from '../../api/meta/v1.ts'
import type { Entry } from '../../store/store.ts'
import type { Writing } from './encode.ts'
import { protobufBody } from './encode.ts'
import type { FeedEvent } from './feed.ts'
import type { Resource } from './resource.ts'
import { jsonOf, wholeOf } from './stored.ts'
import { columnsOf, partial, rowOf } from './table.ts'

/** The pieces of a watch in one form. */
export interface Frames {
  event(event: FeedEvent): Buffer
  /** Events that arrive together leave together: the cost of a write is that of its packets. */
  batch(events: readonly FeedEvent[]): Buffer
  bookmark(revision: number, initialEventsEnd: boolean): Buffer
  error(error: unknown): Buffer
}

/** How one stream writes its frames. Watchers that want the same form share what is written for them in one turn. */
export function framesOf(resource: Resource, writing: Writing): Frames {
  const encode = encoderOf(resource, writing)
  const write = writing.format === 'protobuf' ? protobufFrame : jsonFrame
  const kept = keptFrames(resource, `${writing.format} ${writing.view} ${writing.viewVersion} ${writing.includeObject}`)
  let isFirstRow = writing.view === 'table'
  const frameOf = (event: FeedEvent): Buffer => {
    if (isFirstRow) {
      // The columns are told once, with the first row.
      isFirstRow = false
      return write(event.type, { ...(encode(event.entry) as object), columnDefinitions: columnsOf(resource.kind) })
    }
    return kept.event(event, () => {
      if (writing.format === 'json' && writing.view === 'object') return storedFrame(resource, event)
      return write(event.type, encode(event.entry))
    })
  }
  return {
    event: frameOf,
    batch(events) {
      if (events.length === 1) return frameOf(events[0]!)
      return isFirstRow
        ? Buffer.concat(events.map(frameOf))
        : kept.batch(events, () => Buffer.concat(events.map(frameOf)))
    },
    bookmark: (revision, initialEventsEnd) =>
      write('BOOKMARK', bookmarkOf(resource, writing, revision, initialEventsEnd)),
    error: (error) => {
      const status = statusOf(error)
      return write('ERROR', writing.format === 'protobuf' ? encodeProtobuf(Status, status) : status)
    },
  }
}

/** The fastest way, and the one of most controllers: the stored bytes with the revision put in. */
function storedFrame(resource: Resource, { type, entry }: FeedEvent): Buffer {
  return jsonOf(resource, entry, `{"type":"${type}","object":`, '}\n')
}

function jsonFrame(type: string, object: object): Buffer {
  return Buffer.from(`${JSON.stringify({ type, object })}\n`)
}

function protobufFrame(type: string, body: object): Buffer {
  return encodeWatchFrame(type, body as Buffer)
}

/** What stands in an event: bytes for protobuf, else a value. */
function encoderOf(resource: Resource, writing: Writing): (entry: Entry) => object {
  const { kind } = resource
  const { format, view, viewVersion, includeObject } = writing
  if (view === 'table') {
    return (entry) => {
      const object = wholeOf(resource, entry)
      return tableOf(viewVersion, object.metadata.resourceVersion, [
        rowOf(kind, object, includeObject, viewVersion, writing.now()),
      ])
    }
  }
  const shown = (entry: Entry): object => {
    const object = wholeOf(resource, entry)
    return view === 'metadata' ? partial(object, viewVersion) : object
  }
  if (format === 'json') return shown
  const message = view === 'metadata' ? PartialObjectMetadata : kind.message
  return (entry) => protobufBody(message, shown(entry) as KubeObject)
}

function tableOf(version: string, resourceVersion: string, rows: readonly object[]): object {
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: { resourceVersion },
    columnDefinitions: [],
    rows,
  }
}

function bookmarkOf(resource: Resource, writing: Writing, revision: number, initialEventsEnd: boolean): object {
  const { kind } = resource
  const { format, view, viewVersion } = writing
  const resourceVersion = String(revision)
  if (view === 'table') return tableOf(viewVersion, resourceVersion, [])
  const metadata = {
    resourceVersion,
    ...(initialEventsEnd ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {}),
  }
  const object = (
    view === 'metadata'
      ? partial({ metadata } as unknown as KubeObject, viewVersion)
      : { kind: kind.kind, apiVersion: kind.apiVersion, metadata }
  ) as KubeObject
  if (format === 'json') return object
  return protobufBody(view === 'metadata' ? PartialObjectMetadata : kind.message, object)
}

/** What is written once for all watchers that want the same form. */
interface Kept {
  event(event: FeedEvent, make: () => Buffer): Buffer
  batch(events: readonly FeedEvent[], make: () => Buffer): Buffer
}

const sharing = new WeakMap<Resource, Map<string, Kept>>()

function keptFrames(resource: Resource, form: string): Kept {
  let forms = sharing.get(resource)
  if (forms === undefined) sharing.set(resource, (forms = new Map()))
  let kept = forms.get(form)
  if (kept === undefined) forms.set(form, (kept = keepFrames()))
  return kept
}

/** Frames of the present turn: a change is told to all its watchers at once, so keeping them longer gains nothing. */
function keepFrames(): Kept {
  const frames = new Map<Entry, { readonly type: string; readonly frame: Buffer }>()
  // Watchers without a selection are handed the same array.
  const batches = new WeakMap<readonly FeedEvent[], Buffer>()
  return {
    event({ type, entry }, make) {
      const known = frames.get(entry)
      if (known?.type === type) return known.frame
      if (frames.size === 0) setImmediate(() => frames.clear())
      const frame = make()
      frames.set(entry, { type, frame })
      return frame
    },
    batch(events, make) {
      let batch = batches.get(events)
      if (batch === undefined) batches.set(events, (batch = make()))
      return batch
    },
  }
}
