import type { Pod, Secret, Service } from '../../api/core/v1.ts'
import type { EndpointSlice } from '../../api/discovery/v1.ts'
import type { Ingress } from '../../api/networking/v1.ts'
import type { Decision } from '../../lib/decisions.ts'
import { type Explanation, newestFirst, open, type Reason, reason, reasonOf } from './explanation.ts'

export interface ServiceEvidence {
  readonly service: Service | undefined
  readonly slices: readonly EndpointSlice[]
  /** All pods of the namespace. */
  readonly pods: readonly Pod[]
  /** What is known of a pod that the service selects and that is not ready. */
  readonly troubled: readonly { readonly pod: Pod; readonly explanation: Explanation }[]
  readonly decisions: readonly Decision[]
  /** Ports on which the containers of a pod listen, by pod name, as its node saw them; a pod that it does not know is absent. */
  readonly listening: ReadonlyMap<string, readonly number[]>
}

/** Why a Service answers nobody. Pure. */
export function explainService(about: string, evidence: ServiceEvidence): Explanation {
  const { service, pods } = evidence
  const decisions = newestFirst(evidence.decisions)
  const base = { about, decisions, healthy: false }
  if (service === undefined) {
    return {
      ...base,
      verdict: 'There is no such service.',
      reasons: decisions.slice(0, 3).map(reasonOf),
      help: 'List them with `wherry kubectl get services -A`.',
    }
  }
  if (service.spec.type === 'ExternalName') {
    return {
      ...base,
      healthy: true,
      verdict: `Its name leads to ${service.spec.externalName}; it has no endpoints of its own.`,
      reasons: [],
    }
  }
  const selector = service.spec.selector ?? {}
  const endpoints = evidence.slices.flatMap((slice) => slice.endpoints)
  const ready = endpoints.filter(({ conditions }) => conditions?.ready !== false)
  if (ready.length === 0) return { ...base, ...withoutEndpoints(service, selector, pods, endpoints.length, evidence) }

  const selected = pods.filter((pod) => selects(selector, pod.metadata.labels ?? {}))
  const deaf = portsNobodyListensOn(service, selected, evidence.listening)
  if (deaf !== undefined) return { ...base, ...deaf }
  const pending = service.spec.type === 'LoadBalancer' && (service.status.loadBalancer?.ingress ?? []).length === 0
  const refused = open(decisions)
  if (pending || refused.length > 0) {
    return {
      ...base,
      verdict: pending
        ? 'It has endpoints, but the gateway has given it no address.'
        : 'It has endpoints, but something refused it.',
      reasons: refused.slice(0, 3).map(reasonOf),
      ...(refused[0]?.help ? { help: refused[0].help } : {}),
    }
  }
  return {
    ...base,
    healthy: true,
    verdict: `It answers: ${ready.length} of ${endpoints.length} endpoints are ready.`,
    reasons: [],
  }
}

function selects(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>): boolean {
  const wanted = Object.entries(selector)
  return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value)
}

function withoutEndpoints(
  service: Service,
  selector: Readonly<Record<string, string>>,
  pods: readonly Pod[],
  known: number,
  { troubled }: ServiceEvidence,
): Pick<Explanation, 'verdict' | 'reasons' | 'help'> {
  const text = Object.entries(selector)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  if (text === '') {
    return {
      verdict: 'It has no endpoints: it has no selector, and nobody made endpoints for it.',
      reasons: [],
      help: 'a selector, or an EndpointSlice of your own with the label kubernetes.io/service-name',
    }
  }
  const selected = pods.filter((pod) => selects(selector, pod.metadata.labels ?? {}))
  if (selected.length === 0) {
    const near = nearMisses(selector, pods)
    return {
      verdict: `It has no endpoints: its selector ${text} matches none of the ${pods.length} pods in the namespace.`,
      reasons: near.map(({ message }) => reason(message)),
      help: near[0]?.help ?? `pods with the label ${text}`,
    }
  }
  const named =
    service.spec.ports?.filter(
      ({ targetPort }) => typeof targetPort === 'string' && !selected.some((pod) => hasNamedPort(pod, targetPort)),
    ) ?? []
  if (named.length > 0) {
    return {
      verdict: `It has no endpoints: no container has a port named ${named.map(({ targetPort }) => `\`${targetPort}\``).join(', ')}.`,
      reasons: selected.slice(0, 2).map((pod) => reason(`pod ${pod.metadata.name} has ${portNames(pod)}`)),
      help: 'a targetPort that the containers have, by name or number',
    }
  }
  return {
    verdict: `It has no ready endpoint: ${selected.length} ${selected.length === 1 ? 'pod is' : 'pods are'} selected${known > 0 ? `, ${known} known` : ''}, none is ready.`,
    reasons: troubled
      .slice(0, 3)
      .map(({ pod, explanation }) =>
        reason(`pod ${pod.metadata.name}: ${explanation.verdict}`, { because: explanation.reasons }),
      ),
    ...(troubled[0]?.explanation.help ? { help: troubled[0].explanation.help } : {}),
  }
}

/** Pods that all but one label of the selector fit: most likely the ones that were meant. */
function nearMisses(
  selector: Readonly<Record<string, string>>,
  pods: readonly Pod[],
): readonly { message: string; help: string }[] {
  const wanted = Object.entries(selector)
  return pods
    .map((pod) => ({ pod, missing: wanted.filter(([key, value]) => pod.metadata.labels?.[key] !== value) }))
    .filter(
      ({ pod, missing }) =>
        missing.length === 1 && (wanted.length > 1 || pod.metadata.labels?.[missing[0]![0]] !== undefined),
    )
    .slice(0, 3)
    .map(({ pod, missing: [[key, value] = ['', '']] }) => {
      const has = pod.metadata.labels?.[key]
      return {
        message: `pod ${pod.metadata.name} comes close: its label ${key} is ${has === undefined ? 'not set' : `\`${has}\``}, the selector asks for \`${value}\``,
        help:
          has === undefined
            ? `the label ${key}=${value} on the pods`
            : `${key}=${has} in the selector (or ${key}=${value} on the pods)`,
      }
    })
}

function hasNamedPort(pod: Pod, name: string | number | undefined): boolean {
  return pod.spec.containers.some((container) => container.ports?.some((port) => port.name === name))
}

function portNames(pod: Pod): string {
  const names = pod.spec.containers
    .flatMap((container) => container.ports ?? [])
    .map((port) => `${port.name ?? 'unnamed'} (${port.containerPort})`)
  return names.length === 0 ? 'no ports' : `ports ${names.join(', ')}`
}

function portsNobodyListensOn(
  service: Service,
  selected: readonly Pod[],
  listening: ServiceEvidence['listening'],
): Pick<Explanation, 'verdict' | 'reasons' | 'help'> | undefined {
  for (const port of service.spec.ports ?? []) {
    if (port.protocol === 'UDP' || port.protocol === 'SCTP') continue
    const seen = selected.flatMap((pod) => {
      const ports = listening.get(pod.metadata.name ?? '')
      const target = numberOf(port.targetPort ?? port.port, pod)
      return ports === undefined || target === undefined ? [] : [{ pod, ports, target }]
    })
    if (seen.length === 0 || seen.some(({ ports, target }) => ports.includes(target))) continue
    const [first] = seen
    return {
      verdict: `It has endpoints, but no container listens on port ${first!.target}.`,
      reasons: seen
        .slice(0, 3)
        .map(({ pod, ports }): Reason =>
          reason(`pod ${pod.metadata.name} listens on ${ports.length === 0 ? 'no port' : ports.join(', ')}`),
        ),
      help:
        first!.ports.length === 1
          ? `targetPort: ${first!.ports[0]} in the service`
          : `a targetPort on which the program listens, or a program that listens on ${first!.target}`,
    }
  }
  return undefined
}

function numberOf(port: number | string, pod: Pod): number | undefined {
  if (typeof port === 'number') return port
  return pod.spec.containers.flatMap((container) => container.ports ?? []).find(({ name }) => name === port)
    ?.containerPort
}

export interface IngressEvidence {
  readonly ingress: Ingress | undefined
  readonly decisions: readonly Decision[]
  /** The explanation of each backend Service, by name; a name that is absent has no Service. */
  readonly backends: ReadonlyMap<string, { readonly service: Service; readonly explanation: Explanation }>
  readonly classes: readonly {
    readonly name: string
    readonly isDefault: boolean
    readonly controller: string | undefined
  }[]
  readonly secrets: ReadonlyMap<string, Secret>
}

/** Who serves an Ingress here. */
export const GATEWAY_CONTROLLER = 'wherry.dev/gateway'

/** Why an Ingress does not serve what it should. Pure. */
export function explainIngress(about: string, evidence: IngressEvidence): Explanation {
  const { ingress, classes, backends } = evidence
  const decisions = newestFirst(evidence.decisions)
  const base = { about, decisions, healthy: false }
  if (ingress === undefined) {
    return {
      ...base,
      verdict: 'There is no such ingress.',
      reasons: decisions.slice(0, 3).map(reasonOf),
      help: 'List them with `wherry kubectl get ingresses -A`.',
    }
  }
  const className = ingress.spec.ingressClassName ?? ingress.metadata.annotations?.['kubernetes.io/ingress.class']
  const ours = classes.filter(({ controller }) => controller === GATEWAY_CONTROLLER)
  const named =
    className === undefined
      ? classes.find(({ isDefault }) => isDefault)
      : classes.find(({ name }) => name === className)
  if (named === undefined) {
    return {
      ...base,
      verdict:
        className === undefined
          ? 'Nobody serves it: it names no class, and no class is the default.'
          : `Nobody serves it: there is no IngressClass \`${className}\`.`,
      reasons: [reason(`classes that are there: ${classes.map(({ name }) => name).join(', ') || 'none'}`)],
      help: `spec.ingressClassName: ${ours[0]?.name ?? 'wherry'}`,
    }
  }
  if (named.controller !== GATEWAY_CONTROLLER) {
    return {
      ...base,
      verdict: `It is for another controller: class ${named.name} belongs to ${named.controller}.`,
      reasons: [],
      help: `spec.ingressClassName: ${ours[0]?.name ?? 'wherry'}, to have it served here`,
    }
  }
  const problems = [...backendProblems(ingress, backends), ...tlsProblems(ingress, evidence.secrets)]
  const refused = open(decisions)
  if (problems.length === 0 && refused.length === 0) {
    const hosts = ingress.spec.rules?.map(({ host }) => host ?? '*') ?? ['*']
    return { ...base, healthy: true, verdict: `It is served: ${[...new Set(hosts)].join(', ')}.`, reasons: [] }
  }
  const help = problems.find((one) => one.help !== undefined)?.help ?? refused[0]?.help
  return {
    ...base,
    decisions: newestFirst([
      ...decisions,
      ...[...backends.values()].flatMap(({ explanation }) => explanation.decisions),
    ]),
    verdict: problems[0]?.message ?? 'The gateway refused something of it.',
    reasons: [
      ...problems.slice(1).map(({ message, because }) => reason(message, { because })),
      ...(problems[0]?.because ?? []),
      ...refused.slice(0, 3).map(reasonOf),
    ],
    ...(help === undefined ? {} : { help }),
  }
}

interface Problem {
  readonly message: string
  readonly because: readonly Reason[]
  readonly help?: string
}

function backendProblems(ingress: Ingress, backends: IngressEvidence['backends']): readonly Problem[] {
  const wanted = new Map<string, { where: string; port: string | number | undefined }>()
  const note = (where: string, backend: NonNullable<Ingress['spec']['defaultBackend']> | undefined): void => {
    const service = backend?.service
    if (service !== undefined) wanted.set(service.name, { where, port: service.port?.name ?? service.port?.number })
  }
  note('the default backend', ingress.spec.defaultBackend)
  for (const rule of ingress.spec.rules ?? []) {
    for (const path of rule.http?.paths ?? []) note(`${rule.host ?? '*'}${path.path ?? '/'}`, path.backend)
  }
  return [...wanted].flatMap(([name, { where, port }]): Problem[] => {
    const backend = backends.get(name)
    if (backend === undefined) {
      const known = [...backends.keys()]
      return [
        {
          message: `${where} leads to Service \`${name}\`, which does not exist.`,
          because: [],
          help: `a Service named ${name} in namespace ${ingress.metadata.namespace}${known.length > 0 ? `, or one of ${known.join(', ')} in its place` : ''}`,
        },
      ]
    }
    const ports = backend.service.spec.ports ?? []
    if (port !== undefined && !ports.some((one) => one.port === port || one.name === port)) {
      return [
        {
          message: `${where} leads to port \`${port}\` of Service ${name}, which has ${ports.map((one) => one.name ?? one.port).join(', ') || 'no ports'}.`,
          because: [],
          help: `one of these ports in the ingress: ${ports.map((one) => one.port).join(', ')}`,
        },
      ]
    }
    if (backend.explanation.healthy) return []
    const { verdict, reasons, help } = backend.explanation
    return [
      {
        message: `${where} leads to Service ${name}. ${verdict}`,
        because: reasons,
        ...(help === undefined ? {} : { help }),
      },
    ]
  })
}

function tlsProblems(ingress: Ingress, secrets: IngressEvidence['secrets']): readonly Problem[] {
  return (ingress.spec.tls ?? []).flatMap(({ secretName }): Problem[] => {
    if (secretName === undefined || secretName === '') return []
    const secret = secrets.get(secretName)
    if (secret === undefined)
      return [
        {
          message: `Its certificate is missing: there is no Secret \`${secretName}\`.`,
          because: [],
          help: `wherry kubectl create secret tls ${secretName} --cert=FILE --key=FILE -n ${ingress.metadata.namespace}`,
        },
      ]
    const missing = ['tls.crt', 'tls.key'].filter((key) => secret.data?.[key] === undefined)
    return missing.length === 0
      ? []
      : [
          {
            message: `Secret \`${secretName}\` has no ${missing.join(' and no ')}.`,
            because: [],
            help: 'a Secret of type kubernetes.io/tls',
          },
        ]
  })
}
