import { isDeepStrictEqual } from 'node:util'
import { Pods } from '../../api/core/pod.ts'
import type { Pod } from '../../api/core/v1.ts'
import { parseTime } from '../../api/meta/time.ts'
import { isWherryError } from '../../lib/errors.ts'
import { PodVolumes, removeVolumes } from '../volumes/pod-volumes.ts'
import type { VolumeProblem } from '../volumes/pod-volumes.ts'
import { containerField, podContainer } from './containers.ts'
import { MovableDeadline } from './deadline.ts'
import { explainExit } from './explain-exit.ts'
import { runHook } from './hooks.ts'
import { containerNamed, newestFirst, nothingObserved, readySandbox } from './observed.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { observePod } from './observe.ts'
import { planPod } from './plan.ts'
import type { Ending, Plan, Start, Stop } from './plan.ts'
import { PodHealth } from './pod-health.ts'
import { createSandbox, stopSandboxes, removeFromRuntime } from './sandbox.ts'
import type { PodServices } from './services.ts'
import { addresses, startContainer, StartFailure } from './start-container.ts'
import { podStatus } from './status.ts'
import type { Waiting } from './status.ts'
import { endContainer, stopContainer } from './stop-container.ts'
import { Tasks } from './tasks.ts'

interface Failure extends Waiting {
  readonly retryAt: number
  readonly count: number
}

const retryMsFirst = 1000
const retryMsMax = 60_000
/** The runtime hears of a container's end before it says so itself; how soon to ask again. */
const lagMs = [5, 20, 50, 100, 200, 500, 1000]

/** Why a pod must not run here at all. */
export interface Rejection {
  readonly reason: string
  readonly message: string
}

/**
 * Keeps one pod as it is wanted. It decides in one place and never twice at a time (`planPod`), and lets what takes long
 * run beside: whatever ends wakes it to decide again.
 */
export class PodWorker {
  readonly uid: string
  readonly #services: PodServices
  readonly #volumes: PodVolumes
  readonly #health: PodHealth
  readonly #tasks: Tasks
  readonly #failures = new Map<string, Failure>()
  readonly #deadlines = new Map<string, MovableDeadline>()
  readonly #expectedExits = new Map<string, number>()
  readonly #startedAt: number
  /** Fires when the pod is to end: what gets it going stops. */
  readonly #starting = new AbortController()
  readonly #finished = Promise.withResolvers<void>()
  #pod: Pod
  #observed: Observed
  #ending: (Ending & { readonly message?: string; readonly statusReason?: string }) | undefined
  #ended: MovableDeadline | undefined
  #drained: Promise<unknown> | undefined
  #volumesReady: Promise<readonly VolumeProblem[]> | undefined
  #volumeProblems: readonly VolumeProblem[] = []
  #sandboxRetry: { at: number; count: number } | undefined
  #cancelTimer: (() => void) | undefined
  #cancelVolumeTimer: (() => void) | undefined
  #scheduled = false
  #stale = false
  #isGone = false
  #isOver = false
  #isCleaned = false
  #isDeleteAsked = false
  #isClosed = false

  constructor(services: PodServices, pod: Pod, observed: Observed = nothingObserved) {
    this.uid = pod.metadata.uid
    this.#services = services
    this.#pod = pod
    this.#observed = observed
    this.#startedAt = services.clock.now()
    this.#volumes = new PodVolumes(services.volumes, this.uid)
    this.#health = new PodHealth(services, () => this.wake())
    this.#tasks = new Tasks(
      services.clock,
      (task, error) => this.#failed(task, error),
      () => this.wake(),
    )
    for (const { id } of [...observed.sandboxes, ...observed.containers]) services.owns(id, this.uid)
    this.wake()
  }

  get pod(): Pod {
    return this.#pod
  }

  get observed(): Observed {
    return this.#observed
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
    this.#isGone = true
    this.update(pod)
  }

  /** The pod is not to run here. */
  reject({ reason, message }: Rejection): void {
    this.#ending = { reason: 'Rejected', statusReason: reason, message, graceSeconds: 0 }
    this.wake()
  }

  /** A ConfigMap or Secret that the pod uses changed. */
  objectsChanged(): void {
    this.#volumesReady = undefined
    this.#retryStarts()
    this.wake()
  }

  /** Something happened to a container or the sandbox of the pod. */
  runtimeChanged(containerId?: string): void {
    this.#stale = true
    if (containerId !== undefined) this.#expectedExits.set(containerId, 0)
    this.wake()
  }

  /** Decides soon, once for everything that happens in this turn. */
  wake(): void {
    if (this.#scheduled || this.#isClosed) return
    this.#scheduled = true
    queueMicrotask(() => {
      this.#scheduled = false
      if (this.#isClosed) return
      this.#cancelTimer?.()
      this.#cancelTimer = undefined
      if (this.#stale) this.#tasks.launch('observe', () => this.#observe())
      // What is known to be out of date is nothing to decide on.
      if (this.#stale || this.#tasks.has('observe')) this.#setTimer(undefined)
      else this.#step()
    })
  }

  /** Stops deciding and probing; what runs goes on running. */
  close(): void {
    this.#isClosed = true
    this.#cancelTimer?.()
    this.#cancelVolumeTimer?.()
    this.#health.close()
    this.#starting.abort(new Error('the agent ends'))
  }

  #retryStarts(): void {
    for (const [name, failure] of this.#failures) {
      // A pull keeps its own pace.
      if (!/Image/.test(failure.reason)) this.#failures.set(name, { ...failure, retryAt: 0 })
    }
  }

  #step(): void {
    this.#noticeEnding()
    this.#health.follow(
      this.#pod,
      this.#observed.containers.filter(({ state }) => state === 'running'),
      this.#address(),
    )
    const plan = planPod({
      pod: this.#pod,
      observed: this.#observed,
      health: (container) => this.#health.of(container),
      retryAt: (name) => this.#failures.get(name)?.retryAt,
      ending: this.#ending,
      now: this.#services.clock.now(),
    })
    this.#isOver = plan.over && !this.#tasks.some('start ') && !this.#tasks.has('sandbox')
    this.#act(plan)
    this.#report()
    if (this.#isOver && this.#nextEnd() !== undefined) this.#tasks.launch('end', async () => this.#nextEnd()?.())
    this.#setTimer(plan.wakeAt)
  }

  #noticeEnding(): void {
    const { clock, network, narrator } = this.#services
    const { metadata, spec, status } = this.#pod
    const now = clock.now()
    if (metadata.deletionTimestamp !== undefined || this.#isGone) {
      const grace = metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 30
      // Even what is deleted at once gets a second to end by itself.
      const graceSeconds = Math.max(1, grace)
      if (this.#ended === undefined) {
        this.#ended = new MovableDeadline(clock, now + graceSeconds * 1000)
        const signal = AbortSignal.timeout(graceSeconds * 1000)
        this.#drained = network.drained(this.#pod, signal).catch(() => {})
        narrator.say(this.#pod, {
          verdict: 'progress',
          reason: 'Terminating',
          message: `The pod ends within ${graceSeconds} s`,
          because: [],
        })
      } else if (this.#ended.bringForward(now + graceSeconds * 1000)) this.#hurry()
      this.#ending = { reason: 'Deleted', graceSeconds }
    } else if (this.#ending === undefined && isTerminal(this.#pod)) {
      this.#ending = { reason: 'Ended', graceSeconds: spec.terminationGracePeriodSeconds ?? 30 }
    } else if (this.#ending === undefined) {
      const start = status.startTime === undefined ? this.#startedAt : parseTime(status.startTime)
      const limit = spec.activeDeadlineSeconds
      if (limit !== undefined && now >= start + limit * 1000) {
        const message = 'Pod was active on the node longer than the specified deadline'
        this.#ending = { reason: 'DeadlineExceeded', message, graceSeconds: spec.terminationGracePeriodSeconds ?? 30 }
        narrator.say(this.#pod, { verdict: 'refused', reason: 'DeadlineExceeded', message, event: 'Normal' })
      }
    }
    if (this.#ending === undefined) return
    this.#ended ??= new MovableDeadline(clock, now + this.#ending.graceSeconds * 1000)
    this.#starting.abort(new Error('the pod is to end'))
    this.#health.beQuiet()
  }

  #act(plan: Plan): void {
    const clock = this.#services.clock
    if (plan.sandbox === 'create') {
      this.#syncVolumes()
      const blocked = this.#volumeProblems.length > 0 || (this.#sandboxRetry?.at ?? 0) > clock.now()
      if (!blocked) this.#tasks.launch('sandbox', () => this.#createSandbox())
    }
    // A sandbox that is just being made is stopped when it is there.
    if (plan.sandbox === 'stop' && !this.#tasks.has('sandbox'))
      this.#tasks.launch('sandbox', () => this.#stopSandboxes())
    for (const start of plan.start) this.#tasks.launch(`start ${start.container.spec.name}`, () => this.#start(start))
    for (const stop of plan.stop) this.#tasks.launch(`stop ${stop.id}`, () => this.#stop(stop))
    for (const id of plan.remove) this.#tasks.launch(`remove ${id}`, () => this.#remove(id))
    for (const id of plan.removeSandboxes) {
      this.#tasks.launch(`remove ${id}`, async () => {
        await this.#services.runtime.removePodSandbox({ podSandboxId: id })
        this.#stale = true
      })
    }
    const isUp = readySandbox(this.#observed) !== undefined
    if (isUp && this.#ending === undefined && this.#volumesReady === undefined) this.#syncVolumes()
  }

  #failed(task: string, error: unknown): void {
    if (this.#isClosed || (this.#starting.signal.aborted && task.startsWith('start '))) return
    const { namespace, name } = this.#pod.metadata
    this.#services.log.warn('a step for a pod failed', { pod: `${namespace}/${name}`, task, error })
  }

  async #observe(): Promise<void> {
    const { runtime, podsDir, clock } = this.#services
    const before = this.#observed
    this.#stale = false
    try {
      const observed = await observePod(this.uid, before, { runtime, podsDir })
      // A container that was started meanwhile may not be in the lists: they are asked for again.
      if (this.#observed !== before) {
        this.#stale = true
        return
      }
      this.#observed = observed
    } catch (error) {
      this.#stale = true
      throw error
    }
    this.#tellExits(before)
    for (const [id, tries] of this.#expectedExits) {
      const isRunning = this.#observed.containers.some(
        (container) => container.id === id && container.state === 'running',
      )
      const isReady = this.#observed.sandboxes.some((sandbox) => sandbox.id === id && sandbox.ready)
      const delayMs = lagMs[tries]
      if ((!isRunning && !isReady) || delayMs === undefined) this.#expectedExits.delete(id)
      else {
        this.#expectedExits.set(id, tries + 1)
        clock.after(delayMs, () => {
          this.#stale = true
          this.wake()
        })
      }
    }
  }

  #tellExits(before: Observed): void {
    for (const container of this.#observed.containers) {
      if (container.state !== 'exited') continue
      if (before.containers.find(({ id }) => id === container.id)?.state !== 'running') continue
      void explainExit(this.#services, this.#pod, container, this.#ending !== undefined)
    }
  }

  async #createSandbox(): Promise<void> {
    const { services, pod } = { services: this.#services, pod: this.#pod }
    try {
      const sandbox = await createSandbox(services, pod, this.#observed)
      services.owns(sandbox.id, this.uid)
      this.#observed = {
        ...this.#observed,
        sandboxes: newestFirst([sandbox, ...this.#observed.sandboxes.map((old) => ({ ...old, ready: false }))]),
      }
      this.#sandboxRetry = undefined
    } catch (error) {
      const count = (this.#sandboxRetry?.count ?? 0) + 1
      const delayMs = Math.min(retryMsMax, retryMsFirst * 2 ** (count - 1))
      this.#sandboxRetry = { at: services.clock.now() + delayMs, count }
      this.#stale = true
      const words = error instanceof Error ? error.message : String(error)
      const message = `Failed to create pod sandbox: ${words}`
      services.narrator.say(pod, {
        verdict: 'refused',
        reason: 'FailedCreatePodSandBox',
        message,
        because: [{ message: words }],
        event: 'Warning',
      })
    }
  }

  async #stopSandboxes(): Promise<void> {
    await stopSandboxes(this.#services, this.#observed)
    this.#stale = true
  }

  #syncVolumes(): void {
    if (this.#volumesReady !== undefined) return
    const pod = this.#pod
    const sync = (async () => {
      const { problems, refreshAt } = await this.#volumes.sync(pod)
      const isNew = problems.filter(
        ({ volume, message }) => !this.#volumeProblems.some((old) => old.volume === volume && old.message === message),
      )
      if (problems.length === 0 && this.#volumeProblems.length > 0) this.#retryStarts()
      this.#volumeProblems = problems
      for (const { volume, message } of isNew) {
        const words = `MountVolume.SetUp failed for volume "${volume}" : ${message}`
        this.#services.narrator.say(pod, {
          verdict: 'refused',
          reason: 'FailedMount',
          message: words,
          field: `spec.volumes{${volume}}`,
          because: [{ message }],
          event: 'Warning',
          eventReason: 'FailedMount',
        })
      }
      const again = problems.length > 0 ? this.#services.clock.now() + 10_000 : refreshAt
      this.#cancelVolumeTimer?.()
      if (again !== undefined && !this.#isClosed) {
        const delayMs = Math.max(1000, again - this.#services.clock.now())
        this.#cancelVolumeTimer = this.#services.clock.after(delayMs, () => this.#volumesAreOld(sync))
      }
      return problems
    })()
    this.#volumesReady = sync
    sync.catch(() => {}).finally(() => this.wake())
  }

  #volumesAreOld(sync: Promise<unknown>): void {
    if (this.#volumesReady !== sync || this.#isClosed || this.#ending !== undefined) return
    this.#volumesReady = undefined
    this.wake()
  }

  async #start(start: Start): Promise<void> {
    const sandbox = readySandbox(this.#observed)
    if (sandbox === undefined || this.#starting.signal.aborted) return
    this.#syncVolumes()
    const { name } = start.container.spec
    let started: ObservedContainer
    try {
      started = await startContainer(this.#services, {
        pod: this.#pod,
        start: { ...start, attempt: Math.max(start.attempt, this.#attemptFloor(name)) },
        sandbox,
        observed: this.#observed,
        volumes: this.#volumes,
        volumesReady: this.#volumesReady!,
        cgroupParent: this.#services.cgroups.path(this.#pod),
        signal: this.#starting.signal,
      })
    } catch (error) {
      this.#stale = true
      if (this.#starting.signal.aborted) return
      if (!(error instanceof StartFailure)) throw error
      this.#noteFailure(start, error)
      return
    }
    this.#failures.delete(name)
    const others = this.#observed.containers.filter(({ id }) => id !== started.id && id !== start.replaces)
    this.#observed = { ...this.#observed, containers: newestFirst([started, ...others]) }
    const hook = start.container.spec.lifecycle?.postStart
    if (hook === undefined) return
    this.#health.hookBegins(started.id)
    this.wake()
    await this.#postStart(start, started, hook)
    this.#health.hookEnds(started.id)
  }

  async #postStart(start: Start, started: ObservedContainer, hook: Parameters<typeof runHook>[0]): Promise<void> {
    const { runtime, clock, narrator } = this.#services
    try {
      const container = start.container.spec
      const timeoutMs = 600_000
      await runHook(hook, {
        runtime,
        clock,
        container,
        containerId: started.id,
        address: this.#address(),
        timeoutMs,
        signal: this.#starting.signal,
      })
    } catch (error) {
      if (this.#starting.signal.aborted) return
      const message = `PostStartHook failed: ${error instanceof Error ? error.message : String(error)}`
      narrator.say(this.#pod, {
        verdict: 'refused',
        reason: 'FailedPostStartHook',
        message,
        field: containerField(start.container),
        event: 'Warning',
      })
      await endContainer(this.#services, started.id, this.#pod.spec.terminationGracePeriodSeconds ?? 30)
      this.#stale = true
    }
  }

  #noteFailure(start: Start, failure: StartFailure): void {
    const { name } = start.container.spec
    const { clock, narrator } = this.#services
    const before = this.#failures.get(name)
    const count = (before?.count ?? 0) + 1
    const retryAt = failure.retryAt ?? clock.now() + Math.min(retryMsMax, retryMsFirst * 2 ** (count - 1))
    const { reason, message } = failure
    this.#failures.set(name, { reason, message, retryAt, count })
    // A volume that is missing has been told of already.
    if ((before?.reason === reason && before.message === message) || reason === 'ContainerCreating') return
    const field = containerField(start.container)
    const because = [{ message, facts: { container: name, image: start.container.spec.image } }]
    const eventMessage =
      reason === 'ErrImagePull' || reason === 'ImagePullBackOff' ? `Error: ${reason}` : `Error: ${message}`
    narrator.say(this.#pod, {
      verdict: 'refused',
      reason,
      message,
      field,
      because,
      event: 'Warning',
      eventReason: 'Failed',
      eventMessage,
    })
  }

  /** A container of which the runtime knows nothing any more, but the API does, is not its first of its name. */
  #attemptFloor(name: string): number {
    if (containerNamed(this.#observed, name) !== undefined) return 0
    const { containerStatuses = [], initContainerStatuses = [] } = this.#pod.status
    const known = [...containerStatuses, ...initContainerStatuses].find((status) => status.name === name)
    return known?.containerID ? known.restartCount + 1 : 0
  }

  async #stop(stop: Stop): Promise<void> {
    const { clock } = this.#services
    const deadline =
      stop.graceSeconds === undefined
        ? this.#ended!
        : new MovableDeadline(clock, clock.now() + stop.graceSeconds * 1000)
    this.#deadlines.set(stop.id, deadline)
    const drained = stop.reason === 'ending' && !isSidecarOf(this.#pod, stop.name) ? this.#drained : undefined
    try {
      await stopContainer(this.#services, { pod: this.#pod, stop, deadline, address: this.#address(), drained })
    } finally {
      this.#deadlines.delete(stop.id)
      this.#stale = true
    }
  }

  /** The pod has less time than it was told: what is being stopped is told again. */
  #hurry(): void {
    const left = Math.max(0, Math.ceil((this.#ended!.at() - this.#services.clock.now()) / 1000))
    for (const id of this.#deadlines.keys())
      this.#tasks.launch(`hurry ${id}`, () => endContainer(this.#services, id, left))
  }

  async #remove(id: string): Promise<void> {
    await this.#services.runtime.removeContainer({ containerId: id })
    this.#stale = true
  }

  /** Tells the API what there is. What ended before this agent came is not told again: its containers may be gone. */
  #report(): void {
    const { writer, hostIPs, clock } = this.#services
    if (
      this.#isGone ||
      (isTerminal(this.#pod) && !this.#isOver) ||
      (isTerminal(this.#pod) && this.#observed.containers.length === 0)
    )
      return
    const ending = this.#ending
    const status = podStatus({
      pod: this.#pod,
      observed: this.#observed,
      health: (container) => this.#health.of(container),
      failure: (name) => this.#failures.get(name),
      ending,
      over: this.#isOver,
      hostIPs,
      startedAt: this.#startedAt,
      now: clock.now(),
    })
    const statusReason = this.#isOver ? ending?.statusReason : undefined
    writer.set(this.#pod, statusReason === undefined ? status : { ...status, reason: statusReason })
  }

  /** What is still to be done for a pod of which nothing runs any more. */
  #nextEnd(): (() => Promise<void>) | undefined {
    if (!this.#isCleaned) return () => this.#clean()
    if (this.#isGone) return () => this.#forget()
    if (this.#pod.metadata.deletionTimestamp !== undefined && !this.#isDeleteAsked) return () => this.#letGo()
    return undefined
  }

  /** Gives back what the pod had of the node. Its containers' logs stay. */
  async #clean(): Promise<void> {
    await removeVolumes(this.#services.volumes, this.uid)
    this.#services.cgroups.remove({ uid: this.uid })
    this.#services.objects.release(this.uid)
    this.#isCleaned = true
  }

  /** Tells the API that it may forget the pod, once it knows how the pod ended. */
  async #letGo(): Promise<void> {
    const { client, writer } = this.#services
    const { namespace = '', name } = this.#pod.metadata
    await writer.written(this.uid)
    try {
      const options = { gracePeriodSeconds: 0, preconditions: { uid: this.uid } }
      const left = await client.delete(Pods, { namespace, name }, options)
      // A finalizer may hold it: then the API tells when it is gone.
      this.#isGone ||= left?.metadata.uid !== this.uid
    } catch (error) {
      if (!isWherryError(error, 'not-found', 'conflict')) throw error
      this.#isGone = true
    }
    this.#isDeleteAsked = true
  }

  async #forget(): Promise<void> {
    const { narrator, images, volumes, writer } = this.#services
    await removeFromRuntime(this.#services, this.#pod, this.#observed)
    images.forget(this.uid)
    volumes.tokens.forget(this.uid)
    writer.forget(this.uid)
    narrator.say(this.#pod, { verdict: 'done', reason: 'Stopped', message: 'The pod has ended and is gone' })
    this.close()
    this.#finished.resolve()
  }

  #address(): string {
    return addresses(this.#services, this.#pod, this.#observed.sandboxes[0])[0] ?? ''
  }

  #setTimer(at: number | undefined): void {
    const { clock } = this.#services
    const { activeDeadlineSeconds } = this.#pod.spec
    const start = this.#pod.status.startTime === undefined ? this.#startedAt : parseTime(this.#pod.status.startTime)
    const deadline =
      activeDeadlineSeconds === undefined || this.#ending !== undefined
        ? undefined
        : start + activeDeadlineSeconds * 1000
    const times = [at, deadline, this.#sandboxRetry?.at, this.#tasks.nextRetry()].filter(
      (time) => time !== undefined && time > clock.now(),
    )
    if (times.length === 0 || this.#isClosed) return
    const next = Math.min(...(times as number[]))
    this.#cancelTimer?.()
    this.#cancelTimer = clock.after(Math.max(1, next - clock.now()), () => this.wake())
  }
}

/** Whether a pod has come to its end, as far as the API knows. */
export function isTerminal({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed'
}

/** Whether two states of a pod look the same from inside its containers. */
function sameToContainers({ metadata: a }: Pod, { metadata: b }: Pod): boolean {
  return (
    a.generation === b.generation &&
    isDeepStrictEqual(a.labels, b.labels) &&
    isDeepStrictEqual(a.annotations, b.annotations)
  )
}

function isSidecarOf(pod: Pod, name: string): boolean {
  return podContainer(pod, name)?.role === 'sidecar'
}
