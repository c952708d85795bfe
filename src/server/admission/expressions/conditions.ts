import { compileExpression, CONDITION_TYPES } from '../../../api/admissionregistration/expression-environment.ts'
import type { ExpressionScope } from '../../../api/admissionregistration/expression-environment.ts'
import type { MatchCondition } from '../../../api/admissionregistration/v1.ts'
import type { Variables } from '../../../lib/cel/program.ts'
import { Budget, OutOfBudget } from './budget.ts'

/** What all conditions of one hook or policy may cost together. */
const CONDITIONS_COST_MAX = 2_500_000

/** Whether conditions hold: one that is false decides, whatever went wrong with others. */
export type Match = { readonly matches: boolean } | { readonly error: string }

export function matchConditions(
  conditions: readonly MatchCondition[],
  scope: ExpressionScope,
  variables: Variables,
  failurePolicy: string | undefined,
): Match {
  const budget = new Budget(CONDITIONS_COST_MAX)
  const errors: string[] = []
  try {
    for (const { expression } of conditions) {
      const outcome = budget.evaluate(compileExpression(expression, scope, CONDITION_TYPES), variables)
      if ('error' in outcome) errors.push(outcome.error)
      else if (outcome.value === false) return { matches: false }
    }
  } catch (error) {
    if (!(error instanceof OutOfBudget)) throw error
    errors.push(error.message)
  }
  if (errors.length === 0) return { matches: true }
  if (failurePolicy === 'Ignore') return { matches: false }
  return { error: errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]` }
}
