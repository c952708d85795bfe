import { isIP } from 'node:net'
import { dns1035Label, dns1123Subdomain, portName, portNumber, wildcardSubdomain } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import { validateNameOf } from '../meta/validate-labels.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { HTTPIngressPath, Ingress, IngressBackend, IngressClass } from './v1.ts'

const CLASS_ANNOTATION = 'kubernetes.io/ingress.class'

/** Checks an Ingress. */
export function validateIngress({ spec }: Ingress, problems: Problems): void {
  const { rules = [], defaultBackend, tls = [], ingressClassName } = spec
  if (rules.length === 0 && defaultBackend === undefined) {
    problems.invalid('spec', rules, 'either `defaultBackend` or `rules` must be specified')
  }
  if (defaultBackend !== undefined) validateBackend(defaultBackend, 'spec.defaultBackend', problems)
  for (const [i, { host = '', http }] of rules.entries()) {
    const field = `spec.rules[${i}]`
    if (host !== '') validateHost(host, `${field}.host`, problems)
    if (http === undefined) continue
    if (http.paths.length === 0) problems.required(`${field}.http.paths`)
    http.paths.forEach((path, j) => validatePath(path, `${field}.http.paths[${j}]`, problems))
  }
  for (const [i, { hosts = [], secretName }] of tls.entries()) {
    hosts.forEach((host, j) => {
      problems.invalidBy(hostProblems(host), `spec.tls[${i}].hosts[${j}]`, host)
    })
    validateNameOf(secretName, `spec.tls[${i}].secretName`, problems)
  }
  validateNameOf(ingressClassName, 'spec.ingressClassName', problems)
}

function validateHost(host: string, field: string, problems: Problems): void {
  if (isIP(host) !== 0) problems.invalid(field, host, 'must be a DNS name, not an IP address')
  problems.invalidBy(hostProblems(host), field, host)
}

function hostProblems(host: string): string[] {
  return host.includes('*') ? wildcardSubdomain(host) : dns1123Subdomain(host)
}

/** What proxies and files systems read differently from each other. */
const HIDDEN = ['//', '/./', '/../', '%2f', '%2F']
const HIDDEN_ENDS = ['/..', '/.']

function validatePath({ path = '', pathType, backend }: HTTPIngressPath, field: string, problems: Problems): void {
  const name = `${field}.path`
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!path.startsWith('/')) problems.invalid(name, path, 'must be an absolute path')
    if (path !== '') {
      for (const part of HIDDEN) if (path.includes(part)) problems.invalid(name, path, `must not contain '${part}'`)
      for (const end of HIDDEN_ENDS) if (path.endsWith(end)) problems.invalid(name, path, `cannot end with '${end}'`)
    }
  } else if (pathType === 'ImplementationSpecific' && path !== '' && !path.startsWith('/')) {
    problems.invalid(name, path, 'must be an absolute path')
  }
  validateBackend(backend, `${field}.backend`, problems)
}

function validateBackend({ service, resource }: IngressBackend, field: string, problems: Problems): void {
  if (service !== undefined && resource !== undefined) {
    problems.invalid(field, '', 'cannot set both resource and service backends')
  } else if (service !== undefined) {
    if (service.name !== '') problems.invalidBy(dns1035Label(service.name), `${field}.service.name`, service.name)
    const { name = '', number = 0 } = service.port ?? {}
    if (name !== '' && number !== 0) {
      problems.invalid(field, '', 'cannot set both port name & port number')
    } else if (name !== '') {
      problems.invalidBy(portName(name), `${field}.service.port.name`, name)
    } else if (number !== 0) {
      problems.invalidBy(portNumber(number), `${field}.service.port.number`, number)
    } else {
      problems.required(field, 'port name or number is required')
    }
  } else if (resource === undefined) {
    problems.required(field, 'resource or service backend is required')
  }
}

/** Checks that a new Ingress names its class in one way only. */
export function validateIngressCreate({ metadata, spec }: Ingress, problems: Problems): void {
  const annotation = metadata.annotations?.[CLASS_ANNOTATION]
  if (annotation !== undefined && spec.ingressClassName !== undefined) {
    problems.invalid(
      `metadata.annotations.${CLASS_ANNOTATION}`,
      annotation,
      'can not be set when the class field is also set',
    )
  }
}

/** Checks a class of Ingresses. */
export function validateIngressClass({ spec }: IngressClass, problems: Problems): void {
  const { controller = '', parameters } = spec
  if (controller === '') problems.required('spec.controller')
  else if (!/^[^/]+\/.+$/.test(controller)) {
    problems.invalid('spec.controller', controller, 'must be a domain-prefixed path (such as "acme.io/foo")')
  }
  if (parameters === undefined) return
  const { scope, namespace = '' } = parameters
  if (scope === 'Namespace' && namespace === '') {
    problems.required('spec.parameters.namespace', "`parameters.scope` is set to 'Namespace'")
  }
  if (scope === 'Cluster' && namespace !== '') {
    problems.forbidden('spec.parameters.namespace', "`parameters.scope` is set to 'Cluster'")
  }
  if (scope !== undefined && scope !== 'Cluster' && scope !== 'Namespace') {
    problems.notSupported('spec.parameters.scope', scope, ['Cluster', 'Namespace'])
  }
}

/** Checks that a class keeps its controller. */
export function validateIngressClassUpdate(
  { spec }: IngressClass,
  { spec: old }: IngressClass,
  problems: Problems,
): void {
  if (!sameJson(spec.controller, old.controller))
    problems.invalid('spec.controller', spec.controller, 'field is immutable')
}
