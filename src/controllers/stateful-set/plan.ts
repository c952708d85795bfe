import type { StatefulSet, StatefulSetStatus } from '../../api/apps/v1.ts'
import type { Pod } from '../../api/core/v1.ts'
import { scaledValue } from '../../api/meta/int-or-string.ts'
import { isAvailable, isReady, isTerminal, isTerminating } from '../pods.ts'
import { hasIdentity, ordinalOf, rangeOf, revisionOf } from './identity.ts'

/** One thing to do. */
export type Step =
  | { readonly act: 'create'; readonly ordinal: number; readonly version: 'current' | 'update' }
  | { readonly act: 'remove'; readonly pod: Pod; readonly why: 'Ended' | 'ScaledIn' | 'Outdated' }
  | { readonly act: 'repair'; readonly pod: Pod; readonly ordinal: number }

export interface SetPlan {
  readonly steps: readonly Step[]
  /** What everything else waits for. */
  readonly waitsFor: { readonly pod: Pod; readonly until: 'Running and Ready' | 'Available' | 'gone' } | undefined
}

export interface SetFacts {
  readonly set: StatefulSet
  readonly pods: readonly Pod[]
  /** The names of the version that Pods have, and of the one that they are to get. */
  readonly currentRevision: string
  readonly updateRevision: string
  readonly nowMs: number
}

/**
 * Pure. The next steps of a set. In order, each Pod waits for those before it, so that there is one step at a time;
 * in parallel all that can be done is done. Scaling comes before updates.
 */
export function planSet(facts: SetFacts): SetPlan {
  const { set } = facts
  const isOrdered = set.spec.podManagementPolicy !== 'Parallel'
  const planner = new Planner(facts, isOrdered)
  return planner.plan()
}

class Planner {
  readonly #facts: SetFacts
  readonly #isOrdered: boolean
  readonly #steps: Step[] = []
  #waitsFor: SetPlan['waitsFor']

  constructor(facts: SetFacts, isOrdered: boolean) {
    this.#facts = facts
    this.#isOrdered = isOrdered
  }

  plan(): SetPlan {
    const { wanted, condemned } = this.#sorted()
    if (this.#planWanted(wanted) && this.#planCondemned(wanted, condemned)) {
      // What is only just being made is not there to be replaced.
      const isComplete = wanted.every((pod) => pod !== undefined)
      if (isComplete || !this.#isOrdered) this.#planUpdate(wanted)
    }
    return { steps: this.#steps, waitsFor: this.#waitsFor }
  }

  /** The Pods of the ordinals that are wanted, and those of all others, the highest first. */
  #sorted(): { wanted: (Pod | undefined)[]; condemned: Pod[] } {
    const { set, pods } = this.#facts
    const { start, count } = rangeOf(set)
    const wanted = Array.from<Pod | undefined>({ length: count })
    const condemned: { pod: Pod; ordinal: number }[] = []
    for (const pod of pods) {
      const ordinal = ordinalOf(set, pod)
      if (ordinal === undefined) continue
      if (ordinal >= start && ordinal < start + count) wanted[ordinal - start] = pod
      else condemned.push({ pod, ordinal })
    }
    condemned.sort((a, b) => b.ordinal - a.ordinal)
    return { wanted, condemned: condemned.map(({ pod }) => pod) }
  }

  /** False when nothing further is to be done in this round. */
  #planWanted(wanted: readonly (Pod | undefined)[]): boolean {
    const { start } = rangeOf(this.#facts.set)
    for (const [at, pod] of wanted.entries()) {
      if (!this.#planOne(pod, start + at) && this.#isOrdered) return false
    }
    return true
  }

  /** False when the next one has to wait. */
  #planOne(pod: Pod | undefined, ordinal: number): boolean {
    if (pod === undefined) {
      this.#steps.push({ act: 'create', ordinal, version: this.#versionFor(ordinal) })
      return false
    }
    if (isTerminal(pod)) {
      if (!isTerminating(pod)) this.#steps.push({ act: 'remove', pod, why: 'Ended' })
      return false
    }
    if (this.#isOrdered && this.#blocks(pod)) return false
    if (!hasIdentity(pod)) this.#steps.push({ act: 'repair', pod, ordinal })
    return true
  }

  #blocks(pod: Pod): boolean {
    const until = isTerminating(pod)
      ? 'gone'
      : !isRunning(pod)
        ? 'Running and Ready'
        : !this.#isAvailable(pod)
          ? 'Available'
          : undefined
    if (until !== undefined) this.#waitsFor = { pod, until }
    return until !== undefined
  }

  #isAvailable(pod: Pod): boolean {
    const { set, nowMs } = this.#facts
    return isAvailable(pod, set.spec.minReadySeconds ?? 0, nowMs)
  }

  #isUnavailable(pod: Pod | undefined): boolean {
    return pod === undefined || isTerminating(pod) || !this.#isAvailable(pod)
  }

  /** Which version of the template a new Pod has: below the partition it is still the former one. */
  #versionFor(ordinal: number): 'current' | 'update' {
    const { set } = this.#facts
    const { updateStrategy } = set.spec
    const { start } = rangeOf(set)
    if (updateStrategy.type !== 'RollingUpdate') return 'update'
    const { rollingUpdate } = updateStrategy
    const partition = rollingUpdate === undefined ? (set.status.currentReplicas ?? 0) : (rollingUpdate.partition ?? 0)
    return ordinal < start + partition ? 'current' : 'update'
  }

  #planCondemned(wanted: readonly (Pod | undefined)[], condemned: readonly Pod[]): boolean {
    const firstUnhealthy = [...wanted, ...condemned.toReversed()].find((pod) => this.#isUnavailable(pod))
    for (const pod of condemned) {
      if (isTerminating(pod)) {
        if (!this.#isOrdered) continue
        this.#waitsFor = { pod, until: 'gone' }
        return false
      }
      const isHealthy = isRunning(pod) && this.#isAvailable(pod)
      if (this.#isOrdered && !isHealthy && pod !== firstUnhealthy) {
        if (firstUnhealthy !== undefined) this.#waitsFor = { pod: firstUnhealthy, until: 'Running and Ready' }
        return false
      }
      this.#steps.push({ act: 'remove', pod, why: 'ScaledIn' })
      if (this.#isOrdered) return false
    }
    return true
  }

  /** Ends Pods of another version, the highest ordinal first, as many as may be missing. */
  #planUpdate(wanted: readonly (Pod | undefined)[]): void {
    const { set, updateRevision } = this.#facts
    const { type, rollingUpdate } = set.spec.updateStrategy
    if (type === 'OnDelete') return
    const partition = rollingUpdate?.partition ?? 0
    const limit = Math.max(1, scaledValue(rollingUpdate?.maxUnavailable ?? 1, wanted.length, 'up'))
    let left = limit - wanted.filter((pod) => this.#isUnavailable(pod)).length
    for (let at = wanted.length - 1; at >= partition && left > 0; at--) {
      const pod = wanted[at]
      if (pod === undefined || isTerminating(pod) || revisionOf(pod) === updateRevision) continue
      this.#steps.push({ act: 'remove', pod, why: 'Outdated' })
      left--
    }
  }
}

export function isRunning(pod: Pod): boolean {
  return pod.status.phase === 'Running' && isReady(pod)
}

/** Pure. What the status says of these Pods. */
export function setStatus(facts: SetFacts): StatefulSetStatus {
  const { set, pods, currentRevision, updateRevision, nowMs } = facts
  const { minReadySeconds = 0, updateStrategy, replicas = 1 } = set.spec
  const made = pods.filter((pod) => ordinalOf(set, pod) !== undefined)
  const staying = made.filter((pod) => !isTerminating(pod))
  const running = made.filter(isRunning)
  const status: StatefulSetStatus = {
    replicas: made.length,
    readyReplicas: running.length,
    availableReplicas: running.filter((pod) => isAvailable(pod, minReadySeconds, nowMs)).length,
    currentReplicas: staying.filter((pod) => revisionOf(pod) === currentRevision).length,
    updatedReplicas: staying.filter((pod) => revisionOf(pod) === updateRevision).length,
    currentRevision,
    updateRevision,
    collisionCount: set.status.collisionCount ?? 0,
  }
  if (set.metadata.generation !== undefined) status.observedGeneration = set.metadata.generation
  if (set.status.conditions !== undefined) status.conditions = set.status.conditions
  const isUpdated =
    status.updatedReplicas === replicas && status.readyReplicas === replicas && status.replicas === replicas
  if (updateStrategy.type === 'RollingUpdate' && isUpdated) {
    status.currentReplicas = replicas
    status.currentRevision = updateRevision
  }
  return status
}
