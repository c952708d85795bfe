import { containerLimits, containerRequests } from './pod-requests.ts'
import type { PodSpec } from './v1.ts'

/** What can be asked for a Pod as a whole, instead of container by container. */
const POD_LEVEL = /^(cpu|memory|hugepages-.+)$/

/** What a Pod asks for, by resource: what it says as a whole, else what its containers say. Without what its runtime takes. */
export function podRequests(spec: PodSpec): Record<string, string> {
  return { ...containerRequests(spec), ...asAWhole(spec.resources?.requests) }
}

/** What a Pod may use at most, by resource. Without what its runtime takes. */
export function podLimits(spec: PodSpec): Record<string, string> {
  return { ...containerLimits(spec), ...asAWhole(spec.resources?.limits) }
}

function asAWhole(amounts: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(amounts).filter(([name]) => POD_LEVEL.test(name)))
}
