import { CostLimitError, EvalError } from '../../lib/cel/errors.ts'
import { CALL_COST_MAX, TOTAL_COST_MAX } from '../../lib/cel/kubernetes.ts'
import type { Program, Variables } from '../../lib/cel/program.ts'
import { Optional } from '../../lib/cel/values.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { JSONSchemaProps, ValidationRule } from '../apiextensions/v1.ts'
import type { Problems } from '../meta/problems.ts'
import type { CompiledRule } from './compiled-rules.ts'
import { compiledRules } from './compiled-rules.ts'
import { hasRules } from './has-rules.ts'
import { itemSchema } from './prune.ts'
import { ruleValue } from './rule-values.ts'

/** Says which rules of its schema an object breaks; rules about changes are asked only where there is an old value. */
export function checkRules(object: unknown, old: unknown, schema: JSONSchemaProps, problems: Problems): void {
  const run = new RuleRun(problems)
  try {
    run.check({ value: object, old, schema, path: '', isWhole: true })
  } catch (error) {
    if (!(error instanceof Enough)) throw error
  }
}

/** One value with the schema that it has to keep. */
interface Place {
  readonly value: unknown
  /** What stood there before; undefined where nothing did, or where it cannot be told. */
  readonly old: unknown
  readonly schema: JSONSchemaProps
  readonly path: string
  readonly isWhole: boolean
}

/** No further rules are run. */
class Enough extends Error {}

class RuleRun {
  readonly #problems: Problems
  #budget = TOTAL_COST_MAX

  constructor(problems: Problems) {
    this.#problems = problems
  }

  check(place: Place): void {
    const { value, schema } = place
    if (value === null || value === undefined || !hasRules(schema)) return
    this.#ownRules(place)
    for (const one of schema.allOf ?? []) if (hasRules(one)) this.check({ ...place, schema: merged(schema, one) })
    if (Array.isArray(value)) this.#items(value, place)
    else if (typeof value === 'object') this.#fields(value as Fields, place)
  }

  #items(list: readonly unknown[], { old, schema, path }: Place): void {
    const items = itemSchema(schema)
    if (items === undefined || !hasRules(items)) return
    const before = oldItems(schema, old)
    list.forEach((value, i) => {
      this.check({ value, old: before(value), schema: items, path: `${path}[${i}]`, isWhole: isEmbedded(items) })
    })
  }

  #fields(object: Fields, { old, schema, path }: Place): void {
    const before = typeof old === 'object' && old !== null && !Array.isArray(old) ? (old as Fields) : {}
    const { properties = {}, additionalProperties } = schema
    for (const [name, value] of Object.entries(object)) {
      const isNamed = Object.hasOwn(properties, name)
      const inner = isNamed ? properties[name]! : additionalProperties
      if (typeof inner !== 'object') continue
      const field = isNamed ? (path === '' ? name : `${path}.${name}`) : `${path}[${name}]`
      const was = Object.hasOwn(before, name) ? before[name] : undefined
      this.check({ value, old: was, schema: inner, path: field, isWhole: isEmbedded(inner) })
    }
  }

  #ownRules(place: Place): void {
    const { value, old, schema, isWhole } = place
    const rules = compiledRules(schema, isWhole)
    if (rules.length === 0) return
    const self = ruleValue(value, schema, isWhole)
    const before = old === undefined || old === null ? undefined : ruleValue(old, schema, isWhole)
    for (const compiled of rules) this.#rule(compiled, place, self, before)
  }

  #rule(compiled: CompiledRule, place: Place, self: unknown, before: unknown): void {
    const { rule, program, problem } = compiled
    const { path, schema } = place
    const field = path === '' ? '<nil>' : path
    const refuse = (detail: string): void => this.#problems.invalid(field, schema.type ?? '', detail)
    if (problem !== undefined) {
      refuse(`rule compile error: ${problem}`)
      return
    }
    if (program === undefined) return
    const isTransition = program.uses('oldSelf')
    if (isTransition && before === undefined && rule.optionalOldSelf !== true) return
    const variables: Variables = (name) => {
      if (name === 'self') return self
      if (name !== 'oldSelf') return undefined
      if (rule.optionalOldSelf !== true) return before
      return before === undefined ? Optional.none : Optional.of(before)
    }
    try {
      if (this.#run(program, variables, refuse) === true) return
    } catch (error) {
      refuse(this.#failure(error, rule))
      if (error instanceof CostLimitError) throw new Enough()
      return
    }
    // What has not changed was accepted once, and is accepted again.
    if (!isTransition && place.old !== undefined && sameJson(place.value, place.old)) return
    this.#report(compiled, place, variables)
  }

  #run(program: Program, variables: Variables, refuse: (detail: string) => void): unknown {
    const { value, cost } = program.run(variables, CALL_COST_MAX)
    this.#budget -= cost
    if (this.#budget >= 0) return value
    refuse('validation failed due to running out of cost budget, no further validation rules will be run')
    throw new Enough()
  }

  #failure(error: unknown, rule: ValidationRule): string {
    const what = (rule.message ?? '').trim() || rule.rule.trim()
    if (error instanceof CostLimitError) {
      return `'${error.message}': no further validation rules will be run due to call cost exceeds limit for rule: ${what}`
    }
    if (!(error instanceof EvalError)) throw error
    if (error.message.startsWith('no such overload')) {
      return `'${error.message}': call arguments did not match a supported operator, function or macro signature for rule: ${what}`
    }
    return `${error.message} evaluating rule: ${what}`
  }

  #report({ rule, message }: CompiledRule, { value, schema, path }: Place, variables: Variables): void {
    const field = `${path}${rule.fieldPath ?? ''}`.replace(/^\./, '') || '<nil>'
    const made = message === undefined ? undefined : this.#message(message, variables)
    const detail = made ?? ((rule.message ?? '').trim() || `failed rule: ${rule.rule.trim()}`)
    const shown = schema.type === 'object' || schema.type === 'array' ? undefined : value
    switch (rule.reason) {
      case 'FieldValueForbidden':
        return this.#problems.forbidden(field, detail)
      case 'FieldValueRequired':
        return this.#problems.required(field, detail)
      case 'FieldValueDuplicate':
        return shown === undefined ? this.#problems.duplicateWhole(field) : this.#problems.duplicate(field, shown)
      default:
        return shown === undefined
          ? this.#problems.invalidWhole(field, detail)
          : this.#problems.invalid(field, shown, detail)
    }
  }

  /** One line of text that says something; without it the rule's message stands. */
  #message(program: Program, variables: Variables): string | undefined {
    try {
      const value = this.#run(program, variables, () => {})
      const text = typeof value === 'string' ? value.trim() : ''
      return text === '' || text.includes('\n') || Buffer.byteLength(text) > MESSAGE_BYTES_MAX ? undefined : text
    } catch (error) {
      if (error instanceof EvalError) return undefined
      throw error
    }
  }
}

const MESSAGE_BYTES_MAX = 5 * 1024

type Fields = Readonly<Record<string, unknown>>

const isEmbedded = (schema: JSONSchemaProps): boolean => schema['x-kubernetes-embedded-resource'] === true

const mergedSchemas = new WeakMap<JSONSchemaProps, JSONSchemaProps>()

/** A schema with the rules of one of its `allOf` in place of its own, at every depth. */
function merged(schema: JSONSchemaProps, more: JSONSchemaProps): JSONSchemaProps {
  let result = mergedSchemas.get(more)
  if (result === undefined) {
    const { properties = {}, additionalProperties, allOf: _1, 'x-kubernetes-validations': _2, ...rest } = schema
    const items = itemSchema(schema)
    const [moreItems, moreValues] = [itemSchema(more), more.additionalProperties]
    const plain = (one: JSONSchemaProps): JSONSchemaProps => merged(one, {})
    result = {
      ...rest,
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, one]) => {
          const own = more.properties?.[name]
          return [name, own === undefined ? (hasRules(one) ? plain(one) : one) : merged(one, own)]
        }),
      ),
      ...(items === undefined ? {} : { items: moreItems === undefined ? plain(items) : merged(items, moreItems) }),
      ...(typeof additionalProperties === 'object'
        ? {
            additionalProperties:
              typeof moreValues === 'object' ? merged(additionalProperties, moreValues) : plain(additionalProperties),
          }
        : {}),
      ...(more['x-kubernetes-validations'] === undefined
        ? {}
        : { 'x-kubernetes-validations': more['x-kubernetes-validations'] }),
    }
    mergedSchemas.set(more, result)
  }
  return result
}

/** Finds what an item was before: only items that have keys can be found again. */
function oldItems(
  { 'x-kubernetes-list-type': type, 'x-kubernetes-list-map-keys': keys = [] }: JSONSchemaProps,
  old: unknown,
) {
  if (type !== 'map' || !Array.isArray(old)) return () => undefined
  const identity = (item: unknown): string => JSON.stringify(keys.map((key) => (item as Fields | null)?.[key] ?? null))
  const byKeys = new Map(old.map((item: unknown) => [identity(item), item]))
  return (item: unknown): unknown => byKeys.get(identity(item))
}
