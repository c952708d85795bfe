import { isAvailable, LOCAL } from '../../api/apiregistration/conditions.ts'
import type { APIService, APIServiceCondition } from '../../api/apiregistration/v1.ts'
import type { Service } from '../../api/core/v1.ts'
import type { EndpointSlice } from '../../api/discovery/v1.ts'

type Finding = Omit<APIServiceCondition, 'lastTransitionTime'>

/**
 * Pure. Why nobody can be asked, told from the objects alone, in the words of the reference server; undefined when it
 * has to be tried.
 */
export function obstacleOf(
  { spec }: APIService,
  service: Service | undefined,
  slices: readonly EndpointSlice[],
): Finding | undefined {
  if (spec.service === undefined) return LOCAL
  const { namespace = '', name = '', port = 443 } = spec.service
  const what = `service/${name} in ${JSON.stringify(namespace)}`
  if (service === undefined) return unavailable('ServiceNotFound', `${what} is not present`)
  // Others have no endpoints that this cluster knows.
  if ((service.spec.type ?? 'ClusterIP') !== 'ClusterIP') return undefined
  const wanted = service.spec.ports?.find((one) => one.port === port)
  if (wanted === undefined) return unavailable('ServicePortError', `${what} is not listening on port ${port}`)
  if (slices.length === 0) return unavailable('EndpointsNotFound', `cannot find endpointslices for ${what}`)
  const portName = wanted.name ?? ''
  if (!slices.some((slice) => hasEndpoint(slice, portName))) {
    const message = `endpointslices for ${what} have no addresses with port name ${JSON.stringify(portName)}`
    return unavailable('MissingEndpoints', message)
  }
  return undefined
}

function hasEndpoint({ ports, endpoints }: EndpointSlice, portName: string): boolean {
  if (!ports.some((one) => (one.name ?? '') === portName)) return false
  return endpoints.some(({ addresses, conditions }) => conditions?.ready !== false && addresses.length > 0)
}

/** What holds when it has been tried: `failure` says why it did not work. */
export function triedCondition(failure: string | undefined): Finding {
  if (failure !== undefined) return unavailable('FailedDiscoveryCheck', failure)
  return { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' }
}

function unavailable(reason: string, message: string): Finding {
  return { type: 'Available', status: 'False', reason, message }
}

/** Why a request for the version is not passed on; for people to read. */
export function whyUnavailable(service: APIService): string | undefined {
  if (isAvailable(service)) return undefined
  const condition = (service.status.conditions ?? []).find(({ type }) => type === 'Available')
  return condition?.message ?? 'it has not been tried yet'
}
