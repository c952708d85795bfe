import { isDeepStrictEqual } from 'node:util'
import type { Pod, PodCondition, PodStatus } from '../../api/core/v1.ts'
import { parseTime } from '../../api/meta/time.ts'
import { ContainerStarts } from './container-starts.ts'
import { podContainer } from './containers.ts'
import { MovableDeadline } from './deadline.ts'
import { explainExit } from './explain-exit.ts'
import { newestFirst, nothingObserved, readySandbox } from './observed.ts'
import type { Observed } from './observed.ts'
import { planPod } from './plan.ts'
import type { Ending, Plan, Stop } from './plan.ts'
import { PodAllocation } from './pod-allocation.ts'
import { PodEnd } from './pod-end.ts'
import { PodHealth } from './pod-health.ts'
import { PodObserver } from './pod-observer.ts'
import { createSandbox, stopSandboxes } from './sandbox.ts'
import type { PodServices } from './services.ts'
import { addresses } from './start-container.ts'
import { podStatus } from './status.ts'
import { endContainer, stopContainer } from './stop-container.ts'
import { Tasks } from './tasks.ts'
import { VolumeKeeper } from './volume-keeper.ts'

/** Why a pod must not run here at all. */
export interface Rejection {
  readonly reason: string
  readonly message: string
}

const retryMs = 10_000
const sandboxRetryMsFirst = 1000
const sandboxRetryMsMax = 60_000
/** What a kubelet leaves to a pod that it evicts for a hard threshold. */
const EVICTION_GRACE_SECONDS = 1
/** A pod that is being started mostly runs before this is over: one write says both. */
const startingMs = 300

/**
 * Keeps one pod as it is wanted. It decides in one place and never twice at a time (`planPod`), and lets what takes long
 * run beside: whatever ends wakes it to decide again.
 */
export class PodWorker {
  readonly uid: string
  readonly #services: PodServices
  readonly #observer: PodObserver
  readonly #volumes: VolumeKeeper
  readonly #health: PodHealth
  readonly #allocation: PodAllocation
  readonly #starts: ContainerStarts
  readonly #end: PodEnd
  readonly #tasks: Tasks
  readonly #deadlines = new Map<string, MovableDeadline>()
  readonly #startedAt: number
  /** Fires when the pod is to end: what gets it going stops. */
  readonly #starting = new AbortController()
  readonly #closing = new AbortController()
  readonly #finished = Promise.withResolvers<void>()
  #pod: Pod
  #ending: (Ending & { readonly message?: string; readonly statusReason?: string }) | undefined
  #ended: MovableDeadline | undefined
  #drained: Promise<unknown> | undefined
  #sandboxRetry: { at: number; count: number } | undefined
  #cancelTimer: (() => void) | undefined
  #isScheduled = false
  #isOver = false
  #isClosed = false

  constructor(services: PodServices, pod: Pod, observed: Observed = nothingObserved) {
    const { uid } = pod.metadata
    const wake = (): void => this.wake()
    this.uid = uid
    this.#services = services
    this.#pod = pod
    this.#startedAt = services.clock.now()
    this.#observer = new PodObserver(services, uid, observed, wake)
    this.#volumes = new VolumeKeeper(services, uid, (fixed) => {
      if (fixed) this.#starts.retrySoon()
      wake()
    })
    this.#health = new PodHealth(services, wake)
    this.#allocation = new PodAllocation(services, pod, observed)
    const signal = this.#starting.signal
    this.#starts = new ContainerStarts({
      services,
      observer: this.#observer,
      health: this.#health,
      volumes: this.#volumes,
      allocation: this.#allocation,
      signal,
      wake,
    })
    this.#end = new PodEnd(services, uid)
    this.#tasks = new Tasks(services.clock, (task, error) => this.#failed(task, error), wake)
    for (const { id } of [...observed.sandboxes, ...observed.containers]) services.owns(id, uid)
    wake()
  }

  get pod(): Pod {
    return this.#pod
  }

  get observed(): Observed {
    return this.#observer.observed
  }

  /** The pod with what it was agreed to get of the node. */
  get allocatedPod(): Pod {
    return this.#allocation.allocatedPod(this.#pod)
  }

  /** Whether the pod waits for others to leave it more of the node. */
  get isDeferred(): boolean {
    return this.#allocation.isDeferred
  }

  /** Whether the pod uses the node's resources: it runs, or will. */
  get isActive(): boolean {
    return !this.#isOver && !isTerminal(this.#pod)
  }

  /** Resolves when nothing of the pod is left here. */
  get finished(): Promise<void> {
    return this.#finished.promise
  }

  /** The pod as the API has it now. */
  update(pod: Pod): void {
    const before = this.#pod
    this.#pod = pod
    // Volumes and variables may show what changed; the agent's own writes of status change nothing of it.
    if (!sameToContainers(before, pod)) this.objectsChanged()
    this.wake()
  }

  /** The API has forgotten the pod. */
  removed(pod: Pod): void {
    this.#end.forgotten()
    this.update(pod)
  }

  /** The pod is not to run here. */
  reject({ reason, message }: Rejection): void {
    this.#ending = { reason: 'Rejected', statusReason: reason, message, graceSeconds: 0 }
    this.wake()
  }

  /** The node takes back what the pod has of it: at once, since it has nothing left to wait with. */
  evict(message: string): void {
    this.#ending ??= { reason: 'Evicted', message, graceSeconds: EVICTION_GRACE_SECONDS }
    this.wake()
  }

  /** Takes away what is left of a pod that has come to its end: its containers and their logs. */
  async discard(): Promise<void> {
    if (!this.#isOver || !isTerminal(this.#pod) || this.#end.isDiscarded) return
    await this.#end.take('discard', this.#pod, this.observed)
    this.runtimeChanged()
  }

  /** A ConfigMap or Secret that the pod uses changed. */
  objectsChanged(): void {
    this.#volumes.invalidate()
    this.#starts.retrySoon()
    this.wake()
  }

  /** Something happened to the pod in the runtime: to a container or sandbox where one is named. */
  runtimeChanged(id?: string): void {
    if (id === undefined) this.#observer.invalidate()
    else this.#observer.expectExit(id)
    this.wake()
  }

  /** Decides soon, once for everything that happens in this turn. */
  wake(): void {
    if (this.#isScheduled || this.#isClosed) return
    this.#isScheduled = true
    // A turn of its own, so that not even a mistake here keeps the rest of the agent from its work.
    setImmediate(() => {
      this.#isScheduled = false
      if (this.#isClosed) return
      this.#cancelTimer?.()
      this.#cancelTimer = undefined
      const now = this.#services.clock.now()
      if (this.#observer.isStale) this.#tasks.launch('observe', () => this.#observe())
      // What is known to be out of date is nothing to decide on.
      const isKnown = !this.#observer.isStale && !this.#tasks.has('observe')
      this.#setTimer(isKnown ? this.#stepSafely(now) : undefined, now)
    })
  }

  /** Stops deciding and probing; what runs goes on running. */
  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
    this.#volumes.close()
    this.#health.close()
    this.#starting.abort(new Error('the agent ends'))
    this.#closing.abort()
  }

  /** One pod that nobody can make sense of must not take the others with it. */
  #stepSafely(now: number): number | undefined {
    try {
      return this.#step(now)
    } catch (error) {
      this.#failed('step', error)
      return now + retryMs
    }
  }

  /** Decides and acts; returns when to look again although nothing happened. */
  #step(now: number): number | undefined {
    this.#noticeEnding()
    const running = this.observed.containers.filter(({ state }) => state === 'running')
    if (this.#ending === undefined && this.#allocation.consider(this.#pod, running)) {
      this.#tasks.launch('resize', () => this.#allocation.apply(this.#pod, running))
    }
    this.#health.follow(this.#pod, running, this.#address())
    const plan = planPod({
      pod: this.allocatedPod,
      observed: this.observed,
      restartWanted: (container) => this.#allocation.wantsRestart(this.#pod, container),
      health: (container) => this.#health.of(container),
      retryAt: (name) => this.#starts.retryAt(name),
      ending: this.#ending,
      now,
    })
    this.#isOver = plan.over && !this.#tasks.some('start ') && !this.#tasks.has('sandbox')
    this.#act(plan)
    this.#report()
    if (this.#isOver) this.#finish()
    return plan.wakeAt
  }

  #noticeEnding(): void {
    const { clock } = this.#services
    const { metadata, spec } = this.#pod
    const now = clock.now()
    if (metadata.deletionTimestamp !== undefined || this.#end.isForgotten) {
      const grace = metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30
      // Even what is deleted at once gets a second to end by itself.
      const graceSeconds = Math.max(1, grace)
      if (this.#ended === undefined) this.#beginDeletion(graceSeconds)
      else if (this.#ended.bringForward(now + graceSeconds * 1000)) this.#hurry()
      this.#ending = { reason: 'Deleted', graceSeconds }
    } else if (this.#ending === undefined) {
      const graceSeconds = spec.terminationGracePeriodSeconds ?? 30
      if (isTerminal(this.#pod)) this.#ending = { reason: 'Ended', graceSeconds }
      else if (now >= (this.#activeDeadline() ?? Infinity)) {
        const message = 'Pod was active on the node longer than the specified deadline'
        this.#ending = { reason: 'DeadlineExceeded', message, graceSeconds }
        this.#services.narrator.say(this.#pod, {
          verdict: 'refused',
          reason: 'DeadlineExceeded',
          message,
          event: 'Normal',
        })
      }
    }
    if (this.#ending === undefined) return
    this.#ended ??= new MovableDeadline(clock, now + this.#ending.graceSeconds * 1000)
    this.#starting.abort(new Error('the pod is to end'))
    this.#health.beQuiet()
  }

  #beginDeletion(graceSeconds: number): void {
    const { clock, network, narrator } = this.#services
    this.#ended = new MovableDeadline(clock, clock.now() + graceSeconds * 1000)
    const late = new AbortController()
    void this.#ended.reached(this.#closing.signal).then(() => late.abort(new Error('the time of the pod is over')))
    this.#drained = network.drained(this.#pod, late.signal).catch(() => {})
    const message = `The pod was deleted and has ${graceSeconds} s to end`
    narrator.say(this.#pod, { verdict: 'progress', reason: 'Terminating', message })
  }

  #act(plan: Plan): void {
    const { runtime, clock } = this.#services
    const pod = this.#pod
    if (plan.sandbox === 'create') {
      void this.#volumes.ready(pod)
      const isBlocked = this.#volumes.problems.length > 0 || (this.#sandboxRetry?.at ?? 0) > clock.now()
      if (!isBlocked) this.#tasks.launch('sandbox', () => this.#createSandbox())
    } else if (plan.sandbox === 'stop') {
      this.#tasks.launch('sandbox', () => this.#change(stopSandboxes(this.#services, this.observed)))
    }
    for (const start of plan.start) {
      this.#tasks.launch(`start ${start.container.spec.name}`, () => this.#starts.start(this.allocatedPod, start))
    }
    for (const stop of plan.stop) this.#tasks.launch(`stop ${stop.id}`, () => this.#stop(stop))
    for (const containerId of plan.remove) {
      this.#tasks.launch(`remove ${containerId}`, () => this.#change(runtime.removeContainer({ containerId })))
    }
    for (const podSandboxId of plan.removeSandboxes) {
      this.#tasks.launch(`remove ${podSandboxId}`, () => this.#change(runtime.removePodSandbox({ podSandboxId })))
    }
    // What changed while the pod runs is brought to its volumes.
    if (readySandbox(this.observed) !== undefined && this.#ending === undefined) void this.#volumes.ready(pod)
  }

  /** Awaits what changes the runtime: what is observed is out of date then, also when it failed. */
  async #change(call: Promise<unknown>): Promise<void> {
    try {
      await call
    } finally {
      this.#observer.invalidate()
    }
  }

  #failed(task: string, error: unknown): void {
    if (this.#isClosed) return
    const { namespace, name } = this.#pod.metadata
    this.#services.log.warn('a step for a pod failed', { pod: `${namespace}/${name}`, task, error })
  }

  async #observe(): Promise<void> {
    const before = await this.#observer.refresh()
    for (const container of this.observed.containers) {
      if (container.state !== 'exited') continue
      if (before.containers.find(({ id }) => id === container.id)?.state !== 'running') continue
      void explainExit(this.#services, this.#pod, container, this.#ending !== undefined)
    }
  }

  async #createSandbox(): Promise<void> {
    const { clock, narrator } = this.#services
    const pod = this.allocatedPod
    this.#starts.prepare(pod)
    try {
      const sandbox = await createSandbox(this.#services, pod, this.observed)
      this.#services.owns(sandbox.id, this.uid)
      this.#observer.edit(({ sandboxes, containers }) => ({
        containers,
        sandboxes: newestFirst([sandbox, ...sandboxes.map((old) => ({ ...old, ready: false }))]),
      }))
      this.#sandboxRetry = undefined
    } catch (error) {
      const count = (this.#sandboxRetry?.count ?? 0) + 1
      const delayMs = Math.min(sandboxRetryMsMax, sandboxRetryMsFirst * 2 ** (count - 1))
      this.#sandboxRetry = { at: clock.now() + delayMs, count }
      this.#observer.invalidate()
      const words = error instanceof Error ? error.message : String(error)
      narrator.say(pod, {
        verdict: 'refused',
        reason: 'FailedCreatePodSandBox',
        message: `Failed to create pod sandbox: ${words}`,
        because: [{ message: words }],
        event: 'Warning',
      })
    }
  }

  async #stop(stop: Stop): Promise<void> {
    const { clock } = this.#services
    const pod = this.#pod
    const deadline =
      stop.graceSeconds === undefined
        ? this.#ended!
        : new MovableDeadline(clock, clock.now() + stop.graceSeconds * 1000)
    this.#deadlines.set(stop.id, deadline)
    const isSidecar = podContainer(pod, stop.name)?.role === 'sidecar'
    const drained = stop.reason === 'ending' && !isSidecar ? this.#drained : undefined
    try {
      await this.#change(stopContainer(this.#services, { pod, stop, deadline, address: this.#address(), drained }))
    } finally {
      this.#deadlines.delete(stop.id)
    }
  }

  /** The pod has less time than it was told: what is being stopped is told again. */
  #hurry(): void {
    const left = Math.max(0, Math.ceil((this.#ended!.at() - this.#services.clock.now()) / 1000))
    for (const id of this.#deadlines.keys()) {
      this.#tasks.launch(`hurry ${id}`, () => this.#change(endContainer(this.#services, id, left)))
    }
  }

  /** Tells the API what there is. What ended before this agent came is not told again: its containers may be gone. */
  #report(): void {
    const { writer, hostIPs, clock } = this.#services
    const hasNothingToTell = isTerminal(this.#pod) && (!this.#isOver || this.observed.containers.length === 0)
    if (this.#end.isForgotten || this.#end.isDiscarded || hasNothingToTell) return
    const status = podStatus({
      pod: this.#pod,
      observed: this.observed,
      health: (container) => this.#health.of(container),
      failure: (name) => this.#starts.failure(name),
      resources: (name) => this.#allocation.resources(name),
      conditions: [...this.#allocation.conditions(this.#pod), ...this.#disruption()],
      ending: this.#ending,
      over: this.#isOver,
      hostIPs,
      startedAt: this.#startedAt,
      now: clock.now(),
    })
    const reason = this.#isOver ? this.#ending?.statusReason : undefined
    writer.set(this.#pod, reason === undefined ? status : { ...status, reason }, isOnItsWay(status) ? startingMs : 0)
  }

  /** Says that the pod does not end by a mistake of its own (KEP-3329). */
  #disruption(): readonly PodCondition[] {
    if (this.#ending?.reason !== 'Evicted') return []
    const { message = '' } = this.#ending
    return [{ type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message }]
  }

  /** Nothing of the pod runs any more: does what is left to do. */
  #finish(): void {
    if (this.#end.next(this.#pod) === undefined) return
    this.#tasks.launch('end', async () => {
      // Asked again, since a task may begin after the state that it was launched for has passed.
      const step = this.#end.next(this.#pod)
      if (step === undefined) return
      await this.#end.take(step, this.#pod, this.observed)
      if (step === 'discard') this.#observer.invalidate()
      if (step !== 'remove') return
      this.close()
      this.#finished.resolve()
    })
  }

  #address(): string {
    return addresses(this.#services, this.#pod, this.observed.sandboxes[0])[0] ?? ''
  }

  /** When the pod has been active for as long as it may. */
  #activeDeadline(): number | undefined {
    const { spec, status } = this.#pod
    const start = status.startTime === undefined ? this.#startedAt : parseTime(status.startTime)
    return spec.activeDeadlineSeconds === undefined ? undefined : start + spec.activeDeadlineSeconds * 1000
  }

  /** `now` is the time for which was decided: what was too early then must not be taken for done when it is late now. */
  #setTimer(at: number | undefined, now: number): void {
    const { clock } = this.#services
    const deadline = this.#ending === undefined ? this.#activeDeadline() : undefined
    const times = [at, deadline, this.#sandboxRetry?.at, this.#tasks.nextRetry(now)].filter(
      (time) => time !== undefined,
    )
    const next = Math.min(...times.filter((time) => time > now))
    if (next === Infinity || this.#isClosed) return
    this.#cancelTimer = clock.after(Math.max(1, next - clock.now()), () => this.wake())
  }
}

/** Whether a pod has come to its end, as far as the API knows. */
export function isTerminal({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed'
}

/** Whether a status says no more than that a pod is being started, and nothing stands in its way. */
function isOnItsWay({ phase, containerStatuses = [], initContainerStatuses = [] }: Partial<PodStatus>): boolean {
  return (
    phase === 'Pending' &&
    [...initContainerStatuses, ...containerStatuses].every(
      ({ state: { waiting } }) => waiting?.reason === 'ContainerCreating' || waiting?.reason === 'PodInitializing',
    )
  )
}

/** Whether two states of a pod look the same from inside its containers. */
function sameToContainers({ metadata: a }: Pod, { metadata: b }: Pod): boolean {
  return (
    a.generation === b.generation &&
    isDeepStrictEqual(a.labels, b.labels) &&
    isDeepStrictEqual(a.annotations, b.annotations)
  )
}
