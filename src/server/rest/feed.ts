import type { KubeObject } from '../../api/meta/kind.ts'
import type { Entry, Store, StoreEvent } from '../../store/store.ts'
import type { FieldIndex, Matcher } from './selection.ts'
import type { Resource } from './resource.ts'
import { hold, storedObject } from './stored.ts'
import type { Turns } from './turns.ts'

/** A change as one watcher sees it: what leaves its selection is deleted for it, what enters is added. */
export interface FeedEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly entry: Entry
}

export interface FeedOptions {
  readonly resource: Resource
  readonly prefix: string
  /** Changes after this revision. */
  readonly after: number
  readonly matches: Matcher | undefined
  readonly index: FieldIndex | undefined
  /** Where what is told has to wait until somebody has converted it. */
  readonly turns: Turns | undefined
  /** Batches in revision order. All entries can be decoded without cost while this runs, and only then. */
  readonly onEvents: (events: readonly FeedEvent[]) => void
  /** The store has ended the watch. */
  readonly onEnd: () => void
}

/** Changes of a resource, seen through a selection. Throws `expired` when the first ones are forgotten. */
export function openFeed(store: Store, options: FeedOptions): { close(): void } {
  const { resource, prefix, after, matches, index, turns, onEvents, onEnd } = options
  const tell = (events: readonly StoreEvent[]): void => {
    const concerned = index === undefined ? events : concerning(events, index)
    if (concerned === undefined) return
    const seen = matches === undefined ? unfiltered(concerned) : filtered(concerned, matches, resource)
    if (seen.length > 0) onEvents(seen)
  }
  return store.watch({
    prefix,
    after,
    onEnd,
    onEvents: (events) => {
      if (turns === undefined) {
        tell(events)
        return
      }
      const held = holdEvents(events)
      for (const { type, entry, previous } of held) {
        // What is gone was known before, often: whoever converts may be gone as well.
        if (type === 'delete' && previous !== undefined) {
          resource.kind.storedAs?.asking?.alike(previous.decoded, entry.decoded)
        }
      }
      // What an object was before matters only to those who choose.
      const entries = held.flatMap(({ entry, previous }) =>
        matches === undefined || previous === undefined ? [entry] : [previous, entry],
      )
      turns.add(entries, () => tell(held))
    },
  })
}

const heldEvents = new WeakMap<readonly StoreEvent[], readonly StoreEvent[]>()

/** The same events with decoded forms that stay, for all who watch the prefix. */
function holdEvents(events: readonly StoreEvent[]): readonly StoreEvent[] {
  let held = heldEvents.get(events)
  if (held === undefined) {
    held = events.map(({ entry, previous, ...event }) => ({
      ...event,
      entry: hold(entry),
      previous: previous === undefined ? undefined : hold(previous),
    }))
    heldEvents.set(events, held)
  }
  return held
}

/** Watchers of one prefix are handed the same array; what they all see is made once. */
const shared = new WeakMap<readonly StoreEvent[], readonly FeedEvent[]>()

function unfiltered(events: readonly StoreEvent[]): readonly FeedEvent[] {
  let seen = shared.get(events)
  if (seen === undefined) {
    seen = events.map((event) => ({
      type: event.type === 'delete' ? 'DELETED' : event.previous === undefined ? 'ADDED' : 'MODIFIED',
      entry: event.entry,
    }))
    shared.set(events, seen)
  }
  return seen
}

type ByValue = ReadonlyMap<string, readonly StoreEvent[]>

const grouped = new WeakMap<readonly StoreEvent[], Map<string, ByValue>>()

/**
 * The events that touch a value of a field, before or after. They are sorted out once for all watchers that choose by
 * that field: of five hundred agents that watch their pods, one looks into a change.
 */
function concerning(
  events: readonly StoreEvent[],
  { key, value, valueOf }: FieldIndex,
): readonly StoreEvent[] | undefined {
  let groups = grouped.get(events)
  if (groups === undefined) grouped.set(events, (groups = new Map()))
  let byValue = groups.get(key)
  if (byValue === undefined) groups.set(key, (byValue = groupBy(events, valueOf)))
  return byValue.get(value)
}

function groupBy(events: readonly StoreEvent[], valueOf: FieldIndex['valueOf']): ByValue {
  const byValue = new Map<string, StoreEvent[]>()
  const add = (value: string, event: StoreEvent): void => {
    const group = byValue.get(value)
    if (group === undefined) byValue.set(value, [event])
    else group.push(event)
  }
  for (const event of events) {
    const is = valueOf(event.entry)
    add(is, event)
    const was = event.previous === undefined ? is : valueOf(event.previous)
    if (was !== is) add(was, event)
  }
  return byValue
}

function filtered(events: readonly StoreEvent[], matches: Matcher, resource: Resource): FeedEvent[] {
  const seen: FeedEvent[] = []
  for (const event of events) {
    const was = event.previous !== undefined && matches(event.previous)
    if (event.type === 'delete') {
      if (was) seen.push({ type: 'DELETED', entry: event.entry })
      continue
    }
    const is = matches(event.entry)
    if (is) seen.push({ type: was ? 'MODIFIED' : 'ADDED', entry: event.entry })
    else if (was) seen.push({ type: 'DELETED', entry: departure(event, resource) })
  }
  return seen
}

const departures = new WeakMap<StoreEvent, Entry>()

/** What a watcher last saw of an object that has left its selection, with the revision at which it left. */
function departure(event: StoreEvent, { kind }: Resource): Entry {
  let entry = departures.get(event)
  if (entry === undefined) {
    const previous = event.previous!
    const object = storedObject(previous)
    const decoded: KubeObject = {
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(event.revision) },
    }
    entry = { ...previous, modRevision: event.revision, decoded }
    departures.set(event, entry)
  }
  // Each version of a kind has to be told.
  kind.storedAs?.asking?.alike(event.previous!.decoded, entry.decoded)
  return entry
}
