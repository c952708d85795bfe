import type { Container, Pod } from '../../api/core/v1.ts'
import type { PodContainer } from './containers.ts'
import type { ObservedContainer } from './observed.ts'

const delayMsFirst = 10_000
const delayMsMax = 300_000
/** A container that ran this long is forgiven what came before. */
const forgivenAfterMs = 600_000

/** Whether a container that ended is to be started again. */
export function mayRestart(pod: Pod, { spec, role }: PodContainer, exitCode: number): boolean {
  if (role === 'ephemeral') return false
  if (role === 'sidecar') return true
  const container = spec as Container
  for (const { action, exitCodes } of container.restartPolicyRules ?? []) {
    if (exitCodes === undefined) continue
    const listed = (exitCodes.values ?? []).includes(exitCode)
    if (listed === (exitCodes.operator === 'In')) return action === 'Restart' || action === 'RestartAllContainers'
  }
  const policy = container.restartPolicy ?? pod.spec.restartPolicy ?? 'Always'
  if (policy === 'Never') return false
  return exitCode !== 0 || (policy === 'Always' && role === 'app')
}

/** Which start comes next, when it may happen, and how long the one after it will have to wait. */
export interface NextStart {
  readonly attempt: number
  /** Milliseconds since the epoch. */
  readonly notBefore: number
  readonly restartDelayMs: number
}

/** The first restart is at once; each further one waits twice as long as the one before, from 10 s to 5 min. */
export function nextStart(last: ObservedContainer | undefined): NextStart {
  if (last === undefined) return { attempt: 0, notBefore: 0, restartDelayMs: 0 }
  // A container that was made and never started does not count.
  if (last.state === 'created') return { attempt: last.attempt, notBefore: 0, restartDelayMs: last.restartDelayMs }
  const finishedAt = last.finishedAt ?? last.startedAt ?? last.createdAt
  const forgiven = finishedAt - (last.startedAt ?? finishedAt) >= forgivenAfterMs
  const waited = forgiven ? 0 : last.restartDelayMs
  return {
    attempt: last.attempt + 1,
    notBefore: waited === 0 ? 0 : finishedAt + waited,
    restartDelayMs: Math.min(delayMsMax, Math.max(delayMsFirst, waited * 2)),
  }
}
