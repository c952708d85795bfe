import type { KindRegistry } from '../../api/meta/registry.ts'
import type { Clock } from '../../lib/clock.ts'
import { isWherryError, WherryError } from '../../lib/errors.ts'
import type { Random } from '../../lib/random.ts'
import type { Entry, Store } from '../../store/store.ts'
import type { FeedEvent } from './feed.ts'
import { openFeed } from './feed.ts'
import { refuseFuture } from './list.ts'
import type { WatchQuery } from './options.ts'
import type { Resource } from './resource.ts'
import { prefixOf } from './resource.ts'
import type { FieldIndex, Matcher } from './selection.ts'
import { indexOf, matcherOf } from './selection.ts'
import { hold } from './stored.ts'
import { turnsFor } from './turns.ts'

/** Somebody who watches: is told what there is, then what changes, in order. */
export interface Watcher {
  /** What is there when the watch begins; at most once, before anything else. */
  initial(entries: readonly Entry[]): void
  events(events: readonly FeedEvent[]): void
  /** Everything up to this revision has been told. */
  bookmark(revision: number, initialEventsEnd: boolean): void
  /** The last word: `expired` when what was asked for is forgotten. */
  fail(error: WherryError): void
  /** The last word: the time is over. */
  end(): void
}

export interface WatchContext {
  readonly store: Store
  readonly clock: Clock
  readonly random: Random
  readonly kinds: Pick<KindRegistry, 'whileServed'>
}

export interface WatchPlan {
  readonly resource: Resource
  readonly prefix: string
  readonly query: WatchQuery
  readonly matches: Matcher | undefined
  readonly index: FieldIndex | undefined
}

/** Checks what can be refused before an answer begins. */
export function planWatch(store: Store, resource: Resource, namespace: string, query: WatchQuery): WatchPlan {
  const matches = matcherOf(resource, query)
  if (query.sendInitialEvents === true && query.resourceVersion !== undefined)
    refuseFuture(store, query.resourceVersion)
  return { resource, prefix: prefixOf(resource, namespace), query, matches, index: indexOf(resource, query) }
}

/** How often a quiet watch is told how far it has come. */
const BOOKMARK_INTERVAL_MS = 60_000

/** A watch without a time of its own ends after this, or up to twice as long, so that not all end together. */
const TIMEOUT_MS = 1_800_000

export interface StartedWatch {
  close(): void
  /** What there was at the beginning has been told; undefined when that took no time. */
  readonly began: Promise<void> | undefined
}

/** Begins a watch. */
export function startWatch(context: WatchContext, plan: WatchPlan, watcher: Watcher): StartedWatch {
  const { store, clock, random, kinds } = context
  const { resource, prefix, query, matches, index } = plan
  const { resourceVersion = 0, sendInitialEvents, bookmarks } = query
  let cancelReminder = (): void => {}
  let cancelTimeout = (): void => {}
  const close = (): void => {
    feed?.close()
    turns?.close()
    served?.removeEventListener('abort', finish)
    cancelReminder()
    cancelTimeout()
  }
  const finish = (): void => {
    close()
    watcher.end()
  }
  const turns = turnsFor({
    resource,
    onBehind: finish,
    onFailure: (error) => {
      close()
      watcher.fail(error)
    },
  })
  const tell = (entries: readonly Entry[], run: () => void): void => {
    if (turns === undefined) run()
    else turns.add(entries, run)
  }
  // A definition that changes is another one: whoever watches begins anew, where they were.
  const served = kinds.whileServed?.(resource.kind)
  served?.addEventListener('abort', finish)
  const wantsInitial = sendInitialEvents ?? resourceVersion === 0
  const listing = wantsInitial ? store.list(prefix) : undefined
  const after = listing?.revision ?? (resourceVersion === 0 ? store.revision() : resourceVersion)
  let feed: { close(): void } | undefined
  try {
    feed = openFeed(store, {
      resource,
      prefix,
      after,
      matches,
      index,
      turns,
      onEvents: (events) => watcher.events(events),
      onEnd: finish,
    })
  } catch (error) {
    close()
    watcher.fail(
      isWherryError(error) ? error : new WherryError('internal', 'the watch could not begin', { cause: error }),
    )
    return { close, began: undefined }
  }
  if (listing !== undefined) {
    const entries = turns === undefined ? listing.entries : listing.entries.map(hold)
    tell(entries, () => watcher.initial(matches === undefined ? entries : entries.filter(matches)))
  }
  if (sendInitialEvents === true && bookmarks) tell([], () => watcher.bookmark(after, true))
  if (bookmarks) {
    const remind = (): void => {
      // Events get their turn at the moment they are committed, so everything up to the newest revision has had it.
      const revision = store.revision()
      tell([], () => watcher.bookmark(revision, false))
      cancelReminder = clock.after(BOOKMARK_INTERVAL_MS, remind)
    }
    cancelReminder = clock.after(BOOKMARK_INTERVAL_MS * (0.75 + random() / 4), remind)
  }
  cancelTimeout = clock.after(query.timeoutMs ?? TIMEOUT_MS * (1 + random()), () => {
    if (bookmarks && turns === undefined) watcher.bookmark(store.revision(), false)
    finish()
  })
  return { close, began: turns?.done() }
}
