import type { ContainerStatus, Pod } from './v1.ts'

/** A Pod in a few words, as `kubectl get pods` shows it. */
export interface PodSummary {
  /** The phase, or what stands in the way: `Init:1/3`, `CrashLoopBackOff`, `Terminating`. */
  readonly status: string
  readonly ready: number
  readonly containers: number
  readonly restarts: number
  /** When the last of them was, RFC 3339. */
  readonly lastRestart: string | undefined
}

/** Sums up a Pod from its spec and status. */
export function summarize(pod: Pod): PodSummary {
  const { spec, status } = pod
  const init = sumUpInit(pod)
  const initialized =
    status.conditions?.some(({ type, status }) => type === 'Initialized' && status === 'True') === true
  const main = init.stoppedAt === undefined || initialized ? sumUpContainers(pod) : undefined
  const tallied = main === undefined ? init.all : add(init.sidecars, main.tally)
  return {
    status: deletion(pod) ?? main?.reason ?? init.stoppedAt ?? phase(pod),
    ready: init.readySidecars + (main?.ready ?? 0),
    containers: spec.containers.length + (spec.initContainers ?? []).filter(isSidecar).length,
    restarts: tallied.restarts,
    lastRestart: tallied.last,
  }
}

interface Tally {
  readonly restarts: number
  readonly last: string | undefined
}

const none: Tally = { restarts: 0, last: undefined }

function add(a: Tally, b: Tally): Tally {
  const last = a.last === undefined || (b.last !== undefined && b.last > a.last) ? b.last : a.last
  return { restarts: a.restarts + b.restarts, last }
}

function tallyOf({ restartCount, lastState }: ContainerStatus): Tally {
  return { restarts: restartCount ?? 0, last: lastState?.terminated?.finishedAt }
}

function isSidecar({ restartPolicy }: { readonly restartPolicy?: string }): boolean {
  return restartPolicy === 'Always'
}

function phase({ status }: Pod): string {
  if (status.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated') === true) {
    return 'SchedulingGated'
  }
  return status.reason === undefined || status.reason === '' ? (status.phase ?? '') : status.reason
}

function deletion({ metadata, status }: Pod): string | undefined {
  if (metadata.deletionTimestamp === undefined) return undefined
  if (status.reason === 'NodeLost') return 'Unknown'
  return status.phase === 'Succeeded' || status.phase === 'Failed' ? undefined : 'Terminating'
}

interface InitSummary {
  readonly all: Tally
  readonly sidecars: Tally
  readonly readySidecars: number
  /** What the first init container that is not done is about. */
  readonly stoppedAt: string | undefined
}

function sumUpInit({ spec, status }: Pod): InitSummary {
  const sidecarNames = new Set((spec.initContainers ?? []).filter(isSidecar).map(({ name }) => name))
  let [all, sidecars, readySidecars] = [none, none, 0]
  for (const [i, container] of (status.initContainerStatuses ?? []).entries()) {
    const isOne = sidecarNames.has(container.name)
    all = add(all, tallyOf(container))
    if (isOne) sidecars = add(sidecars, tallyOf(container))
    const { terminated, waiting } = container.state ?? {}
    if (terminated?.exitCode === 0) continue
    if (isOne && container.started === true) {
      if (container.ready) readySidecars++
      continue
    }
    const waits = waiting?.reason !== undefined && waiting.reason !== '' && waiting.reason !== 'PodInitializing'
    const what =
      terminated !== undefined
        ? ending(terminated)
        : waits
          ? waiting.reason
          : `${i}/${(spec.initContainers ?? []).length}`
    return { all, sidecars, readySidecars, stoppedAt: `Init:${what}` }
  }
  return { all, sidecars, readySidecars, stoppedAt: undefined }
}

function ending({ reason, signal, exitCode }: { reason?: string; signal?: number; exitCode: number }): string {
  if (reason !== undefined && reason !== '') return reason
  return signal !== undefined && signal !== 0 ? `Signal:${signal}` : `ExitCode:${exitCode}`
}

function sumUpContainers(pod: Pod): { readonly reason: string; readonly ready: number; readonly tally: Tally } {
  let [reason, tally, ready] = [phase(pod), none, 0]
  let failure: string | undefined
  // The first container has the last word.
  for (const container of (pod.status.containerStatuses ?? []).toReversed()) {
    tally = add(tally, tallyOf(container))
    const { waiting, terminated, running } = container.state ?? {}
    if (waiting?.reason !== undefined && waiting.reason !== '') reason = waiting.reason
    else if (terminated !== undefined) {
      reason = ending(terminated)
      if (terminated.exitCode !== 0) failure = reason
    } else if (container.ready && running !== undefined) ready++
  }
  if (reason === 'Completed') {
    // Something has ended well, but it was not all there is.
    const isReady = pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
    if (ready > 0 && isReady) reason = 'Running'
    else if (failure !== undefined) reason = failure
    else if (ready > 0) reason = 'NotReady'
  }
  return { reason, ready, tally }
}
