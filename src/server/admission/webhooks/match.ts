import type { MutatingWebhook, RuleWithOperations, ValidatingWebhook } from '../../../api/admissionregistration/v1.ts'
import { Namespaces } from '../../../api/core/namespace.ts'
import { selects } from '../../../api/meta/selectors.ts'
import type { Attempt, ObjectReader } from '../admission.ts'

export type Webhook = ValidatingWebhook | MutatingWebhook

/** Hooks are never asked about hooks: a bad one could not be taken away any more. */
export function isExempt({ kind }: Attempt): boolean {
  return kind.group === 'admissionregistration.k8s.io'
}

/** Whether a hook wants to be asked about an attempt. */
export function isAsked(hook: Webhook, attempt: Attempt, reader: ObjectReader): boolean {
  return (
    (hook.rules ?? []).some((rule) => matchesRule(rule, attempt)) &&
    matchesObject(hook, attempt) &&
    matchesNamespace(hook, attempt, reader)
  )
}

/** As it is to be, or as it was: to take a label away is no way around a hook. */
export function matchesObject({ objectSelector }: Pick<Webhook, 'objectSelector'>, { object, old }: Attempt): boolean {
  if (isOpen(objectSelector)) return true
  return [object, old].some((one) => one !== undefined && selects(objectSelector, one.metadata.labels))
}

function isOpen(selector: Webhook['objectSelector']): boolean {
  return Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0
}

/** Whether an attempt is one of those that a rule names. */
export function matchesRule(rule: RuleWithOperations, { operation, kind, target }: Attempt): boolean {
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope = '*' } = rule
  if (!has(operations, operation) || !has(apiGroups, kind.group) || !has(apiVersions, target.version)) return false
  // A Namespace belongs to the cluster, whatever stands in its path.
  if (scope !== '*' && (scope === 'Namespaced') !== kind.namespaced) return false
  return resources.some((pattern) => {
    const [resource = '', subresource] = pattern.split('/')
    if (resource !== '*' && resource !== kind.plural) return false
    // A star alone is every resource, but none of what lies below.
    if (subresource === undefined) return target.subresource === ''
    return subresource === '*' || subresource === target.subresource
  })
}

function has(list: readonly string[], one: string): boolean {
  return list.includes('*') || list.includes(one)
}

/** Whether the object is in one of the namespaces that were chosen, or is one. */
export function matchesNamespace(
  { namespaceSelector }: Pick<Webhook, 'namespaceSelector'>,
  attempt: Attempt,
  reader: ObjectReader,
): boolean {
  if (isOpen(namespaceSelector)) return true
  const { kind, target, object, old } = attempt
  if (kind === Namespaces) return selects(namespaceSelector, (object ?? old)?.metadata.labels)
  if (!kind.namespaced) return true
  return selects(namespaceSelector, reader.get(Namespaces, { name: target.namespace })?.metadata.labels)
}
