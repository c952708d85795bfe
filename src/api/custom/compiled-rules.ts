import type { Environment } from '../../lib/cel/environment.ts'
import { CompileError } from '../../lib/cel/errors.ts'
import { kubernetesFunctions } from '../../lib/cel/kubernetes.ts'
import { compileProgram } from '../../lib/cel/program.ts'
import type { Program } from '../../lib/cel/program.ts'
import { optionalOf } from '../../lib/cel/types.ts'
import type { Type } from '../../lib/cel/types.ts'
import type { JSONSchemaProps, ValidationRule } from '../apiextensions/v1.ts'
import { expressionType } from './expression-type.ts'

/** A rule that is ready to run, or why it is not. */
export interface CompiledRule {
  readonly rule: ValidationRule
  readonly program?: Program
  readonly problem?: string
  readonly message?: Program
  readonly messageProblem?: string
}

const compiled = new WeakMap<JSONSchemaProps, readonly CompiledRule[]>()

/** The rules of a schema itself, not of what is below it; compiled once. */
export function compiledRules(schema: JSONSchemaProps, isWhole: boolean): readonly CompiledRule[] {
  const rules = schema['x-kubernetes-validations'] ?? []
  if (rules.length === 0) return []
  let list = compiled.get(schema)
  if (list === undefined) {
    const type = expressionType(schema, isWhole)
    list = rules.map((rule) =>
      type === undefined
        ? { rule, problem: 'failed to convert to declType for CEL validation rules' }
        : compileRule(rule, type),
    )
    compiled.set(schema, list)
  }
  return list
}

function compileRule(rule: ValidationRule, type: Type): CompiledRule {
  if (rule.rule.trim() === '') return { rule }
  const environment: Environment = {
    functions: kubernetesFunctions,
    variables: new Map([
      ['self', type],
      ['oldSelf', rule.optionalOldSelf === true ? optionalOf(type) : type],
    ]),
  }
  const program = compileOne(rule.rule, environment)
  if (typeof program === 'string') return { rule, problem: `compilation failed: ${program}` }
  if (program.type.kind !== 'bool') return { rule, problem: 'cel expression must evaluate to a bool' }
  const text = rule.messageExpression ?? ''
  if (text.trim() === '') return { rule, program }
  const message = compileOne(text, environment)
  if (typeof message === 'string') {
    return { rule, program, messageProblem: `messageExpression compilation failed: ${message}` }
  }
  if (message.type.kind !== 'string') {
    return { rule, program, messageProblem: 'messageExpression must evaluate to a string' }
  }
  return { rule, program, message }
}

function compileOne(source: string, environment: Environment): Program | string {
  try {
    return compileProgram(source, environment)
  } catch (error) {
    if (error instanceof CompileError) return error.message
    throw error
  }
}
