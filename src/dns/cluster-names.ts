import { Namespaces } from '../api/core/namespace.ts'
import { Services } from '../api/core/service.ts'
import type { Service } from '../api/core/v1.ts'
import { EndpointSlices } from '../api/discovery/endpoint-slice.ts'
import type { EndpointSlice } from '../api/discovery/v1.ts'
import type { Caches } from '../client/cache.ts'
import type { ClusterNames } from './zone.ts'

const SERVICE_NAME = 'kubernetes.io/service-name'

/** The cluster's names from watch caches: each question looks up the newest state, so nothing is ever rebuilt. */
export function clusterNames(caches: Caches): ClusterNames & { synced(): Promise<void> } {
  const services = caches.of(Services)
  const slices = caches.of(EndpointSlices)
  const namespaces = caches.of(Namespaces)
  services.addIndex('dns/address', (service: Service) =>
    (service.spec.clusterIPs ?? []).filter((address) => address !== 'None'),
  )
  slices.addIndex('dns/service', (slice: EndpointSlice) => {
    const owner = slice.metadata.labels?.[SERVICE_NAME]
    return owner === undefined ? [] : [`${slice.metadata.namespace}/${owner}`]
  })
  slices.addIndex('dns/address', (slice: EndpointSlice) => slice.endpoints.flatMap(({ addresses }) => addresses))
  return {
    hasNamespace: (name) => namespaces.get({ name }) !== undefined,
    service: (namespace, name) => services.get({ namespace, name }),
    slices: (namespace, service) => slices.byIndex('dns/service', `${namespace}/${service}`),
    serviceWithAddress: (address) => services.byIndex('dns/address', address)[0],
    endpointWithAddress(address) {
      // An endpoint that has a name of its own is the better answer.
      const hits = slices
        .byIndex('dns/address', address)
        .flatMap((slice) =>
          slice.endpoints
            .filter(({ addresses }) => addresses.includes(address))
            .map((endpoint) => ({ slice, endpoint })),
        )
      return hits.find(({ endpoint }) => endpoint.hostname) ?? hits[0]
    },
    async synced() {
      await Promise.all([services.synced(), slices.synced(), namespaces.synced()])
    },
  }
}
