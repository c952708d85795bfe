import type { KubeObject } from '../../api/meta/kind.ts'
import type { Entry, Store, StoreEvent } from '../../store/store.ts'
import type { Matcher } from './selection.ts'
import { storedObject } from './stored.ts'

/** A change as one watcher sees it: what leaves its selection is deleted for it, what enters is added. */
export interface FeedEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly entry: Entry
}

export interface FeedOptions {
  readonly prefix: string
  /** Changes after this revision. */
  readonly after: number
  readonly matches: Matcher | undefined
  /** Batches in revision order. All entries can be decoded without cost while this runs, and only then. */
  readonly onEvents: (events: readonly FeedEvent[]) => void
  /** The store has ended the watch. */
  readonly onEnd: () => void
}

/** Changes of a resource, seen through a selection. Throws `expired` when the first ones are forgotten. */
export function openFeed(store: Store, { prefix, after, matches, onEvents, onEnd }: FeedOptions): { close(): void } {
  return store.watch({
    prefix,
    after,
    onEnd,
    onEvents: (events) => {
      const seen = matches === undefined ? unfiltered(events) : filtered(events, matches)
      if (seen.length > 0) onEvents(seen)
    },
  })
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

function filtered(events: readonly StoreEvent[], matches: Matcher): FeedEvent[] {
  const seen: FeedEvent[] = []
  for (const event of events) {
    const was = event.previous !== undefined && matches(event.previous)
    if (event.type === 'delete') {
      if (was) seen.push({ type: 'DELETED', entry: event.entry })
      continue
    }
    const is = matches(event.entry)
    if (is) seen.push({ type: was ? 'MODIFIED' : 'ADDED', entry: event.entry })
    else if (was) seen.push({ type: 'DELETED', entry: departure(event) })
  }
  return seen
}

const departures = new WeakMap<StoreEvent, Entry>()

/** What a watcher last saw of an object that has left its selection, with the revision at which it left. */
function departure(event: StoreEvent): Entry {
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
  return entry
}
