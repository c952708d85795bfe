import type { Pod } from '../../api/core/v1.ts'
import type { EndpointSlice } from '../../api/discovery/v1.ts'
import type { WatchCache } from '../../client/cache.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/log.ts'
import type { Acknowledgements } from './acknowledgements.ts'
import { departures, takesConnections } from './departures.ts'
import { whenever } from './whenever.ts'

/** Whoever sends new connections to pods, or keeps old ones. */
export interface Answerer {
  /** Resolves when it has taken in what the caches said at the time of the call. */
  settled(signal?: AbortSignal): Promise<void>
  /** Resolves when nothing of its is under way to an address any more. */
  drained(address: string, signal: AbortSignal): Promise<void>
}

export interface DrainOptions {
  readonly nodeName: string
  readonly slices: WatchCache<EndpointSlice>
  readonly answerers: ReadonlySet<Answerer>
  readonly acknowledgements: Acknowledgements
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Says when a pod may be told to end, so that no request is lost by it (DESIGN, decision 10). */
export interface Drain {
  /** Resolves when nothing sends connections to the pod any more, or half of its grace period is over. */
  drained(pod: Pod, signal: AbortSignal): Promise<void>
}

const BY_POD = 'data-plane/pod'
const REMEMBERED_MAX = 4_096

/** The part of a grace period that a pod's connections may take; the rest is the pod's own. */
const SHARE_OF_GRACE = 0.5
const DRAIN_MS_MAX = 10_000
/** What is under way for longer than this (a WebSocket, a download) is the application's to end. */
const UNDER_WAY_MS_MAX = 5_000

/** Follows the slices from now on until the signal fires. */
export function openDrain(options: DrainOptions): Drain {
  const { nodeName, slices, answerers, acknowledgements, clock, log, signal } = options
  const leftAt = new Map<string, number>()
  slices.addIndex(BY_POD, ({ endpoints }) => (endpoints ?? []).flatMap(({ targetRef }) => targetRef?.uid ?? []))

  const letGo = async (addresses: readonly string[], waiting: AbortSignal): Promise<void> => {
    const all = [...answerers]
    await Promise.all(all.map((answerer) => answerer.settled(waiting)))
    const drains = all.flatMap((answerer) => addresses.map((address) => answerer.drained(address, waiting)))
    await within(UNDER_WAY_MS_MAX, Promise.all(drains), clock)
  }

  let following: Promise<unknown> = Promise.resolve()
  const stop = slices.onChange(({ object, previous }) => {
    const left = departures(previous, object)
    if (left.length === 0) return
    // Only after this event does the cache know how far it has come, which a removed slice cannot say.
    queueMicrotask(() => {
      const revision = object === undefined ? slices.revision() : Number(object.metadata.resourceVersion)
      for (const { uid } of left) if (uid !== undefined) remember(leftAt, uid, revision)
      const elsewhere = left.filter((departure) => departure.nodeName !== nodeName)
      if (elsewhere.length === 0 || signal.aborted) return
      const done = letGo(
        elsewhere.map(({ address }) => address),
        signal,
      )
      // In order, since whoever has told of a revision has told of all before it.
      following = Promise.all([following, done])
        .then(() => acknowledgements.publish(revision))
        .catch((error: unknown) => void (signal.aborted || log.warn('endpoints were not let go of', { error })))
    })
  })
  signal.addEventListener('abort', stop, { once: true })

  const slicesOf = (uid: string): readonly EndpointSlice[] => slices.byIndex(BY_POD, uid)
  const isGone = (uid: string): boolean =>
    !slicesOf(uid).some(({ endpoints }) =>
      (endpoints ?? []).some((endpoint) => endpoint.targetRef?.uid === uid && takesConnections(endpoint)),
    )
  const revisionOf = (uid: string): number =>
    leftAt.get(uid) ?? Math.max(0, ...slicesOf(uid).map(({ metadata }) => Number(metadata.resourceVersion)))

  return {
    async drained(pod, waiting) {
      const { uid, deletionGracePeriodSeconds } = pod.metadata
      const graceMs = (deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000
      // It ends at once, whatever is under way.
      if (graceMs === 0) return
      const giveUp = new AbortController()
      const cancel = clock.after(Math.min(graceMs * SHARE_OF_GRACE, DRAIN_MS_MAX), () => giveUp.abort())
      const either = AbortSignal.any([waiting, giveUp.signal])
      try {
        await whenever(slices, () => isGone(uid), either)
        const revision = revisionOf(uid)
        // Nobody ever sent it anything.
        if (revision === 0) return
        const addresses = pod.status.podIP === undefined ? [] : [pod.status.podIP]
        await Promise.all([letGo(addresses, either), acknowledgements.byAll(revision, either)])
      } catch (error) {
        if (!giveUp.signal.aborted) throw error
        const { namespace, name } = pod.metadata
        log.warn('a pod is ended although connections may still be sent to it', { namespace, name })
      } finally {
        cancel()
        // Whatever is still being waited for is not any more.
        giveUp.abort()
      }
    },
  }
}

function remember(map: Map<string, number>, uid: string, revision: number): void {
  map.delete(uid)
  map.set(uid, revision)
  if (map.size > REMEMBERED_MAX) map.delete(map.keys().next().value!)
}

/** Resolves with the work or after a time, whichever comes first; fails with the work. */
async function within(delayMs: number, work: Promise<unknown>, clock: Clock): Promise<void> {
  const late = Promise.withResolvers<void>()
  const cancel = clock.after(delayMs, late.resolve)
  try {
    await Promise.race([work, late.promise])
  } finally {
    cancel()
    // It may fail later, when nobody waits for it.
    work.catch(() => {})
  }
}
