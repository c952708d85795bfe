import { Pods } from '../../api/core/pod.ts'
import type { Pod, Service, ServicePort } from '../../api/core/v1.ts'
import { meets } from '../../api/meta/selectors.ts'
import type { Requirement } from '../../api/meta/selectors.ts'
import { sameJson } from '../../lib/patch/json.ts'
import { isReady, isSidecar, isTerminal, isTerminating } from '../pods.ts'
import type { Source } from '../runtime/controller.ts'

/** Says of a Service, and of what is made for it, that it has no address of its own. */
export const headlessLabel = 'service.kubernetes.io/headless'

/** Pods, mapped to the Services that select them; only changes that an endpoint shows. */
export const servicePods: Source<Service> = {
  kind: Pods,
  matters: (pod: Pod | undefined, previous: Pod | undefined) =>
    pod === undefined || previous === undefined || !sameJson(visible(pod), visible(previous)),
  owners: (pod: Pod, _caches, services) =>
    services
      .list(pod.metadata.namespace)
      .filter((service) => hasSelector(service) && meets(selectorOf(service), pod.metadata.labels))
      .map((service) => service.metadata),
}

function visible(pod: Pod): unknown {
  const { labels, deletionTimestamp } = pod.metadata
  const { podIP, podIPs } = pod.status
  const { nodeName, hostname, subdomain } = pod.spec
  return [labels, deletionTimestamp, podIP, podIPs, nodeName, hostname, subdomain, isReady(pod), isTerminal(pod)]
}

/** Whether the Service's endpoints are found by labels; others are written by somebody else. */
export function hasSelector({ spec }: Service): boolean {
  return spec.type !== 'ExternalName' && spec.selector !== undefined && Object.keys(spec.selector).length > 0
}

const selectors = new WeakMap<Service, readonly Requirement[]>()

function selectorOf(service: Service): readonly Requirement[] {
  let selector = selectors.get(service)
  if (selector === undefined) {
    selector = Object.entries(service.spec.selector ?? {}).map(([key, value]) => ({ key, op: 'in', values: [value] }))
    selectors.set(service, selector)
  }
  return selector
}

/** The Pods that a Service selects and that have an address. */
export function selectedPods(service: Service, pods: readonly Pod[]): Pod[] {
  const selector = selectorOf(service)
  return pods.filter((pod) => !isTerminal(pod) && addressesOf(pod).length > 0 && meets(selector, pod.metadata.labels))
}

/** All addresses of a Pod. */
export function addressesOf({ status }: Pod): string[] {
  const all = (status.podIPs ?? []).map(({ ip }) => ip)
  return all.length > 0 ? all : status.podIP ? [status.podIP] : []
}

export type Family = 'IPv4' | 'IPv6'

export const familyOf = (address: string): Family => (address.includes(':') ? 'IPv6' : 'IPv4')

/** The families that the Service is reached by. */
export function familiesOf({ spec }: Service): readonly Family[] {
  if (spec.ipFamilies !== undefined && spec.ipFamilies.length > 0) return spec.ipFamilies as Family[]
  if (spec.clusterIP && spec.clusterIP !== 'None') return [familyOf(spec.clusterIP)]
  return ['IPv4', 'IPv6']
}

export const isHeadless = ({ spec }: Service): boolean => spec.clusterIP === 'None'

/** The number of the port behind a Service's port; undefined when the Pod has no port of that name. */
export function targetPortOf(pod: Pod, port: ServicePort): number | undefined {
  const { targetPort, protocol = 'TCP' } = port
  if (typeof targetPort === 'number') return targetPort === 0 ? port.port : targetPort
  const sidecars = (pod.spec.initContainers ?? []).filter(isSidecar)
  for (const container of [...pod.spec.containers, ...sidecars]) {
    const found = container.ports?.find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)
    if (found !== undefined) return found.containerPort
  }
  return undefined
}

/** The name by which the Pod is found below the Service's own. */
export function hostnameIn(service: Service, pod: Pod): string | undefined {
  return pod.spec.hostname && pod.spec.subdomain === service.metadata.name ? pod.spec.hostname : undefined
}

export const isServing = (pod: Pod): boolean => isReady(pod) && !isTerminating(pod)
