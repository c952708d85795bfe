import { sameJson } from '../../lib/patch/json.ts'
import type { CustomResourceDefinition, JSONSchemaProps, ValidationRule } from '../apiextensions/v1.ts'
import type { Problems } from '../meta/problems.ts'
import { compiledRules } from './compiled-rules.ts'
import { expressionMinSize } from './expression-type.ts'
import { hasRules } from './has-rules.ts'
import { itemSchema } from './prune.ts'

/** What one rule, and all rules of a schema together, may cost at worst. */
const RULE_COST_MAX = 10_000_000
const SCHEMA_COST_MAX = 100_000_000

const REQUEST_BYTES_MAX = 3 * 1024 * 1024

/** Compiles the rules in the schemas of a definition, and says what is wrong with them and what they would cost. */
export function checkRuleDefinitions(
  { spec }: CustomResourceDefinition,
  old: CustomResourceDefinition | undefined,
  problems: Problems,
): void {
  spec.versions.forEach(({ name, schema }, i) => {
    const root = schema?.openAPIV3Schema
    if (root === undefined || !hasRules(root)) return
    const before = old?.spec.versions.find((one) => one.name === name)?.schema?.openAPIV3Schema
    // A schema that is stored already may cost what it did when it was accepted.
    const check = new DefinitionCheck(problems, !sameJson(root, before))
    const field = `spec.versions[${i}].schema.openAPIV3Schema`
    check.visit(root, { field, isWhole: true, cardinality: 1, uncorrelatable: undefined })
    check.finish(field)
  })
}

interface Where {
  readonly field: string
  readonly isWhole: boolean
  /** How often a value can be there at most; undefined when nothing says so. */
  readonly cardinality: number | undefined
  /** The part of the schema whose old values cannot be found again. */
  readonly uncorrelatable: string | undefined
}

class DefinitionCheck {
  readonly #problems: Problems
  readonly #limitsCost: boolean
  readonly #costs: { readonly field: string; readonly cost: number }[] = []

  constructor(problems: Problems, limitsCost: boolean) {
    this.#problems = problems
    this.#limitsCost = limitsCost
  }

  visit(schema: JSONSchemaProps, where: Where): void {
    if (!hasRules(schema)) return
    const { field, cardinality, uncorrelatable } = where
    const { properties = {}, additionalProperties } = schema
    for (const [name, inner] of Object.entries(properties)) {
      this.visit(inner, { ...where, field: `${field}.properties[${name}]`, isWhole: isEmbedded(inner) })
    }
    const times = (max: number | undefined): number | undefined =>
      max === undefined || cardinality === undefined ? undefined : max * cardinality
    if (typeof additionalProperties === 'object') {
      this.visit(additionalProperties, {
        field: `${field}.additionalProperties`,
        isWhole: isEmbedded(additionalProperties),
        cardinality: times(schema.maxProperties),
        uncorrelatable,
      })
    }
    const items = itemSchema(schema)
    if (items !== undefined) {
      const isMap = schema['x-kubernetes-list-type'] === 'map'
      this.visit(items, {
        field: `${field}.items`,
        isWhole: isEmbedded(items),
        cardinality: times(schema.maxItems),
        uncorrelatable: uncorrelatable ?? (isMap ? undefined : `${field}.items`),
      })
    }
    this.#rules(schema, where)
  }

  #rules(schema: JSONSchemaProps, where: Where): void {
    const rules = schema['x-kubernetes-validations'] ?? []
    const before = this.#problems.causes.length
    rules.forEach((rule, i) => checkForm(rule, schema, `${where.field}.x-kubernetes-validations[${i}]`, this.#problems))
    // What is wrong with its form makes no sense to compile.
    if (this.#problems.causes.length > before) return
    const most = Math.floor(REQUEST_BYTES_MAX / (expressionMinSize(schema, where.isWhole) + 1))
    for (const [i, compiled] of compiledRules(schema, where.isWhole).entries()) {
      const { rule, program, problem, message, messageProblem } = compiled
      const field = `${where.field}.x-kubernetes-validations[${i}]`
      if (problem !== undefined) this.#problems.invalid(`${field}.rule`, rule, problem)
      if (messageProblem !== undefined) this.#problems.invalid(`${field}.messageExpression`, rule, messageProblem)
      if (program === undefined) continue
      this.#charge(`${field}.rule`, 'estimated rule cost', program.estimate().max * (where.cardinality ?? most))
      if (message !== undefined) {
        this.#charge(`${field}.messageExpression`, 'estimated messageExpression cost', message.estimate().max)
      }
      if (!program.uses('oldSelf')) {
        if (rule.optionalOldSelf !== undefined) {
          const text = 'may not be set if oldSelf is not used in rule'
          this.#problems.invalid(`${field}.optionalOldSelf`, rule.optionalOldSelf, text)
        }
      } else if (where.uncorrelatable !== undefined) {
        const text = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${where.uncorrelatable}`
        this.#problems.invalid(`${field}.rule`, rule.rule, text)
      }
    }
  }

  #charge(field: string, what: string, cost: number): void {
    this.#costs.push({ field, cost })
    if (this.#limitsCost && cost > RULE_COST_MAX)
      this.#problems.forbidden(field, tooExpensive(what, cost, RULE_COST_MAX))
  }

  /** Looks at what all rules cost together. */
  finish(field: string): void {
    const total = this.#costs.reduce((sum, { cost }) => sum + cost, 0)
    if (!this.#limitsCost || total <= SCHEMA_COST_MAX) return
    const expensive = this.#costs
      .toSorted((a, b) => b.cost - a.cost)
      .filter(({ cost }) => cost >= SCHEMA_COST_MAX / 100)
    for (const one of expensive.slice(0, 4)) {
      this.#problems.forbidden(
        one.field,
        'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema',
      )
    }
    const what = 'x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema'
    this.#problems.forbidden(field, tooExpensive(what, total, SCHEMA_COST_MAX))
  }
}

const isEmbedded = (schema: JSONSchemaProps): boolean => schema['x-kubernetes-embedded-resource'] === true

function tooExpensive(what: string, cost: number, limit: number): string {
  const factor = cost / limit
  const shown = factor > 100 ? 'more than 100x' : factor < 1.5 ? `${factor.toFixed(6)}x` : `${factor.toFixed(1)}x`
  return `${what} exceeds budget by factor of ${shown} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`
}

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']

function checkForm(rule: ValidationRule, schema: JSONSchemaProps, field: string, problems: Problems): void {
  const { message = '', messageExpression = '', reason, fieldPath = '' } = rule
  const hasBreaks = (text: string): boolean => /[\n\r]/.test(text)
  if (rule.rule.trim() === '') problems.required(`${field}.rule`, 'rule is not specified')
  else if (message !== '' && message.trim() === '') {
    problems.invalid(`${field}.message`, message, 'must be non-empty if specified')
  } else if (hasBreaks(message.trim())) problems.invalid(`${field}.message`, message, 'must not contain line breaks')
  else if (hasBreaks(rule.rule.trim()) && message.trim() === '') {
    problems.required(`${field}.message`, 'message must be specified if rule contains line breaks')
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    problems.required(`${field}.messageExpression`, 'messageExpression must be non-empty if specified')
  }
  if (reason !== undefined && !REASONS.includes(reason)) problems.notSupported(`${field}.reason`, reason, REASONS)
  if (fieldPath === '') return
  if (fieldPath.trim() === '') problems.invalid(`${field}.fieldPath`, fieldPath, 'must be non-empty if specified')
  if (hasBreaks(fieldPath)) problems.invalid(`${field}.fieldPath`, fieldPath, 'must not contain line breaks')
  if (!leadsSomewhere(schema, fieldPath)) problems.invalid(`${field}.fieldPath`, fieldPath, 'must be a valid path')
}

/** Whether `.spec['a-b'].c` names a property of a schema. */
function leadsSomewhere(schema: JSONSchemaProps, path: string): boolean {
  let at: JSONSchemaProps | undefined = schema
  let rest = path
  while (rest !== '') {
    const match: RegExpExecArray | null = /^(?:\.([^.[\]]+)|\['((?:[^'\\]|\\.)*)'\])/.exec(rest)
    if (match === null || at === undefined) return false
    const name = match[1] ?? match[2]!.replace(/\\(.)/g, '$1')
    const { properties, additionalProperties }: JSONSchemaProps = at
    if (properties !== undefined) at = Object.hasOwn(properties, name) ? properties[name] : undefined
    else at = typeof additionalProperties === 'object' ? additionalProperties : undefined
    rest = rest.slice(match[0].length)
  }
  return at !== undefined
}
