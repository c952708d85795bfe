import { check } from './checker.ts'
import type { Checked } from './checker.ts'
import type { Environment } from './environment.ts'
import { CompileError } from './errors.ts'
import { compile, Frame } from './evaluator.ts'
import { estimateCost } from './cost-estimate.ts'
import type { Range } from './cost-estimate.ts'
import { checkLiterals, visit } from './literals.ts'
import { parse } from './parser.ts'
import type { Expr } from './ast.ts'
import type { Type } from './types.ts'
import { DYN } from './types.ts'
import type { Value } from './values.ts'

/** An expression that is ready to run, as often as one likes. */
export interface Program {
  readonly source: string
  readonly type: Type
  /** What it costs at worst and at best, by the sizes that the types of its variables allow. */
  estimate(): Range
  /** Whether it names a variable of the environment. */
  uses(variable: string): boolean
  /** Throws an EvalError, or a CostLimitError when it does more than it may. */
  run(variables: Variables, costLimit?: number): { readonly value: Value; readonly cost: number }
}

/** The value of a variable by its name, worked out when it is asked for; undefined when it has none. */
export type Variables = (name: string) => unknown

/** Reads and checks an expression; throws a CompileError. */
export function compileProgram(source: string, environment: Environment): Program {
  const expr = parse(source)
  const checked = check(expr, environment)
  const issues = checked.issues.length > 0 ? checked.issues : checkLiterals(expr)
  if (issues.length > 0)
    throw new CompileError(
      source,
      issues.toSorted((a, b) => a.at - b.at),
    )
  return programOf(source, expr, checked, environment)
}

/** Reads an expression whose types do not matter until it runs. */
export function compileUnchecked(source: string, environment: Environment): Program {
  const expr = parse(source)
  return programOf(source, expr, { ...check(expr, environment), type: DYN }, environment)
}

function programOf(source: string, expr: Expr, checked: Checked, environment: Environment): Program {
  const run = compile(expr, checked, environment)
  return {
    source,
    type: checked.type,
    estimate: () => estimateCost(expr, checked),
    uses: (variable) => {
      let found = false
      visit(expr, (one) => {
        if (one.kind === 'ident' && one.name === variable) found = true
      })
      return found
    },
    run(variables, costLimit = Number.POSITIVE_INFINITY) {
      const frame = new Frame(variables, costLimit)
      const value = run(frame)
      return { value, cost: frame.cost }
    },
  }
}
