import type { ResourceRequirements } from '../../api/core/v1.ts'

/** A container as the runtime last showed it. Times are milliseconds since the epoch. */
export interface ObservedContainer {
  readonly id: string
  readonly name: string
  readonly sandboxId: string
  readonly state: 'created' | 'running' | 'exited' | 'unknown'
  /** How often a container of this name was started before it. */
  readonly attempt: number
  readonly createdAt: number
  readonly startedAt: number | undefined
  readonly finishedAt: number | undefined
  readonly exitCode: number
  /** What the runtime calls the end: `Completed`, `Error`, `OOMKilled`, `StartError`. */
  readonly reason: string
  /** What the container left as its termination message, or the runtime as its complaint. */
  readonly message: string
  readonly image: string
  readonly imageId: string
  /** The image as the pod asked for it when the container was made: a change of it means a restart. */
  readonly wantedImage: string
  /** How long the next start waits after the end of this one. */
  readonly restartDelayMs: number
  /** What it was made with. */
  readonly resources: ResourceRequirements | undefined
  readonly logPath: string
}

/** A pod's sandbox: what holds its namespaces and its address. */
export interface ObservedSandbox {
  readonly id: string
  readonly attempt: number
  readonly ready: boolean
  readonly createdAt: number
  readonly ips: readonly string[]
}

/** All that the runtime has of one pod, the newest first. */
export interface Observed {
  readonly sandboxes: readonly ObservedSandbox[]
  readonly containers: readonly ObservedContainer[]
}

export const nothingObserved: Observed = { sandboxes: [], containers: [] }

/** The sandbox that works, if there is one. */
export function readySandbox(observed: Observed): ObservedSandbox | undefined {
  const [newest] = observed.sandboxes
  return newest?.ready === true ? newest : undefined
}

/** The containers of one name, the newest first. */
export function containersNamed(observed: Observed, name: string): readonly ObservedContainer[] {
  return observed.containers.filter((container) => container.name === name)
}

/** The newest container of a name. */
export function containerNamed(observed: Observed, name: string): ObservedContainer | undefined {
  return observed.containers.find((container) => container.name === name)
}

/** Newest first: by attempt, since two starts may fall into one tick of the clock. */
export function newestFirst<T extends { readonly attempt: number; readonly createdAt: number }>(items: T[]): T[] {
  return items.toSorted((a, b) => b.createdAt - a.createdAt || b.attempt - a.attempt)
}
