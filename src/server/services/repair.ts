import type { IPAddress } from '../../api/networking/v1.ts'
import type { Service } from '../../api/core/v1.ts'
import { IPAddresses } from '../../api/networking/ip-address.ts'
import type { Store } from '../../store/store.ts'
import type { ObjectReader } from '../admission/admission.ts'
import { Services } from '../../api/core/service.ts'
import { nodePortsOf } from './plan.ts'

/**
 * Gives back what no Service holds: a server that is killed between taking an address or port and storing the Service
 * leaves it taken. Runs before anybody can create Services.
 */
export async function repairRanges(store: Store, objects: ObjectReader): Promise<void> {
  const services = objects.list<Service>(Services)
  const ports = new Set(services.flatMap((service) => [...nodePortsOf(service)]))
  for (const { key, modRevision } of store.list('/allocations/nodeports/').entries) {
    const port = Number(key.slice(key.lastIndexOf('/') + 1))
    if (!ports.delete(port)) await store.write({ key, value: undefined, expected: modRevision })
  }
  // Ports that a Service has and nobody holds: they were stored by a version that did not hold them.
  for (const port of ports) {
    await store.write({ key: `/allocations/nodeports/${port}`, value: Buffer.from('{}'), expected: 0 })
  }
  const addresses = new Set(services.flatMap(({ spec }) => (spec.clusterIP ? [spec.clusterIP] : [])))
  for (const { metadata, spec } of objects.list<IPAddress>(IPAddresses)) {
    if (spec.parentRef?.resource !== 'services' || addresses.has(metadata.name)) continue
    const key = `/registry/ipaddresses.networking.k8s.io/${metadata.name}`
    const entry = store.get(key)
    if (entry !== undefined) await store.write({ key, value: undefined, expected: entry.modRevision })
  }
}
