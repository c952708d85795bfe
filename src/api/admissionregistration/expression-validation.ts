import type { Type } from '../../lib/cel/types.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { Problems } from '../meta/problems.ts'
import type { Compiled, ExpressionScope } from './expression-environment.ts'
import {
  ANNOTATION_TYPES,
  APPLY_TYPES,
  compileExpression,
  compileVariables,
  CONDITION_TYPES,
  MESSAGE_TYPES,
  PATCH_TYPES,
} from './expression-environment.ts'
import type {
  MatchCondition,
  MutatingAdmissionPolicy,
  MutatingWebhookConfiguration,
  ValidatingAdmissionPolicy,
  ValidatingWebhookConfiguration,
  Variable,
} from './v1.ts'

/** Compiles the expressions of hooks, and says what is wrong with them. */
export function checkHookExpressions(
  { webhooks = [] }: MutatingWebhookConfiguration | ValidatingWebhookConfiguration,
  old: MutatingWebhookConfiguration | ValidatingWebhookConfiguration | undefined,
  problems: Problems,
): void {
  const conditions = webhooks.map((hook) => hook.matchConditions)
  if (
    old !== undefined &&
    sameJson(
      conditions,
      old.webhooks?.map((hook) => hook.matchConditions),
    )
  )
    return
  const scope = { params: false, authorizer: true }
  conditions.forEach((list, i) => checkConditions(list, scope, `webhooks[${i}].matchConditions`, problems))
}

function checkConditions(
  conditions: readonly MatchCondition[] = [],
  scope: ExpressionScope,
  field: string,
  problems: Problems,
): void {
  conditions.forEach(({ expression }, i) => {
    checkExpression(expression.trim(), scope, CONDITION_TYPES, `${field}[${i}].expression`, problems)
  })
}

function checkExpression(
  expression: string,
  scope: ExpressionScope,
  wanted: readonly Type[],
  field: string,
  problems: Problems,
): void {
  if (expression.trim() === '') return
  report(compileExpression(expression, scope, wanted), expression, field, problems)
}

function report(result: Compiled, expression: string, field: string, problems: Problems): void {
  if ('problem' in result) problems.invalid(field, expression, result.problem)
}

function checkVariables(list: readonly Variable[], scope: ExpressionScope, problems: Problems): ExpressionScope {
  if (list.length === 0) return scope
  const { types, compiled } = compileVariables(list, scope)
  list.forEach(({ name, expression }, i) => {
    const result = compiled.get(name)
    if (result !== undefined && expression.trim() !== '') {
      report(result, expression, `spec.variables[${i}].expression`, problems)
    }
  })
  return { ...scope, variables: types }
}

/** Compiles the expressions of a policy that refuses, and says what is wrong with them. */
export function checkValidatingExpressions(
  { spec }: ValidatingAdmissionPolicy,
  old: ValidatingAdmissionPolicy | undefined,
  problems: Problems,
): void {
  const { variables = [], validations = [], auditAnnotations = [] } = spec
  const scope: ExpressionScope = { params: spec.paramKind !== undefined, authorizer: true }
  if (!conditionsStay(spec, old?.spec)) {
    checkConditions(spec.matchConditions, scope, 'spec.matchConditions', problems)
  }
  const whole = checkVariables(variables, scope, problems)
  validations.forEach(({ expression, messageExpression = '' }, i) => {
    const field = `spec.validations[${i}]`
    checkExpression(expression, whole, CONDITION_TYPES, `${field}.expression`, problems)
    const plain = { ...whole, authorizer: false }
    checkExpression(messageExpression, plain, MESSAGE_TYPES, `${field}.messageExpression`, problems)
  })
  auditAnnotations.forEach(({ valueExpression }, i) => {
    const field = `spec.auditAnnotations[${i}].valueExpression`
    checkExpression(valueExpression.trim(), whole, ANNOTATION_TYPES, field, problems)
  })
}

interface Conditional {
  readonly paramKind?: unknown
  readonly matchConditions?: unknown
}

function conditionsStay(spec: Conditional, old: Conditional | undefined): boolean {
  return (
    old !== undefined && sameJson(spec.paramKind, old.paramKind) && sameJson(spec.matchConditions, old.matchConditions)
  )
}

/** Compiles the expressions of a policy that changes objects, and says what is wrong with them. */
export function checkMutatingExpressions(
  { spec }: MutatingAdmissionPolicy,
  old: MutatingAdmissionPolicy | undefined,
  problems: Problems,
): void {
  const { variables = [], mutations = [] } = spec
  const scope: ExpressionScope = { params: spec.paramKind !== undefined, authorizer: true }
  if (!conditionsStay(spec, old?.spec)) {
    checkConditions(spec.matchConditions, scope, 'spec.matchConditions', problems)
  }
  const whole = { ...checkVariables(variables, scope, problems), patchTypes: true }
  mutations.forEach(({ applyConfiguration, jsonPatch }, i) => {
    const field = `spec.mutations[${i}]`
    const applied = applyConfiguration?.expression ?? ''
    checkExpression(applied.trim(), whole, APPLY_TYPES, `${field}.applyConfiguration.expression`, problems)
    const patched = jsonPatch?.expression ?? ''
    checkExpression(patched.trim(), whole, PATCH_TYPES, `${field}.jsonPatch.expression`, problems)
  })
}
