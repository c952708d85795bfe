import { BlockList, isIP } from 'node:net'
import { Nodes } from '../../api/core/node.ts'
import { Pods } from '../../api/core/pod.ts'
import { Services } from '../../api/core/service.ts'
import type { Node, Pod, Service } from '../../api/core/v1.ts'
import { EndpointSlices } from '../../api/discovery/endpoint-slice.ts'
import type { EndpointSlice } from '../../api/discovery/v1.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { WherryError } from '../../lib/errors.ts'
import type { Random } from '../../lib/random.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { ResourceTarget } from '../request.ts'
import { badRequest, notFound } from '../rest/refusals.ts'
import { chooseContainer } from './container.ts'
import type { Destination, NodeClientTls } from './node-connection.ts'

export interface DestinationOptions {
  readonly objects: ObjectReader
  readonly random: Random
  /** Absent where there are no agents to talk to. */
  readonly nodeClientTls: (() => NodeClientTls) | undefined
}

/** Finds out where the request for a log, a stream or a proxy goes. */
export function destinationOf(
  options: DestinationOptions,
  target: ResourceTarget,
  query: URLSearchParams,
): Destination {
  const { plural, subresource } = target
  if (subresource === 'proxy') {
    const proxy = plural === 'nodes' ? nodeProxy : plural === 'services' ? serviceProxy : podProxy
    return proxyable(proxy(options, target, query))
  }
  const pod = find<Pod>(options.objects, Pods, target)
  const { namespace = '', name } = pod.metadata
  if (!pod.spec.nodeName) throw badRequest(`pod ${name} does not have a host assigned`)
  const at = (path: string, parameters: URLSearchParams): Destination => {
    const text = parameters.toString()
    return toNode(options, pod.spec.nodeName!, text === '' ? path : `${path}?${text}`)
  }
  switch (subresource) {
    case 'log':
      return at(
        `/containerLogs/${namespace}/${name}/${chooseContainer(pod, query.get('container'))}`,
        logParameters(query),
      )
    case 'exec':
    case 'attach':
      refuseEnded(pod, subresource)
      return at(
        `/${subresource}/${namespace}/${name}/${chooseContainer(pod, query.get('container'))}`,
        streamParameters(query),
      )
    default:
      refuseEnded(pod, subresource)
      return at(`/portForward/${namespace}/${name}`, portParameters(query))
  }
}

function find<T extends KubeObject>(
  objects: ObjectReader,
  kind: Kind<T>,
  { namespace, name }: { namespace: string; name: string },
): T {
  const object = objects.get(kind, { namespace, name })
  if (object === undefined) throw notFound(kind as unknown as Kind, name)
  return object
}

function refuseEnded(pod: Pod, what: string): void {
  const { phase } = pod.status
  if (phase !== 'Succeeded' && phase !== 'Failed') return
  const verb = { exec: 'exec into', attach: 'attach to' }[what] ?? 'forward ports of'
  throw badRequest(`cannot ${verb} a container in a completed pod; current phase is ${phase}`)
}

const LOG_PARAMETERS = [
  'follow',
  'previous',
  'sinceSeconds',
  'sinceTime',
  'timestamps',
  'tailLines',
  'limitBytes',
  'stream',
]

function logParameters(query: URLSearchParams): URLSearchParams {
  for (const name of ['tailLines', 'limitBytes', 'sinceSeconds']) {
    const text = query.get(name)
    if (text !== null && !/^\d+$/.test(text)) {
      throw badRequest(`${name}: ${JSON.stringify(text)} is not a whole number that is at least 0`)
    }
  }
  return only(query, LOG_PARAMETERS)
}

function only(query: URLSearchParams, names: readonly string[]): URLSearchParams {
  const chosen = new URLSearchParams()
  for (const name of names) for (const value of query.getAll(name)) chosen.append(name, value)
  return chosen
}

function portParameters(query: URLSearchParams): URLSearchParams {
  return new URLSearchParams([...query.getAll('ports'), ...query.getAll('port')].map((port) => ['port', port]))
}

/** The agent names streams from its own side, as a kubelet does. */
function streamParameters(query: URLSearchParams): URLSearchParams {
  const chosen = only(query, ['command'])
  for (const [from, to] of [
    ['stdin', 'input'],
    ['stdout', 'output'],
    ['stderr', 'error'],
    ['tty', 'tty'],
  ] as const) {
    const value = query.get(from)
    if (value === 'true' || value === '1') chosen.set(to, '1')
  }
  return chosen
}

const ADDRESS_TYPES = ['InternalIP', 'ExternalIP', 'Hostname', 'InternalDNS', 'ExternalDNS']

function toNode({ objects, nodeClientTls }: DestinationOptions, name: string, path: string): Destination {
  const { status } = find<Node>(objects, Nodes, { namespace: '', name })
  const addresses = status.addresses ?? []
  const address = ADDRESS_TYPES.map((type) => addresses.find((one) => one.type === type)?.address).find(Boolean)
  const port = status.daemonEndpoints.kubeletEndpoint.Port
  if (address === undefined || !port || nodeClientTls === undefined) {
    throw new WherryError('unavailable', `no preferred addresses found for node ${JSON.stringify(name)}`, {
      hint: 'its agent has not said yet where it listens',
    })
  }
  return { protocol: 'https', host: address, port, path, tls: nodeClientTls() }
}

/** Addresses that mean this machine, or its own neighbourhood: nobody may reach through the server to what only it can. */
const OWN_ADDRESSES = new BlockList()
OWN_ADDRESSES.addSubnet('0.0.0.0', 8)
OWN_ADDRESSES.addSubnet('127.0.0.0', 8)
OWN_ADDRESSES.addSubnet('169.254.0.0', 16)
OWN_ADDRESSES.addSubnet('224.0.0.0', 4)
OWN_ADDRESSES.addAddress('255.255.255.255')
OWN_ADDRESSES.addSubnet('::', 127, 'ipv6')
OWN_ADDRESSES.addSubnet('fe80::', 10, 'ipv6')
OWN_ADDRESSES.addSubnet('ff00::', 8, 'ipv6')

function proxyable(destination: Destination): Destination {
  const { host } = destination
  const family = isIP(host)
  const isOwn = family === 0 ? host === 'localhost' : OWN_ADDRESSES.check(host, family === 6 ? 'ipv6' : 'ipv4')
  if (isOwn) throw badRequest('address not allowed')
  return destination
}

interface ProxyName {
  readonly scheme: string
  readonly name: string
  readonly port: string
}

/** `web`, `web:8080`, `https:web:8443`. */
export function readProxyName(text: string): ProxyName {
  const parts = text.split(':')
  if (parts.length === 1) return { scheme: '', name: parts[0]!, port: '' }
  if (parts.length === 2) return { scheme: '', name: parts[0]!, port: parts[1]! }
  const [scheme = '', name = '', port = ''] = parts
  if (parts.length === 3 && (scheme === 'http' || scheme === 'https')) return { scheme, name, port }
  throw badRequest(`invalid proxy name ${JSON.stringify(text)}: it is name, name:port, or scheme:name:port`)
}

function nodeProxy(options: DestinationOptions, target: ResourceTarget, query: URLSearchParams): Destination {
  const { name, port } = readProxyName(target.name)
  const destination = toNode(options, name, pathOf(target, query))
  return port === '' ? destination : { ...destination, port: portNumber(port) }
}

function podProxy({ objects }: DestinationOptions, target: ResourceTarget, query: URLSearchParams): Destination {
  const { scheme, name, port } = readProxyName(target.name)
  const pod = find<Pod>(objects, Pods, { ...target, name })
  const { podIP } = pod.status
  if (!podIP) throw new WherryError('unavailable', `pod ${JSON.stringify(name)} has no address yet`)
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? [])
  const number =
    port === ''
      ? (ports[0]?.containerPort ?? 80)
      : (ports.find((one) => one.name === port)?.containerPort ?? portNumber(port))
  return { protocol: scheme === 'https' ? 'https' : 'http', host: podIP, port: number, path: pathOf(target, query) }
}

function serviceProxy(
  { objects, random }: DestinationOptions,
  target: ResourceTarget,
  query: URLSearchParams,
): Destination {
  const { scheme, name, port } = readProxyName(target.name)
  const place = endpointOf({ objects, random }, { namespace: target.namespace, name, port })
  return { protocol: scheme === 'https' ? 'https' : 'http', ...place, path: pathOf(target, query) }
}

/** Chooses one of the ready endpoints behind a port of a Service, which has a name, a number, or is the first one. */
export function endpointOf(
  { objects, random }: Pick<DestinationOptions, 'objects' | 'random'>,
  { namespace, name, port }: { readonly namespace: string; readonly name: string; readonly port: string },
): { readonly host: string; readonly port: number } {
  const service = find<Service>(objects, Services, { namespace, name })
  const ports = service.spec.ports ?? []
  const wanted = port === '' ? ports[0] : ports.find((one) => one.name === port || String(one.port) === port)
  if (wanted === undefined) {
    throw new WherryError(
      'unavailable',
      `no service port ${JSON.stringify(port)} found for service ${JSON.stringify(name)}`,
    )
  }
  const places = objects
    .list<EndpointSlice>(EndpointSlices, namespace)
    .filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap((slice) => {
      const number = slice.ports.find((one) => (one.name ?? '') === (wanted.name ?? ''))?.port
      const ready = slice.endpoints.filter(({ conditions }) => conditions?.ready !== false)
      return number === undefined
        ? []
        : ready.flatMap(({ addresses }) => addresses.map((host) => ({ host, port: number })))
    })
  const place = places[Math.floor(random() * places.length)]
  if (place === undefined) {
    throw new WherryError('unavailable', `no endpoints available for service ${JSON.stringify(name)}`)
  }
  return place
}

function pathOf({ rest }: ResourceTarget, query: URLSearchParams): string {
  const text = query.toString()
  return (rest === '' ? '/' : rest) + (text === '' ? '' : `?${text}`)
}

function portNumber(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw badRequest(`${JSON.stringify(text)} is no port`)
}
