import {
  ANNOTATION_TYPES,
  APPLY_TYPES,
  compileExpression,
  compileVariables,
  CONDITION_TYPES,
  MESSAGE_TYPES,
  PATCH_TYPES,
} from '../../../api/admissionregistration/expression-environment.ts'
import type { Compiled, ExpressionScope } from '../../../api/admissionregistration/expression-environment.ts'
import type {
  MutatingAdmissionPolicy,
  Mutation,
  ParamKind,
  ValidatingAdmissionPolicy,
  Validation,
  Variable,
} from '../../../api/admissionregistration/v1.ts'
import { EvalError } from '../../../lib/cel/errors.ts'
import { CALL_COST_MAX } from '../../../lib/cel/kubernetes.ts'
import type { Variables } from '../../../lib/cel/program.ts'
import { mapOf, STRING, DYN } from '../../../lib/cel/types.ts'
import type { Type } from '../../../lib/cel/types.ts'
import { adapt, Mapping } from '../../../lib/cel/values.ts'
import type { Value } from '../../../lib/cel/values.ts'
import type { Budget } from '../expressions/budget.ts'

interface CompiledVariables {
  readonly conditionScope: ExpressionScope
  readonly variables: ReadonlyMap<string, Compiled>
}

/** A policy that refuses, ready to run. */
export interface CompiledValidatingPolicy extends CompiledVariables {
  readonly validations: readonly {
    readonly validation: Validation
    readonly expression: Compiled
    readonly message: Compiled | undefined
  }[]
  readonly annotations: readonly Compiled[]
}

/** A policy that changes objects, ready to run. */
export interface CompiledMutatingPolicy extends CompiledVariables {
  readonly mutations: readonly { readonly mutation: Mutation; readonly expression: Compiled }[]
}

const validating = new WeakMap<ValidatingAdmissionPolicy, CompiledValidatingPolicy>()
const mutating = new WeakMap<MutatingAdmissionPolicy, CompiledMutatingPolicy>()

/** Compiles a policy, once for each state of it. */
export function compiledValidating(policy: ValidatingAdmissionPolicy): CompiledValidatingPolicy {
  let compiled = validating.get(policy)
  if (compiled === undefined) {
    const { paramKind, variables, validations = [], auditAnnotations = [] } = policy.spec
    const { scope, ...rest } = withVariables(paramKind, variables)
    compiled = {
      ...rest,
      validations: validations.map((validation) => ({
        validation,
        expression: compileExpression(validation.expression, scope, CONDITION_TYPES),
        message: validation.messageExpression
          ? compileExpression(validation.messageExpression, { ...scope, authorizer: false }, MESSAGE_TYPES)
          : undefined,
      })),
      annotations: auditAnnotations.map(({ valueExpression }) =>
        compileExpression(valueExpression.trim(), scope, ANNOTATION_TYPES),
      ),
    }
    validating.set(policy, compiled)
  }
  return compiled
}

export function compiledMutating(policy: MutatingAdmissionPolicy): CompiledMutatingPolicy {
  let compiled = mutating.get(policy)
  if (compiled === undefined) {
    const { paramKind, variables, mutations = [] } = policy.spec
    const { scope, ...rest } = withVariables(paramKind, variables)
    compiled = {
      ...rest,
      mutations: mutations.map((mutation) => {
        const applies = mutation.patchType === 'ApplyConfiguration'
        const text = (applies ? mutation.applyConfiguration : mutation.jsonPatch)?.expression ?? ''
        const types = applies ? APPLY_TYPES : PATCH_TYPES
        return { mutation, expression: compileExpression(text.trim(), { ...scope, patchTypes: true }, types) }
      }),
    }
    mutating.set(policy, compiled)
  }
  return compiled
}

function withVariables(
  paramKind: ParamKind | undefined,
  list: readonly Variable[] = [],
): CompiledVariables & { readonly scope: ExpressionScope } {
  const conditionScope = { params: paramKind !== undefined, authorizer: true }
  if (list.length === 0) return { scope: conditionScope, conditionScope, variables: new Map() }
  const { types, compiled } = compileVariables(list, conditionScope)
  return { scope: { ...conditionScope, variables: types }, conditionScope, variables: compiled }
}

/** Adds `variables` to what expressions can name: each is worked out when it is first asked for, and charged then. */
export function withLazyVariables(base: Variables, compiled: ReadonlyMap<string, Compiled>, budget: Budget): Variables {
  if (compiled.size === 0) return base
  const lazy: LazyVariables = new LazyVariables(compiled, budget, (name) => (name === 'variables' ? lazy : base(name)))
  return (name) => (name === 'variables' ? lazy : base(name))
}

class LazyVariables extends Mapping {
  readonly #compiled: ReadonlyMap<string, Compiled>
  readonly #budget: Budget
  readonly #names: Variables
  readonly #known = new Map<string, { readonly value: Value } | { readonly error: EvalError }>()

  constructor(compiled: ReadonlyMap<string, Compiled>, budget: Budget, names: Variables) {
    super()
    this.#compiled = compiled
    this.#budget = budget
    this.#names = names
  }

  override get type(): Type {
    return mapOf(STRING, DYN)
  }

  get size(): number {
    return this.#compiled.size
  }

  keys(): Iterable<Value> {
    return this.#compiled.keys()
  }

  get(key: Value): Value | undefined {
    const name = key as string
    let outcome = this.#known.get(name)
    if (outcome === undefined) {
      const compiled = this.#compiled.get(name)
      if (compiled === undefined) return undefined
      this.#known.set(name, (outcome = this.#evaluate(name, compiled)))
    }
    if ('error' in outcome) throw outcome.error
    return outcome.value
  }

  #evaluate(name: string, compiled: Compiled): { readonly value: Value } | { readonly error: EvalError } {
    const fails = (what: string): { readonly error: EvalError } => ({
      error: new EvalError(`composited variable ${JSON.stringify(name)} ${what}`),
    })
    if ('problem' in compiled) return fails(`fails to compile: ${compiled.problem}`)
    try {
      const { value, cost } = compiled.program.run(this.#names, CALL_COST_MAX)
      this.#budget.spend(cost)
      return { value: adapt(value) }
    } catch (error) {
      if (!(error instanceof EvalError)) throw error
      return fails(`fails to evaluate: ${error.message}`)
    }
  }
}
