import type { Compiled } from '../../../api/admissionregistration/expression-environment.ts'
import { CostLimitError, EvalError } from '../../../lib/cel/errors.ts'
import { CALL_COST_MAX } from '../../../lib/cel/kubernetes.ts'
import type { Variables } from '../../../lib/cel/program.ts'

/** All expressions together have done as much as they may. */
export class OutOfBudget extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run')
    this.name = 'OutOfBudget'
  }
}

/** What came of one expression. */
export type Outcome = { readonly value: unknown } | { readonly error: string }

/** What the expressions of one object may still cost together. */
export class Budget {
  #left: number

  constructor(cost: number) {
    this.#left = cost
  }

  /** Takes off what something has cost; throws OutOfBudget when there is not as much left. */
  spend(cost: number): void {
    if (cost > this.#left) throw new OutOfBudget()
    this.#left -= cost
  }

  /** Runs an expression; throws OutOfBudget when too little is left for it. */
  evaluate(compiled: Compiled, variables: Variables): Outcome {
    if ('problem' in compiled) return { error: `compilation error: ${compiled.problem}` }
    const { program } = compiled
    try {
      const { value, cost } = program.run(variables, CALL_COST_MAX)
      this.spend(cost)
      return { value }
    } catch (error) {
      if (!(error instanceof EvalError || error instanceof CostLimitError)) throw error
      if (error instanceof CostLimitError) this.spend(CALL_COST_MAX)
      return { error: `expression '${program.source}' resulted in error: ${error.message}` }
    }
  }
}
