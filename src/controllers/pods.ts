import type { Container, Pod, PodCondition, PodTemplateSpec } from '../api/core/v1.ts'
import type { Draft } from '../api/meta/schema.ts'
import { parseTime } from '../api/meta/time.ts'

/** Whether a Pod has run to its end, for better or worse. */
export function isTerminal(pod: Pod): boolean {
  return pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed'
}

/** Whether a Pod is asked to end but still there. */
export function isTerminating(pod: Pod): boolean {
  return pod.metadata.deletionTimestamp !== undefined
}

/** Whether a Pod counts as one that runs or will run. */
export function isActive(pod: Pod): boolean {
  return !isTerminal(pod) && !isTerminating(pod)
}

export function podCondition(pod: Pod, type: string): PodCondition | undefined {
  return pod.status.conditions?.find((condition) => condition.type === type)
}

export function isReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True'
}

/** When the Pod became ready, in milliseconds; undefined when it is not. */
export function readySinceMs(pod: Pod): number | undefined {
  const ready = podCondition(pod, 'Ready')
  if (ready?.status !== 'True' || ready.lastTransitionTime === undefined) return undefined
  return parseTime(ready.lastTransitionTime)
}

/** In how many milliseconds a ready Pod will have been so for long enough; 0 when it has, undefined when it is not ready. */
export function availableInMs(pod: Pod, minReadySeconds: number, nowMs: number): number | undefined {
  if (!isReady(pod)) return undefined
  if (minReadySeconds === 0) return 0
  const since = readySinceMs(pod)
  if (since === undefined) return undefined
  return Math.max(0, since + minReadySeconds * 1000 - nowMs)
}

export function isAvailable(pod: Pod, minReadySeconds: number, nowMs: number): boolean {
  return availableInMs(pod, minReadySeconds, nowMs) === 0
}

/** The soonest time until one of the Pods that are ready becomes available; undefined when none is on its way. */
export function nextAvailableInMs(pods: readonly Pod[], minReadySeconds: number, nowMs: number): number | undefined {
  let soonest: number | undefined
  for (const pod of pods) {
    const inMs = availableInMs(pod, minReadySeconds, nowMs)
    if (inMs !== undefined && inMs > 0 && (soonest === undefined || inMs < soonest)) soonest = inMs
  }
  return soonest
}

/** Whether an init container is a sidecar: one that goes on running beside the others. */
export function isSidecar(container: Pick<Container, 'restartPolicy'>): boolean {
  return container.restartPolicy === 'Always'
}

/** A Pod as its template says, named after its owner by the server. */
export function podFromTemplate(template: PodTemplateSpec, namespace: string, ownerName: string): Draft<Pod> {
  const { labels, annotations, finalizers } = template.metadata
  return {
    metadata: {
      namespace,
      generateName: generateName(ownerName),
      labels: { ...labels },
      annotations: { ...annotations },
      ...(finalizers !== undefined && { finalizers: [...finalizers] }),
    },
    spec: template.spec as Draft<Pod['spec']>,
  }
}

/** The part of a generated name that is not generated. */
export function generateName(ownerName: string): string {
  return `${ownerName}-`
}

/** How often containers of a Pod were restarted, at most; the sidecars' apart. */
export function restartsMax(pod: Pod): { readonly regular: number; readonly sidecars: number } {
  let regular = 0
  for (const status of pod.status.containerStatuses ?? []) regular = Math.max(regular, status.restartCount)
  let sidecars = 0
  for (const container of pod.spec.initContainers ?? []) {
    if (!isSidecar(container)) continue
    const status = pod.status.initContainerStatuses?.find((one) => one.name === container.name)
    sidecars = Math.max(sidecars, status?.restartCount ?? 0)
  }
  return { regular, sidecars }
}
