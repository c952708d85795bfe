import type { Entry } from '../../store/store.ts'
import type { Sink } from '../api-server.ts'
import type { FeedEvent } from './feed.ts'
import type { Watcher } from './watch.ts'
import type { Frames } from './watch-frames.ts'

/** A reader that is this far behind is cut off: it can go on from where it was, or list again. */
const BACKLOG_BYTES_MAX = 16 * 1024 * 1024
const WAITING_MAX = 20_000

/** How many frames are put together for one write while a backlog is sent. */
const FRAMES_PER_WRITE = 64

type Waiting = FeedEvent | { readonly type: 'BOOKMARK'; readonly revision: number; readonly initialEventsEnd: boolean }

/** Writes a watch to a connection no faster than the reader takes it. */
export function watchStream(frames: Frames, sink: Sink): Watcher {
  /** The first listing, and how much of it has been sent: it is encoded only when the connection can take it. */
  let listing: readonly Entry[] = []
  let sent = 0
  const waiting: Waiting[] = []
  let isOpen = true
  let isBlocked = false

  const write = (chunk: Buffer): void => {
    isBlocked = !sink.write(chunk)
  }
  const frameOf = (one: Waiting): Buffer =>
    one.type === 'BOOKMARK' ? frames.bookmark(one.revision, one.initialEventsEnd) : frames.event(one)
  const flush = (): void => {
    isBlocked = false
    const takesMore = (): boolean => isOpen && !isBlocked
    while (takesMore() && sent < listing.length) {
      const part = listing.slice(sent, sent + FRAMES_PER_WRITE)
      sent += part.length
      write(Buffer.concat(part.map((entry) => frames.event({ type: 'ADDED', entry }))))
    }
    if (sent >= listing.length) listing = []
    while (takesMore() && waiting.length > 0) {
      write(Buffer.concat(waiting.splice(0, FRAMES_PER_WRITE).map(frameOf)))
    }
  }
  const isBehind = (): boolean => isBlocked || listing.length > 0 || waiting.length > 0
  const queue = (more: readonly Waiting[]): void => {
    if (waiting.length + more.length > WAITING_MAX || sink.backlogBytes() > BACKLOG_BYTES_MAX) finish()
    else waiting.push(...more)
  }
  const finish = (): void => {
    if (!isOpen) return
    isOpen = false
    listing = []
    waiting.length = 0
    sink.end()
  }

  sink.onDrain(flush)
  sink.onClose(finish)
  return {
    initial(entries) {
      listing = entries
      sent = 0
      flush()
    },
    events(events) {
      if (!isOpen) return
      if (isBehind()) queue(events)
      else write(frames.batch(events))
    },
    bookmark(revision, initialEventsEnd) {
      if (!isOpen) return
      const bookmark: Waiting = { type: 'BOOKMARK', revision, initialEventsEnd }
      if (isBehind()) queue([bookmark])
      else write(frameOf(bookmark))
    },
    fail(error) {
      if (isOpen) sink.write(frames.error(error))
      finish()
    },
    end: finish,
  }
}
