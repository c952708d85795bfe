import { dns1035Label, dns1123Subdomain } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import type { APIService } from './v1.ts'

const GROUP_PRIORITY_MAX = 20_000
const VERSION_PRIORITY_MAX = 1000
const STATUSES: readonly string[] = ['True', 'False', 'Unknown']

/** Says what is wrong with an APIService beside what its table says. */
export function validateApiService({ metadata, spec }: APIService, problems: Problems): void {
  const { group = '', version = '', service, caBundle = '', insecureSkipTLSVerify = false } = spec
  const { groupPriorityMinimum, versionPriority } = spec
  const name = `${version}.${group}`
  if (metadata.name !== name) {
    problems.invalid('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: ${JSON.stringify(name)}`)
  }
  if (group === '' && version !== 'v1') {
    problems.required('spec.group', 'only v1 may have an empty group and it better be legacy kube')
  }
  if (group !== '') problems.invalidBy(dns1123Subdomain(group), 'spec.group', group)
  problems.invalidBy(dns1035Label(version), 'spec.version', version)
  if (groupPriorityMinimum <= 0 || groupPriorityMinimum > GROUP_PRIORITY_MAX) {
    problems.invalid('spec.groupPriorityMinimum', groupPriorityMinimum, 'must be positive and less than 20000')
  }
  if (versionPriority <= 0 || versionPriority > VERSION_PRIORITY_MAX) {
    problems.invalid('spec.versionPriority', versionPriority, 'must be positive and less than 1000')
  }
  if (service === undefined) {
    if (caBundle !== '') {
      const bytes = `${Buffer.from(caBundle, 'base64').length} bytes`
      problems.invalid('spec.caBundle', bytes, 'local APIServices may not have a caBundle')
    }
    if (insecureSkipTLSVerify) {
      const why = 'local APIServices may not have insecureSkipTLSVerify'
      problems.invalid('spec.insecureSkipTLSVerify', true, why)
    }
    return
  }
  const { port = 443 } = service
  if (!service.namespace) problems.required('spec.service.namespace')
  if (!service.name) problems.required('spec.service.name')
  if (port < 1 || port > 65_535) {
    problems.invalid('spec.service.port', port, 'port is not valid: must be between 1 and 65535, inclusive')
  }
  if (insecureSkipTLSVerify && caBundle !== '') {
    problems.invalid('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present')
  }
}

/** Says what is wrong with what is known of an APIService. */
export function validateApiServiceStatus({ status }: APIService, _old: APIService, problems: Problems): void {
  for (const [index, condition] of (status.conditions ?? []).entries()) {
    if (!STATUSES.includes(condition.status)) {
      problems.notSupported(`status.conditions[${index}].status`, condition.status, STATUSES)
    }
  }
}
