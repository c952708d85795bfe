import type {
  ContainerState,
  ContainerStatus,
  Pod,
  PodCondition,
  PodStatus,
  ResourceRequirements,
} from '../../api/core/v1.ts'
import { formatTime } from '../../api/meta/time.ts'
import { podContainers, podLabel } from './containers.ts'
import type { PodContainer, Role } from './containers.ts'
import { containersNamed, readySandbox } from './observed.ts'
import type { Observed, ObservedContainer } from './observed.ts'
import { isInitialized, outcome } from './plan.ts'
import type { Ending, Health } from './plan.ts'
import { qosClass } from './resources.ts'
import { mayRestart, nextStart } from './restart.ts'

/** Why a container does not run: a CamelCase reason, and a sentence. */
export interface Waiting {
  readonly reason: string
  readonly message: string
}

export interface StatusInput {
  readonly pod: Pod
  readonly observed: Observed
  readonly health: (container: ObservedContainer) => Health
  /** Why the last start of a container failed. */
  readonly failure: (name: string) => Waiting | undefined
  readonly ending: (Ending & { readonly message?: string }) | undefined
  /** Nothing of the pod runs, and nothing will. */
  readonly over: boolean
  readonly hostIPs: readonly string[]
  /** What a running container was given, where that may differ from what the pod asks for. */
  readonly resources?: (name: string) => {
    readonly allocated: ResourceRequirements
    readonly actual: ResourceRequirements
  }
  /** Conditions that others of the agent decide, such as those of a resize; absent types are removed. */
  readonly conditions?: readonly PodCondition[]
  readonly startedAt: number
  readonly now: number
}

/** The types of conditions that the agent writes; all others belong to somebody else. */
export const ownConditions: ReadonlySet<string> = new Set([
  'PodScheduled',
  'PodReadyToStartContainers',
  'Initialized',
  'ContainersReady',
  'Ready',
  'PodResizePending',
  'PodResizeInProgress',
])

/** The status of a pod as the agent sees it. Pure. */
export function podStatus(input: StatusInput): Partial<PodStatus> & Pick<PodStatus, 'conditions'> {
  const { pod, observed, ending, over, hostIPs } = input
  const started = (container: ObservedContainer): boolean => input.health(container).started
  const initialized = isInitialized(pod, observed, started)
  const containers = podContainers(pod)
  const statuses = (...roles: readonly Role[]): ContainerStatus[] =>
    containers.filter(({ role }) => roles.includes(role)).map((container) => containerStatus(input, container))
  const initContainerStatuses = statuses('init', 'sidecar')
  const containerStatuses = statuses('app')
  const ephemeralContainerStatuses = statuses('ephemeral')
  const phase = podPhase(input, initialized, containerStatuses)
  const podIPs = pod.spec.hostNetwork === true ? hostIPs : (observed.sandboxes[0]?.ips ?? [])
  const failed = over && ending !== undefined && ending.reason !== 'Deleted' && ending.reason !== 'Ended'
  return {
    observedGeneration: pod.metadata.generation ?? 0,
    phase,
    conditions: podConditions(input, phase, initialized, [...initContainerStatuses, ...containerStatuses]),
    ...(failed ? { reason: ending.reason, message: ending.message ?? '' } : told(pod)),
    hostIP: hostIPs[0] ?? '',
    hostIPs: hostIPs.map((ip) => ({ ip })),
    ...(podIPs.length > 0 ? { podIP: podIPs[0]!, podIPs: podIPs.map((ip) => ({ ip })) } : {}),
    startTime: pod.status.startTime ?? formatTime(input.startedAt),
    // Of a pod that was never let in there is nothing to say but why.
    ...(ending?.reason === 'Rejected'
      ? {}
      : {
          ...(initContainerStatuses.length > 0 ? { initContainerStatuses } : {}),
          containerStatuses,
          ...(ephemeralContainerStatuses.length > 0 ? { ephemeralContainerStatuses } : {}),
        }),
    qosClass: qosClass(pod),
  }
}

/** Why a pod ended, as it was said when it did. */
function told({ status: { phase, reason, message } }: Pod): Pick<Partial<PodStatus>, 'reason' | 'message'> {
  if (phase !== 'Failed' && phase !== 'Succeeded') return {}
  return { ...(reason !== undefined && { reason }), ...(message !== undefined && { message }) }
}

function containerStatus(input: StatusInput, container: PodContainer): ContainerStatus {
  const { observed, health } = input
  const { name, image = '' } = container.spec
  const [last, before] = containersNamed(observed, name)
  const state = containerState(input, container, last)
  const { started, ready } = last?.state === 'running' ? health(last) : { started: false, ready: false }
  const isInit = container.role === 'init'
  // What waits to be started again says in `lastState` how it ended.
  const ended = state.waiting !== undefined && last?.state === 'exited' ? last : before
  const given = input.resources?.(name) ?? { allocated: container.spec.resources, actual: container.spec.resources }
  return {
    name,
    state,
    lastState: ended === undefined ? {} : { terminated: terminated(ended) },
    ready: isInit ? last?.state === 'exited' && last.exitCode === 0 : container.role !== 'ephemeral' && ready,
    restartCount: last?.attempt ?? 0,
    image: last?.image ?? image,
    imageID: last?.imageId ?? '',
    ...(last === undefined || last.state === 'created' ? {} : { containerID: `containerd://${last.id}` }),
    started: isInit ? false : started,
    ...(last?.state !== 'running' || container.role === 'ephemeral'
      ? {}
      : {
          ...(given.allocated.requests && { allocatedResources: given.allocated.requests }),
          resources: given.actual,
        }),
  }
}

function containerState(
  { pod, failure, ending, over, now }: StatusInput,
  container: PodContainer,
  last: ObservedContainer | undefined,
): ContainerState {
  const failed = failure(container.spec.name)
  if (last?.state === 'running') return { running: { startedAt: formatTime(last.startedAt ?? last.createdAt) } }
  const endsHere = ending !== undefined || over
  if (failed !== undefined && !endsHere) return { waiting: failed }
  if (last?.state === 'exited') {
    const { notBefore, restartDelayMs } = nextStart(last)
    const loops = !endsHere && mayRestart(pod, container, last.exitCode) && notBefore > now
    if (!loops) return { terminated: terminated(last) }
    const waited = Math.min(restartDelayMs, last.restartDelayMs)
    const message = `back-off ${durationText(waited)} restarting failed container=${last.name} pod=${podLabel(pod)}`
    return { waiting: { reason: 'CrashLoopBackOff', message } }
  }
  // In a pod with such containers, all wait for the initialization; they themselves too.
  const initializes = (pod.spec.initContainers ?? []).length > 0
  return { waiting: { reason: initializes ? 'PodInitializing' : 'ContainerCreating' } }
}

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`
}

function terminated(container: ObservedContainer): NonNullable<ContainerState['terminated']> {
  const { exitCode, reason, message, startedAt, finishedAt, createdAt, id } = container
  return {
    exitCode,
    reason: reason || (exitCode === 0 ? 'Completed' : 'Error'),
    ...(message === '' ? {} : { message }),
    startedAt: formatTime(startedAt ?? createdAt),
    finishedAt: formatTime(finishedAt ?? startedAt ?? createdAt),
    containerID: `containerd://${id}`,
  }
}

function podPhase(
  { pod, observed, ending, over }: StatusInput,
  initialized: boolean,
  apps: readonly ContainerStatus[],
): NonNullable<PodStatus['phase']> {
  const before = pod.status.phase
  if (before === 'Succeeded' || before === 'Failed') return before
  if (over) {
    if (ending !== undefined && ending.reason !== 'Deleted') return 'Failed'
    if (outcome(pod, observed) === 'succeeded') return 'Succeeded'
    return apps.every(({ state }) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed'
  }
  if (before === 'Running') return 'Running'
  const neverStarted = apps.some(
    ({ state, lastState }) => state.waiting !== undefined && lastState.terminated === undefined,
  )
  return initialized && !neverStarted ? 'Running' : 'Pending'
}

function podConditions(
  input: StatusInput,
  phase: string,
  initialized: boolean,
  containers: readonly ContainerStatus[],
): PodCondition[] {
  const { pod, observed, now } = input
  const generation = pod.metadata.generation ?? 0
  const ended = { Succeeded: 'PodCompleted', Failed: 'PodFailed' }[phase]
  const unready = notReady(pod, containers)
  const ready: Said =
    ended !== undefined
      ? { status: 'False', reason: ended }
      : unready.length > 0
        ? {
            status: 'False',
            reason: 'ContainersNotReady',
            message: `containers with unready status: [${unready.join(' ')}]`,
          }
        : { status: 'True' }
  const gate = ready.status === 'True' ? closedGate(pod) : undefined
  const incomplete = containers
    .filter(({ name, ready: done, started }) => isInitName(pod, name) && !done && started !== true)
    .map(({ name }) => name)
  const box = readySandbox(observed)
  const hasNetwork = box !== undefined && (pod.spec.hostNetwork === true || box.ips.length > 0)
  const said: Record<string, Said> = {
    PodReadyToStartContainers: { status: hasNetwork ? 'True' : 'False' },
    Initialized:
      phase === 'Succeeded'
        ? { status: 'True', reason: 'PodCompleted' }
        : initialized || incomplete.length === 0
          ? { status: 'True' }
          : {
              status: 'False',
              reason: 'ContainersNotInitialized',
              message: `containers with incomplete status: [${incomplete.join(' ')}]`,
            },
    Ready: gate ?? ready,
    ContainersReady: ready,
    PodScheduled: { status: 'True' },
  }
  const conditions = Object.entries(said).map(([type, condition]): PodCondition => ({ type, ...condition }))
  return [...conditions, ...(input.conditions ?? [])].map((condition) => {
    const old = pod.status.conditions?.find(({ type }) => type === condition.type)
    const lastTransitionTime = old?.status === condition.status ? old.lastTransitionTime : undefined
    return { ...condition, observedGeneration: generation, lastTransitionTime: lastTransitionTime ?? formatTime(now) }
  })
}

type Said = Pick<PodCondition, 'status' | 'reason' | 'message'>

/** App containers and sidecars that are not ready. */
function notReady(pod: Pod, containers: readonly ContainerStatus[]): string[] {
  const roles = new Map(podContainers(pod).map(({ spec, role }) => [spec.name, role]))
  return containers.filter(({ name, ready }) => roles.get(name) !== 'init' && !ready).map(({ name }) => name)
}

function isInitName(pod: Pod, name: string): boolean {
  return (pod.spec.initContainers ?? []).some((container) => container.name === name)
}

/** The first readiness gate that somebody else has not opened. */
function closedGate(pod: Pod): Said | undefined {
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const condition = pod.status.conditions?.find(({ type }) => type === conditionType)
    if (condition?.status === 'True') continue
    const message =
      condition === undefined
        ? `corresponding condition of pod readiness gate "${conditionType}" does not exist.`
        : `the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`
    return { status: 'False', reason: 'ReadinessGatesNotReady', message }
  }
  return undefined
}
