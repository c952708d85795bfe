import { createHash } from 'node:crypto'
import type { Secret, Service } from '../api/core/v1.ts'
import type { EndpointSlice } from '../api/discovery/v1.ts'
import type { Ingress, IngressBackend, IngressClass } from '../api/networking/v1.ts'
import { readCertificate } from './certificates.ts'
import { HOST, PATH, printable } from './names.ts'

/** Who serves an IngressClass here. */
export const CONTROLLER = 'wherry.dev/gateway'

/** What the gateway is made of, as the caches have it. */
export interface GatewayInput {
  readonly services: readonly Service[]
  readonly ingresses: readonly Ingress[]
  readonly classes: readonly IngressClass[]
  slices(namespace: string, service: string): readonly EndpointSlice[]
  service(namespace: string, name: string): Service | undefined
  secret(namespace: string, name: string): Secret | undefined
  /** Port on which the gateway serves HTTP by host name; a LoadBalancer that wants it becomes its default. */
  readonly httpPort: number
  /** The same for TLS: what no Ingress ends goes through to the LoadBalancer that wants the port. */
  readonly httpsPort: number
}

/** One endpoint that requests may go to. */
export interface Target {
  readonly address: string
  readonly port: number
}

export interface Certificate {
  /** Certificate chain and key, PEM. */
  readonly pem: string
  readonly hosts: readonly string[]
}

/** Something that could not be served as it was asked for. */
export interface Problem {
  readonly about: {
    readonly resource: 'services' | 'ingresses.networking.k8s.io'
    readonly namespace: string
    readonly name: string
    readonly uid: string
  }
  readonly reason:
    | 'ServiceNotFound'
    | 'PortNotFound'
    | 'Unsupported'
    | 'InvalidHost'
    | 'InvalidPath'
    | 'Conflict'
    | 'CertificateMissing'
    | 'CertificateInvalid'
    | 'PortTaken'
  readonly message: string
  readonly help?: string
}

/** How a LoadBalancer is reached: `proxy` through HAProxy, `direct` by the service proxy of each node. */
export interface Balancer {
  readonly service: Service
  readonly mode: 'proxy' | 'direct'
  /** Ports of it that are not served at the gateway's address. */
  readonly refused: readonly ServicePort[]
}

type ServicePort = NonNullable<Service['spec']['ports']>[number]

export interface GatewayPlan {
  /** By backend, as in `shop/web:80`. */
  readonly backends: ReadonlyMap<string, readonly Target[]>
  /** Hosts that somebody asked for: exact names, `*.example.com`, and `*` for all others. */
  readonly hosts: ReadonlySet<string>
  /** `host` + path → backend. */
  readonly exact: ReadonlyMap<string, string>
  /** `host` + path with a closing slash → backend: the longest wins. */
  readonly prefix: ReadonlyMap<string, string>
  /** By a name that can be a file's. */
  readonly certificates: ReadonlyMap<string, Certificate>
  /** Names that a client can ask for by TLS (SNI) whose TLS ends here, written as `hosts` are. */
  readonly tlsHosts: ReadonlySet<string>
  /** Where TLS for all other names ends: the endpoints of a LoadBalancer. Without one it ends here too. */
  readonly passthrough: readonly Target[] | undefined
  readonly balancers: readonly Balancer[]
  readonly served: readonly Ingress[]
  readonly problems: readonly Problem[]
}

/** Decides what the gateway serves. Pure; what is wrong is reported and leaves all else alone. */
export function planGateway(input: GatewayInput): GatewayPlan {
  const plan: Draft = {
    backends: new Map(),
    hosts: new Set(),
    exact: new Map(),
    prefix: new Map(),
    certificates: new Map(),
    tlsHosts: new Set(),
    passthrough: undefined,
    balancers: [],
    served: [],
    problems: [],
  }

  for (const ingress of byAge(input.ingresses)) {
    if (!isOurs(ingress, input.classes)) continue
    plan.served.push(ingress)
    const problem = (reason: Problem['reason'], message: string, help?: string): void =>
      void plan.problems.push(problemOf(ingress, reason, message, help))
    const backendOf = (backend: IngressBackend | undefined): string | undefined =>
      resolveBackend(ingress, backend, input, plan.backends, problem)
    const route = (kind: 'exact' | 'prefix', key: string, backend: string, shown: string): void => {
      if (plan[kind].has(key)) problem('Conflict', `${shown} is taken by an older ingress`, 'another host or path')
      else plan[kind].set(key, backend)
    }
    const hosts = new Set<string>()
    for (const rule of ingress.spec.rules ?? []) {
      const host = rule.host?.toLowerCase() || '*'
      if (host !== '*' && !HOST.test(host)) {
        problem('InvalidHost', `\`${printable(host)}\` cannot be a host name`)
        continue
      }
      hosts.add(host)
      plan.hosts.add(host)
      for (const { path = '/', pathType, backend } of rule.http?.paths ?? []) {
        if (!PATH.test(path)) {
          problem(
            'InvalidPath',
            `\`${printable(path)}\` cannot be the path of a request`,
            'a path that begins with / and is percent-encoded',
          )
          continue
        }
        const target = backendOf(backend)
        if (target === undefined) continue
        if (pathType === 'Exact') route('exact', host + path, target, host + path)
        else route('prefix', prefixKey(host, path), target, host + path)
      }
    }
    if (ingress.spec.defaultBackend !== undefined) {
      const target = backendOf(ingress.spec.defaultBackend)
      if (target !== undefined) {
        if (hosts.size === 0) hosts.add('*')
        for (const host of hosts) {
          plan.hosts.add(host)
          if (!plan.prefix.has(prefixKey(host, '/'))) plan.prefix.set(prefixKey(host, '/'), target)
        }
      }
    }
    addTls(
      ingress,
      [...hosts].filter((host) => host !== '*'),
      input,
      plan,
      problem,
    )
  }
  addBalancers(input, plan)
  return plan
}

/** A plan that is being made. */
interface Draft extends GatewayPlan {
  readonly backends: Map<string, readonly Target[]>
  readonly hosts: Set<string>
  readonly exact: Map<string, string>
  readonly prefix: Map<string, string>
  readonly certificates: Map<string, Certificate>
  readonly tlsHosts: Set<string>
  passthrough: readonly Target[] | undefined
  readonly balancers: Balancer[]
  readonly served: Ingress[]
  readonly problems: Problem[]
}

function byAge<T extends Ingress | Service>(list: readonly T[]): T[] {
  return list.toSorted(
    (a, b) =>
      compare(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') || compare(keyOf(a), keyOf(b)),
  )
}

/** `/foo` and `/foo/` mean the same, and neither means `/foobar` (Ingress v1, path type Prefix). */
function prefixKey(host: string, path: string): string {
  return `${host}${path.replace(/\/+$/, '')}/`
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function keyOf({ metadata }: Ingress | Service): string {
  return `${metadata.namespace}/${metadata.name}`
}

function problemOf(
  { kind, metadata }: Ingress | Service,
  reason: Problem['reason'],
  message: string,
  help?: string,
): Problem {
  const resource = kind === 'Service' ? 'services' : 'ingresses.networking.k8s.io'
  const about = { resource, namespace: metadata.namespace!, name: metadata.name!, uid: metadata.uid! } as const
  return { about, reason, message, ...(help === undefined ? {} : { help }) }
}

function isOurs(ingress: Ingress, classes: readonly IngressClass[]): boolean {
  const ours = classes.filter(({ spec }) => spec.controller === CONTROLLER)
  const named = ingress.spec.ingressClassName ?? ingress.metadata.annotations?.['kubernetes.io/ingress.class']
  if (named !== undefined) return ours.some(({ metadata }) => metadata.name === named)
  return ours.some(({ metadata }) => metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true')
}

type Report = (reason: Problem['reason'], message: string, help?: string) => void

function resolveBackend(
  ingress: Ingress,
  backend: IngressBackend | undefined,
  input: GatewayInput,
  backends: Map<string, readonly Target[]>,
  problem: Report,
): string | undefined {
  const wanted = backend?.service
  if (wanted === undefined) {
    problem('Unsupported', 'a backend that is no Service cannot be served', 'a Service as the backend')
    return undefined
  }
  const namespace = ingress.metadata.namespace!
  const service = input.service(namespace, wanted.name)
  if (service === undefined) {
    problem(
      'ServiceNotFound',
      `Service ${printable(wanted.name)} does not exist`,
      `a Service of that name in namespace ${namespace}`,
    )
    return undefined
  }
  if (service.spec.type === 'ExternalName') {
    problem(
      'Unsupported',
      `Service ${wanted.name} is an ExternalName, which has no endpoints`,
      'a Service with endpoints',
    )
    return undefined
  }
  const port = (service.spec.ports ?? []).find((one) =>
    wanted.port?.name ? one.name === wanted.port.name : one.port === wanted.port?.number,
  )
  if (port === undefined) {
    problem(
      'PortNotFound',
      `Service ${wanted.name} has no port ${wanted.port?.name ?? wanted.port?.number}`,
      `one of its ports: ${(service.spec.ports ?? []).map((one) => one.port).join(', ')}`,
    )
    return undefined
  }
  return addBackend(service, port, input, backends)
}

function addBackend(
  service: Service,
  port: NonNullable<Service['spec']['ports']>[number],
  input: GatewayInput,
  backends: Map<string, readonly Target[]>,
): string {
  const key = `${keyOf(service)}:${port.port}`
  if (!backends.has(key))
    backends.set(key, targetsOf(port.name ?? '', input.slices(service.metadata.namespace!, service.metadata.name!)))
  return key
}

/** Endpoints that are ready; where none is, those that still serve while they end (KEP-1669). */
export function targetsOf(portName: string, slices: readonly EndpointSlice[]): readonly Target[] {
  const ready = new Map<string, Target>()
  const ending = new Map<string, Target>()
  for (const slice of slices) {
    if (slice.addressType !== 'IPv4') continue
    const port = slice.ports.find(({ name = '', protocol = 'TCP' }) => name === portName && protocol === 'TCP')?.port
    if (port === undefined) continue
    for (const { addresses, conditions } of slice.endpoints) {
      const address = addresses[0]
      if (address === undefined) continue
      const target = { address, port }
      if (conditions?.ready !== false) ready.set(`${address}:${port}`, target)
      else if (conditions?.serving && conditions.terminating) ending.set(`${address}:${port}`, target)
    }
  }
  return [...(ready.size > 0 ? ready : ending).values()]
}

/** Certificates of an Ingress, and the names whose TLS ends here: those that it lists, else those of its rules. */
function addTls(
  ingress: Ingress,
  ruleHosts: readonly string[],
  input: GatewayInput,
  { certificates, tlsHosts }: Draft,
  problem: Report,
): void {
  const namespace = ingress.metadata.namespace!
  for (const { secretName, hosts = [] } of ingress.spec.tls ?? []) {
    const wanted = hosts.map((host) => host.toLowerCase()).filter((host) => HOST.test(host))
    const read = secretName ? certificateOf(namespace, secretName, input, problem) : undefined
    // Also without its certificate a name stays with its Ingress: nobody else may answer in its place meanwhile.
    const named = [wanted, ruleHosts, read?.hosts ?? []].find((names) => names.length > 0) ?? ['*']
    for (const host of named) tlsHosts.add(host)
    if (read === undefined) continue
    const name = createHash('sha256').update(`${namespace}/${secretName}`).digest('hex').slice(0, 16)
    const known = certificates.get(name)?.hosts ?? []
    certificates.set(name, {
      pem: read.pem,
      hosts: [...new Set([...known, ...(wanted.length > 0 ? wanted : read.hosts)])].toSorted(),
    })
  }
}

function certificateOf(
  namespace: string,
  secretName: string,
  input: GatewayInput,
  problem: Report,
): Certificate | undefined {
  const secret = input.secret(namespace, secretName)
  if (secret === undefined) {
    problem(
      'CertificateMissing',
      `Secret ${printable(secretName)} does not exist`,
      `kubectl create secret tls ${printable(secretName)} --cert=FILE --key=FILE -n ${namespace}`,
    )
    return undefined
  }
  const read = readCertificate(secret)
  if (typeof read !== 'string') return read
  problem(
    'CertificateInvalid',
    `Secret ${secretName}: ${read}`,
    'a Secret of type kubernetes.io/tls with a certificate and its key, PEM',
  )
  return undefined
}

/**
 * Which LoadBalancers are served. The gateway's own ports have room for one Service each beside the Ingresses: it gets
 * what no Ingress asks for. Whoever has a port keeps it; otherwise the older comes first.
 */
function addBalancers(input: GatewayInput, plan: Draft): void {
  const wanting = byAge(input.services.filter(({ spec }) => spec.type === 'LoadBalancer' && !spec.loadBalancerClass))
  const keeperOf = (number: number): Keeper => {
    if (number === input.httpPort ? plan.prefix.has(prefixKey('*', '/')) : plan.tlsHosts.has('*')) return 'ingress'
    const asking = wanting.filter((service) => portOf(service, number) !== undefined)
    return asking.find((service) => holds(service, portOf(service, number)!)) ?? asking[0]
  }
  const keepers = new Map([input.httpPort, input.httpsPort].map((number) => [number, keeperOf(number)]))
  const holdsAll = (service: Service): boolean => (service.spec.ports ?? []).every((port) => holds(service, port))
  const inOrder = wanting.toSorted((a, b) => Number(holdsAll(b)) - Number(holdsAll(a)))
  for (const service of inOrder) {
    if ([...keepers.keys()].some((number) => portOf(service, number) !== undefined))
      addProxied(service, keepers, input, plan)
    else addDirect(service, plan)
  }
}

/** Who gets what nobody asks for by name on a port of the gateway's own. */
type Keeper = Service | 'ingress' | undefined

/** Its port of that number for TCP. */
function portOf(service: Service, number: number): ServicePort | undefined {
  return (service.spec.ports ?? []).find(({ port, protocol = 'TCP' }) => port === number && protocol === 'TCP')
}

/** Whether its status says that a port of it is served. */
function holds(service: Service, { port, protocol = 'TCP' }: ServicePort): boolean {
  return (service.status.loadBalancer?.ingress ?? []).some(({ ports }) =>
    ports?.some((one) => one.port === port && one.protocol === protocol && one.error === undefined),
  )
}

function addProxied(service: Service, keepers: ReadonlyMap<number, Keeper>, input: GatewayInput, plan: Draft): void {
  const refuse = (message: string, help: string): void =>
    void plan.problems.push(problemOf(service, 'PortTaken', message, help))
  const served: ServicePort[] = []
  const beaten: ServicePort[] = []
  for (const [number, keeper] of keepers) {
    const port = portOf(service, number)
    if (port === undefined) continue
    if (keeper !== service) {
      beaten.push(port)
      const [who, help] =
        keeper === 'ingress'
          ? ['an Ingress that serves every host', 'a host name in that Ingress, or another port']
          : [`Service ${keyOf(keeper!)}`, 'another port for one of the two']
      refuse(`port ${number} of the gateway is taken by ${who}`, help)
      continue
    }
    served.push(port)
    if (number === input.httpPort) {
      plan.hosts.add('*')
      plan.prefix.set(prefixKey('*', '/'), addBackend(service, port, input, plan.backends))
    } else {
      const { namespace, name } = service.metadata
      plan.passthrough = targetsOf(port.name ?? '', input.slices(namespace!, name!))
    }
  }
  if (served.length === 0) return
  const others = (service.spec.ports ?? []).filter((port) => !served.includes(port) && !beaten.includes(port))
  plan.balancers.push({ service, mode: 'proxy', refused: [...beaten, ...others] })
  if (others.length > 0) {
    refuse(
      `beside what it shares with Ingresses (${numbers(served)}), the gateway serves no other port of it (${numbers(others)})`,
      'a Service of its own for the other ports',
    )
  }
}

function numbers(ports: readonly ServicePort[]): string {
  return ports.map(({ port }) => port).join(', ')
}

/** On ports that are not the gateway's own, the service proxy of each node serves it. */
function addDirect(service: Service, { balancers, problems }: Draft): void {
  const taken = balancers.find((other) => other.mode === 'direct' && overlap(other.service, service))
  if (taken === undefined) {
    balancers.push({ service, mode: 'direct', refused: [] })
    return
  }
  problems.push(
    problemOf(
      service,
      'PortTaken',
      `a port of it is taken at the gateway by Service ${keyOf(taken.service)}`,
      'another port for one of the two',
    ),
  )
}

function overlap(a: Service, b: Service): boolean {
  const ports = new Set((a.spec.ports ?? []).map(({ port, protocol = 'TCP' }) => `${protocol} ${port}`))
  return (b.spec.ports ?? []).some(({ port, protocol = 'TCP' }) => ports.has(`${protocol} ${port}`))
}
