import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../meta/names.ts'
import type { Problems } from '../../meta/problems.ts'
import { validateLabels, validateNameOf } from '../../meta/validate-labels.ts'
import { quantityNotNegative, within } from '../../meta/validate-numbers.ts'
import type { PodSpec } from '../v1.ts'
import { validateAddress } from './addresses.ts'
import { validateContainers } from './containers.ts'
import { validateResources } from './resources.ts'
import { validateAffinity, validateSpread, validateTolerations } from './scheduling.ts'
import { validatePodSecurity } from './security.ts'
import { validateVolumes } from './volumes.ts'

const INT32_MAX = 2 ** 31 - 1

/**
 * Checks what Pods are to be, in a Pod itself (`isPod`) or in a template. What the tables say of required fields and
 * closed lists is not said again.
 */
export function validatePodSpec(spec: PodSpec, path: string, problems: Problems, isPod: boolean): void {
  const volumes = validateVolumes(spec, `${path}.volumes`, problems)
  validateContainers(spec, volumes, path, problems)
  if (spec.resources !== undefined) validateResources(spec.resources, `${path}.resources`, problems)
  validateHostNetwork(spec, path, problems, isPod)
  validateLabels(spec.nodeSelector, `${path}.nodeSelector`, problems)
  validatePodSecurity(spec, path, problems)
  validateAffinity(spec.affinity, `${path}.affinity`, problems)
  validateDns(spec, path, problems)
  validateGates(spec, path, problems)
  validateSpread(spec.topologySpreadConstraints, `${path}.topologySpreadConstraints`, problems)
  validateHostname(spec, path, problems)
  for (const name of ['serviceAccountName', 'nodeName', 'priorityClassName', 'runtimeClassName'] as const) {
    validateNameOf(spec[name], `${path}.${name}`, problems)
  }
  const { activeDeadlineSeconds, terminationGracePeriodSeconds = 30, overhead = {} } = spec
  if (activeDeadlineSeconds !== undefined && (activeDeadlineSeconds < 1 || activeDeadlineSeconds > INT32_MAX)) {
    problems.invalid(`${path}.activeDeadlineSeconds`, activeDeadlineSeconds, within(1, INT32_MAX))
  }
  if (terminationGracePeriodSeconds < 0) {
    const detail = 'must be greater than or equal to 0'
    problems.invalid(`${path}.terminationGracePeriodSeconds`, terminationGracePeriodSeconds, detail)
  }
  validateTolerations(spec.tolerations, `${path}.tolerations`, problems)
  for (const [i, { ip, hostnames = [] }] of (spec.hostAliases ?? []).entries()) {
    validateAddress(ip, `${path}.hostAliases[${i}].ip`, problems)
    hostnames.forEach((name, j) =>
      problems.invalidBy(dns1123Subdomain(name), `${path}.hostAliases[${i}].hostnames[${j}]`, name),
    )
  }
  for (const [name, amount] of Object.entries(overhead))
    quantityNotNegative(amount, `${path}.overhead[${name}]`, problems)
  if (spec.os !== undefined && spec.os.name !== 'linux' && spec.os.name !== 'windows') {
    problems.notSupported(`${path}.os`, spec.os.name, ['linux', 'windows'])
  }
}

function validateHostNetwork(
  { hostNetwork, containers }: PodSpec,
  path: string,
  problems: Problems,
  isPod: boolean,
): void {
  if (hostNetwork !== true) return
  for (const [i, { ports = [] }] of containers.entries()) {
    for (const [j, { hostPort = 0, containerPort }] of ports.entries()) {
      if ((isPod || hostPort !== 0) && hostPort !== containerPort) {
        const field = `${path}.containers[${i}].ports[${j}].hostPort`
        problems.invalid(field, hostPort, 'must match `containerPort` when `hostNetwork` is true')
      }
    }
  }
}

const NAMESERVERS_MAX = 3
const SEARCHES_MAX = 32
const SEARCH_LENGTH_MAX = 2048

function validateDns({ dnsPolicy, dnsConfig }: PodSpec, path: string, problems: Problems): void {
  const field = `${path}.dnsConfig`
  if (dnsPolicy === 'None' && dnsConfig === undefined) {
    problems.required(field, 'must provide `dnsConfig` when `dnsPolicy` is None')
    return
  }
  if (dnsConfig === undefined) return
  const { nameservers = [], searches = [], options = [] } = dnsConfig
  if (dnsPolicy === 'None' && nameservers.length === 0) {
    problems.required(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')
  }
  if (nameservers.length > NAMESERVERS_MAX) {
    problems.invalid(`${field}.nameservers`, nameservers, `must not have more than ${NAMESERVERS_MAX} nameservers`)
  }
  nameservers.forEach((address, i) => validateAddress(address, `${field}.nameservers[${i}]`, problems))
  if (searches.length > SEARCHES_MAX) {
    problems.invalid(`${field}.searches`, searches, `must not have more than ${SEARCHES_MAX} search paths`)
  }
  if (searches.join(' ').length > SEARCH_LENGTH_MAX) {
    const detail = `must not have more than ${SEARCH_LENGTH_MAX} characters (including spaces) in the search list`
    problems.invalid(`${field}.searches`, searches, detail)
  }
  searches.forEach((search, i) => {
    if (search === '.') return
    // Underscores are of no meaning here: such names exist, and nothing is looked up under them alone.
    const name = search.replace(/\.$/, '')
    problems.invalidBy(dns1123Subdomain(name.replaceAll('_', 'a')), `${field}.searches[${i}]`, name)
  })
  options.forEach(({ name = '' }, i) => {
    if (name === '') problems.required(`${field}.options[${i}]`, 'must not be empty')
  })
}

function validateGates({ readinessGates = [], schedulingGates = [] }: PodSpec, path: string, problems: Problems): void {
  readinessGates.forEach(({ conditionType }, i) => {
    if (conditionType !== '') {
      problems.invalidBy(qualifiedName(conditionType), `${path}.readinessGates[${i}].conditionType`, conditionType)
    }
  })
  const seen = new Set<string>()
  schedulingGates.forEach(({ name }, i) => {
    problems.invalidBy(qualifiedName(name), `${path}.schedulingGates[${i}]`, name)
    if (seen.has(name)) problems.duplicate(`${path}.schedulingGates[${i}]`, name)
    seen.add(name)
  })
}

function validateHostname(spec: PodSpec, path: string, problems: Problems): void {
  const { hostname = '', subdomain = '', hostnameOverride, setHostnameAsFQDN, hostNetwork } = spec
  if (hostname !== '') problems.invalidBy(dns1123Label(hostname), `${path}.hostname`, hostname)
  if (subdomain !== '') problems.invalidBy(dns1123Label(subdomain), `${path}.subdomain`, subdomain)
  if (hostnameOverride === undefined) return
  const field = `${path}.hostnameOverride`
  if (setHostnameAsFQDN === true) problems.forbidden(field, 'may not be specified when setHostnameAsFQDN is true')
  if (hostNetwork === true) problems.forbidden(field, 'may not be specified when hostNetwork is true')
  if (hostnameOverride.length > 64) problems.tooLong(field, 64)
  problems.invalidBy(dns1123Subdomain(hostnameOverride), field, hostnameOverride)
}
