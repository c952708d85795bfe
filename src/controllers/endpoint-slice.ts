import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import { Services } from '../api/core/service.ts'
import type { Node, Pod, Service } from '../api/core/v1.ts'
import { EndpointSlices } from '../api/discovery/endpoint-slice.ts'
import type { Endpoint, EndpointHints, EndpointPort, EndpointSlice } from '../api/discovery/v1.ts'
import type { EndpointGroup } from './endpoints/plan-slices.ts'
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
import type { Family } from './endpoints/service-pods.ts'
import { managedByLabel, serviceNameLabel, writeSlices } from './endpoints/write-slices.ts'
import { isReady, isTerminating } from './pods.ts'
import type { Cluster, Controller } from './runtime/controller.ts'
import { stableJson } from './template-hash.ts'

const MANAGER = 'endpointslice-controller.k8s.io'
const ZONE = 'topology.kubernetes.io/zone'

/** Says where the Pods of each Service with a selector can be reached. */
export const endpointSliceController: Controller<Service> = {
  name: 'endpoint-slice',
  component: 'endpoint-slice-controller',
  owner: Services,
  reads: [
    servicePods,
    {
      kind: EndpointSlices,
      owners({ metadata: { namespace = '', labels } }: EndpointSlice) {
        const name = labels?.[serviceNameLabel]
        return labels?.[managedByLabel] === MANAGER && name !== undefined ? [{ namespace, name }] : []
      },
    },
    {
      kind: Nodes,
      // Only its zone shows.
      matters: (node: Node | undefined, previous: Node | undefined) => zoneOf(node) !== zoneOf(previous),
      owners: (_node, _caches, services) =>
        services
          .list()
          .filter(hasSelector)
          .map((service) => service.metadata),
    },
  ],
  writes: [EndpointSlices],
  async reconcile(service, cluster) {
    if (!hasSelector(service) || service.metadata.deletionTimestamp !== undefined) return
    const pods = selectedPods(service, cluster.cache(Pods).list(service.metadata.namespace))
    const groups = groupEndpoints(service, pods, (name) => cluster.cache(Nodes).get({ name }))
    const written = await writeSlices(cluster, {
      owner: service,
      labels: labelsFor(service),
      groups,
      existing: ownSlices(service, cluster),
    })
    if (written > 0) explain(service, pods, cluster)
  },
}

function zoneOf(node: Node | undefined): string | undefined {
  return node?.metadata.labels?.[ZONE]
}

function ownSlices(service: Service, cluster: Cluster<Service>): EndpointSlice[] {
  const { namespace, name } = service.metadata
  return cluster
    .cache(EndpointSlices)
    .list(namespace)
    .filter(({ metadata: { labels } }) => labels?.[serviceNameLabel] === name && labels[managedByLabel] === MANAGER)
}

function explain(service: Service, pods: readonly Pod[], cluster: Cluster<Service>): void {
  const ready = pods.filter(isServing).length
  if (pods.length === 0) {
    const selector = Object.entries(service.spec.selector ?? {}).map(([key, value]) => `${key}=${value}`)
    cluster.decide(service, 'waiting', 'SelectsNothing', `no Pod with an address has the labels ${selector.join(',')}`)
  } else {
    cluster.decide(service, 'done', 'Published', `${ready} of ${pods.length} Pods take traffic`)
  }
}

function labelsFor(service: Service): Record<string, string> {
  const { [headlessLabel]: _, ...labels } = service.metadata.labels ?? {}
  return {
    ...labels,
    ...(isHeadless(service) && { [headlessLabel]: '' }),
    [serviceNameLabel]: service.metadata.name,
    [managedByLabel]: MANAGER,
  }
}

/** Pure. The endpoints of a Service by address family and ports; one empty group for a family that has none. */
export function groupEndpoints(
  service: Service,
  pods: readonly Pod[],
  nodeOf: (name: string) => Node | undefined,
): EndpointGroup[] {
  return familiesOf(service).flatMap((family) => {
    const groups = new Map<string, { ports: EndpointPort[]; endpoints: Endpoint[] }>()
    for (const pod of pods) {
      const addresses = addressesOf(pod).filter((address) => familyOf(address) === family)
      if (addresses.length === 0) continue
      const ports = portsOf(service, pod)
      const key = stableJson(ports)
      const group = groups.get(key) ?? { ports, endpoints: [] }
      groups.set(key, group)
      group.endpoints.push(endpointOf(service, pod, addresses.slice(0, 1), nodeOf))
    }
    return groups.size === 0
      ? [emptyGroup(family)]
      : [...groups.values()].map((group) => ({ addressType: family, ...group }))
  })
}

const emptyGroup = (addressType: Family): EndpointGroup => ({ addressType, ports: [], endpoints: [] })

function portsOf(service: Service, pod: Pod): EndpointPort[] {
  return (service.spec.ports ?? []).flatMap((servicePort) => {
    const port = targetPortOf(pod, servicePort)
    if (port === undefined) return []
    const { name = '', protocol = 'TCP', appProtocol } = servicePort
    return [{ name, protocol, port, ...(appProtocol !== undefined && { appProtocol }) }]
  })
}

function endpointOf(
  service: Service,
  pod: Pod,
  addresses: string[],
  nodeOf: (name: string) => Node | undefined,
): Endpoint {
  const { namespace = '', name, uid } = pod.metadata
  const { nodeName } = pod.spec
  const hostname = hostnameIn(service, pod)
  const zone = nodeName ? zoneOf(nodeOf(nodeName)) : undefined
  const endpoint: Endpoint = {
    addresses,
    conditions: {
      ready: service.spec.publishNotReadyAddresses === true || isServing(pod),
      serving: isReady(pod),
      terminating: isTerminating(pod),
    },
    targetRef: { kind: 'Pod', namespace, name, uid },
  }
  if (hostname !== undefined) endpoint.hostname = hostname
  if (nodeName) endpoint.nodeName = nodeName
  if (zone !== undefined) endpoint.zone = zone
  const hints = hintsFor(service, endpoint)
  if (hints !== undefined) endpoint.hints = hints
  return endpoint
}

/** For whom an endpoint is near, when the Service wants its traffic to stay near. */
function hintsFor({ spec }: Service, { zone, nodeName }: Endpoint): EndpointHints | undefined {
  const { trafficDistribution } = spec
  if (trafficDistribution === undefined) return undefined
  const hints: EndpointHints = {}
  if (zone !== undefined) hints.forZones = [{ name: zone }]
  if (trafficDistribution === 'PreferSameNode' && nodeName !== undefined) hints.forNodes = [{ name: nodeName }]
  return Object.keys(hints).length === 0 ? undefined : hints
}
