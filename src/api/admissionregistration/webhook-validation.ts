import { dns1123Subdomain } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import { validateSelector } from '../meta/validate-labels.ts'
import { validateMatchConditions } from './policy-validation.ts'
import { validateHookClient } from './webhook-client.ts'
import type {
  MutatingWebhook,
  MutatingWebhookConfiguration,
  RuleWithOperations,
  ValidatingWebhook,
  ValidatingWebhookConfiguration,
} from './v1.ts'

/** Checks hooks that are asked about writes. */
export function validateWebhooks(
  { webhooks = [] }: MutatingWebhookConfiguration | ValidatingWebhookConfiguration,
  problems: Problems,
): void {
  const names = new Set<string>()
  for (const [i, hook] of webhooks.entries()) {
    const field = `webhooks[${i}]`
    validateHook(hook, field, problems)
    if (names.has(hook.name)) problems.duplicate(`${field}.name`, hook.name)
    names.add(hook.name)
  }
}

const KNOWN_VERSIONS = ['v1', 'v1beta1']

function validateHook(hook: MutatingWebhook | ValidatingWebhook, field: string, problems: Problems): void {
  const { name, rules = [], sideEffects, timeoutSeconds, admissionReviewVersions = [], clientConfig } = hook
  if (name !== '') {
    problems.invalidBy(dns1123Subdomain(name), `${field}.name`, name)
    if (name.split('.').length < 3) {
      problems.invalid(`${field}.name`, name, 'should be a domain with at least three segments separated by dots')
    }
  }
  rules.forEach((rule, i) => validateRule(rule, `${field}.rules[${i}]`, problems))
  if (sideEffects === 'Unknown' || sideEffects === 'Some') {
    problems.notSupported(`${field}.sideEffects`, sideEffects, ['None', 'NoneOnDryRun'])
  }
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > 30)) {
    problems.invalid(`${field}.timeoutSeconds`, timeoutSeconds, 'the timeout value must be between 1 and 30 seconds')
  }
  validateSelector(hook.namespaceSelector, `${field}.namespaceSelector`, problems)
  validateSelector(hook.objectSelector, `${field}.objectSelector`, problems)
  validateMatchConditions(hook.matchConditions, `${field}.matchConditions`, problems)
  validateHookClient(clientConfig, `${field}.clientConfig`, problems)
  if (admissionReviewVersions.length === 0) {
    problems.required(`${field}.admissionReviewVersions`, 'must specify one of v1, v1beta1')
  } else if (!admissionReviewVersions.some((version) => KNOWN_VERSIONS.includes(version))) {
    const detail = `must include at least one of ${KNOWN_VERSIONS.join(', ')}`
    problems.invalid(`${field}.admissionReviewVersions`, admissionReviewVersions, detail)
  }
}

/** Checks one rule that says which requests count. */
export function validateRule(rule: RuleWithOperations, field: string, problems: Problems): void {
  for (const name of ['operations', 'apiGroups', 'apiVersions', 'resources'] as const) {
    const values: readonly string[] = rule[name] ?? []
    if (values.length === 0) problems.required(`${field}.${name}`)
    if (name !== 'resources' && values.includes('*') && values.length > 1) {
      problems.invalid(`${field}.${name}`, values, `if '*' is present, must not specify other ${WORDS[name]}`)
    }
  }
}

const WORDS = { operations: 'operations', apiGroups: 'API groups', apiVersions: 'API versions' } as const
