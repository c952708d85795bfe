import type { Service } from '../../api/core/v1.ts'
import { Services } from '../../api/core/service.ts'
import type { KubeObject } from '../../api/meta/kind.ts'
import { IPAddresses } from '../../api/networking/ip-address.ts'
import { isWherryError, WherryError } from '../../lib/errors.ts'
import type { Random } from '../../lib/random.ts'
import type { Store } from '../../store/store.ts'
import type { ObjectApi } from '../api-server.ts'
import { invalid } from '../rest/refusals.ts'
import type { Special } from '../rest/specials.ts'
import type { AddressRange } from './addresses.ts'
import { addressAt, candidates, isInRange } from './addresses.ts'
import { dropForeignFields, nodePortsOf, normalizeService, planService } from './plan.ts'
import type { PortRange } from './node-ports.ts'
import { NodePorts } from './node-ports.ts'

export interface ServiceOptions {
  readonly store: Store
  readonly random: Random
  /** With every right: addresses are objects of their own. */
  readonly api: () => ObjectApi
  readonly addresses: AddressRange
  readonly nodePorts: PortRange
}

/** Gives Services their addresses and node ports, and takes them back. */
export function serviceSpecial({ store, random, api, addresses, nodePorts }: ServiceOptions): Special {
  const ports = new NodePorts(store, random, nodePorts)
  return {
    async beforeWrite(object, before, dryRun) {
      const [service, old] = [object as Service, before as Service | undefined]
      normalizeService(service, old)
      dropForeignFields(service, old)
      const plan = planService(service, old)
      const taken: (() => Promise<void>)[] = []
      const undo = async (): Promise<void> => {
        for (const giveBack of taken.splice(0)) await giveBack()
      }
      try {
        if (plan.address !== undefined && !dryRun) {
          const address = await takeAddress(service, plan.address.wanted)
          taken.push(() => releaseAddress(address))
          service.spec.clusterIP = address
          service.spec.clusterIPs = [address]
        }
        setFamilies(service)
        for (const { at, wanted } of dryRun ? [] : plan.ports) {
          const port = await takePort(service, wanted, `spec.ports[${at[0]}].nodePort`)
          taken.push(() => ports.release(port))
          for (const place of at) service.spec.ports![place]!.nodePort = port
        }
        if (plan.healthCheck !== undefined && !dryRun) {
          const port = await takePort(service, plan.healthCheck.wanted, 'spec.healthCheckNodePort')
          taken.push(() => ports.release(port))
          service.spec.healthCheckNodePort = port
        }
      } catch (error) {
        await undo()
        throw error
      }
      return {
        undo,
        async keep() {
          if (plan.releaseAddress !== undefined) await releaseAddress(plan.releaseAddress)
          for (const port of plan.releasePorts) await ports.release(port)
        },
      }
    },
    async afterDelete(object) {
      const service = object as Service
      const { clusterIP } = service.spec
      if (clusterIP && clusterIP !== 'None') await releaseAddress(clusterIP)
      for (const port of nodePortsOf(service)) await ports.release(port)
    },
  }

  async function takePort(service: Service, wanted: number | undefined, field: string): Promise<number> {
    const result = await ports.take(wanted)
    if (typeof result === 'number') return result
    throw serviceInvalid(service, field, wanted ?? 0, result.refused)
  }

  async function takeAddress(service: Service, wanted: string | undefined): Promise<string> {
    if (wanted !== undefined) {
      if (!isInRange(addresses, wanted)) {
        const why = `failed to allocate IP ${wanted}: the provided IP (${wanted}) is not in the valid range. The range of valid IPs is ${addresses.cidr}`
        throw serviceInvalid(service, 'spec.clusterIPs', [wanted], why)
      }
      if (await claim(service, wanted)) return wanted
      throw serviceInvalid(
        service,
        'spec.clusterIPs',
        [wanted],
        `failed to allocate IP ${wanted}: provided IP is already allocated`,
      )
    }
    for (const offset of candidates(addresses, random)) {
      const address = addressAt(addresses, offset)
      if (
        store.get(`/registry/ipaddresses.networking.k8s.io/${address}`) === undefined &&
        (await claim(service, address))
      ) {
        return address
      }
    }
    throw new WherryError('internal', `failed to allocate a serviceIP: range ${addresses.cidr} is full`)
  }

  /** An address belongs to whoever can create the object that is named after it. */
  async function claim({ metadata }: Service, address: string): Promise<boolean> {
    const { name, namespace = '' } = metadata
    try {
      await api().create(IPAddresses, {
        metadata: {
          name: address,
          labels: {
            'ipaddress.kubernetes.io/ip-family': 'IPv4',
            'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io',
          },
        },
        spec: { parentRef: { group: '', resource: 'services', namespace, name } },
      })
      return true
    } catch (error) {
      if (!isWherryError(error, 'already-exists')) throw error
    }
    // The address of a Service that was never stored, or is long gone, is free to take.
    const holder = (await api().get(IPAddresses, { name: address })).spec.parentRef
    return (
      holder !== undefined &&
      holder.name === name &&
      holder.namespace === namespace &&
      !isStored(holder.namespace, name)
    )
  }

  function isStored(namespace: string | undefined, name: string): boolean {
    return store.get(`/registry/services/${namespace}/${name}`) !== undefined
  }

  async function releaseAddress(address: string): Promise<void> {
    try {
      await api().delete(IPAddresses, { name: address })
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
    }
  }
}

function setFamilies({ spec }: Service): void {
  if (spec.type === 'ExternalName') return
  spec.ipFamilyPolicy ??= 'SingleStack'
  if (spec.ipFamilies === undefined || spec.ipFamilies.length === 0) spec.ipFamilies = ['IPv4']
}

function serviceInvalid(service: KubeObject, field: string, value: unknown, why: string): WherryError {
  return invalid(Services as never, service.metadata.name, [
    { reason: 'FieldValueInvalid', field, message: `Invalid value: ${JSON.stringify(value)}: ${why}` },
  ])
}
