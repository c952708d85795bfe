import type { Container, Pod } from '../../api/core/v1.ts'
import { ContainerProbes, lookAt } from '../probes/container-probes.ts'
import type { ProbeKind } from '../probes/container-probes.ts'
import type { Look } from '../probes/handlers.ts'
import type { ProbeState } from '../probes/threshold.ts'
import { containerField, podContainers } from './containers.ts'
import type { PodContainer } from './containers.ts'
import type { ObservedContainer } from './observed.ts'
import type { Health } from './plan.ts'
import type { PodServices } from './services.ts'

/** The health of a pod's containers: their probes, and whether their start hooks are through. */
export class PodHealth {
  readonly #services: PodServices
  readonly #changed: () => void
  readonly #probes = new Map<string, ContainerProbes>()
  readonly #hooking = new Set<string>()
  #quiet = false

  constructor(services: PodServices, changed: () => void) {
    this.#services = services
    this.#changed = changed
  }

  of(container: ObservedContainer): Health {
    const through = !this.#hooking.has(container.id)
    return this.#probes.get(container.id)?.health() ?? { started: through, ready: through }
  }

  /** The container's start hook runs: until it is through, the container has not started. */
  hookBegins(containerId: string): void {
    this.#hooking.add(containerId)
  }

  hookEnds(containerId: string): void {
    this.#hooking.delete(containerId)
    this.#probes.get(containerId)?.hookDone()
  }

  /** Probes exactly what runs. */
  follow(pod: Pod, running: readonly ObservedContainer[], address: string): void {
    const ids = new Set(running.map(({ id }) => id))
    for (const [id, probes] of this.#probes) {
      if (ids.has(id)) continue
      probes.close()
      this.#probes.delete(id)
    }
    for (const observed of running) {
      if (this.#probes.has(observed.id)) continue
      const container = podContainers(pod).find(({ spec }) => spec.name === observed.name)
      if (container === undefined || !hasProbes(container.spec as Container)) continue
      this.#probes.set(observed.id, this.#begin(pod, container, observed, address))
    }
  }

  /** The pod is on its way out: what its probes find is no news. */
  beQuiet(): void {
    this.#quiet = true
  }

  close(): void {
    for (const probes of this.#probes.values()) probes.close()
    this.#probes.clear()
  }

  #begin(pod: Pod, container: PodContainer, observed: ObservedContainer, address: string): ContainerProbes {
    const { clock, runtime } = this.#services
    const spec = container.spec as Container
    const before = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])].find(
      ({ containerID }) => containerID === `containerd://${observed.id}`,
    )
    return new ContainerProbes(
      {
        container: spec,
        clock,
        startedAt: observed.startedAt ?? observed.createdAt,
        wasReady: before?.ready === true,
        look: (probe) => lookAt(probe, { runtime, pod, container: spec, containerId: observed.id, address }),
        changed: this.#changed,
        saw: (kind, look, state) => this.#saw(pod, container, kind, look, state),
      },
      !this.#hooking.has(observed.id),
    )
  }

  #saw(
    pod: Pod,
    container: PodContainer,
    kind: ProbeKind,
    { outcome, output }: Look,
    { verdict, inARow }: ProbeState,
  ): void {
    if (this.#quiet) return
    const field = containerField(container)
    const name = kind[0]!.toUpperCase() + kind.slice(1)
    const probe = (container.spec as Container)[`${kind}Probe`]
    const facts = {
      container: container.spec.name,
      probe: kind,
      inARow,
      failureThreshold: probe?.failureThreshold ?? 3,
    }
    if (outcome === 'success') {
      this.#services.narrator.say(pod, {
        verdict: 'done',
        reason: `${name}ProbeSucceeded`,
        message: `${name} probe succeeded`,
        field,
      })
      return
    }
    const message =
      outcome === 'failure'
        ? `${name} probe failed: ${output}`
        : `${name} probe errored and resulted in unknown state: ${output}`
    const because = [
      {
        message: output,
        facts: { ...facts, handler: probe?.httpGet ?? probe?.tcpSocket ?? probe?.exec ?? probe?.grpc },
      },
    ]
    this.#services.narrator.say(pod, {
      verdict: verdict === 'failure' && kind !== 'readiness' ? 'refused' : 'waiting',
      reason: `${name}ProbeFailed`,
      message,
      field,
      because,
      event: 'Warning',
      eventReason: 'Unhealthy',
    })
  }
}

function hasProbes({ startupProbe, livenessProbe, readinessProbe }: Container): boolean {
  return startupProbe !== undefined || livenessProbe !== undefined || readinessProbe !== undefined
}
