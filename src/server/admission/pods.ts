import { Pods } from '../../api/core/pod.ts'
import type { Pod, PodSpec } from '../../api/core/v1.ts'
import type { Attempt } from './admission.ts'

/** Whether a Pod itself is being created, rather than something of it being written. */
export function createsPod({ operation, kind, target }: Attempt): boolean {
  return operation === 'CREATE' && kind === Pods && target.subresource === ''
}

/** The Pod with some of its specification replaced. */
export function withSpec(pod: Pod, spec: Partial<PodSpec>): Pod {
  return { ...pod, spec: { ...pod.spec, ...spec } }
}

/** A Pod that a node's agent has made from a file, and only shows here. */
export function isMirror({ metadata }: Pod): boolean {
  return metadata.annotations?.['kubernetes.io/config.mirror'] !== undefined
}
