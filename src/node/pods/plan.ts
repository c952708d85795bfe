import type { Pod } from '../../api/core/v1.ts'
import { isSidecar, podContainers } from './containers.ts'
import type { PodContainer } from './containers.ts'
import { containerNamed, containersNamed, readySandbox } from './observed.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { mayRestart, nextStart } from './restart.ts'
import type { NextStart } from './restart.ts'

/** What the probes and the start hook say of a running container. */
export interface Health {
  /** The start hook is through and the startup probe, if there is one, has succeeded. */
  readonly started: boolean
  readonly ready: boolean
  /** A liveness or startup probe gave up. */
  readonly failed?: { readonly probe: 'liveness' | 'startup'; readonly graceSeconds: number | undefined }
}

/** Why a pod must stop, and how much time it has. */
export interface Ending {
  /** `Ended`: the API says that it has come to its end. */
  readonly reason: 'Deleted' | 'DeadlineExceeded' | 'Evicted' | 'Rejected' | 'Ended'
  readonly graceSeconds: number
}

export interface PlanInput {
  readonly pod: Pod
  readonly observed: Observed
  readonly health: (container: ObservedContainer) => Health
  /** Starts that failed without leaving a container: when they may be tried again. */
  readonly retryAt: (name: string) => number | undefined
  /** Containers that are to be restarted so that they get other resources. */
  readonly restartWanted?: (container: ObservedContainer) => boolean
  readonly ending: Ending | undefined
  readonly now: number
}

export interface Start extends NextStart {
  readonly container: PodContainer
  /** A container of the same attempt that was made and never started. */
  readonly replaces: string | undefined
}

export type StopReason = 'liveness' | 'startup' | 'image' | 'resize' | 'sandbox' | 'unknown' | 'ending' | 'over'

export interface Stop {
  readonly id: string
  readonly name: string
  readonly reason: StopReason
  /** Undefined stands for what remains of the pod's own grace period. */
  readonly graceSeconds: number | undefined
}

/** What to do next for a pod. Whatever is already under way may be in it again. */
export interface Plan {
  readonly sandbox: 'leave' | 'create' | 'stop'
  readonly start: readonly Start[]
  readonly stop: readonly Stop[]
  /** Dead containers that nobody asks for any more: the last two of each name are kept. */
  readonly remove: readonly string[]
  /** Former sandboxes in which nothing is left. */
  readonly removeSandboxes: readonly string[]
  /** Nothing of the pod runs, and nothing will. */
  readonly over: boolean
  /** When to look again although nothing happened. */
  readonly wakeAt: number | undefined
}

/** Decides what to do next for a pod, from what is wanted and what is there. Pure. */
export function planPod(input: PlanInput): Plan {
  const { pod, observed, ending } = input
  if (ending !== undefined) return planEnd(input, 'ending')
  if (outcome(pod, observed) !== undefined) return planEnd(input, 'over')

  const sandbox = readySandbox(observed)
  const stop: Stop[] = observed.containers
    .filter((container) => container.state === 'running' && container.sandboxId !== sandbox?.id)
    .map((container) => stopOf(pod, container, 'sandbox'))
  const remove = forgotten(observed)
  if (sandbox === undefined) {
    const quiet = { start: [], remove, removeSandboxes: [], over: false, wakeAt: undefined }
    return stop.length > 0 ? { ...quiet, sandbox: 'leave', stop } : { ...quiet, sandbox: 'create', stop: [] }
  }
  const walk = new Walk(input, sandbox.id)
  walk.run()
  return {
    sandbox: 'leave',
    start: walk.start,
    stop: [...stop, ...walk.stop],
    remove,
    removeSandboxes: observed.sandboxes
      .slice(1)
      .filter(({ id }) => !observed.containers.some((container) => container.sandboxId === id))
      .map(({ id }) => id),
    over: false,
    wakeAt: walk.wakeAt,
  }
}

/** How a pod ended, once nothing of it will be started again; undefined while something may. */
export function outcome(pod: Pod, observed: Observed): 'succeeded' | 'failed' | undefined {
  for (const container of podContainers(pod)) {
    if (container.role !== 'init') continue
    const last = containerNamed(observed, container.spec.name)
    if (last?.state === 'exited' && last.exitCode !== 0 && !mayRestart(pod, container, last.exitCode)) return 'failed'
  }
  let failed = false
  for (const container of podContainers(pod)) {
    if (container.role !== 'app') continue
    const last = containerNamed(observed, container.spec.name)
    if (last?.state !== 'exited' || mayRestart(pod, container, last.exitCode)) return undefined
    failed ||= last.exitCode !== 0
  }
  return failed ? 'failed' : 'succeeded'
}

/** Whether all init containers are through: once an app container was made in this sandbox, they are. */
export function isInitialized(
  pod: Pod,
  observed: Observed,
  started: (container: ObservedContainer) => boolean,
): boolean {
  const sandbox = observed.sandboxes[0]
  const apps = new Set(pod.spec.containers.map(({ name }) => name))
  if (observed.containers.some(({ name, sandboxId }) => apps.has(name) && sandboxId === sandbox?.id)) return true
  return (pod.spec.initContainers ?? []).every((spec) => {
    const last = containerNamed(observed, spec.name)
    if (last === undefined || last.sandboxId !== sandbox?.id) return false
    return isSidecar(spec) ? last.state === 'running' && started(last) : last.state === 'exited' && last.exitCode === 0
  })
}

/** Goes through a pod's containers in the order in which they start, as far as that order allows. */
class Walk {
  readonly start: Start[] = []
  readonly stop: Stop[] = []
  wakeAt: number | undefined
  readonly #input: PlanInput
  readonly #sandboxId: string

  constructor(input: PlanInput, sandboxId: string) {
    this.#input = input
    this.#sandboxId = sandboxId
  }

  run(): void {
    const { pod, observed, health } = this.#input
    const initialized = isInitialized(pod, observed, (container) => health(container).started)
    let blocked = false
    for (const container of podContainers(pod)) {
      // A pod whose init containers are not through can be looked into all the same.
      if (container.role === 'ephemeral') this.#once(container)
      else if (blocked) continue
      else if (container.role === 'app') this.#keep(container)
      else if (container.role === 'sidecar') blocked = !this.#keep(container) && !initialized
      else if (!initialized) blocked = !this.#through(container)
    }
  }

  /** Starts a container that is to run all the time, or again; returns whether what comes after it may start. */
  #keep(container: PodContainer): boolean {
    const last = this.#current(container)
    if (last?.state !== 'running') {
      if (last === undefined || this.#maySee(container, last)) this.#startOrWait(container)
      return false
    }
    const { pod, health, restartWanted } = this.#input
    const { started, failed } = health(last)
    if (failed !== undefined) this.stop.push(stopOf(pod, last, failed.probe, failed.graceSeconds))
    else if (last.wantedImage !== container.spec.image) this.stop.push(stopOf(pod, last, 'image'))
    else if (restartWanted?.(last) === true) this.stop.push(stopOf(pod, last, 'resize'))
    return started
  }

  /** Starts a container that must run to its end; returns whether it did. */
  #through(container: PodContainer): boolean {
    const last = this.#current(container)
    if (last?.state === 'exited' && last.exitCode === 0) return true
    if (last?.state !== 'running') this.#startOrWait(container)
    return false
  }

  #once(container: PodContainer): void {
    if (containerNamed(this.#input.observed, container.spec.name) === undefined) this.#startOrWait(container)
  }

  /** The newest container of the name in this sandbox; one that is in no known state is stopped. */
  #current(container: PodContainer): ObservedContainer | undefined {
    const last = containerNamed(this.#input.observed, container.spec.name)
    if (last?.state === 'unknown') this.stop.push(stopOf(this.#input.pod, last, 'unknown', 0))
    // What ended in a former sandbox is not to be run again when its restart policy says so; all else is.
    if (last !== undefined && last.sandboxId !== this.#sandboxId && container.role !== 'app') return undefined
    return last
  }

  #maySee(container: PodContainer, last: ObservedContainer): boolean {
    if (last.state === 'unknown') return false
    return last.state === 'created' || mayRestart(this.#input.pod, container, last.exitCode)
  }

  #startOrWait(container: PodContainer): void {
    const { observed, retryAt, now } = this.#input
    const last = containerNamed(observed, container.spec.name)
    if (last?.state === 'running' || last?.state === 'unknown') return
    const next = nextStart(last)
    const at = Math.max(next.notBefore, retryAt(container.spec.name) ?? 0)
    if (at > now) {
      this.wakeAt = Math.min(this.wakeAt ?? at, at)
      return
    }
    this.start.push({ ...next, container, replaces: last?.state === 'created' ? last.id : undefined })
  }
}

/** Stops what runs: first all but the sidecars at once, then those from the last to the first, then the sandbox. */
function planEnd({ pod, observed, ending }: PlanInput, reason: 'ending' | 'over'): Plan {
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name)
  const running = observed.containers.filter(({ state }) => state === 'running' || state === 'unknown')
  const others = running.filter(({ name }) => !sidecars.includes(name))
  const lastSidecar = running
    .filter(({ name }) => sidecars.includes(name))
    .toSorted((a, b) => sidecars.indexOf(b.name) - sidecars.indexOf(a.name))
    .slice(0, 1)
  const graceSeconds = ending === undefined ? (pod.spec.terminationGracePeriodSeconds ?? 30) : undefined
  const stopping = others.length > 0 ? others : lastSidecar
  const done = running.length === 0
  const sandboxUp = observed.sandboxes.some(({ ready }) => ready)
  return {
    sandbox: done && sandboxUp ? 'stop' : 'leave',
    start: [],
    stop: stopping.map(({ id, name }) => ({ id, name, reason, graceSeconds })),
    remove: observed.containers.filter(({ state }) => state === 'created').map(({ id }) => id),
    removeSandboxes: [],
    over: done && !sandboxUp,
    wakeAt: undefined,
  }
}

function stopOf(pod: Pod, { id, name }: ObservedContainer, reason: StopReason, graceSeconds?: number): Stop {
  return { id, name, reason, graceSeconds: graceSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 30 }
}

/** Dead containers beyond the last two of each name: the present one, and the one whose log `previous` shows. */
function forgotten(observed: Observed): string[] {
  const names = new Set(observed.containers.map(({ name }) => name))
  return [...names].flatMap((name) =>
    containersNamed(observed, name)
      .slice(2)
      .filter(({ state }) => state === 'exited' || state === 'created')
      .map(({ id }) => id),
  )
}
