import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Container, Pod, PodCondition, ResourceRequirements } from '../../api/core/v1.ts'
import { podContainer } from './containers.ts'
import { linuxResources } from './cri-config.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { podAmount } from './resources.ts'
import { changedResources, needsRestart, sameResources, wantedResources, withResources } from './resize.ts'
import type { Resources } from './resize.ts'
import type { PodServices } from './services.ts'

/** Why a pod does not get more just now, or at all. */
export interface ResizeRefusal {
  readonly reason: 'Deferred' | 'Infeasible'
  readonly message: string
}

/** What the node has agreed to give to each container of a pod, and what each has. They differ while a pod is resized. */
export class PodAllocation {
  readonly #services: PodServices
  readonly #file: string
  #allocated: Resources
  readonly #actual: Map<string, ResourceRequirements>
  #refusal: ResizeRefusal | undefined
  #error: string | undefined
  #isResizing = false
  /** The pod as a whole has not been given what was agreed. */
  #isPodDue = false

  constructor(services: PodServices, pod: Pod, observed: Observed) {
    this.#services = services
    this.#file = join(services.podsDir, pod.metadata.uid, 'resources.json')
    const noted = readNoted(this.#file)
    this.#actual = new Map(observed.containers.toReversed().map(({ name, resources }) => [name, resources ?? {}]))
    for (const [name, resources] of Object.entries(noted?.actual ?? {})) this.#actual.set(name, resources)
    // A pod that runs was given what its containers have; a new one what it asks for.
    const before = noted?.allocated ?? Object.fromEntries(this.#actual)
    this.#allocated = new Map([...wantedResources(pod), ...Object.entries(before)])
  }

  /** The pod with what it was agreed to get. */
  allocatedPod(pod: Pod): Pod {
    return sameResources(this.#allocated, wantedResources(pod)) ? pod : withResources(pod, this.#allocated)
  }

  resources(name: string): { readonly allocated: ResourceRequirements; readonly actual: ResourceRequirements } {
    const allocated = this.#allocated.get(name) ?? {}
    return { allocated, actual: this.#actual.get(name) ?? allocated }
  }

  /** A container was started with what it was agreed to get. */
  started(pod: Pod, name: string): void {
    const allocated = this.#allocated.get(name)
    if (allocated !== undefined) this.#actual.set(name, allocated)
    if (existsSync(this.#file)) this.#note()
    this.#noteEnd(pod)
  }

  /** Agrees to what the pod asks for now, if the node has it. Returns whether there is something to apply. */
  consider(pod: Pod, running: readonly ObservedContainer[]): boolean {
    const wanted = wantedResources(pod)
    if (sameResources(this.#allocated, wanted)) {
      this.#refusal = undefined
      return this.#isPodDue || this.#due(pod, running).length > 0
    }
    const refusal = this.#services.refuseResize(pod)
    if (refusal !== undefined) {
      if (refusal.message !== this.#refusal?.message)
        this.#tell(pod, 'refused', `Resize${refusal.reason}`, refusal.message)
      this.#refusal = refusal
      return this.#isPodDue || this.#due(pod, running).length > 0
    }
    this.#refusal = undefined
    this.#allocated = wanted
    this.#isResizing = true
    this.#isPodDue = true
    this.#note()
    return true
  }

  /** Whether the node could not give what the pod asks for when it was last asked. */
  get isDeferred(): boolean {
    return this.#refusal?.reason === 'Deferred'
  }

  /** Whether a running container is to be started again so that it gets what was agreed. */
  wantsRestart(pod: Pod, { name }: ObservedContainer): boolean {
    const { allocated, actual } = this.resources(name)
    const changed = changedResources(actual, allocated)
    const spec = podContainer(pod, name)?.spec as Container | undefined
    return changed.length > 0 && spec !== undefined && needsRestart(spec, changed)
  }

  /** Gives running containers what was agreed. The pod as a whole grows before its containers, and shrinks after them. */
  async apply(pod: Pod, running: readonly ObservedContainer[]): Promise<void> {
    const { runtime, cgroups, facts } = this.#services
    const given = this.allocatedPod(pod)
    const have = withResources(pod, this.#actual)
    const grows = (['cpu', 'memory'] as const).some(
      (name) => podAmount(given, 'limits', name) > podAmount(have, 'limits', name),
    )
    try {
      if (grows) cgroups.ensure(given)
      for (const container of this.#due(pod, running)) {
        const { allocated } = this.resources(container.name)
        const { oomScoreAdj: _, ...linux } = linuxResources(given, allocated, facts)
        await runtime.updateContainerResources({ containerId: container.id, linux })
        this.#actual.set(container.name, allocated)
      }
      cgroups.ensure(given)
      this.#isPodDue = false
      this.#error = undefined
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error)
      if (words !== this.#error) this.#tell(pod, 'waiting', 'ResizeError', words)
      this.#error = words
      throw error
    } finally {
      this.#note()
    }
    this.#noteEnd(pod)
  }

  /** What users see of a resize. */
  conditions(pod: Pod): PodCondition[] {
    const found: PodCondition[] = []
    if (this.#refusal !== undefined) found.push({ type: 'PodResizePending', status: 'True', ...this.#refusal })
    if (this.#pending(pod).length > 0) {
      found.push({
        type: 'PodResizeInProgress',
        status: 'True',
        ...(this.#error !== undefined && { reason: 'Error', message: this.#error }),
      })
    }
    return found
  }

  #noteEnd(pod: Pod): void {
    if (!this.#isResizing || this.#pending(pod).length > 0) return
    this.#isResizing = false
    this.#tell(pod, 'done', 'ResizeCompleted', 'Pod resize completed')
  }

  /** Running containers that can be given what was agreed as they run. */
  #due(pod: Pod, running: readonly ObservedContainer[]): ObservedContainer[] {
    return running.filter((container) => {
      const { allocated, actual } = this.resources(container.name)
      return changedResources(actual, allocated).length > 0 && !this.wantsRestart(pod, container)
    })
  }

  /** Containers that do not have yet what was agreed. */
  #pending(pod: Pod): string[] {
    return [...wantedResources(pod).keys()].filter((name) => {
      const actual = this.#actual.get(name)
      return actual !== undefined && changedResources(actual, this.#allocated.get(name) ?? {}).length > 0
    })
  }

  #note(): void {
    mkdirSync(dirname(this.#file), { recursive: true })
    const noted: Noted = { allocated: Object.fromEntries(this.#allocated), actual: Object.fromEntries(this.#actual) }
    writeFileSync(`${this.#file}.new`, JSON.stringify(noted))
    renameSync(`${this.#file}.new`, this.#file)
  }

  #tell(pod: Pod, verdict: 'refused' | 'waiting' | 'done', reason: string, message: string): void {
    this.#services.narrator.say(pod, { verdict, reason, message, event: verdict === 'done' ? 'Normal' : 'Warning' })
  }
}

/** What is kept over a restart of the agent, for pods that were resized. */
interface Noted {
  readonly allocated: Readonly<Record<string, ResourceRequirements>>
  readonly actual: Readonly<Record<string, ResourceRequirements>>
}

function readNoted(file: string): Noted | undefined {
  // A pod that was never resized has no such file.
  if (!existsSync(file)) return undefined
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Noted
  } catch {
    return undefined
  }
}
