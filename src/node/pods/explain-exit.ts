import type { Pod } from '../../api/core/v1.ts'
import { logTail } from '../logs/read-log.ts'
import { containerField, podContainer, podLabel } from './containers.ts'
import type { ObservedContainer } from './observed.ts'
import { mayRestart, nextStart } from './restart.ts'
import type { PodServices } from './services.ts'

const tailLines = 10
const tailBytesMax = 2048

/** Says why a container ended, with the last that it wrote, and what follows from it. */
export async function explainExit(
  { narrator, clock }: PodServices,
  pod: Pod,
  container: ObservedContainer,
  isEnding: boolean,
): Promise<void> {
  const known = podContainer(pod, container.name)
  if (known === undefined) return
  const { name, exitCode, reason, message, attempt, startedAt, finishedAt } = container
  const field = containerField(known)
  const oom = reason === 'OOMKilled'
  // 128 and the number of the signal is what shells say of a process that a signal ended.
  const signal = exitCode > 128 && exitCode < 160 ? exitCode - 128 : undefined
  const lastLines =
    exitCode === 0 || container.logPath === '' ? '' : await logTail(container.logPath, tailLines, tailBytesMax)
  const facts = {
    container: name,
    exitCode,
    ...(signal === undefined ? {} : { signal }),
    oomKilled: oom,
    restartCount: attempt,
    ranMs: startedAt === undefined || finishedAt === undefined ? undefined : Math.round(finishedAt - startedAt),
    ...(oom ? { memoryLimit: known.spec.resources.limits?.['memory'] } : {}),
    ...(lastLines === '' ? {} : { lastLogLines: lastLines.trimEnd().split('\n') }),
  }
  const how = oom
    ? `Container ${name} used more memory than its limit and was killed`
    : `Container ${name} ended with exit code ${exitCode}${signal === undefined ? '' : ` (signal ${signal})`}`
  narrator.say(pod, {
    verdict: exitCode === 0 ? 'done' : isEnding ? 'progress' : 'refused',
    reason: oom ? 'OOMKilled' : exitCode === 0 ? 'ContainerCompleted' : 'ContainerFailed',
    message: message === '' ? how : `${how}: ${message}`,
    field,
    because: [{ message: lastLines === '' ? how : `Its last lines: ${lastLines.trimEnd()}`, facts }],
    ...(oom ? { help: `A higher memory limit for container ${name}, or a program that needs less` } : {}),
  })
  if (isEnding || !mayRestart(pod, known, exitCode)) return
  const { notBefore } = nextStart(container)
  if (notBefore <= clock.now()) return
  narrator.say(pod, {
    verdict: 'waiting',
    reason: 'CrashLoopBackOff',
    message: `Back-off restarting failed container ${name} in pod ${podLabel(pod)}`,
    field,
    because: [{ message: how, facts: { ...facts, waitsMs: notBefore - clock.now() } }],
    event: 'Warning',
    eventReason: 'BackOff',
  })
}
