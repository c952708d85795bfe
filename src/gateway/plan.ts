import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import type { Secret, Service } from '../api/core/v1.ts'
import type { EndpointSlice } from '../api/discovery/v1.ts'
import type { Ingress, IngressBackend, IngressClass } from '../api/networking/v1.ts'

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
}

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
  readonly balancers: readonly Balancer[]
  readonly served: readonly Ingress[]
  readonly problems: readonly Problem[]
}

const HOST = /^(\*\.)?[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/
/** What a request line can hold. Anything else could never match, and must not reach a configuration file. */
const PATH = /^\/[\u0021-\u007e]{0,2047}$/

/** Decides what the gateway serves. Pure; what is wrong is reported and leaves all else alone. */
export function planGateway(input: GatewayInput): GatewayPlan {
  const plan = {
    backends: new Map<string, readonly Target[]>(),
    hosts: new Set<string>(),
    exact: new Map<string, string>(),
    prefix: new Map<string, string>(),
    certificates: new Map<string, Certificate>(),
    balancers: [] as Balancer[],
    served: [] as Ingress[],
    problems: [] as Problem[],
  }
  const byAge = <T extends Ingress | Service>(list: readonly T[]): T[] =>
    list.toSorted(
      (a, b) =>
        compare(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') || compare(keyOf(a), keyOf(b)),
    )

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
    addCertificates(ingress, input, plan.certificates, problem)
  }
  for (const service of byAge(input.services)) addBalancer(service, input, plan)
  return plan
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

function printable(text: string): string {
  return text.slice(0, 80).replaceAll(/[^\u0020-\u007e]/g, '?')
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

function addCertificates(
  ingress: Ingress,
  input: GatewayInput,
  certificates: Map<string, Certificate>,
  problem: Report,
): void {
  const namespace = ingress.metadata.namespace!
  for (const { secretName, hosts = [] } of ingress.spec.tls ?? []) {
    if (!secretName) continue
    const secret = input.secret(namespace, secretName)
    if (secret === undefined) {
      problem(
        'CertificateMissing',
        `Secret ${printable(secretName)} does not exist`,
        `kubectl create secret tls ${printable(secretName)} --cert=FILE --key=FILE -n ${namespace}`,
      )
      continue
    }
    const read = readCertificate(secret)
    if (typeof read === 'string') {
      problem(
        'CertificateInvalid',
        `Secret ${secretName}: ${read}`,
        'a Secret of type kubernetes.io/tls with a certificate and its key, PEM',
      )
      continue
    }
    const wanted = hosts.map((host) => host.toLowerCase()).filter((host) => HOST.test(host))
    const name = createHash('sha256').update(`${namespace}/${secretName}`).digest('hex').slice(0, 16)
    const known = certificates.get(name)?.hosts ?? []
    certificates.set(name, {
      pem: read.pem,
      hosts: [...new Set([...known, ...(wanted.length > 0 ? wanted : read.hosts)])].toSorted(),
    })
  }
}

function readCertificate(secret: Secret): { pem: string; hosts: readonly string[] } | string {
  const decode = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8')
  const [certificate, key] = [decode('tls.crt'), decode('tls.key')]
  if (certificate === '' || key === '') return `it has no ${certificate === '' ? 'tls.crt' : 'tls.key'}`
  try {
    const parsed = new X509Certificate(certificate)
    const privateKey = createPrivateKey(key)
    if (!parsed.checkPrivateKey(privateKey)) return 'its key is not that of its certificate'
    const hosts = [...(parsed.subjectAltName ?? '').matchAll(/DNS:([^,\s]+)/g)]
      .map(([, host]) => host!.toLowerCase())
      .filter((host) => HOST.test(host))
    // Written anew from what was understood: nothing else of the Secret reaches a file.
    const chain = [...certificate.matchAll(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)].map(
      ([block]) => new X509Certificate(block).toString(),
    )
    return { pem: chain.join('') + privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(), hosts }
  } catch (error) {
    return `it cannot be read (${printable((error as Error).message)})`
  }
}

function addBalancer(
  service: Service,
  input: GatewayInput,
  plan: {
    backends: Map<string, readonly Target[]>
    hosts: Set<string>
    prefix: Map<string, string>
    balancers: Balancer[]
    problems: Problem[]
  },
): void {
  if (service.spec.type !== 'LoadBalancer' || service.spec.loadBalancerClass) return
  const ports = service.spec.ports ?? []
  const shared = ports.filter(
    ({ port, protocol = 'TCP' }) => protocol === 'TCP' && (port === input.httpPort || port === input.httpsPort),
  )
  const refuse = (message: string, help: string): void =>
    void plan.problems.push(problemOf(service, 'PortTaken', message, help))
  if (shared.length === 0) {
    const taken = plan.balancers.find((other) => other.mode === 'direct' && overlap(other.service, service))
    if (taken === undefined) plan.balancers.push({ service, mode: 'direct' })
    else
      refuse(
        `a port of it is taken at the gateway by Service ${keyOf(taken.service)}`,
        'another port for one of the two',
      )
    return
  }
  const http = shared.find(({ port }) => port === input.httpPort)
  if (http === undefined) {
    refuse(
      `port ${input.httpsPort} of the gateway serves Ingresses by name`,
      'another port, or an Ingress with a certificate',
    )
    return
  }
  // The gateway's own HTTP port has room for one Service beside the Ingresses: whatever no Ingress asks for goes there.
  const key = prefixKey('*', '/')
  if (plan.prefix.has(key)) {
    refuse(
      `port ${input.httpPort} of the gateway has a default already`,
      'an Ingress with a host name, or another port',
    )
    return
  }
  plan.hosts.add('*')
  plan.prefix.set(key, addBackend(service, http, input, plan.backends))
  plan.balancers.push({ service, mode: 'proxy' })
  const others = ports.filter((port) => port !== http)
  if (others.length > 0) {
    refuse(
      `beside port ${input.httpPort}, which it shares with Ingresses, the gateway serves no other port of it (${others.map(({ port }) => port).join(', ')})`,
      'a Service of its own for the other ports',
    )
  }
}

function overlap(a: Service, b: Service): boolean {
  const ports = new Set((a.spec.ports ?? []).map(({ port, protocol = 'TCP' }) => `${protocol} ${port}`))
  return (b.spec.ports ?? []).some(({ port, protocol = 'TCP' }) => ports.has(`${protocol} ${port}`))
}
