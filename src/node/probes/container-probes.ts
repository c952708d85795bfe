import type { Container, Pod, Probe } from '../../api/core/v1.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Health } from '../pods/plan.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { httpTarget, lookExec, lookGrpc, lookHttp, lookTcp, portOf } from './handlers.ts'
import type { Look } from './handlers.ts'
import { initialState, nextState } from './threshold.ts'
import type { ProbeState } from './threshold.ts'

export type ProbeKind = 'startup' | 'liveness' | 'readiness'

/** A look at one container, before it is weighed. */
export type LookAt = (probe: Probe) => Promise<Look>

export interface ContainerProbesOptions {
  readonly container: Container
  readonly clock: Clock
  readonly look: LookAt
  /** When the container was started, in milliseconds since the epoch. */
  readonly startedAt: number
  /** Whether an agent before this one had found it ready: it stays so until a probe says otherwise. */
  readonly wasReady: boolean
  /** Called when a verdict changed. */
  readonly changed: () => void
  /** Called with each look that did not succeed, and with the first one that does again. */
  readonly saw: (kind: ProbeKind, look: Look, state: ProbeState) => void
}

/** The probes of one running container, each on its own beat, until it is closed. */
export class ContainerProbes {
  readonly #options: ContainerProbesOptions
  readonly #probes: Partial<Record<ProbeKind, Probe>>
  readonly #states: Partial<Record<ProbeKind, ProbeState>> = {}
  readonly #cancel = new Map<ProbeKind, () => void>()
  #hookDone: boolean
  #closed = false

  constructor(options: ContainerProbesOptions, hookDone: boolean) {
    this.#options = options
    this.#hookDone = hookDone
    const { startupProbe, livenessProbe, readinessProbe } = options.container
    this.#probes = {
      ...(startupProbe && { startup: startupProbe }),
      ...(livenessProbe && { liveness: livenessProbe }),
      ...(readinessProbe && { readiness: readinessProbe }),
    }
    for (const kind of kinds)
      if (this.#probes[kind] !== undefined) this.#states[kind] = initialState(kind, options.wasReady)
    // What was ready has started.
    if (options.wasReady && this.#states.startup !== undefined)
      this.#states.startup = { verdict: 'success', last: 'success', inARow: 1 }
    this.#begin()
  }

  health(): Health {
    const started = this.#hookDone && this.#hasStarted()
    const ready = started && (this.#states.readiness === undefined || this.#states.readiness.verdict === 'success')
    for (const probe of ['startup', 'liveness'] as const) {
      if (this.#states[probe]?.verdict !== 'failure') continue
      return { started, ready, failed: { probe, graceSeconds: this.#probes[probe]?.terminationGracePeriodSeconds } }
    }
    return { started, ready }
  }

  /** The start hook is through. */
  hookDone(): void {
    this.#hookDone = true
  }

  close(): void {
    this.#closed = true
    for (const cancel of this.#cancel.values()) cancel()
    this.#cancel.clear()
  }

  #hasStarted(): boolean {
    return this.#states.startup === undefined || this.#states.startup.verdict === 'success'
  }

  /** Liveness and readiness are not looked at before the startup probe has succeeded. */
  #begin(): void {
    if (!this.#hasStarted()) this.#schedule('startup', this.#firstDelay('startup'))
    else
      for (const kind of ['liveness', 'readiness'] as const)
        if (this.#probes[kind] !== undefined) this.#schedule(kind, this.#firstDelay(kind))
  }

  #firstDelay(kind: ProbeKind): number {
    const { clock, startedAt } = this.#options
    return Math.max(0, startedAt + (this.#probes[kind]?.initialDelaySeconds ?? 0) * 1000 - clock.now())
  }

  #schedule(kind: ProbeKind, delayMs: number): void {
    if (this.#closed) return
    this.#cancel.set(
      kind,
      this.#options.clock.after(delayMs, () => void this.#run(kind)),
    )
  }

  async #run(kind: ProbeKind): Promise<void> {
    const probe = this.#probes[kind]!
    const begun = this.#options.clock.now()
    const look = await this.#options.look(probe)
    if (this.#closed) return
    const before = this.#states[kind]!
    const after = nextState(before, look.outcome, probe)
    this.#states[kind] = after
    if (look.outcome !== 'success' || (before.last === 'failure' && after.verdict === 'success'))
      this.#options.saw(kind, look, after)
    const changed = after.verdict !== before.verdict
    if (changed) this.#options.changed()
    if (kind === 'startup' && after.verdict === 'success') return this.#begin()
    // What gave up waits for the container to be started again.
    if (kind !== 'readiness' && after.verdict === 'failure') return
    const periodMs = Math.max(1, probe.periodSeconds ?? 10) * 1000
    this.#schedule(kind, Math.max(0, begun + periodMs - this.#options.clock.now()))
  }
}

const kinds = ['startup', 'liveness', 'readiness'] as const

export interface LookFacts {
  readonly runtime: Pick<Runtime, 'execSync'>
  readonly pod: Pod
  readonly container: Container
  readonly containerId: string
  /** Where the pod is reached. */
  readonly address: string
}

/** A day; what takes longer is no look any more. */
const timeoutMsMax = 86_400_000

/** Looks at a container as a probe says. */
export async function lookAt(probe: Probe, { runtime, container, containerId, address }: LookFacts): Promise<Look> {
  const timeoutMs = Math.min(timeoutMsMax, Math.max(1, probe.timeoutSeconds ?? 1) * 1000)
  try {
    if (probe.exec !== undefined) return await lookExec(runtime, containerId, probe.exec.command ?? [], timeoutMs)
    if (probe.httpGet !== undefined) {
      return await lookHttp(httpTarget(probe.httpGet, container, address), probe.httpGet.httpHeaders, timeoutMs)
    }
    if (probe.tcpSocket !== undefined) {
      const { host, port } = probe.tcpSocket
      return await lookTcp(host || address, portOf(container, port), timeoutMs)
    }
    if (probe.grpc !== undefined) return await lookGrpc(address, probe.grpc.port, probe.grpc.service ?? '', timeoutMs)
    return { outcome: 'unknown', output: 'the probe says nothing to look at' }
  } catch (error) {
    return { outcome: 'unknown', output: error instanceof Error ? error.message : String(error) }
  }
}
