import { mkdirSync } from 'node:fs'
import type { Pod } from '../../api/core/v1.ts'
import { isWherryError, WherryError } from '../../lib/errors.ts'
import { podLogDir, sandboxConfig } from './cri-config.ts'
import type { Observed, ObservedSandbox } from './observed.ts'
import { withAddresses } from './observe.ts'
import type { PodServices } from './services.ts'

/** Makes the sandbox of a pod, with its cgroup and its address. Former sandboxes give theirs back first. */
export async function createSandbox(
  services: PodServices,
  pod: Pod,
  { sandboxes }: Observed,
): Promise<ObservedSandbox> {
  const { runtime, cgroups, facts, clock } = services
  const cgroupParent = cgroups.ensure(pod)
  mkdirSync(podLogDir(facts.logDir, pod), { recursive: true })
  const [runtimeHandler] = await Promise.all([
    services.runtimeHandler(pod),
    ...sandboxes.map(({ id }) => stopSandbox(services, id)),
  ])
  const attempt = Math.max(-1, ...sandboxes.map((sandbox) => sandbox.attempt)) + 1
  const config = sandboxConfig(pod, attempt, cgroupParent, facts)
  const { podSandboxId } = await runtime.runPodSandbox({ config, runtimeHandler }, { deadlineMs: 240_000 })
  const sandbox = await withAddresses(runtime, { id: podSandboxId, attempt, ready: true, createdAt: clock.now() })
  if (sandbox === undefined) throw new WherryError('unavailable', 'the sandbox was made and is gone')
  return sandbox
}

/** Stops all sandboxes of a pod: their addresses are free again. */
export async function stopSandboxes(services: PodServices, { sandboxes }: Observed): Promise<void> {
  await Promise.all(sandboxes.map(({ id }) => stopSandbox(services, id)))
}

/** Removes all that the runtime has of a pod, and its logs. */
export async function removeFromRuntime(services: PodServices, pod: Pod, observed: Observed): Promise<void> {
  await stopSandboxes(services, observed)
  for (const { id } of observed.sandboxes) {
    // Containers go with their sandbox.
    await unlessGone(services.runtime.removePodSandbox({ podSandboxId: id }))
  }
  await services.host.remove(podLogDir(services.facts.logDir, pod))
}

async function stopSandbox({ runtime }: PodServices, podSandboxId: string): Promise<void> {
  await unlessGone(runtime.stopPodSandbox({ podSandboxId }))
}

async function unlessGone(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!isWherryError(error, 'not-found')) throw error
  }
}
