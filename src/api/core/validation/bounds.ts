import type { Problems } from '../../meta/problems.ts'
import { canonicalQuantity, compareQuantities } from '../../meta/quantity.ts'
import { quantityNotNegative } from '../../meta/validate-numbers.ts'
import { sameJson } from '../../../lib/patch/json.ts'
import type { LimitRange, LimitRangeItem, ResourceQuota } from '../v1.ts'
import { validateResourceName, validateResourceValue } from './resources.ts'

const LIMIT_TYPES = ['Container', 'PersistentVolumeClaim', 'Pod']

/** Checks the bounds of a namespace. */
export function validateLimitRange({ spec }: LimitRange, problems: Problems): void {
  const seen = new Set<string>()
  for (const [i, item] of spec.limits.entries()) {
    const field = `spec.limits[${i}]`
    const { type } = item
    if (seen.has(type)) problems.duplicate(`${field}.type`, type)
    seen.add(type)
    if (type !== '' && !type.includes('/') && !LIMIT_TYPES.includes(type)) {
      problems.invalid(`${field}.type`, type, 'must be a standard limit type or fully qualified')
    }
    if (type === 'Pod') {
      for (const name of ['default', 'defaultRequest'] as const) {
        if (Object.keys(item[name] ?? {}).length > 0) {
          problems.forbidden(`${field}.${name}`, "may not be specified when `type` is 'Pod'")
        }
      }
    }
    if (
      type === 'PersistentVolumeClaim' &&
      item.min?.['storage'] === undefined &&
      item.max?.['storage'] === undefined
    ) {
      problems.required(field, 'either minimum or maximum storage value is required, but neither was provided')
    }
    validateOrder(item, field, problems)
  }
}

/** The amounts of one resource from the least to the most. */
const ORDER = [
  ['min', 'defaultRequest', 'default request value'],
  ['min', 'default', 'default value'],
  ['min', 'max', 'max value'],
  ['defaultRequest', 'default', 'default limit value'],
  ['defaultRequest', 'max', 'max value'],
  ['default', 'max', 'max value'],
] as const

function validateOrder(item: LimitRangeItem, field: string, problems: Problems): void {
  const all = [item.min, item.max, item.default, item.defaultRequest, item.maxLimitRequestRatio]
  for (const name of new Set(all.flatMap((one) => Object.keys(one ?? {})))) {
    validateResourceName(name, `${field}[${name}]`, problems)
    for (const [low, high, what] of ORDER) {
      const [least, most] = [item[low]?.[name], item[high]?.[name]]
      if (least === undefined || most === undefined || compareQuantities(least, most) <= 0) continue
      const detail = `${low === 'min' ? 'min value' : low === 'default' ? 'default value' : 'default request value'} ${canonicalQuantity(least)} is greater than ${what} ${canonicalQuantity(most)}`
      problems.invalid(`${field}.${low}[${name}]`, canonicalQuantity(least), detail)
    }
    const ratio = item.maxLimitRequestRatio?.[name]
    if (ratio !== undefined && compareQuantities(ratio, '1') < 0) {
      problems.invalid(
        `${field}.maxLimitRequestRatio[${name}]`,
        canonicalQuantity(ratio),
        `ratio ${canonicalQuantity(ratio)} is less than 1`,
      )
    }
  }
}

/** Checks what a namespace may use in all. */
export function validateResourceQuota({ spec }: ResourceQuota, problems: Problems): void {
  for (const [name, amount] of Object.entries(spec.hard ?? {})) {
    const field = `spec.hard[${name}]`
    if (!isCounted(name)) validateResourceName(name, field, problems)
    quantityNotNegative(amount, field, problems)
    validateResourceValue(name, amount, field, problems)
  }
  const scopes = spec.scopes ?? []
  if (scopes.includes('BestEffort') && scopes.includes('NotBestEffort')) {
    problems.invalid('spec.scopes', scopes, 'conflicting scopes')
  }
  if (scopes.includes('Terminating') && scopes.includes('NotTerminating')) {
    problems.invalid('spec.scopes', scopes, 'conflicting scopes')
  }
  for (const [i, { scopeName, operator, values = [] }] of (spec.scopeSelector?.matchExpressions ?? []).entries()) {
    const field = `spec.scopeSelector.matchExpressions[${i}]`
    if (scopeName !== 'PriorityClass' && scopeName !== 'VolumeAttributesClass' && operator !== 'Exists') {
      const detail = `must be 'Exist' when scope is any of Terminating, NotTerminating, BestEffort, NotBestEffort and CrossNamespacePodAffinity`
      problems.invalid(`${field}.operator`, operator, detail)
    }
    if ((operator === 'In' || operator === 'NotIn') && values.length === 0) {
      problems.required(
        `${field}.values`,
        "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector",
      )
    }
    if ((operator === 'Exists' || operator === 'DoesNotExist') && values.length > 0) {
      problems.invalid(
        `${field}.values`,
        values,
        "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector",
      )
    }
  }
}

/** Names such as `count/deployments.apps` and `gold.storageclass.storage.k8s.io/requests.storage`. */
function isCounted(name: string): boolean {
  return (
    name.startsWith('count/') || name.includes('/') || /^(requests|limits)\./.test(name) || name.startsWith('services.')
  )
}

/** Checks that a quota keeps its scopes. */
export function validateQuotaUpdate({ spec }: ResourceQuota, { spec: old }: ResourceQuota, problems: Problems): void {
  const sorted = (scopes: readonly string[] = []): string[] => scopes.toSorted()
  if (!sameJson(sorted(spec.scopes), sorted(old.scopes)))
    problems.invalid('spec.scopes', spec.scopes, 'field is immutable')
}
