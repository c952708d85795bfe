import { Endpoints } from '../api/core/endpoints.ts'
import { Services } from '../api/core/service.ts'
import type { EndpointAddress, EndpointSubset, Service } from '../api/core/v1.ts'
import type { Endpoints as EndpointsObject } from '../api/core/v1.ts'
import { EndpointSlices } from '../api/discovery/endpoint-slice.ts'
import type { Endpoint, EndpointPort, EndpointSlice } from '../api/discovery/v1.ts'
import type { Ref } from '../client/client.ts'
import type { EndpointGroup } from './endpoints/plan-slices.ts'
import { familyOf, hasSelector } from './endpoints/service-pods.ts'
import { managedByLabel, serviceNameLabel, writeSlices } from './endpoints/write-slices.ts'
import type { Cluster, Controller } from './runtime/controller.ts'
import { stableJson } from './template-hash.ts'

const MANAGER = 'endpointslicemirroring-controller.k8s.io'
const SKIP = 'endpointslice.kubernetes.io/skip-mirror'
const NOT_COPIED: ReadonlySet<string> = new Set([
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
])
const ADDRESSES_MAX = 1000

/** Writes as EndpointSlices what somebody wrote as Endpoints for a Service without a selector. */
export const endpointSliceMirroringController: Controller<EndpointsObject> = {
  name: 'endpoint-slice-mirroring',
  component: 'endpoint-slice-mirroring-controller',
  owner: Endpoints,
  reads: [
    { kind: Services, owners: ({ metadata }: Service) => [metadata] },
    {
      kind: EndpointSlices,
      owners({ metadata: { namespace = '', labels } }: EndpointSlice) {
        const name = labels?.[serviceNameLabel]
        return labels?.[managedByLabel] === MANAGER && name !== undefined ? [{ namespace, name }] : []
      },
    },
  ],
  writes: [EndpointSlices],
  async reconcile(endpoints, cluster) {
    const service = cluster.cache(Services).get(endpoints.metadata)
    const { labels = {}, annotations = {} } = endpoints.metadata
    const isOurs =
      service !== undefined &&
      !hasSelector(service) &&
      service.spec.type !== 'ExternalName' &&
      labels[SKIP] !== 'true' &&
      annotations['control-plane.alpha.kubernetes.io/leader'] === undefined &&
      endpoints.metadata.deletionTimestamp === undefined
    if (!isOurs) {
      await removeMirrors(endpoints.metadata, cluster)
      return
    }
    const { groups, skipped } = mirrorGroups(endpoints.subsets ?? [])
    await writeSlices(cluster, {
      owner: endpoints,
      labels: { ...labels, [serviceNameLabel]: endpoints.metadata.name, [managedByLabel]: MANAGER },
      annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => !NOT_COPIED.has(key))),
      groups,
      existing: mirrorsOf(endpoints.metadata, cluster),
    })
    if (skipped > 0) {
      const message = `A max of ${ADDRESSES_MAX} addresses can be mirrored to EndpointSlices per Endpoints subset. ${skipped} addresses were skipped`
      cluster.decide(endpoints, 'refused', 'TooManyAddressesToMirror', message, { event: 'Warning' })
    }
  },
  removed: removeMirrors,
}

function mirrorsOf({ namespace, name }: Ref, cluster: Cluster<EndpointsObject>): EndpointSlice[] {
  return cluster
    .cache(EndpointSlices)
    .list(namespace)
    .filter(({ metadata: { labels } }) => labels?.[serviceNameLabel] === name && labels[managedByLabel] === MANAGER)
}

async function removeMirrors(ref: Ref, cluster: Cluster<EndpointsObject>): Promise<void> {
  for (const slice of mirrorsOf(ref, cluster)) await cluster.remove(EndpointSlices, slice)
}

/** Pure. The endpoints of all subsets by family and ports, and how many were too many. */
export function mirrorGroups(subsets: readonly EndpointSubset[]): { groups: EndpointGroup[]; skipped: number } {
  const groups = new Map<string, { addressType: 'IPv4' | 'IPv6'; ports: EndpointPort[]; endpoints: Endpoint[] }>()
  let skipped = 0
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    const all = [
      ...addresses.map((address) => ({ address, ready: true })),
      ...notReadyAddresses.map((address) => ({ address, ready: false })),
    ]
    skipped += Math.max(0, all.length - ADDRESSES_MAX)
    const mirrored = ports
      .map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
        name,
        port,
        protocol,
        ...(appProtocol !== undefined && { appProtocol }),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    for (const { address, ready } of all.slice(0, ADDRESSES_MAX)) {
      const addressType = familyOf(address.ip)
      const key = `${addressType} ${stableJson(mirrored)}`
      const group = groups.get(key) ?? { addressType, ports: mirrored, endpoints: [] }
      groups.set(key, group)
      group.endpoints.push(endpointOf(address, ready))
    }
  }
  return { groups: [...groups.values()], skipped }
}

function endpointOf({ ip, hostname, nodeName, targetRef }: EndpointAddress, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname && { hostname }),
    ...(nodeName && { nodeName }),
    ...(targetRef !== undefined && { targetRef }),
  }
}
