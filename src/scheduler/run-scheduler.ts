import { Namespaces } from '../api/core/namespace.ts'
import { Nodes } from '../api/core/node.ts'
import { PersistentVolumeClaims } from '../api/core/persistent-volume-claim.ts'
import { PersistentVolumes } from '../api/core/persistent-volume.ts'
import { Pods } from '../api/core/pod.ts'
import type { Pod, PodCondition } from '../api/core/v1.ts'
import { formatTime } from '../api/meta/time.ts'
import { PodDisruptionBudgets } from '../api/policy/pod-disruption-budget.ts'
import { StorageClasses } from '../api/storage/storage-class.ts'
import type { Caches } from '../client/cache.ts'
import type { Client } from '../client/client.ts'
import { eventRecorder, eventSubject, type EventRecorder } from '../client/event-recorder.ts'
import { type Clock, flushPromises } from '../lib/clock.ts'
import type { Because, Recorder, Verdict } from '../lib/decisions.ts'
import { isWherryError } from '../lib/errors.ts'
import type { Logger } from '../lib/log.ts'
import type { Random } from '../lib/random.ts'
import { HELPED_BY_ARRIVING, HELPED_BY_LEAVING, helpedByNode, takesRoom } from './changes.ts'
import { ClusterState, type PlacementObjects } from './cluster-state.ts'
import { becauseOf, help, summary } from './explain.ts'
import { factsOf, type PodFacts } from './pod-facts.ts'
import type { NodeRefusal } from './plan.ts'
import { PodsAlike } from './pods-alike.ts'
import { planPreemption, type Preemption } from './preempt.ts'
import { SchedulingQueue, type Waiting } from './queue.ts'

export interface SchedulerOptions {
  readonly client: Client
  readonly caches: Caches
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly recorder: Recorder
  readonly signal: AbortSignal
  /** Pods that name this scheduler are placed. */
  readonly name?: string
}

export interface RunningScheduler {
  /** Resolves when it has seen what exists. */
  readonly started: Promise<void>
  /** Whether nobody can be placed right now and no binding is under way. */
  isIdle(): boolean
  readonly ended: Promise<void>
}

/** Bindings under way at the same time, and placements decided before others in this process get their turn. */
const BINDINGS_MAX = 64
const BATCH = 32

/** Gives every pod a node, until the signal fires. */
export function runScheduler(options: SchedulerOptions): RunningScheduler {
  const scheduler = new Scheduler(options)
  const started = scheduler.start()
  return { started, isIdle: () => scheduler.isIdle(), ended: started.then(() => scheduler.run()) }
}

class Scheduler {
  readonly #options: SchedulerOptions
  readonly #state: ClusterState
  readonly #queue: SchedulingQueue
  readonly #events: EventRecorder
  readonly #name: string
  readonly #plans = new PodsAlike()
  readonly #underWay = new Set<Promise<void>>()
  #ended: (() => void) | undefined
  /** Where to begin among the nodes: the next pod goes on where the last one stopped. */
  #start = 0

  constructor(options: SchedulerOptions) {
    const { caches, clock, random, client, log, signal } = options
    this.#options = options
    this.#name = options.name ?? 'default-scheduler'
    this.#state = new ClusterState(placementObjects(caches))
    this.#queue = new SchedulingQueue(clock, random)
    this.#events = eventRecorder({ client, clock, log, component: this.#name, signal })
  }

  async start(): Promise<void> {
    const { caches } = this.#options
    const [nodes, pods] = [caches.of(Nodes), caches.of(Pods)]
    nodes.onChange((change) => {
      if (change.object === undefined) this.#state.removeNode(change.previous.metadata.name!)
      else this.#state.setNode(change.object)
      const helped = helpedByNode(change)
      if (helped !== 'none') this.#queue.changed(helped === 'all' ? undefined : helped)
    })
    pods.onChange(({ object, previous }) => this.#podChanged(object, previous))
    for (const kind of [PersistentVolumeClaims, PersistentVolumes, StorageClasses])
      caches.of(kind as typeof Pods).onChange(() => this.#queue.changed(['Volume']))
    caches.of(PodDisruptionBudgets)
    await Promise.all(
      [nodes, pods, caches.of(Namespaces), caches.of(PersistentVolumeClaims)].map((cache) => cache.synced()),
    )
    for (const node of nodes.list()) this.#state.setNode(node)
    for (const pod of pods.list()) this.#podChanged(pod, undefined)
  }

  isIdle(): boolean {
    return !this.#queue.hasActive && this.#underWay.size === 0
  }

  async run(): Promise<void> {
    const { signal } = this.#options
    for (let count = 1; !signal.aborted; count++) {
      const next = this.#queue.pop()
      if (next === undefined) await this.#queue.waitActive(signal)
      else this.#attempt(next)
      if (count % BATCH === 0) await flushPromises()
      while (this.#underWay.size >= BINDINGS_MAX) await this.#someEnd()
    }
    await Promise.allSettled(this.#underWay)
  }

  #podChanged(object: Pod | undefined, previous: Pod | undefined): void {
    if (object === undefined) {
      const uid = previous!.metadata.uid!
      this.#state.removePod(uid)
      this.#queue.remove(uid)
      if (previous!.spec.nodeName) this.#queue.changed(HELPED_BY_LEAVING)
      return
    }
    this.#state.setPod(object)
    const uid = object.metadata.uid!
    if (object.spec.nodeName) {
      this.#queue.remove(uid)
      const before = previous !== undefined && takesRoom(previous)
      if (before && !takesRoom(object)) this.#queue.changed(HELPED_BY_LEAVING)
      else if (!before) this.#queue.changed(HELPED_BY_ARRIVING)
      return
    }
    if (this.#isMine(object) && (previous === undefined || !this.#isMine(previous) || asksForOther(object, previous)))
      this.#enqueue(object)
    else if (!this.#isMine(object)) this.#queue.remove(uid)
  }

  #isMine(pod: Pod): boolean {
    if ((pod.spec.schedulerName ?? 'default-scheduler') !== this.#name || pod.metadata.deletionTimestamp !== undefined)
      return false
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') return false
    if ((pod.spec.schedulingGates ?? []).length === 0) return true
    this.#track(
      this.#setCondition(pod, {
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      }),
    )
    return false
  }

  #enqueue(pod: Pod): void {
    // One that is assumed on a node without being nominated there is being bound.
    if (this.#state.isAssumed(pod.metadata.uid!) && !pod.status.nominatedNodeName) return
    const { uid, namespace, name } = pod.metadata
    this.#queue.add({ uid: uid!, namespace: namespace!, name: name!, priority: pod.spec.priority ?? 0 })
  }

  #attempt(waiting: Waiting): void {
    const pod = this.#options.caches.of(Pods).get(waiting)
    if (pod === undefined || pod.metadata.uid !== waiting.uid || pod.spec.nodeName) {
      this.#queue.remove(waiting.uid)
      return
    }
    const facts = factsOf(pod)
    // What is kept for it must not stand in its own way.
    this.#state.forget(facts.uid)
    const placement = this.#plans.plan(facts, this.#state, this.#start, this.#options.random)
    if (placement.node === undefined) {
      this.#refuse(waiting, facts, placement.refusals)
      return
    }
    this.#start = (this.#start + placement.judged) % Math.max(1, this.#state.nodes.length)
    this.#state.assume(facts, placement.node.name)
    this.#track(this.#bind(waiting, pod, placement.node.name))
  }

  async #bind(waiting: Waiting, pod: Pod, nodeName: string): Promise<void> {
    const { client, log } = this.#options
    const { uid, namespace, name } = pod.metadata
    try {
      await client.createSubresource(Pods, { namespace: namespace!, name: name! }, 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { namespace, name, uid },
        target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
      })
      this.#queue.placed(waiting.uid)
      const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`
      this.#events.event(eventSubject(Pods, pod), 'Normal', 'Scheduled', message, 'Binding')
      this.#record(pod, 'done', 'Scheduled', message)
    } catch (error) {
      this.#state.forget(waiting.uid)
      if (isWherryError(error, 'not-found', 'conflict')) {
        // Somebody was faster, or the pod is gone: the watch tells which. A pod that is still there is tried again.
        this.#queue.failed(waiting.uid, undefined)
        return
      }
      log.warn('a pod could not be bound', { pod: `${namespace}/${name}`, node: nodeName, error })
      this.#queue.failed(waiting.uid, undefined)
    }
  }

  #refuse(waiting: Waiting, facts: PodFacts, refusals: readonly NodeRefusal[]): void {
    const { pod } = facts
    const preemption = this.#mayPreempt(facts)
      ? planPreemption(facts, this.#state, refusals, this.#options.caches.of(PodDisruptionBudgets).list())
      : undefined
    const text = `${summary(refusals)}${preemption === undefined && refusals.length > 0 ? ` preemption: 0/${refusals.length} nodes are available: ${refusals.length} No preemption victims found for incoming pod.` : ''}`
    this.#queue.failed(waiting.uid, new Set(refusals.map(({ refusal }) => refusal.code)))
    const nominated = preemption?.node.name ?? pod.status.nominatedNodeName
    if (nominated && this.#state.node(nominated) !== undefined) this.#state.assume(facts, nominated)
    // A pod that waits for hours says so at its first, second, fourth … attempt, and whenever the reason is another.
    const because = becauseOf(refusals, waiting.attempts)
    const doubled = (waiting.attempts & (waiting.attempts - 1)) === 0
    const condition = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
    if (doubled || condition?.message !== text)
      this.#record(pod, 'refused', 'NoNodeFits', text, because, help(facts, refusals))
    this.#events.event(eventSubject(Pods, pod), 'Warning', 'FailedScheduling', text, 'Scheduling')
    this.#track(this.#setCondition(pod, { reason: 'Unschedulable', message: text }, preemption?.node.name))
    if (preemption !== undefined) this.#track(this.#preempt(pod, preemption))
  }

  /** Not while the victims of an earlier time are still leaving. */
  #mayPreempt({ pod, priority }: PodFacts): boolean {
    const nominated = pod.status.nominatedNodeName
    const node = nominated ? this.#state.node(nominated) : undefined
    if (node === undefined) return true
    return ![...node.pods.values()].some(
      (one) => one.pod.metadata.deletionTimestamp !== undefined && one.priority < priority,
    )
  }

  async #preempt(pod: Pod, { node, victims }: Preemption): Promise<void> {
    const { client, clock, log } = this.#options
    const now = formatTime(clock.now())
    for (const { pod: victim } of victims) {
      const ref = { namespace: victim.metadata.namespace!, name: victim.metadata.name! }
      const message = `${this.#name}: preempting to accommodate a higher priority pod`
      const condition = {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'PreemptionByScheduler',
        message,
        lastTransitionTime: now,
      }
      try {
        await client.patch(
          Pods,
          ref,
          { metadata: { uid: victim.metadata.uid }, status: { conditions: [condition] } },
          { type: 'strategic', subresource: 'status' },
        )
        await client.delete(Pods, ref, { preconditions: { uid: victim.metadata.uid! } })
      } catch (error) {
        if (!isWherryError(error, 'not-found', 'conflict'))
          log.warn('a pod could not be preempted', { victim: ref, error })
        continue
      }
      const who = `${pod.metadata.namespace}/${pod.metadata.name}`
      this.#events.event(
        eventSubject(Pods, victim),
        'Normal',
        'Preempted',
        `Preempted by pod ${pod.metadata.uid} on node ${node.name}`,
        'Preempting',
      )
      this.#record(
        victim,
        'refused',
        'Preempted',
        `it had to go from ${node.name} for ${who}, whose priority ${pod.spec.priority ?? 0} is higher than its ${victim.spec.priority ?? 0}`,
        [],
        'a higher priority class, or more room in the cluster',
      )
    }
    this.#record(
      pod,
      'progress',
      'Preempting',
      `${victims.length} ${victims.length === 1 ? 'pod makes' : 'pods make'} room for it on ${node.name}`,
    )
  }

  async #setCondition(
    pod: Pod,
    { reason, message }: { reason: string; message: string },
    nominatedNodeName?: string,
  ): Promise<void> {
    const before = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
    if (
      before?.status === 'False' &&
      before.reason === reason &&
      before.message === message &&
      nominatedNodeName === undefined
    )
      return
    const { client, clock, log } = this.#options
    const condition: Partial<PodCondition> = {
      type: 'PodScheduled',
      status: 'False',
      reason,
      message,
      observedGeneration: pod.metadata.generation,
      lastTransitionTime: before?.status === 'False' ? before.lastTransitionTime : formatTime(clock.now()),
    }
    const status = { conditions: [condition], ...(nominatedNodeName === undefined ? {} : { nominatedNodeName }) }
    try {
      await client.patch(
        Pods,
        { namespace: pod.metadata.namespace!, name: pod.metadata.name! },
        { metadata: { uid: pod.metadata.uid }, status },
        { type: 'strategic', subresource: 'status' },
      )
    } catch (error) {
      if (!isWherryError(error, 'not-found', 'conflict'))
        log.warn('the condition of a pod could not be written', { pod: pod.metadata.name, error })
    }
  }

  #record(
    pod: Pod,
    verdict: Verdict,
    reason: string,
    message: string,
    because: readonly Because[] = [],
    helpText?: string,
  ): void {
    const { namespace, name, uid, resourceVersion } = pod.metadata
    this.#options.recorder.record({
      at: this.#options.clock.now(),
      by: 'scheduler',
      about: { resource: 'pods', namespace: namespace!, name: name!, uid: uid!, resourceVersion: resourceVersion! },
      verdict,
      reason,
      message,
      because,
      ...(helpText === undefined ? {} : { help: helpText }),
    })
  }

  #track(work: Promise<void>): void {
    this.#underWay.add(work)
    void work.finally(() => {
      this.#underWay.delete(work)
      this.#ended?.()
    })
  }

  /** Resolves when something of what is under way has ended. */
  #someEnd(): Promise<void> {
    return new Promise((resolve) => (this.#ended = resolve))
  }
}

/** Whether a change of a pod could change where it fits: its spec, or its labels. */
function asksForOther(object: Pod, previous: Pod): boolean {
  return (
    object.metadata.generation !== previous.metadata.generation || object.metadata.labels !== previous.metadata.labels
  )
}

function placementObjects(caches: Caches): PlacementObjects {
  const [namespaces, claims, volumes, classes] = [
    caches.of(Namespaces),
    caches.of(PersistentVolumeClaims),
    caches.of(PersistentVolumes),
    caches.of(StorageClasses),
  ]
  return {
    namespaceLabels: (name) => namespaces.get({ name })?.metadata.labels,
    claim: (namespace, name) => claims.get({ namespace, name }),
    volume: (name) => volumes.get({ name }),
    waitsForConsumer: ({ spec }) =>
      spec.storageClassName !== undefined &&
      classes.get({ name: spec.storageClassName })?.volumeBindingMode === 'WaitForFirstConsumer',
  }
}
