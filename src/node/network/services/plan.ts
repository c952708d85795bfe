import type { EndpointSlice, Endpoint } from '../../../api/discovery/v1.ts'
import type { Service, ServicePort } from '../../../api/core/v1.ts'
import { parseAddress } from '../addresses.ts'

/** Where a connection is sent to: an address and a port, as nft writes them. */
export type Target = string

/** Targets among which connections are spread. */
export interface Pool {
  /** Unique within its Service, and the same for the same port over time. */
  readonly name: string
  readonly protocol: string
  readonly targets: readonly Target[]
  /** A client keeps its target until it was away for this long; undefined spreads each connection anew. */
  readonly stickySeconds: number | undefined
  /** What a connection gets when there is no target. */
  readonly whenEmpty: 'refuse' | 'drop'
}

/** An address and port, or a port of the node, that leads to a pool. */
export interface Frontend {
  readonly map: 'frontends' | 'node_ports' | 'external_frontends' | 'external_node_ports'
  readonly key: string
  readonly pool: string
}

/** A frontend that only some sources may use. */
export interface Restriction {
  readonly key: string
  readonly sources: readonly string[]
}

/** All that one Service asks of a node. */
export interface ServicePlan {
  readonly pools: readonly Pool[]
  readonly frontends: readonly Frontend[]
  readonly restrictions: readonly Restriction[]
  /** The port on which load balancers ask whether this node has endpoints, and how many it has. */
  readonly healthCheck: { readonly port: number; readonly localEndpoints: number } | undefined
}

/** Where a plan is made. */
export interface Place {
  readonly nodeName: string
  readonly zone: string | undefined
}

/**
 * Who answers a Service on each node without any help of the service proxy: our own DNS. Once the Service has a selector
 * or other slices, somebody else is to answer it.
 */
export const SELF_ANSWERED_BY = 'dns.wherry.dev'
const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'

/** Pure. What a Service and its slices ask of a node; undefined for what no proxy serves (headless, ExternalName). */
export function planService(service: Service, slices: readonly EndpointSlice[], place: Place): ServicePlan | undefined {
  const { spec } = service
  if (!isProxied(service)) return undefined
  const foreign = slices.filter(({ metadata }) => metadata.labels?.[MANAGED_BY] !== SELF_ANSWERED_BY)
  const replaced = foreign.length > 0 || Object.keys(spec.selector ?? {}).length > 0
  if (slices.length > 0 && !replaced) return undefined

  const pools: Pool[] = []
  const frontends: Frontend[] = []
  const restrictions: Restriction[] = []
  const externalLocal = isExternal(service) && spec.externalTrafficPolicy === 'Local'
  const internalLocal = spec.internalTrafficPolicy === 'Local'
  const balancers = loadBalancerAddresses(service)
  const addresses = [...(spec.externalIPs ?? []).filter(isIPv4), ...balancers]
  const sources = (spec.loadBalancerSourceRanges ?? []).map((range) => range.trim()).filter(isIPv4Range)
  let localEndpoints = 0

  for (const port of spec.ports ?? []) {
    const protocol = (port.protocol ?? 'TCP').toLowerCase()
    const endpoints = endpointsOf(port, foreign)
    const everywhere = usable(endpoints)
    const here = usable(endpoints.filter(({ endpoint }) => endpoint.nodeName === place.nodeName))
    const readyHere = endpoints.filter(({ endpoint }) => endpoint.nodeName === place.nodeName && isReady(endpoint))
    localEndpoints = Math.max(localEndpoints, new Set(readyHere.map(({ target }) => target)).size)

    const name = `${protocol}/${port.port}`
    const stickySeconds = stickyFor(service)
    const cluster = `${name}/cluster`
    const local = `${name}/local`
    pools.push({
      name: cluster,
      protocol,
      targets: targetsOf(nearest(everywhere, place)),
      stickySeconds,
      whenEmpty: 'refuse',
    })
    if (externalLocal || internalLocal) {
      const whenEmpty = everywhere.length === 0 ? 'refuse' : 'drop'
      pools.push({ name: local, protocol, targets: targetsOf(here), stickySeconds, whenEmpty })
    }

    const add = (map: Frontend['map'], key: string, pool: string): void => void frontends.push({ map, key, pool })
    for (const address of clusterAddresses(service)) {
      add('frontends', frontendKey(address, protocol, port.port), internalLocal ? local : cluster)
    }
    for (const address of addresses) {
      const key = frontendKey(address, protocol, port.port)
      add('frontends', key, cluster)
      if (externalLocal) add('external_frontends', key, local)
      if (sources.length > 0 && balancers.includes(address)) restrictions.push({ key, sources })
    }
    if (isExternal(service) && port.nodePort !== undefined && port.nodePort > 0) {
      add('node_ports', nodePortKey(protocol, port.nodePort), cluster)
      if (externalLocal) add('external_node_ports', nodePortKey(protocol, port.nodePort), local)
    }
  }
  const healthPort = spec.type === 'LoadBalancer' && externalLocal ? (spec.healthCheckNodePort ?? 0) : 0
  return {
    pools,
    frontends,
    restrictions,
    healthCheck: healthPort > 0 ? { port: healthPort, localEndpoints } : undefined,
  }
}

/** The key of an address and port in the kernel's maps. */
export function frontendKey(address: string, protocol: string, port: number): string {
  return `${address} . ${protocol} . ${port}`
}

/** The key of a port of the node in the kernel's maps. */
export function nodePortKey(protocol: string, port: number): string {
  return `${protocol} . ${port}`
}

export function targetOf(address: string, port: number): Target {
  return `${address} . ${port}`
}

interface Candidate {
  readonly target: Target
  readonly endpoint: Endpoint
}

function isProxied({ metadata, spec }: Service): boolean {
  if (spec.type === 'ExternalName') return false
  if (spec.clusterIP === undefined || spec.clusterIP === '' || spec.clusterIP === 'None') return false
  // Another proxy serves it.
  return metadata.labels?.['service.kubernetes.io/service-proxy-name'] === undefined
}

function isExternal({ spec }: Service): boolean {
  return spec.type === 'NodePort' || spec.type === 'LoadBalancer'
}

function clusterAddresses({ spec }: Service): readonly string[] {
  const addresses = (spec.clusterIPs ?? []).length > 0 ? spec.clusterIPs! : [spec.clusterIP ?? '']
  return addresses.filter(isIPv4)
}

function loadBalancerAddresses({ spec, status }: Service): readonly string[] {
  if (spec.type !== 'LoadBalancer') return []
  const ingress = status.loadBalancer.ingress ?? []
  return ingress
    .filter(({ ipMode }) => ipMode !== 'Proxy')
    .map(({ ip }) => ip ?? '')
    .filter(isIPv4)
}

function stickyFor({ spec }: Service): number | undefined {
  if (spec.sessionAffinity !== 'ClientIP') return undefined
  return spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800
}

/** Every endpoint of a Service's port in the order of its slices' names, whatever its condition. */
function endpointsOf(port: ServicePort, slices: readonly EndpointSlice[]): readonly Candidate[] {
  const found: Candidate[] = []
  const ordered = slices.length < 2 ? slices : slices.toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))
  for (const slice of ordered) {
    if ((slice.addressType as string) !== 'IPv4') continue
    for (const { name = '', protocol = 'TCP', port: number } of slice.ports ?? []) {
      if (number === undefined || name !== (port.name ?? '') || protocol !== (port.protocol ?? 'TCP')) continue
      for (const endpoint of slice.endpoints ?? []) {
        const address = endpoint.addresses[0]
        if (address !== undefined && isIPv4(address)) found.push({ target: targetOf(address, number), endpoint })
      }
    }
  }
  return found
}

/** The ready ones; where there is none, those that still serve while they terminate. */
function usable(candidates: readonly Candidate[]): readonly Candidate[] {
  const ready = candidates.filter(({ endpoint }) => isReady(endpoint))
  if (ready.length > 0) return ready
  return candidates.filter(({ endpoint }) => isServing(endpoint) && endpoint.conditions.terminating === true)
}

function isReady({ conditions }: Endpoint): boolean {
  return conditions.ready !== false
}

function isServing({ conditions }: Endpoint): boolean {
  return conditions.serving ?? conditions.ready !== false
}

/** The candidates that are meant for this place, when all of them say where they are meant for and one is for here. */
function nearest(candidates: readonly Candidate[], place: Place): readonly Candidate[] {
  const forNode = preferred(candidates, ({ hints }) => hints?.forNodes, place.nodeName)
  return forNode ?? preferred(candidates, ({ hints }) => hints?.forZones, place.zone) ?? candidates
}

function preferred(
  candidates: readonly Candidate[],
  hints: (endpoint: Endpoint) => readonly { readonly name: string }[] | undefined,
  here: string | undefined,
): readonly Candidate[] | undefined {
  if (here === undefined || !candidates.every(({ endpoint }) => (hints(endpoint) ?? []).length > 0)) return undefined
  const meant = candidates.filter(({ endpoint }) => hints(endpoint)!.some(({ name }) => name === here))
  return meant.length > 0 ? meant : undefined
}

function targetsOf(candidates: readonly Candidate[]): readonly Target[] {
  return [...new Set(candidates.map(({ target }) => target))]
}

function isIPv4(address: string): boolean {
  return parseAddress(address) !== undefined
}

function isIPv4Range(range: string): boolean {
  const [address = '', bits = ''] = range.split('/')
  return isIPv4(address) && /^[0-9]{1,2}$/.test(bits) && Number(bits) <= 32
}
