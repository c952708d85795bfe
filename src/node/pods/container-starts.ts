import type { Pod } from '../../api/core/v1.ts'
import type { LocalImage } from '../images/images.ts'
import { containerField, isSidecar, podContainers } from './containers.ts'
import type { PodContainer } from './containers.ts'
import { runHook } from './hooks.ts'
import { containerNamed, newestFirst, readySandbox } from './observed.ts'
import type { ObservedContainer } from './observed.ts'
import type { Start } from './plan.ts'
import type { PodAllocation } from './pod-allocation.ts'
import type { PodHealth } from './pod-health.ts'
import type { PodObserver } from './pod-observer.ts'
import type { PodServices } from './services.ts'
import { addresses, ensureImage, startContainer, StartFailure } from './start-container.ts'
import type { Waiting } from './status.ts'
import { endContainer } from './stop-container.ts'
import type { VolumeKeeper } from './volume-keeper.ts'

interface Failure extends Waiting {
  readonly retryAt: number
  readonly count: number
}

const retryMsFirst = 1000
const retryMsMax = 60_000
/** A start hook that has not come back after so long has failed. */
const hookTimeoutMs = 600_000

export interface ContainerStartsOptions {
  readonly services: PodServices
  readonly observer: PodObserver
  readonly health: PodHealth
  readonly volumes: VolumeKeeper
  readonly allocation: PodAllocation
  /** Fires when the pod is to end. */
  readonly signal: AbortSignal
  readonly wake: () => void
}

/** Starts the containers of one pod, and remembers which starts failed and why. */
export class ContainerStarts {
  readonly #options: ContainerStartsOptions
  readonly #failures = new Map<string, Failure>()
  readonly #images = new Map<string, Promise<LocalImage>>()

  constructor(options: ContainerStartsOptions) {
    this.#options = options
  }

  /** Why the last start of a container failed. */
  failure(name: string): Waiting | undefined {
    return this.#failures.get(name)
  }

  /** When a start that failed may be tried again. */
  retryAt(name: string): number | undefined {
    return this.#failures.get(name)?.retryAt
  }

  /** Something that starts depend on changed. A pull keeps its own pace. */
  retrySoon(): void {
    for (const [name, failure] of this.#failures) {
      if (!failure.reason.includes('Image')) this.#failures.set(name, { ...failure, retryAt: 0 })
    }
  }

  /** Fetches the images of the containers that start first, while the sandbox is made. */
  prepare(pod: Pod): void {
    const { services, signal } = this.#options
    for (const container of startsFirst(pod)) {
      const { name } = container.spec
      if (this.#images.has(name) || (this.retryAt(name) ?? 0) > services.clock.now()) continue
      const image = ensureImage(services, pod, container, signal)
      // Whoever starts the container hears of it.
      image.catch(() => {})
      this.#images.set(name, image)
    }
  }

  async start(pod: Pod, planned: Start): Promise<void> {
    const { services, observer, volumes, allocation, signal } = this.#options
    const sandbox = readySandbox(observer.observed)
    if (sandbox === undefined || signal.aborted) return
    const { name } = planned.container.spec
    const start = { ...planned, attempt: Math.max(planned.attempt, this.#attemptMin(pod, name)) }
    const image = this.#images.get(name) ?? ensureImage(services, pod, start.container, signal)
    this.#images.delete(name)
    try {
      const started = await startContainer(services, {
        pod,
        start,
        sandbox,
        observed: observer.observed,
        image,
        volumes: volumes.volumes,
        volumesReady: volumes.ready(pod),
        cgroupParent: services.cgroups.path(pod),
        signal,
      })
      this.#failures.delete(name)
      allocation.started(pod, name)
      await this.#noteStarted(pod, start, started)
    } catch (error) {
      // What the runtime made of it is not known.
      observer.invalidate()
      if (signal.aborted) return
      if (!(error instanceof StartFailure)) throw error
      this.#noteFailure(pod, start, error)
    }
  }

  async #noteStarted(pod: Pod, start: Start, started: ObservedContainer): Promise<void> {
    const { observer, health, wake } = this.#options
    const hook = start.container.spec.lifecycle?.postStart
    if (hook !== undefined) health.hookBegins(started.id)
    observer.edit((observed) => ({
      ...observed,
      containers: newestFirst([
        started,
        ...observed.containers.filter(({ id }) => id !== started.id && id !== start.replaces),
      ]),
    }))
    if (hook === undefined) return
    wake()
    await this.#runHook(pod, start, started, hook)
    health.hookEnds(started.id)
  }

  async #runHook(
    pod: Pod,
    start: Start,
    started: ObservedContainer,
    hook: Parameters<typeof runHook>[0],
  ): Promise<void> {
    const { services, observer, signal } = this.#options
    const { runtime, clock, narrator } = services
    const container = start.container.spec
    const address = addresses(services, pod, observer.observed.sandboxes[0])[0] ?? ''
    try {
      await runHook(hook, {
        runtime,
        clock,
        container,
        containerId: started.id,
        address,
        timeoutMs: hookTimeoutMs,
        signal,
      })
    } catch (error) {
      if (signal.aborted) return
      const message = `PostStartHook failed: ${error instanceof Error ? error.message : String(error)}`
      const field = containerField(start.container)
      narrator.say(pod, { verdict: 'refused', reason: 'FailedPostStartHook', message, field, event: 'Warning' })
      await endContainer(services, started.id, pod.spec.terminationGracePeriodSeconds ?? 30)
      observer.invalidate()
    }
  }

  #noteFailure(pod: Pod, { container }: Start, failure: StartFailure): void {
    const { clock, narrator } = this.#options.services
    const { name, image } = container.spec
    const { reason, message } = failure
    const before = this.#failures.get(name)
    const count = (before?.count ?? 0) + 1
    const retryAt = failure.retryAt ?? clock.now() + Math.min(retryMsMax, retryMsFirst * 2 ** (count - 1))
    this.#failures.set(name, { reason, message, retryAt, count })
    // A volume that is missing has been told of already.
    if ((before?.reason === reason && before.message === message) || reason === 'ContainerCreating') return
    const isPull = reason === 'ErrImagePull' || reason === 'ImagePullBackOff'
    narrator.say(pod, {
      verdict: 'refused',
      reason,
      message,
      field: containerField(container),
      because: [{ message, facts: { container: name, image } }],
      event: 'Warning',
      eventReason: 'Failed',
      eventMessage: `Error: ${isPull ? reason : message}`,
    })
  }

  /** A container of which the runtime knows nothing any more, but the API does, is not the first of its name. */
  #attemptMin({ status }: Pod, name: string): number {
    if (containerNamed(this.#options.observer.observed, name) !== undefined) return 0
    const { containerStatuses = [], initContainerStatuses = [] } = status
    const known = [...containerStatuses, ...initContainerStatuses].find((one) => one.name === name)
    return known?.containerID ? known.restartCount + 1 : 0
  }
}

/** The first init container, sidecars before it included; without init containers, all app containers. */
function startsFirst(pod: Pod): PodContainer[] {
  const inits = pod.spec.initContainers ?? []
  const wait = inits.findIndex((container) => !isSidecar(container))
  return podContainers(pod).filter(({ spec, role }) =>
    wait >= 0 ? inits.slice(0, wait + 1).some(({ name }) => name === spec.name) : role === 'app' || role === 'sidecar',
  )
}
