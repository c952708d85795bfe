import { isDeepStrictEqual } from 'node:util'
import { Pods } from '../../api/core/pod.ts'
import type { Pod, PodCondition, PodStatus } from '../../api/core/v1.ts'
import type { Client } from '../../client/client.ts'
import { backoffMs } from '../../lib/backoff.ts'
import type { Clock } from '../../lib/clock.ts'
import { isWherryError } from '../../lib/errors.ts'
import type { Logger } from '../../lib/log.ts'
import type { Random } from '../../lib/random.ts'
import { ownConditions } from './status.ts'

export interface StatusWriterOptions {
  readonly client: Client
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly signal: AbortSignal
}

type Status = Partial<PodStatus>

interface Entry {
  readonly pod: Pod
  /** What the API has, as far as we know. */
  known: Status
  wanted: Status
  writing: Promise<void> | undefined
  /** The API has no such pod any more. */
  isGone: boolean
  /** Set while the write of what is wanted is put off. */
  cancelDelay: (() => void) | undefined
}

const retry = { baseMs: 100, maxMs: 10_000 }

/**
 * Brings the status of pods to the API: one write at a time for each pod, of what differs only, again and again until
 * the last one is there. What comes while a write is under way is part of the next one.
 */
export class StatusWriter {
  readonly #options: StatusWriterOptions
  readonly #entries = new Map<string, Entry>()

  constructor(options: StatusWriterOptions) {
    this.#options = options
  }

  /** Takes note of a pod's status; it is written if the API does not have it, after `delayMs` unless more comes. */
  set(pod: Pod, wanted: Status, delayMs = 0): void {
    const uid = pod.metadata.uid
    let entry = this.#entries.get(uid)
    if (entry === undefined) {
      entry = { pod, known: pod.status, wanted, writing: undefined, isGone: false, cancelDelay: undefined }
      this.#entries.set(uid, entry)
    }
    entry.wanted = wanted
    if (delayMs === 0) {
      entry.cancelDelay?.()
      entry.cancelDelay = undefined
      this.#pump(entry)
    } else {
      entry.cancelDelay ??= this.#options.clock.after(delayMs, () => {
        entry.cancelDelay = undefined
        this.#pump(entry)
      })
    }
  }

  #pump(entry: Entry): void {
    if (entry.writing !== undefined || entry.isGone || statusPatch(entry.known, entry.wanted) === undefined) return
    entry.writing = this.#write(entry).finally(() => {
      entry.writing = undefined
      // What was set after the last look of the write that just ended.
      if (!this.#options.signal.aborted) this.#pump(entry)
    })
  }

  /** Resolves when the API has the last status of the pod, or the pod is gone. */
  async written(uid: string): Promise<void> {
    const entry = this.#entries.get(uid)
    if (entry?.cancelDelay !== undefined) this.set(entry.pod, entry.wanted)
    while (this.#entries.get(uid)?.writing !== undefined) await this.#entries.get(uid)?.writing
  }

  forget(uid: string): void {
    this.#entries.get(uid)?.cancelDelay?.()
    this.#entries.delete(uid)
  }

  async #write(entry: Entry): Promise<void> {
    const { client, clock, random, log, signal } = this.#options
    const { name, namespace = '', uid } = entry.pod.metadata
    let failures = 0
    while (!signal.aborted) {
      const { wanted } = entry
      const status = statusPatch(entry.known, wanted)
      if (status === undefined) return
      try {
        await client.patch(
          Pods,
          { namespace, name },
          { metadata: { uid }, status },
          { type: 'strategic', subresource: 'status' },
        )
        entry.known = wanted
        failures = 0
      } catch (error) {
        // A pod of the same name and another uid is a conflict: ours is gone.
        if (isWherryError(error, 'not-found', 'conflict', 'gone')) {
          entry.isGone = isWherryError(error, 'not-found', 'gone') || (await this.#isAnother(entry))
          if (entry.isGone) return
        }
        failures++
        if (failures > 1)
          log.warn('the status of a pod was not written, trying again', {
            pod: `${namespace}/${name}`,
            failures,
            error,
          })
        await clock.sleep(backoffMs(failures, retry, random), signal).catch(() => {})
      }
    }
  }

  async #isAnother({ pod: { metadata } }: Entry): Promise<boolean> {
    try {
      const ref = { namespace: metadata.namespace ?? '', name: metadata.name }
      return (await this.#options.client.get(Pods, ref)).metadata.uid !== metadata.uid
    } catch (error) {
      return isWherryError(error, 'not-found')
    }
  }
}

/** The strategic merge patch from one status to another, or undefined when they say the same. */
export function statusPatch(known: Status, wanted: Status): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {}
  for (const key of Object.keys(wanted) as (keyof PodStatus)[]) {
    if (key === 'conditions' || isDeepStrictEqual(known[key], wanted[key])) continue
    const hasMergedElements = key === 'podIPs' || key === 'hostIPs'
    const replaced = hasMergedElements && (known[key] ?? []).length > 0
    patch[key] = replaced ? [...wanted[key]!, { $patch: 'replace' }] : wanted[key]
  }
  for (const key of removable) if (wanted[key] === undefined && known[key] !== undefined) patch[key] = null
  const conditions = conditionsPatch(known.conditions ?? [], wanted.conditions ?? [])
  if (conditions.length > 0) patch['conditions'] = conditions
  return Object.keys(patch).length === 0 ? undefined : patch
}

/** What a later status may leave out although an earlier one had it. */
const removable = ['reason', 'message', 'ephemeralContainerStatuses', 'podIP', 'podIPs'] as const

/** Conditions of others are left alone. */
function conditionsPatch(known: readonly PodCondition[], wanted: readonly PodCondition[]): object[] {
  const changed = wanted.filter((condition) => {
    const before = known.find(({ type }) => type === condition.type)
    if (before === undefined) return true
    // Null stands for a field that is to go: a merge would keep it.
    return !isDeepStrictEqual(plain(before), plain(condition))
  })
  const gone = known.filter(
    ({ type }) => ownConditions.has(type) && !wanted.some((condition) => condition.type === type),
  )
  return [
    ...changed.map((condition) => ({ reason: null, message: null, ...condition })),
    ...gone.map(({ type }) => ({ type, $patch: 'delete' })),
  ]
}

function plain(condition: PodCondition): object {
  return Object.fromEntries(
    Object.entries(condition).filter(([key, value]) => key !== 'lastProbeTime' && (value ?? '') !== ''),
  )
}
