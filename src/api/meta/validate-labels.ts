import { dns1123Subdomain, qualifiedName, validLabelValue } from './names.ts'
import type { Problems } from './problems.ts'
import type { LabelSelector } from './v1.ts'

/** Checks a set of labels. */
export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
  problems: Problems,
): void {
  for (const key in labels) {
    problems.invalidBy(qualifiedName(key), field, key)
    problems.invalidBy(validLabelValue(labels[key]!), field, labels[key])
  }
}

/** Checks a label selector. */
export function validateSelector(selector: LabelSelector | undefined, field: string, problems: Problems): void {
  if (selector === undefined) return
  validateLabels(selector.matchLabels, `${field}.matchLabels`, problems)
  for (const [i, { key, operator, values = [] }] of (selector.matchExpressions ?? []).entries()) {
    const path = `${field}.matchExpressions[${i}]`
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0)
        problems.required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'")
    } else if (operator === 'Exists' || operator === 'DoesNotExist') {
      if (values.length > 0) {
        problems.forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
      }
    } else if (operator !== '') {
      problems.invalid(`${path}.operator`, operator, 'not a valid selector operator')
    }
    if (key !== '') problems.invalidBy(qualifiedName(key), `${path}.key`, key)
    values.forEach((value, j) => problems.invalidBy(validLabelValue(value), `${path}.values[${j}]`, value))
  }
}

/** Checks a reference to an object that is named like a domain. */
export function validateNameOf(name: string | undefined, field: string, problems: Problems): void {
  if (name !== undefined && name !== '') problems.invalidBy(dns1123Subdomain(name), field, name)
}
