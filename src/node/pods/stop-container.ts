import type { Pod } from '../../api/core/v1.ts'
import { isWherryError } from '../../lib/errors.ts'
import { containerField, podContainer } from './containers.ts'
import { runHook } from './hooks.ts'
import type { Stop } from './plan.ts'
import type { PodServices } from './services.ts'

/** A point in time that may be moved forward while somebody waits for it. */
export interface Deadline {
  at(): number
  /** Resolves when the deadline is reached, wherever it is by then, or the signal fires. */
  reached(signal: AbortSignal): Promise<void>
}

export interface StopInput {
  readonly pod: Pod
  readonly stop: Stop
  readonly deadline: Deadline
  readonly address: string
  /** What must be awaited before the container is told to end: that nobody sends it new work. */
  readonly drained: Promise<unknown> | undefined
}

/** A container that was still in its stop hook when its time was over gets a moment to end by itself. */
const lastMomentSeconds = 2
/** A day: no hook is waited for longer, whatever the grace of its pod. */
const hookMsMax = 86_400_000

/** Stops a container: its stop hook, then its signal, then the end of its time. */
export async function stopContainer(
  services: PodServices,
  { pod, stop, deadline, address, drained }: StopInput,
): Promise<void> {
  const { runtime, clock, narrator } = services
  const container = podContainer(pod, stop.name)
  const field = container === undefined ? undefined : containerField(container)
  narrator.say(pod, {
    verdict: 'progress',
    ...words(stop),
    ...(field === undefined ? {} : { field }),
    event: 'Normal',
    eventReason: 'Killing',
  })
  const hook = container?.spec.lifecycle?.preStop
  const left = (): number => deadline.at() - clock.now()
  const hasTime = left() > 0
  const giveUp = new AbortController()
  if (hook !== undefined && hasTime && container !== undefined) {
    const facts = {
      runtime,
      clock,
      container: container.spec,
      containerId: stop.id,
      address,
      timeoutMs: Math.min(left(), hookMsMax),
      signal: giveUp.signal,
    }
    const hooked = runHook(hook, facts).catch((error: unknown) => {
      if (giveUp.signal.aborted) return
      const message = `PreStopHook failed: ${error instanceof Error ? error.message : String(error)}`
      narrator.say(pod, {
        verdict: 'progress',
        reason: 'FailedPreStopHook',
        message,
        ...(field === undefined ? {} : { field }),
        event: 'Warning',
      })
    })
    await Promise.race([Promise.all([hooked, drained]), deadline.reached(giveUp.signal)])
  } else if (drained !== undefined && hasTime) await Promise.race([drained, deadline.reached(giveUp.signal)])
  giveUp.abort()
  const seconds = Math.ceil(left() / 1000)
  await endContainer(services, stop.id, hasTime ? Math.max(seconds, lastMomentSeconds) : Math.max(seconds, 0))
}

/** Sends the signal, and ends what has not ended by itself after so many seconds. */
export async function endContainer(
  { runtime }: Pick<PodServices, 'runtime'>,
  containerId: string,
  timeout: number,
): Promise<void> {
  try {
    await runtime.stopContainer({ containerId, timeout }, { deadlineMs: timeout * 1000 + 60_000 })
  } catch (error) {
    if (!isWherryError(error, 'not-found')) throw error
  }
}

function words({ name, reason }: Stop): { reason: string; message: string } {
  switch (reason) {
    case 'liveness':
      return { reason: 'LivenessFailed', message: `Container ${name} failed liveness probe, will be restarted` }
    case 'startup':
      return { reason: 'StartupFailed', message: `Container ${name} failed startup probe, will be restarted` }
    case 'image':
      return { reason: 'ImageChanged', message: `Container ${name} definition changed, will be restarted` }
    case 'resize':
      return { reason: 'ResizeRestart', message: `Container ${name} resize requires restart` }
    case 'sandbox':
      return { reason: 'SandboxChanged', message: `Stopping container ${name}: the sandbox of its pod is gone` }
    case 'unknown':
      return {
        reason: 'ContainerUnknown',
        message: `Container ${name} is in unknown state, try killing it before restart`,
      }
    case 'ending':
    case 'over':
      return { reason: 'Stopping', message: `Stopping container ${name}` }
  }
}
