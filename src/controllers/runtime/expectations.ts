import type { KubeObject } from '../../api/meta/kind.ts'
import type { WatchCache } from '../../client/cache.ts'
import type { Ref } from '../../client/client.ts'
import type { Clock } from '../../lib/clock.ts'

interface Expectation {
  readonly isMet: () => boolean
  readonly met: (signal: AbortSignal) => Promise<void>
}

/**
 * What a controller wrote and its caches have yet to show. It waits for that before it looks again: otherwise it would
 * not see the Pod that it has just made, and make another one.
 */
export class Expectations {
  readonly #byOwner = new Map<string, Expectation[]>()

  /** The cache will show this version, or a later one. */
  expectSeen(owner: string, cache: WatchCache<any>, object: KubeObject): void {
    const { resourceVersion } = object.metadata
    this.#add(owner, {
      isMet: () => cache.revision() >= Number(resourceVersion),
      met: (signal) => cache.seen(resourceVersion, signal),
    })
  }

  /** The cache will not show this object any more. */
  expectGone(owner: string, cache: WatchCache<any>, ref: Ref, uid: string): void {
    this.#add(owner, {
      isMet: () => cache.get(ref)?.metadata.uid !== uid,
      met: (signal) => cache.gone(ref, uid, signal),
    })
  }

  /** Resolves with true when all is seen; with false after `timeoutMs`, when something may have been missed. */
  async met(owner: string, clock: Clock, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const open = this.#byOwner.get(owner)?.filter((one) => !one.isMet())
    this.#byOwner.delete(owner)
    if (open === undefined || open.length === 0) return true
    const late = new AbortController()
    const cancel = clock.after(timeoutMs, () => late.abort())
    const either = AbortSignal.any([signal, late.signal])
    try {
      await Promise.all(open.map((one) => one.met(either)))
      return true
    } catch {
      return false
    } finally {
      cancel()
    }
  }

  #add(owner: string, expectation: Expectation): void {
    const expectations = this.#byOwner.get(owner)
    if (expectations === undefined) this.#byOwner.set(owner, [expectation])
    else expectations.push(expectation)
  }
}
