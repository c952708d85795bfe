import type { Problems } from '../meta/problems.ts'
import { atMostAll, validateAmount } from '../meta/validate-amounts.ts'
import { validateSelector } from '../meta/validate-labels.ts'
import type { PodDisruptionBudget } from './v1.ts'

/** Checks how many Pods may be missing. */
export function validatePodDisruptionBudget({ spec }: PodDisruptionBudget, problems: Problems): void {
  const { minAvailable, maxUnavailable, selector } = spec
  if (minAvailable !== undefined && maxUnavailable !== undefined) {
    problems.invalid('spec', spec, 'minAvailable and maxUnavailable cannot be both set')
  }
  for (const [name, amount] of Object.entries({ minAvailable, maxUnavailable })) {
    validateAmount(amount, `spec.${name}`, problems)
    atMostAll(amount, `spec.${name}`, problems)
  }
  validateSelector(selector, 'spec.selector', problems)
}
