import { Endpoints } from '../api/core/endpoints.ts'
import { Pods } from '../api/core/pod.ts'
import { Services } from '../api/core/service.ts'
import type { EndpointAddress, EndpointPort, EndpointSubset, Pod, Service } from '../api/core/v1.ts'
import type { Endpoints as EndpointsObject } from '../api/core/v1.ts'
import { isWherryError } from '../lib/errors.ts'
import { sameJson } from '../lib/patch/json.ts'
import {
  addressesOf,
  familiesOf,
  familyOf,
  hasSelector,
  headlessLabel,
  hostnameIn,
  isHeadless,
  isServing,
  selectedPods,
  servicePods,
  targetPortOf,
} from './endpoints/service-pods.ts'
import { isTerminating } from './pods.ts'
import type { Controller } from './runtime/controller.ts'
import { isEnding } from './runtime/reconciler.ts'
import { stableJson } from './template-hash.ts'

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const MANAGER = 'endpoint-controller'
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'
/** An election of old kept its state in an Endpoints object: it belongs to no Service. */
const ELECTION = 'control-plane.alpha.kubernetes.io/leader'
const ADDRESSES_MAX = 1000

/** The older form of what EndpointSlices say, for clients that still read it. */
export const endpointsController: Controller<Service> = {
  name: 'endpoints',
  component: 'endpoint-controller',
  owner: Services,
  reads: [
    servicePods,
    {
      kind: Endpoints,
      owners: ({ metadata: { namespace = '', name, annotations } }: EndpointsObject) =>
        annotations?.[ELECTION] === undefined ? [{ namespace, name }] : [],
    },
  ],
  writes: [Endpoints],
  async reconcile(service, cluster) {
    if (!hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return
    const pods = selectedPods(service, cluster.cache(Pods).list(service.metadata.namespace))
    const { subsets, isTruncated } = truncated(subsetsOf(service, pods))
    const { namespace = '', name } = service.metadata
    const current = cluster.cache(Endpoints).get({ namespace, name })
    const labels = labelsFor(service)
    const { [OVER_CAPACITY]: _, ...annotations } = current?.metadata.annotations ?? {}
    if (isTruncated) annotations[OVER_CAPACITY] = 'truncated'
    if (current === undefined) {
      try {
        await cluster.create(Endpoints, {
          metadata: { namespace, name, labels, annotations, ownerReferences: [] },
          subsets,
        })
      } catch (error) {
        if (!isEnding(error)) throw error
      }
      return
    }
    const isRight =
      sameJson(current.subsets ?? [], subsets) &&
      sameJson(current.metadata.labels ?? {}, labels) &&
      sameJson(current.metadata.annotations ?? {}, annotations)
    if (isRight) return
    await cluster.update(Endpoints, { ...current, metadata: { ...current.metadata, labels, annotations }, subsets })
  },
  /** No owner reference leads from Endpoints to their Service: the common name does. */
  async removed(ref, cluster) {
    const left = cluster.cache(Endpoints).get(ref)
    // What somebody else has made may stand without a Service.
    if (left?.metadata.labels?.[MANAGED_BY] !== MANAGER) return
    try {
      await cluster.remove(Endpoints, left)
    } catch (error) {
      if (!isWherryError(error, 'conflict')) throw error
    }
  },
}

function labelsFor(service: Service): Record<string, string> {
  const { [headlessLabel]: _, ...labels } = service.metadata.labels ?? {}
  return { ...labels, ...(isHeadless(service) && { [headlessLabel]: '' }), [MANAGED_BY]: MANAGER }
}

/** Pure. Addresses that offer the same ports stand together, those that take no traffic apart. */
export function subsetsOf(service: Service, pods: readonly Pod[]): EndpointSubset[] {
  const [family] = familiesOf(service)
  const groups = new Map<string, { ports: EndpointPort[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>()
  for (const pod of pods) {
    if (isTerminating(pod) && service.spec.publishNotReadyAddresses !== true) continue
    const ip = addressesOf(pod).find((address) => familyOf(address) === family)
    if (ip === undefined) continue
    const ports = portsOf(service, pod)
    if (ports.length === 0 && !((service.spec.ports ?? []).length === 0 && isHeadless(service))) continue
    const key = stableJson(ports)
    const group = groups.get(key) ?? { ports, ready: [], notReady: [] }
    groups.set(key, group)
    const isReadyHere = service.spec.publishNotReadyAddresses === true || isServing(pod)
    group[isReadyHere ? 'ready' : 'notReady'].push(addressOf(service, pod, ip))
  }
  return [...groups]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { ports, ready, notReady }]) => ({
      ...(ready.length > 0 && { addresses: ready.toSorted(byAddress) }),
      ...(notReady.length > 0 && { notReadyAddresses: notReady.toSorted(byAddress) }),
      ...(ports.length > 0 && { ports }),
    }))
}

const byAddress = (a: EndpointAddress, b: EndpointAddress): number => (a.ip < b.ip ? -1 : a.ip > b.ip ? 1 : 0)

function addressOf(service: Service, pod: Pod, ip: string): EndpointAddress {
  const { namespace = '', name, uid } = pod.metadata
  const hostname = hostnameIn(service, pod)
  return {
    ip,
    ...(hostname !== undefined && { hostname }),
    ...(pod.spec.nodeName && { nodeName: pod.spec.nodeName }),
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
}

function portsOf(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec.ports ?? [])
    .flatMap((servicePort) => {
      const port = targetPortOf(pod, servicePort)
      if (port === undefined) return []
      const { name, protocol = 'TCP', appProtocol } = servicePort
      return [{ ...(name && { name }), port, protocol, ...(appProtocol !== undefined && { appProtocol }) }]
    })
    .toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1))
}

/** An object must not grow without end: ready addresses are kept first. */
function truncated(subsets: readonly EndpointSubset[]): { subsets: EndpointSubset[]; isTruncated: boolean } {
  let room = ADDRESSES_MAX
  let isTruncated = false
  const take = (addresses: readonly EndpointAddress[] | undefined): EndpointAddress[] => {
    const taken = (addresses ?? []).slice(0, room)
    room -= taken.length
    if (taken.length < (addresses ?? []).length) isTruncated = true
    return taken
  }
  const ready = subsets.map((subset) => take(subset.addresses))
  const notReady = subsets.map((subset) => take(subset.notReadyAddresses))
  const kept = subsets.map(({ ports }, at) => ({
    ...(ready[at]!.length > 0 && { addresses: ready[at]! }),
    ...(notReady[at]!.length > 0 && { notReadyAddresses: notReady[at]! }),
    ...(ports !== undefined && { ports }),
  }))
  return { subsets: kept.filter((subset) => subset.addresses || subset.notReadyAddresses), isTruncated }
}
