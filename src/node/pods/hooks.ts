import type { Container, EphemeralContainer, Lifecycle } from '../../api/core/v1.ts'
import type { Clock } from '../../lib/clock.ts'
import { WherryError } from '../../lib/errors.ts'
import { get, httpTarget } from '../probes/handlers.ts'
import type { Runtime } from '../runtime/runtime.ts'

export interface HookFacts {
  readonly runtime: Pick<Runtime, 'execSync'>
  readonly clock: Clock
  readonly container: Container | EphemeralContainer
  readonly containerId: string
  readonly address: string
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

/** Runs what a container asks for at its start or its end; throws when it failed. */
export async function runHook(hook: NonNullable<Lifecycle['preStop']>, facts: HookFacts): Promise<void> {
  const { runtime, clock, container, containerId, address, timeoutMs, signal } = facts
  if (hook.exec !== undefined) {
    const cmd = hook.exec.command ?? []
    const timeout = Math.max(1, Math.ceil(timeoutMs / 1000))
    const { exitCode, stdout, stderr } = await runtime.execSync(
      { containerId, cmd, timeout },
      { deadlineMs: timeoutMs + 5000, signal },
    )
    if (exitCode === 0) return
    const output = Buffer.concat([stdout, stderr]).toString().slice(0, 1024)
    throw new WherryError('internal', `command '${cmd.join(' ')}' exited with ${exitCode}: ${JSON.stringify(output)}`)
  }
  if (hook.httpGet !== undefined) {
    // Any answer counts: the hook asks that the container is told, not that it agrees.
    await get(httpTarget(hook.httpGet, container, address), hook.httpGet.httpHeaders, timeoutMs, signal)
    return
  }
  if (hook.sleep !== undefined) {
    await clock.sleep(Math.min(timeoutMs, hook.sleep.seconds * 1000), signal)
    return
  }
  throw new WherryError('invalid', 'the hook says nothing that this node can do')
}
