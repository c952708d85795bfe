import type { Pod } from '../../api/core/v1.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Logger } from '../../lib/log.ts'
import type { NodeNarrator } from '../machine/node-narrator.ts'
import type { Narrator } from '../pods/narrator.ts'
import type { PodWorker } from '../pods/pod-worker.ts'
import { evictionMessage, type PodUse, rank } from './ranking.ts'
import type { Pressure } from './read-pressure.ts'
import { hasStorageLimits, overStorageLimit } from './storage-limits.ts'
import { heldConditions, type PressureCondition, type Shortage, shortages } from './shortages.ts'

export interface PressureReliefOptions {
  readonly read: () => Pressure
  readonly images: { removeUnused(): Promise<number> }
  readonly workers: () => readonly Pick<PodWorker, 'uid' | 'pod' | 'isActive' | 'evict' | 'discard'>[]
  readonly measure: (onDisk: (pod: Pod) => boolean) => Promise<readonly PodUse[]>
  readonly narrator: NodeNarrator
  readonly podNarrator: Narrator
  /** Another condition holds, or one holds no more. */
  readonly changed: () => void
  readonly clock: Clock
  readonly log: Logger
  readonly signal: AbortSignal
}

const everyMs = 10_000
/** A shortage must last this long: one that is over at once is nobody's business. */
const confirmMs = 1_000
/** How long is waited for a pod to be gone before the next one is looked for. */
const goneMsMax = 30_000
const lookMs = 500
/** Measuring takes at most one part in so many of the time. */
const measuringShare = 20

type Evictable = Shortage & { readonly resource: Exclude<Shortage['resource'], 'pids'> }

/** Watches what a node has left; when it is too little, takes it back from whoever may be asked first. */
export class PressureRelief {
  readonly #options: PressureReliefOptions
  readonly #seenAt = new Map<PressureCondition, number>()
  /** What users have heard of, by signal. */
  readonly #told = new Map<string, string>()
  readonly #helpless = new Set<string>()
  #conditions: ReadonlySet<PressureCondition> = new Set()
  #limitsDueAt = 0

  constructor(options: PressureReliefOptions) {
    this.#options = options
  }

  /** The conditions that hold now. */
  conditions(): ReadonlySet<PressureCondition> {
    return heldConditions(this.#seenAt, this.#options.clock.now())
  }

  /** Looks every ten seconds, until the signal fires. */
  async run(): Promise<void> {
    const { clock, log, signal } = this.#options
    const failed = (error: unknown): void => {
      if (!signal.aborted) log.warn('what the node is short of could not be dealt with', { error })
    }
    while (!signal.aborted) {
      await this.#keepLimits().catch(failed)
      await this.#look().catch(failed)
      await clock.sleep(everyMs, signal).catch(() => {})
    }
  }

  /** Evicts pods that use more of the disk than they may. The longer it takes to measure them, the rarer that is done. */
  async #keepLimits(): Promise<void> {
    const { workers, measure, clock, podNarrator } = this.#options
    const begun = clock.now()
    const limited = new Map(
      workers()
        .filter(({ isActive, pod }) => isActive && hasStorageLimits(pod))
        .map((worker) => [worker.uid, worker]),
    )
    if (limited.size === 0 || begun < this.#limitsDueAt) return
    for (const use of await measure(hasStorageLimits)) {
      const message = overStorageLimit(use)
      const worker = limited.get(use.pod.metadata.uid)
      if (message === undefined || worker === undefined) continue
      const facts = { diskBytes: use.diskBytes, volumes: Object.fromEntries(use.volumes) }
      const because = [{ message: `it uses ${use.diskBytes} bytes of the node's disk`, facts }]
      const help = 'a higher limit, or a program that writes less'
      podNarrator.say(use.pod, { verdict: 'refused', reason: 'Evicted', message, because, help, event: 'Warning' })
      worker.evict(message)
    }
    this.#limitsDueAt = begun + measuringShare * (clock.now() - begun)
  }

  async #look(): Promise<void> {
    const found = await this.#confirmed()
    this.#note(found)
    const [first] = found.filter(isEvictable)
    if (first !== undefined) await this.#relieve(first)
  }

  /** What is short, and still is a little later. */
  async #confirmed(): Promise<readonly Shortage[]> {
    const { read, clock, signal } = this.#options
    const first = shortages(read())
    if (first.length === 0) return []
    await clock.sleep(confirmMs, signal)
    return shortages(read()).filter(({ signal: name }) => first.some((one) => one.signal === name))
  }

  #note(found: readonly Shortage[]): void {
    const { clock, changed, narrator } = this.#options
    for (const { condition } of found) this.#seenAt.set(condition, clock.now())
    for (const { signal, resource, threshold, available } of found) {
      if (this.#told.has(signal)) continue
      this.#told.set(signal, resource)
      const because = [{ message: `${signal}: ${available} of at least ${threshold}`, facts: { threshold, available } }]
      const message = `Attempting to reclaim ${resource}`
      const field = fieldOf(signal)
      narrator.say({ verdict: 'refused', reason: 'EvictionThresholdMet', message, field, because, event: 'Warning' })
    }
    for (const [signal, resource] of this.#told) {
      if (found.some((one) => one.signal === signal)) continue
      this.#told.delete(signal)
      this.#helpless.delete(signal)
      const message = `There is enough ${resource} again`
      narrator.say({ verdict: 'done', reason: 'Relieved', message, field: fieldOf(signal) })
    }
    const now = this.conditions()
    const isSame = now.size === this.#conditions.size && [...now].every((one) => this.#conditions.has(one))
    this.#conditions = now
    if (!isSame) changed()
  }

  async #relieve(shortage: Evictable): Promise<void> {
    const { images, read, measure, narrator, clock, signal } = this.#options
    const isDisk = shortage.resource !== 'memory'
    if (isDisk) {
      // Images are in use for as long as a container is there that was made of them.
      await Promise.all(this.#options.workers().map((worker) => worker.discard()))
      await images.removeUnused()
      if (!shortages(read()).some((one) => one.signal === shortage.signal)) return
    }
    const workers = new Map(this.#options.workers().map((worker) => [worker.uid, worker]))
    const [use] = rank(await measure(() => isDisk), shortage.resource)
    const worker = use && workers.get(use.pod.metadata.uid)
    if (worker === undefined) {
      if (this.#helpless.has(shortage.signal)) return
      this.#helpless.add(shortage.signal)
      const message = `No pod uses enough ${shortage.resource} for its end to help`
      const help = `less of it used by others than pods: ${shortage.available} is left, ${shortage.threshold} is needed`
      narrator.say({ verdict: 'refused', reason: 'NobodyToEvict', message, help, field: fieldOf(shortage.signal) })
      return
    }
    this.#evict(worker, use!, shortage)
    const end = clock.now() + goneMsMax
    while (worker.isActive && clock.now() < end) await clock.sleep(lookMs, signal)
  }

  #evict(worker: Pick<PodWorker, 'evict'>, use: PodUse, shortage: Evictable): void {
    const { podNarrator } = this.#options
    const { resource, signal, threshold, available } = shortage
    const message = evictionMessage(use, shortage)
    const { memoryBytes, diskBytes, inodes } = use
    podNarrator.say(use.pod, {
      verdict: 'refused',
      reason: 'Evicted',
      message,
      because: [
        {
          message: `the node has ${available} of ${signal}, less than ${threshold}; of its pods this one goes first`,
          facts: { signal, threshold, available, memoryBytes, diskBytes, inodes },
        },
      ],
      help: `a request of ${resource === 'inodes' ? 'ephemeral-storage' : resource} that covers what the pod uses, or a node with more of it`,
      event: 'Warning',
    })
    worker.evict(message)
  }
}

function isEvictable(shortage: Shortage): shortage is Evictable {
  return shortage.resource !== 'pids'
}

function fieldOf(signal: string): string {
  return `status.conditions{${signal}}`
}
