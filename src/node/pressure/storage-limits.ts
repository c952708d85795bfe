import type { Pod } from '../../api/core/v1.ts'
import { quantityOf, quantityValue } from '../../api/meta/quantity.ts'
import { podContainer, podContainers } from '../pods/containers.ts'
import { isCritical, podAmount } from '../pods/resources.ts'
import type { PodUse } from './ranking.ts'

const resource = 'ephemeral-storage'

/** Whether a pod says how much of the node's disk it may use: only such pods are measured all the time. Pure. */
export function hasStorageLimits(pod: Pod): boolean {
  return (
    podContainers(pod).some(({ spec }) => spec.resources.limits?.[resource] !== undefined) ||
    podAmount(pod, 'limits', resource) > 0 ||
    (pod.spec.volumes ?? []).some(({ emptyDir }) => emptyDir?.sizeLimit !== undefined)
  )
}

/** What a pod is told that uses more of the disk than it may, in the kubelet's words; undefined while it does not. Pure. */
export function overStorageLimit({ pod, diskBytes, containers, volumes }: PodUse): string | undefined {
  if (isCritical(pod)) return undefined
  for (const { name, emptyDir } of pod.spec.volumes ?? []) {
    const limit = quantityValue(emptyDir?.sizeLimit ?? 0)
    if (limit > 0 && (volumes.get(name) ?? 0) > limit)
      return `Usage of EmptyDir volume "${name}" exceeds the limit "${emptyDir!.sizeLimit}". `
  }
  const limit = podAmount(pod, 'limits', resource)
  if (limit > 0 && diskBytes > limit)
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${quantityOf(limit, 'binary')}. `
  for (const container of containers) {
    const most = podContainer(pod, container.name)?.spec.resources.limits?.[resource]
    if (most !== undefined && container.diskBytes > quantityValue(most))
      return `Container ${container.name} exceeded its local ephemeral storage limit "${most}". `
  }
  return undefined
}
