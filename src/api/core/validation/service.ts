import { dns1123Label, dns1123Subdomain, portNumber, qualifiedName } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import { validateLabels } from '../../meta/validate-labels.ts'
import type { Service } from '../v1.ts'
import { familyOf, validateAddress, validateRange } from './addresses.ts'
import { validatePort } from './ports.ts'

const NONE = 'None'
const AFFINITY_SECONDS_MAX = 86_400

/** Checks a Service. */
export function validateService(service: Service, problems: Problems): void {
  const { spec } = service
  const { type, selector, externalIPs = [], loadBalancerSourceRanges = [] } = spec
  validateType(service, problems)
  validatePorts(service, problems)
  validateLabels(selector, 'spec.selector', problems)
  validateAffinity(service, problems)
  validateClusterAddresses(service, problems)
  for (const [i, address] of externalIPs.entries()) {
    const field = `spec.externalIPs[${i}]`
    validateAddress(address, field, problems)
    if (/^(0\.0\.0\.0|127\.|169\.254\.|224\.0\.0\.|::1?$|fe80:|ff02:)/.test(address)) {
      problems.invalid(field, address, 'may not be an unspecified, loopback or link-local address')
    }
  }
  if (loadBalancerSourceRanges.length > 0 && type !== 'LoadBalancer') {
    problems.forbidden('spec.loadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'")
  }
  loadBalancerSourceRanges.forEach((range, i) => {
    validateRange(range.trim(), `spec.loadBalancerSourceRanges[${i}]`, problems)
  })
  validateTraffic(service, problems)
}

function validateType({ spec }: Service, problems: Problems): void {
  const { type, clusterIP = '', ports = [], externalName = '', loadBalancerClass, allocateLoadBalancerNodePorts } = spec
  if (type === 'ExternalName') {
    if (clusterIP !== '') problems.forbidden('spec.clusterIPs[0]', "may not be set when `type` is 'ExternalName'")
    // The dot at the end of a domain name is a matter of taste here.
    const name = externalName.replace(/\.$/, '')
    if (name === '') problems.required('spec.externalName')
    else problems.invalidBy(dns1123Subdomain(name), 'spec.externalName', name)
    return
  }
  if (ports.length === 0 && clusterIP !== NONE) problems.required('spec.ports')
  if (clusterIP === NONE && (type === 'NodePort' || type === 'LoadBalancer')) {
    problems.invalid('spec.clusterIPs[0]', NONE, `may not be set to 'None' for ${type} services`)
  }
  if (type === 'LoadBalancer') return
  if (loadBalancerClass !== undefined) {
    problems.forbidden('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'")
  }
  if (allocateLoadBalancerNodePorts !== undefined) {
    problems.forbidden('spec.allocateLoadBalancerNodePorts', "may only be used when `type` is 'LoadBalancer'")
  }
}

function validatePorts({ spec }: Service, problems: Problems): void {
  const { ports = [], type } = spec
  const names = new Set<string>()
  const [taken, takenNodePorts] = [new Set<string>(), new Set<string>()]
  for (const [i, { name = '', port, targetPort, protocol = 'TCP', nodePort = 0, appProtocol }] of ports.entries()) {
    const field = `spec.ports[${i}]`
    if (name === '') {
      if (ports.length > 1) problems.required(`${field}.name`)
    } else {
      problems.invalidBy(dns1123Label(name), `${field}.name`, name)
      if (names.has(name)) problems.duplicate(`${field}.name`, name)
      names.add(name)
    }
    problems.invalidBy(portNumber(port), `${field}.port`, port)
    if (targetPort !== undefined && targetPort !== 0 && targetPort !== '') {
      validatePort(targetPort, `${field}.targetPort`, problems)
    }
    if (appProtocol !== undefined) problems.invalidBy(qualifiedName(appProtocol), `${field}.appProtocol`, appProtocol)
    const key = `${protocol}/${port}`
    if (taken.has(key)) problems.duplicate(field, { protocol, port })
    taken.add(key)
    if (nodePort === 0) continue
    if (type === 'ClusterIP' || type === 'ExternalName') {
      problems.forbidden(`${field}.nodePort`, `may not be used when \`type\` is '${type}'`)
    }
    const nodeKey = `${protocol}/${nodePort}`
    if (takenNodePorts.has(nodeKey)) problems.duplicate(`${field}.nodePort`, nodePort)
    takenNodePorts.add(nodeKey)
  }
}

function validateAffinity({ spec }: Service, problems: Problems): void {
  const { sessionAffinity, sessionAffinityConfig } = spec
  const field = 'spec.sessionAffinityConfig'
  if (sessionAffinity !== 'ClientIP') {
    if (sessionAffinityConfig !== undefined) {
      problems.forbidden(field, 'must not be set when session affinity is None')
    }
    return
  }
  const seconds = sessionAffinityConfig?.clientIP?.timeoutSeconds
  if (seconds !== undefined && (seconds <= 0 || seconds > AFFINITY_SECONDS_MAX)) {
    const detail = `must be greater than 0 and less than ${AFFINITY_SECONDS_MAX}`
    problems.invalid(`${field}.clientIP.timeoutSeconds`, seconds, detail)
  }
}

function validateClusterAddresses({ spec }: Service, problems: Problems): void {
  const { type, clusterIP = '', clusterIPs = [], ipFamilies = [] } = spec
  if (type === 'ExternalName') return
  const field = 'spec.clusterIPs'
  if (clusterIP !== '') {
    if (clusterIPs.length === 0) problems.required(field)
    else if (clusterIPs[0] !== clusterIP) problems.invalid(field, clusterIPs, 'first value must match `clusterIP`')
  } else if (clusterIPs.length > 0) {
    problems.invalid(field, clusterIPs, 'must be empty when `clusterIP` is not specified')
  }
  ipFamilies.forEach((family, i) => {
    if (ipFamilies.indexOf(family) !== i) problems.duplicate(`spec.ipFamilies[${i}]`, family)
  })
  if (clusterIPs[0] === NONE) {
    if (clusterIPs.length > 1) problems.invalid(field, clusterIPs, "'None' must be the first and only value")
    return
  }
  const before = problems.causes.length
  clusterIPs.forEach((address, i) => validateAddress(address, `${field}[${i}]`, problems))
  if (clusterIPs.length > 2) problems.invalid(field, clusterIPs, 'may only hold up to 2 values')
  if (problems.causes.length > before) return
  if (new Set(clusterIPs.map(familyOf)).size < clusterIPs.length) {
    problems.invalid(field, clusterIPs, 'may specify no more than one IP for each IP family')
  }
  clusterIPs.forEach((address, i) => {
    const family = ipFamilies[i]
    if (family !== undefined && family !== '' && family !== familyOf(address)) {
      problems.invalid(`${field}[${i}]`, address, `expected an ${family} value as indicated by \`ipFamilies[${i}]\``)
    }
  })
}

function validateTraffic({ spec }: Service, problems: Problems): void {
  const { type, externalIPs = [], externalTrafficPolicy, healthCheckNodePort = 0 } = spec
  const isExternal = type === 'LoadBalancer' || type === 'NodePort' || (type === 'ClusterIP' && externalIPs.length > 0)
  if (!isExternal && externalTrafficPolicy !== undefined) {
    const detail = 'may only be set for externally-accessible services'
    problems.invalid('spec.externalTrafficPolicy', externalTrafficPolicy, detail)
  } else if (isExternal && type !== 'ClusterIP' && externalTrafficPolicy === undefined) {
    problems.required('spec.externalTrafficPolicy')
  }
  const needsCheck = type === 'LoadBalancer' && externalTrafficPolicy === 'Local'
  if (!needsCheck && healthCheckNodePort !== 0) {
    const detail = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"
    problems.invalid('spec.healthCheckNodePort', healthCheckNodePort, detail)
  }
  if (needsCheck && healthCheckNodePort !== 0) {
    problems.invalidBy(portNumber(healthCheckNodePort), 'spec.healthCheckNodePort', healthCheckNodePort)
  }
}

/** Checks that a Service keeps the addresses that it has. */
export function validateServiceUpdate({ spec }: Service, { spec: old }: Service, problems: Problems): void {
  validateLoadBalancerClass(spec, old, problems)
  if (spec.type === 'ExternalName' || old.type === 'ExternalName') return
  const [next = [], before = []] = [spec.clusterIPs, old.clusterIPs]
  const field = 'spec.clusterIPs'
  if (before.length > 0 && next.length === 0) {
    problems.invalid(`${field}[0]`, next, 'primary clusterIP can not be unset')
    return
  }
  before.forEach((address, i) => {
    if (next[i] !== undefined && next[i] !== address)
      problems.invalid(`${field}[${i}]`, next, 'may not change once set')
  })
  if (before.length > next.length && spec.ipFamilyPolicy !== 'SingleStack') {
    const detail = "must be set to 'SingleStack' when releasing the secondary clusterIP"
    problems.invalid('spec.ipFamilyPolicy', spec.ipFamilyPolicy, detail)
  }
  const [family, familyBefore] = [spec.ipFamilies?.[0], old.ipFamilies?.[0]]
  if (before[0] !== NONE && family !== undefined && familyBefore !== undefined && family !== familyBefore) {
    problems.invalid('spec.ipFamilies[0]', family, 'may not change once set')
  }
}

function validateLoadBalancerClass(spec: Service['spec'], old: Service['spec'], problems: Problems): void {
  if (spec.type !== 'LoadBalancer' || old.type !== 'LoadBalancer') return
  if (spec.loadBalancerClass !== old.loadBalancerClass) {
    problems.invalid('spec.loadBalancerClass', spec.loadBalancerClass, 'may not change once set')
  }
}

/** Checks where a load balancer says that it is. */
export function validateServiceStatus({ status }: Service, _old: Service, problems: Problems): void {
  for (const [i, { ip = '', hostname = '' }] of (status.loadBalancer?.ingress ?? []).entries()) {
    const field = `status.loadBalancer.ingress[${i}]`
    if (ip !== '') validateAddress(ip, `${field}.ip`, problems)
    if (hostname === '') continue
    problems.invalidBy(dns1123Subdomain(hostname), `${field}.hostname`, hostname)
    if (/^[\d.]+$/.test(hostname)) {
      problems.invalid(`${field}.hostname`, hostname, 'must be a DNS name, not an IP address')
    }
  }
}
