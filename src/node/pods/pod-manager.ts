import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Node, Pod } from '../../api/core/v1.ts'
import type { WatchCache } from '../../client/cache.ts'
import type { PressureCondition } from '../pressure/shortages.ts'
import type { Container, PodSandbox } from '../runtime/cri/messages.ts'
import { removeVolumes } from '../volumes/pod-volumes.ts'
import { refuseMore, refusePod } from './admit.ts'
import { annotations, labels } from './labels.ts'
import { describeListed, differs } from './observe.ts'
import type { ResizeRefusal } from './pod-allocation.ts'
import { isTerminal, PodWorker } from './pod-worker.ts'
import type { PodServices } from './services.ts'
import { endContainer } from './stop-container.ts'

export interface PodManagerOptions {
  readonly services: Omit<PodServices, 'owns' | 'refuseResize'>
  /** The pods of this node. */
  readonly pods: WatchCache<Pod>
  readonly node: () => Node | undefined
  /** What the node is short of. */
  readonly short?: () => ReadonlySet<PressureCondition>
  readonly signal: AbortSignal
}

/** How often all is listed, when the runtime tells of changes by itself and when it does not. */
const relistMs = { told: 10_000, untold: 1000 }
const reconnectMs = 500

/** Has a worker for each pod of this node, and takes away what belongs to none. */
export class PodManager {
  readonly #options: PodManagerOptions
  readonly #services: PodServices
  readonly #workers = new Map<string, PodWorker>()
  readonly #owners = new Map<string, string>()
  readonly #orphans = new Set<string>()
  #isTold = false

  constructor(options: PodManagerOptions) {
    this.#options = options
    this.#services = {
      ...options.services,
      owns: (id, uid) => this.#owners.set(id, uid),
      refuseResize: (pod) => this.#refuseResize(pod),
    }
  }

  /** Takes over what runs, and keeps the node's pods from then on, until the signal fires. */
  async run(): Promise<void> {
    const { pods, signal } = this.#options
    await pods.synced()
    const running = await this.#list()
    for (const pod of pods.list()) await this.#adopt(pod, running.get(pod.metadata.uid))
    pods.onChange(({ object, previous }) => {
      if (object === undefined) this.#workers.get(previous.metadata.uid)?.removed(previous)
      else this.#changed(object)
    })
    // What changed while the others were adopted.
    for (const pod of pods.list()) this.#changed(pod)
    this.#removeOrphans(running)
    this.#removeLeftovers(running)
    void this.#followEvents()
    await this.#relist()
    signal.addEventListener('abort', () => this.close(), { once: true })
    if (signal.aborted) this.close()
  }

  /** The worker of a pod, by its namespace and name. */
  find(namespace: string, name: string, uid?: string): PodWorker | undefined {
    for (const worker of this.#workers.values()) {
      const { metadata } = worker.pod
      if (metadata.namespace === namespace && metadata.name === name && (uid === undefined || metadata.uid === uid))
        return worker
    }
    return undefined
  }

  workers(): readonly PodWorker[] {
    return [...this.#workers.values()]
  }

  /** An object that a pod follows changed. */
  objectsChanged(uid: string): void {
    this.#workers.get(uid)?.objectsChanged()
  }

  close(): void {
    for (const worker of this.#workers.values()) worker.close()
  }

  async #adopt(pod: Pod, found: Found | undefined): Promise<void> {
    const { uid } = pod.metadata
    if (this.#workers.has(uid)) return
    const { runtime, podsDir } = this.#services
    const nothing = { sandboxes: [], containers: [] }
    if (found === undefined) this.#changed(pod)
    else this.#begin(pod, await describeListed(uid, found.sandboxes, found.containers, nothing, { runtime, podsDir }))
  }

  #changed(pod: Pod): void {
    const worker = this.#workers.get(pod.metadata.uid)
    if (worker !== undefined) {
      if (worker.pod !== pod) worker.update(pod)
      return
    }
    const isNew = pod.metadata.deletionTimestamp === undefined && !isTerminal(pod)
    const node = this.#options.node()
    const active = this.workers().filter(({ isActive }) => isActive)
    const refusal =
      isNew && node !== undefined
        ? refusePod({
            pod,
            active: active.map(({ allocatedPod }) => allocatedPod),
            node,
            short: this.#options.short?.() ?? new Set(),
          })
        : undefined
    const begun = this.#begin(pod)
    if (refusal === undefined) return
    this.#services.narrator.say(pod, { verdict: 'refused', ...refusal, event: 'Warning' })
    begun.reject(refusal)
  }

  #begin(pod: Pod, observed?: PodWorker['observed']): PodWorker {
    const { uid } = pod.metadata
    const worker = new PodWorker(this.#services, pod, observed)
    this.#workers.set(uid, worker)
    void worker.finished.then(() => {
      this.#workers.delete(uid)
      for (const [id, owner] of this.#owners) if (owner === uid) this.#owners.delete(id)
      for (const other of this.#workers.values()) if (other.isDeferred) other.wake()
    })
    return worker
  }

  #refuseResize(pod: Pod): ResizeRefusal | undefined {
    const node = this.#options.node()
    if (node === undefined) return undefined
    const others = this.workers().filter(({ uid, isActive }) => isActive && uid !== pod.metadata.uid)
    return refuseMore(
      pod,
      others.map(({ allocatedPod }) => allocatedPod),
      node,
    )
  }

  async #list(): Promise<Map<string, Found>> {
    const { runtime } = this.#services
    const [{ items }, { containers }] = await Promise.all([runtime.listPodSandbox({}), runtime.listContainers({})])
    const found = new Map<string, Found>()
    const of = (uid: string | undefined): Found | undefined => {
      if (uid === undefined || uid === '') return undefined
      let entry = found.get(uid)
      if (entry === undefined) found.set(uid, (entry = { sandboxes: [], containers: [] }))
      return entry
    }
    for (const sandbox of items) of(sandbox.labels[labels.podUid])?.sandboxes.push(sandbox)
    for (const container of containers) of(container.labels[labels.podUid])?.containers.push(container)
    return found
  }

  /** News come as they happen; a stream that breaks is opened again. */
  async #followEvents(): Promise<void> {
    const { signal } = this.#options
    const { runtime, clock, log } = this.#services
    while (!signal.aborted) {
      try {
        const events = runtime.events(signal)
        this.#isTold = true
        for await (const id of events) {
          const uid = this.#owners.get(id)
          if (uid !== undefined) this.#workers.get(uid)?.runtimeChanged(id)
        }
      } catch (error) {
        if (!signal.aborted) log.debug('the runtime tells nothing for now', { error })
      }
      this.#isTold = false
      await clock.sleep(reconnectMs, signal).catch(() => {})
    }
  }

  /** Looks at everything now and then, for what was not told. */
  async #relist(): Promise<void> {
    const { signal } = this.#options
    const { clock, log } = this.#services
    void (async () => {
      while (!signal.aborted) {
        await clock.sleep(this.#isTold ? relistMs.told : relistMs.untold, signal).catch(() => {})
        if (signal.aborted) return
        try {
          const found = await this.#list()
          for (const [uid, worker] of this.#workers) {
            const { sandboxes, containers } = found.get(uid) ?? { sandboxes: [], containers: [] }
            if (differs(sandboxes, containers, worker.observed)) worker.runtimeChanged()
          }
          this.#removeOrphans(found)
        } catch (error) {
          log.debug('the runtime could not be listed', { error })
        }
      }
    })()
  }

  /** Stops and removes what runs for pods that the API does not have. */
  #removeOrphans(found: ReadonlyMap<string, Found>): void {
    for (const [uid, orphan] of found) {
      if (this.#workers.has(uid) || this.#orphans.has(uid)) continue
      this.#orphans.add(uid)
      this.#services.log.info('a pod that the API does not have is removed', {
        uid,
        name: orphan.sandboxes[0]?.metadata?.name,
      })
      void this.#removeOrphan(uid, orphan)
        .catch((error: unknown) => this.#services.log.warn('an orphan was not removed', { uid, error }))
        .finally(() => this.#orphans.delete(uid))
    }
  }

  async #removeOrphan(uid: string, { sandboxes, containers }: Found): Promise<void> {
    const { runtime, cgroups, volumes } = this.#services
    const running = containers.filter(({ state }) => state === 'CONTAINER_RUNNING')
    await Promise.all(
      running.map(({ id, annotations: noted }) =>
        endContainer(this.#services, id, Number(noted[annotations.gracePeriod] ?? 30)),
      ),
    )
    for (const { id } of sandboxes) {
      await runtime.stopPodSandbox({ podSandboxId: id })
      await runtime.removePodSandbox({ podSandboxId: id })
    }
    const alone = containers.filter(({ podSandboxId }) => !sandboxes.some(({ id }) => id === podSandboxId))
    for (const { id } of alone) await runtime.removeContainer({ containerId: id })
    await removeVolumes(volumes, uid)
    cgroups.remove({ uid })
    await this.#removeLogs(uid)
  }

  /** Files of pods of which neither the API nor the runtime knows. */
  #removeLeftovers(found: ReadonlyMap<string, Found>): void {
    const { volumes, log } = this.#services
    const uids = new Set([...names(volumes.podsDir), ...names(volumes.memoryDir)])
    for (const uid of uids) {
      if (this.#workers.has(uid) || found.has(uid)) continue
      removeVolumes(volumes, uid).catch((error: unknown) =>
        log.warn('the volumes of a former pod were not removed', { uid, error }),
      )
    }
    const known = new Set([...this.#workers.keys(), ...found.keys()])
    const { logDir } = this.#services.facts
    for (const name of names(logDir)) {
      if (!known.has(name.split('_').at(-1) ?? '')) void this.#services.host.remove(join(logDir, name)).catch(() => {})
    }
  }

  async #removeLogs(uid: string): Promise<void> {
    const { logDir } = this.#services.facts
    for (const name of names(logDir)) if (name.endsWith(`_${uid}`)) await this.#services.host.remove(join(logDir, name))
  }
}

interface Found {
  readonly sandboxes: PodSandbox[]
  readonly containers: Container[]
}

function names(dir: string): string[] {
  try {
    return readdirSync(dir)
  } catch {
    return []
  }
}
