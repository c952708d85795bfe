import type { StoreEvent, Watch, WatchOptions } from './store.ts'

interface Watcher {
  readonly options: WatchOptions
  /** What it has to be told before it takes part in the next commit; undefined once that has happened. */
  backlog: StoreEvent[] | undefined
  open: boolean
}

/**
 * Everybody who watches, found by the prefix of a key without asking each. Prefixes nearly always end at a slash, so that
 * an event finds its watchers by the few prefixes that its own key has.
 */
export class Watchers {
  #byPrefix = new Map<string, Set<Watcher>>()
  /** Prefixes that do not end at a slash. */
  #odd = new Set<string>()

  /** `backlog` has the events that the watcher missed; it hears of them after the caller has returned. */
  add(options: WatchOptions, backlog: StoreEvent[]): Watch {
    const { prefix } = options
    const watcher: Watcher = { options, backlog, open: true }
    const group = this.#byPrefix.get(prefix) ?? new Set()
    this.#byPrefix.set(prefix, group.add(watcher))
    if (!prefix.endsWith('/')) this.#odd.add(prefix)
    queueMicrotask(() => {
      const missed = watcher.backlog ?? []
      watcher.backlog = undefined
      tell(watcher, missed)
    })
    return { close: () => this.#remove(watcher) }
  }

  #remove(watcher: Watcher): void {
    const { prefix } = watcher.options
    watcher.open = false
    const group = this.#byPrefix.get(prefix)
    group?.delete(watcher)
    if (group?.size !== 0) return
    this.#byPrefix.delete(prefix)
    this.#odd.delete(prefix)
  }

  /** Tells everybody concerned of the events of one commit. */
  notify(events: readonly StoreEvent[]): void {
    if (this.#byPrefix.size === 0) return
    const told = new Map<string, StoreEvent[]>()
    for (const event of events) {
      for (const prefix of this.#prefixesOf(event.entry.key)) {
        const list = told.get(prefix)
        if (list === undefined) told.set(prefix, [event])
        else list.push(event)
      }
    }
    for (const [prefix, list] of told) {
      // A copy: whoever begins to watch in a handler has these events in its backlog already.
      for (const watcher of Array.from(this.#byPrefix.get(prefix) ?? [])) {
        if (watcher.backlog === undefined) tell(watcher, list)
        else for (const event of list) watcher.backlog.push(event)
      }
    }
  }

  #prefixesOf(key: string): string[] {
    const found: string[] = []
    for (let end = key.indexOf('/'); end >= 0; end = key.indexOf('/', end + 1)) {
      const prefix = key.slice(0, end + 1)
      if (this.#byPrefix.has(prefix)) found.push(prefix)
    }
    for (const prefix of this.#odd) if (key.startsWith(prefix)) found.push(prefix)
    return found
  }

  /** Ends every watch. */
  end(): void {
    const all = [...this.#byPrefix.values()].flatMap((group) => [...group])
    for (const watcher of all) {
      this.#remove(watcher)
      watcher.options.onEnd?.()
    }
  }
}

function tell(watcher: Watcher, events: readonly StoreEvent[]): void {
  const { after, onEvents } = watcher.options
  // A watch may start at a revision that is still to come.
  const due =
    events.length > 0 && events[0]!.revision <= after ? events.filter((event) => event.revision > after) : events
  if (!watcher.open || due.length === 0) return
  try {
    onEvents(due)
  } catch (error) {
    // One watcher's fault must reach neither the writers nor the other watchers: it is thrown where nobody is in the way.
    queueMicrotask(() => {
      throw error
    })
  }
}
