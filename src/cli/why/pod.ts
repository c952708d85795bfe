import type { ContainerStatus, Pod } from '../../api/core/v1.ts'
import type { Decision } from '../../lib/decisions.ts'
import { type Explanation, newestFirst, open, type Reason, reason, reasonOf } from './explanation.ts'

type Finding = Pick<Explanation, 'verdict' | 'reasons' | 'help'>

/** Why a pod is as it is: from its status where it has one, and from the decisions that were recorded about it. Pure. */
export function explainPod(about: string, pod: Pod | undefined, decisions: readonly Decision[]): Explanation {
  const newest = newestFirst(decisions)
  const base = { about, decisions: newest }
  if (pod === undefined) return { ...base, healthy: false, ...gone(newest) }
  if (pod.status.phase === 'Succeeded')
    return { ...base, healthy: true, verdict: 'Finished: every container ended with code 0.', reasons: [] }
  const finding =
    terminating(pod, newest) ??
    unscheduled(pod, newest) ??
    failed(pod, newest) ??
    notStarted(pod, newest) ??
    notReady(pod, newest)
  if (finding !== undefined) return { ...base, healthy: false, ...finding }
  return { ...base, healthy: true, verdict: `Running and ready on ${pod.spec.nodeName ?? 'its node'}.`, reasons: [] }
}

function gone(newest: readonly Decision[]): Finding {
  const [last] = newest
  if (last === undefined)
    return {
      verdict: 'There is no such pod, and nothing was recorded about one.',
      reasons: [],
      help: 'List them with `wherry kubectl get pods -A`.',
    }
  const problems = newest.filter(({ verdict }) => verdict === 'refused').slice(0, 5)
  return {
    verdict: `The pod is gone. This is what was recorded about it.`,
    reasons: (problems.length > 0 ? problems : newest.slice(0, 5)).map(reasonOf),
    ...helpOf(problems[0]),
  }
}

function helpOf(decision: Decision | undefined): { help?: string } {
  return decision?.help === undefined ? {} : { help: decision.help }
}

function terminating(pod: Pod, newest: readonly Decision[]): Finding | undefined {
  const { deletionTimestamp, finalizers = [], deletionGracePeriodSeconds = 0 } = pod.metadata
  if (deletionTimestamp === undefined) return undefined
  const running = pod.status.containerStatuses?.some(({ state }) => state?.running !== undefined) ?? false
  if (finalizers.length > 0 && !running) return heldByFinalizers(deletionTimestamp, finalizers)
  return {
    verdict: `Terminating since ${deletionTimestamp}: its containers have ${deletionGracePeriodSeconds} s to end.`,
    reasons: newest
      .filter(({ reason: code }) => /Kill|Drain|Stop|Terminat/.test(code))
      .slice(0, 3)
      .map(reasonOf),
  }
}

/** What to say of any object that is deleted and held. */
export function heldByFinalizers(since: string, finalizers: readonly string[]): Finding {
  return {
    verdict: `Terminating since ${since}, held by ${finalizers.length === 1 ? 'a finalizer' : `${finalizers.length} finalizers`}.`,
    reasons: finalizers.map((name) => reason(`${name}: whoever set it has not said that its work is done`)),
    help: `the program behind \`${finalizers[0]}\` must run and remove it; if it is gone for good, remove the finalizer by hand (kubectl edit, metadata.finalizers)`,
  }
}

function unscheduled(pod: Pod, newest: readonly Decision[]): Finding | undefined {
  if (pod.spec.nodeName) return undefined
  const mine = newest.filter(({ by }) => by === 'scheduler' || by.endsWith('scheduler'))
  const attempts = mine.filter(({ verdict }) => verdict === 'refused' || verdict === 'waiting')
  const [last] = attempts
  if (last === undefined) {
    const condition = pod.status.conditions?.find(({ type }) => type === 'PodScheduled')
    const gates = pod.spec.schedulingGates?.map(({ name }) => name) ?? []
    if (gates.length > 0)
      return {
        verdict: 'Not scheduled: it is held by scheduling gates.',
        reasons: gates.map((gate) => reason(gate)),
        help: 'remove the gate once what it waits for is there',
      }
    return {
      verdict: 'Not scheduled yet.',
      reasons: condition?.message ? [reason(condition.message, { by: 'status' })] : [],
    }
  }
  const first = attempts.at(-1)!
  const since = new Date(first.at).toTimeString().slice(0, 8)
  const count = Number(
    last.because.find(({ facts }) => facts?.['attempts'] !== undefined)?.facts?.['attempts'] ?? attempts.length,
  )
  return {
    verdict: `Not running: no node fits it (${count} ${count === 1 ? 'attempt' : 'attempts'} since ${since})`,
    reasons: last.because.length > 0 ? last.because.map(({ message }) => reason(message)) : [reasonOf(last)],
    ...helpOf(last),
  }
}

function failed(pod: Pod, newest: readonly Decision[]): Finding | undefined {
  if (pod.status.phase !== 'Failed') return undefined
  // Who ended the pod recorded why, under the reason that the status shows.
  const decided = newest.find(({ verdict, reason: code }) => verdict === 'refused' && code === pod.status.reason)
  const told = decided === undefined ? reason('', { by: 'status' }) : reasonOf(decided)
  const ended = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])].filter(
    ({ state }) => (state?.terminated?.exitCode ?? 0) !== 0,
  )
  return {
    verdict: `Failed${pod.status.reason ? `: ${pod.status.reason}` : '.'}`,
    reasons: [
      ...(pod.status.message ? [{ ...told, message: pod.status.message.trimEnd() }] : []),
      ...ended.map((status) =>
        reason(`container ${status.name} ${howItEnded(status.state!.terminated!)}`, {
          because: lastLines(status, newest),
        }),
      ),
      ...(ended.length === 0 && !pod.status.message ? open(newest).slice(0, 3).map(reasonOf) : []),
    ],
    ...helpOf(decided ?? open(newest)[0]),
  }
}

function notStarted(pod: Pod, newest: readonly Decision[]): Finding | undefined {
  const statuses = [...(pod.status.initContainerStatuses ?? []), ...(pod.status.containerStatuses ?? [])]
  for (const status of statuses) {
    const waiting = status.state?.waiting
    if (waiting?.reason === 'CrashLoopBackOff' || (waiting !== undefined && status.lastState?.terminated !== undefined))
      return crashLoop(pod, status, newest)
    if (waiting?.reason !== undefined && !['ContainerCreating', 'PodInitializing'].includes(waiting.reason))
      return cannotStart(status, waiting, newest)
  }
  if (statuses.some(({ state }) => state?.running !== undefined)) return undefined
  const problems = open(newest).filter(({ by }) => by.startsWith('agent'))
  if (problems.length > 0)
    return {
      verdict: 'Not running: its node cannot start it.',
      reasons: problems.slice(0, 3).map(reasonOf),
      ...helpOf(problems[0]),
    }
  return statuses.length > 0 || pod.status.phase === 'Pending'
    ? { verdict: `Starting on ${pod.spec.nodeName}.`, reasons: newest.slice(0, 2).map(reasonOf) }
    : undefined
}

function cannotStart(
  status: ContainerStatus,
  waiting: { reason?: string; message?: string },
  newest: readonly Decision[],
): Finding {
  const code = waiting.reason!
  const decision =
    open(newest).find((one) => one.about.field?.includes(status.name)) ??
    open(newest).find(({ by }) => by.startsWith('agent'))
  const said = waiting.message ? reason(waiting.message, { by: 'status' }) : undefined
  const behind = decision === undefined ? [] : [reasonOf(decision)]
  const reasons =
    said === undefined ? behind : [{ ...said, because: behind.filter(({ message }) => message !== said.message) }]
  if (
    code === 'ErrImagePull' ||
    code === 'ImagePullBackOff' ||
    code === 'ErrImageNeverPull' ||
    code === 'InvalidImageName'
  ) {
    return {
      verdict: `Not running: the image \`${status.image}\` of container ${status.name} cannot be had (${code}).`,
      reasons,
      help:
        decision?.help ??
        `make that image available: wherry image import FILE, or a name that a reachable registry serves (and imagePullSecrets where it asks who you are)`,
    }
  }
  if (code === 'CreateContainerConfigError') {
    return {
      verdict: `Not running: container ${status.name} refers to something that is not there.`,
      reasons,
      help: decision?.help ?? `create what is missing; the container then starts by itself`,
    }
  }
  return { verdict: `Not running: container ${status.name} cannot be started (${code}).`, reasons, ...helpOf(decision) }
}

function crashLoop(pod: Pod, status: ContainerStatus, newest: readonly Decision[]): Finding {
  const last = status.lastState?.terminated ?? status.state?.terminated
  const limit = pod.spec.containers.find(({ name }) => name === status.name)?.resources?.limits?.['memory']
  const ended = last === undefined ? 'ends soon after its start' : howItEnded(last)
  return {
    verdict: `Not running: container ${status.name} ${ended}, ${status.restartCount} ${status.restartCount === 1 ? 'restart' : 'restarts'} so far.`,
    reasons: [
      reason(
        status.state?.waiting?.message ?? 'it is started again after a pause that doubles each time, up to 5 minutes',
        { by: 'status' },
      ),
      ...lastLines(status, newest),
    ],
    help:
      last?.reason === 'OOMKilled'
        ? `a memory limit above ${limit ?? 'the present one'} for ${status.name}, or a program that needs less`
        : last?.exitCode === 127 || last?.exitCode === 126
          ? `a command that the image has: exit code ${last.exitCode} means that the shell found none to run`
          : `what the log says: wherry kubectl logs ${pod.metadata.name} -c ${status.name} --previous`,
  }
}

function howItEnded(end: { exitCode: number; signal?: number; reason?: string }): string {
  if (end.reason === 'OOMKilled') return 'was killed because it used more memory than its limit (OOM)'
  const signal = end.signal ? end.signal : end.exitCode > 128 && end.exitCode < 160 ? end.exitCode - 128 : 0
  if (signal > 0) return `was ended by signal ${signal} (exit code ${end.exitCode})`
  return `ended with exit code ${end.exitCode}`
}

/** The last lines of the dead container, as its node recorded them when it died. */
function lastLines(status: ContainerStatus, newest: readonly Decision[]): readonly Reason[] {
  for (const decision of newest) {
    for (const { facts } of decision.because) {
      const lines = facts?.['lastLogLines']
      if (Array.isArray(lines) && (facts?.['container'] === undefined || facts['container'] === status.name)) {
        return [reason(['its last words:', ...lines.map(String)].join('\n'), { by: decision.by, at: decision.at })]
      }
    }
  }
  const message = status.lastState?.terminated?.message ?? status.state?.terminated?.message
  return message ? [reason(`it left the message:\n${message.trimEnd()}`, { by: 'status' })] : []
}

function notReady(pod: Pod, newest: readonly Decision[]): Finding | undefined {
  const ready = pod.status.conditions?.find(({ type }) => type === 'Ready')
  if (ready?.status === 'True') return undefined
  const unready = pod.status.containerStatuses?.filter((status) => !status.ready) ?? []
  const probes = open(newest).filter(({ reason: code }) => /Probe|Unhealthy|NotReady/.test(code))
  const gates =
    pod.spec.readinessGates?.filter(
      ({ conditionType }) => pod.status.conditions?.find(({ type }) => type === conditionType)?.status !== 'True',
    ) ?? []
  return {
    verdict: `Running, but not ready: ${unready.length > 0 ? `container ${unready.map(({ name }) => name).join(', ')} is not` : gates.length > 0 ? 'a readiness gate is closed' : 'it has not said so yet'}.`,
    reasons: [
      ...probes.slice(0, 2).map(reasonOf),
      ...gates.map(({ conditionType }) => reason(`readiness gate ${conditionType} is not True`)),
      ...(probes.length === 0 && gates.length === 0 && ready?.message ? [reason(ready.message, { by: 'status' })] : []),
    ],
    ...helpOf(probes[0]),
  }
}
