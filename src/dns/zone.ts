import type { Service } from '../api/core/v1.ts'
import type { Endpoint, EndpointSlice } from '../api/discovery/v1.ts'

/** What the zone reads: the newest state, kept by watches. */
export interface ClusterNames {
  hasNamespace(name: string): boolean
  service(namespace: string, name: string): Service | undefined
  slices(namespace: string, service: string): readonly EndpointSlice[]
  serviceWithAddress(address: string): Service | undefined
  endpointWithAddress(address: string): { readonly slice: EndpointSlice; readonly endpoint: Endpoint } | undefined
}

export type RecordType = 'A' | 'AAAA' | 'SRV' | 'PTR' | 'CNAME' | 'TXT' | 'SOA' | 'NS'

/** One resource record, shaped as `dns-packet` encodes it. */
export interface ResourceRecord {
  readonly name: string
  readonly type: RecordType
  readonly ttl: number
  readonly data: unknown
}

/** What the zone says of one question. `external` is a name outside the cluster that the answer leads to (ExternalName). */
export interface ZoneAnswer {
  readonly rcode: 'NOERROR' | 'NXDOMAIN'
  readonly answers: readonly ResourceRecord[]
  readonly additionals: readonly ResourceRecord[]
  readonly external?: string
}

/** Seconds for which an answer may be kept: short, since endpoints come and go. */
export const TTL_SECONDS = 5

const NXDOMAIN: ZoneAnswer = { rcode: 'NXDOMAIN', answers: [], additionals: [] }
const NODATA: ZoneAnswer = { rcode: 'NOERROR', answers: [], additionals: [] }
const CNAME_HOPS_MAX = 8

/** Whether a name (lower case, without the closing dot) belongs to the cluster. */
export function isInZone(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`)
}

/**
 * Answers one question about the cluster's names, by the rules of the DNS-based service discovery specification
 * (kubernetes/dns, docs/specification.md, schema 1.1.0). Pure; `name` is lower case without the closing dot.
 */
export function answerFromZone(names: ClusterNames, domain: string, name: string, type: string): ZoneAnswer {
  if (name === domain) return apex(domain, type)
  const labels = name.slice(0, -domain.length - 1).split('.')
  const kind = labels.at(-1)
  if (kind === 'dns-version' && labels.length === 1)
    return type === 'TXT' ? found([record(name, 'TXT', ['1.1.0'])]) : NODATA
  if (kind === 'svc') return inServices(names, domain, name, labels.slice(0, -1), type, 0)
  if (kind === 'pod') return inPods(names, name, labels.slice(0, -1), type)
  return NXDOMAIN
}

/** Answers `d.c.b.a.in-addr.arpa` for addresses of services and their endpoints; undefined for addresses of others. */
export function answerReverse(names: ClusterNames, domain: string, name: string): ZoneAnswer | undefined {
  const address = reverseAddress(name)
  if (address === undefined) return undefined
  const service = names.serviceWithAddress(address)
  if (service !== undefined)
    return found([record(name, 'PTR', nameOf(service.metadata.namespace!, service.metadata.name!, domain))])
  const hit = names.endpointWithAddress(address)
  if (hit === undefined) return undefined
  const owner = hit.slice.metadata.labels?.['kubernetes.io/service-name']
  if (owner === undefined) return undefined
  return found([
    record(
      name,
      'PTR',
      `${endpointLabel(hit.endpoint, address)}.${nameOf(hit.slice.metadata.namespace!, owner, domain)}`,
    ),
  ])
}

/** The record that says how long "no" may be remembered (RFC 2308). */
export function authorityOf(domain: string): ResourceRecord {
  return record(domain, 'SOA', {
    mname: `ns.dns.${domain}`,
    rname: `hostmaster.${domain}`,
    serial: 1,
    refresh: 7200,
    retry: 1800,
    expire: 86_400,
    minimum: TTL_SECONDS,
  })
}

function record(name: string, type: RecordType, data: unknown): ResourceRecord {
  return { name, type, ttl: TTL_SECONDS, data }
}

function found(answers: readonly ResourceRecord[], additionals: readonly ResourceRecord[] = []): ZoneAnswer {
  return { rcode: 'NOERROR', answers, additionals }
}

function apex(domain: string, type: string): ZoneAnswer {
  if (type === 'SOA') return found([authorityOf(domain)])
  if (type === 'NS') return found([record(domain, 'NS', `ns.dns.${domain}`)])
  return NODATA
}

function nameOf(namespace: string, service: string, domain: string): string {
  return `${service}.${namespace}.svc.${domain}`
}

function inServices(
  names: ClusterNames,
  domain: string,
  name: string,
  labels: readonly string[],
  type: string,
  hops: number,
): ZoneAnswer {
  // [...what, service, namespace]: what is nothing, an endpoint's label, or _port._protocol.
  const namespace = labels.at(-1)
  if (namespace === undefined) return NODATA
  const serviceName = labels.at(-2)
  if (serviceName === undefined) return names.hasNamespace(namespace) ? NODATA : NXDOMAIN
  const service = names.service(namespace, serviceName)
  if (service === undefined) return NXDOMAIN
  const what = labels.slice(0, -2)
  if (service.spec.type === 'ExternalName')
    return what.length > 0 ? NXDOMAIN : externalName(names, domain, name, service, type, hops)
  const own = nameOf(namespace, serviceName, domain)
  const headless = isHeadless(service)
  if (what.length === 0) return wholeService(names, service, own, name, type, headless)
  if (what.length === 2 && what[0]!.startsWith('_') && what[1]!.startsWith('_')) {
    const answers = servers(names, service, own, name, headless, what[0]!.slice(1), what[1]!.slice(1))
    if (answers.answers.length === 0) return NXDOMAIN
    return type === 'SRV' ? answers : NODATA
  }
  if (what.length === 1 && headless) {
    const addresses = endpointsOf(names, service).filter(
      ({ endpoint, address }) => endpointLabel(endpoint, address) === what[0],
    )
    if (addresses.length === 0) return NXDOMAIN
    return addressRecords(
      name,
      addresses.map(({ address }) => address),
      type,
    )
  }
  return NXDOMAIN
}

function isHeadless(service: Service): boolean {
  return service.spec.clusterIP === 'None' || !service.spec.clusterIP
}

function wholeService(
  names: ClusterNames,
  service: Service,
  own: string,
  name: string,
  type: string,
  headless: boolean,
): ZoneAnswer {
  if (type === 'SRV') return servers(names, service, own, name, headless, undefined, undefined)
  if (!headless) return addressRecords(name, service.spec.clusterIPs ?? [service.spec.clusterIP!], type)
  const addresses = [...new Set(endpointsOf(names, service).map(({ address }) => address))]
  // A headless service without endpoints has no name yet: clients that wait for it rely on NXDOMAIN.
  return addresses.length === 0 ? NXDOMAIN : addressRecords(name, addresses, type)
}

function addressRecords(name: string, addresses: readonly string[], type: string): ZoneAnswer {
  const family = type === 'A' ? 4 : type === 'AAAA' ? 6 : 0
  return found(
    addresses
      .filter((address) => (address.includes(':') ? 6 : 4) === family)
      .map((address) => record(name, type as RecordType, address)),
  )
}

interface Reachable {
  readonly endpoint: Endpoint
  readonly address: string
  readonly slice: EndpointSlice
}

function endpointsOf(names: ClusterNames, service: Service): readonly Reachable[] {
  const all = service.spec.publishNotReadyAddresses === true
  return names
    .slices(service.metadata.namespace!, service.metadata.name!)
    .flatMap((slice) => slice.endpoints.map((endpoint) => ({ slice, endpoint })))
    .filter(({ endpoint }) => all || endpoint.conditions?.ready !== false)
    .flatMap(({ slice, endpoint }) => endpoint.addresses.map((address) => ({ slice, endpoint, address })))
}

/** An endpoint's own label: its hostname where the pod has one, else its address with dashes. */
function endpointLabel(endpoint: Endpoint, address: string): string {
  return endpoint.hostname || address.replaceAll(/[.:]/g, '-')
}

function servers(
  names: ClusterNames,
  service: Service,
  own: string,
  name: string,
  headless: boolean,
  port: string | undefined,
  protocol: string | undefined,
): ZoneAnswer {
  const fits = (one: { name?: string; protocol?: string }): boolean =>
    (port === undefined || one.name?.toLowerCase() === port) &&
    (protocol === undefined || (one.protocol ?? 'TCP').toLowerCase() === protocol)
  if (!headless) {
    const answers = (service.spec.ports ?? [])
      .filter(fits)
      .map((one) => record(name, 'SRV', { priority: 0, weight: 100, port: one.port, target: own }))
    return found(
      answers,
      answers.length === 0
        ? []
        : addressRecords(own, service.spec.clusterIPs ?? [service.spec.clusterIP!], 'A').answers,
    )
  }
  const answers = new Map<string, ResourceRecord>()
  const additionals = new Map<string, ResourceRecord>()
  for (const { slice, endpoint, address } of endpointsOf(names, service)) {
    const target = `${endpointLabel(endpoint, address)}.${own}`
    for (const one of slice.ports) {
      if (one.port === undefined || !fits(one)) continue
      answers.set(`${one.port} ${target}`, record(name, 'SRV', { priority: 0, weight: 100, port: one.port, target }))
      additionals.set(`${target} ${address}`, record(target, address.includes(':') ? 'AAAA' : 'A', address))
    }
  }
  return found([...answers.values()], [...additionals.values()])
}

function externalName(
  names: ClusterNames,
  domain: string,
  name: string,
  service: Service,
  type: string,
  hops: number,
): ZoneAnswer {
  const target = (service.spec.externalName ?? '').toLowerCase().replace(/\.$/, '')
  const alias = record(name, 'CNAME', target)
  if (type === 'CNAME') return found([alias])
  if (!isInZone(target, domain)) return { ...found([alias]), external: target }
  if (hops >= CNAME_HOPS_MAX || !target.endsWith(`.svc.${domain}`)) return found([alias])
  const rest = inServices(names, domain, target, target.slice(0, -domain.length - 5).split('.'), type, hops + 1)
  return { ...rest, rcode: 'NOERROR', answers: [alias, ...rest.answers] }
}

function inPods(names: ClusterNames, name: string, labels: readonly string[], type: string): ZoneAnswer {
  const [dashed, namespace] = labels.length === 1 ? [undefined, labels[0]] : labels
  if (namespace === undefined) return NODATA
  if (labels.length > 2 || !names.hasNamespace(namespace)) return NXDOMAIN
  if (dashed === undefined) return NODATA
  const address = /^\d{1,3}(-\d{1,3}){3}$/.test(dashed) ? dashed.replaceAll('-', '.') : undefined
  if (address === undefined || address.split('.').some((part) => Number(part) > 255)) return NXDOMAIN
  return addressRecords(name, [address], type)
}

function reverseAddress(name: string): string | undefined {
  const parts = name.endsWith('.in-addr.arpa') ? name.slice(0, -'.in-addr.arpa'.length).split('.') : []
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part)) ? parts.toReversed().join('.') : undefined
}
