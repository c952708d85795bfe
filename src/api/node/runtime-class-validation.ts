import { dns1123Label } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import { validateLabels } from '../meta/validate-labels.ts'
import { quantityNotNegative } from '../meta/validate-numbers.ts'
import { validateTolerations } from '../core/validation/scheduling.ts'
import { unchanged } from '../meta/validate-immutable.ts'
import type { RuntimeClass } from './v1.ts'

/** Checks a way to run containers. */
export function validateRuntimeClass({ handler, overhead, scheduling }: RuntimeClass, problems: Problems): void {
  if (handler !== '') problems.invalidBy(dns1123Label(handler), 'handler', handler)
  for (const [name, amount] of Object.entries(overhead?.podFixed ?? {})) {
    quantityNotNegative(amount, `overhead.podFixed[${name}]`, problems)
  }
  validateLabels(scheduling?.nodeSelector, 'scheduling.nodeSelector', problems)
  validateTolerations(scheduling?.tolerations, 'scheduling.tolerations', problems)
}

/** Checks that a class keeps its handler. */
export function validateRuntimeClassUpdate(next: RuntimeClass, old: RuntimeClass, problems: Problems): void {
  unchanged(next.handler, old.handler, 'handler', problems)
}
