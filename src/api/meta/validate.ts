import { linesOf } from './layout.ts'
import type { Problems } from './problems.ts'
import { messageOf } from './schema.ts'
import type { Field, Message } from './schema.ts'

/**
 * Says what the tables know to be wrong with a decoded and defaulted object: required fields that are missing and values
 * that a closed list does not have. Metadata and status are left to those who know them.
 */
export function validateFields(message: Message, object: object, problems: Problems): void {
  if (message.dynamic === undefined) checkerOf(message)?.(object as Values, { steps: [], problems })
  else message.dynamic.validate(object, problems)
}

type Values = Readonly<Record<string, unknown>>

/** Where a check is: paths are only put together for what is wrong. */
interface Place {
  readonly steps: (string | number)[]
  readonly problems: Problems
}

type Checker = (values: Values, place: Place) => void

/** Texts that OpenAPI requires, but that may be empty. */
const MAY_BE_EMPTY = new Set([
  'HTTPHeader.value',
  'Sysctl.value',
  'TokenRequest.audience',
  'TokenReviewSpec.token',
  'ComponentCondition.status',
  'ComponentCondition.type',
])

const checkers = new WeakMap<Message, Checker | undefined>()

/** Undefined when there is nothing to check in a message or below. */
function checkerOf(message: Message): Checker | undefined {
  if (checkers.has(message)) return checkers.get(message)
  let checks: readonly Checker[] = []
  // Set before the lines are looked at, since a message may contain itself.
  const checker: Checker = (values, place) => {
    for (const check of checks) check(values, place)
  }
  checkers.set(message, checker)
  checks = linesOf(message).flatMap(({ name, field }) =>
    name === 'metadata' || name === 'status' ? [] : lineCheckers(message, name, field),
  )
  if (checks.length === 0) checkers.set(message, undefined)
  return checkers.get(message)
}

function lineCheckers(message: Message, name: string, field: Field): Checker[] {
  const checks: Checker[] = []
  const isRequired = field.options.required === true && field.shape === 'one'
  if (isRequired && (field.element === 'string' || field.pointer) && !MAY_BE_EMPTY.has(`${message.name}.${name}`)) {
    checks.push((values, place) => {
      if (values[name] === undefined || values[name] === '') place.problems.required(pathOf(place, name))
    })
  }
  if (field.options.enum !== undefined) checks.push(enumChecker(name, field, field.options.enum))
  const nested = messageOf(field.element)
  const inner = nested === undefined ? undefined : checkerOf(nested)
  if (inner !== undefined) checks.push(descender(name, field, inner))
  return checks
}

function enumChecker(name: string, { shape }: Field, supported: readonly string[]): Checker {
  const values = new Set<unknown>(supported)
  const check = (value: unknown, place: Place, ...steps: (string | number)[]): void => {
    if (!values.has(value)) place.problems.notSupported(pathOf(place, ...steps), value, supported)
  }
  if (shape === 'one') {
    return (object, place) => {
      const value = object[name]
      if (value !== undefined && value !== '') check(value, place, name)
    }
  }
  return (object, place) => {
    const list = object[name] as readonly unknown[] | undefined
    list?.forEach((value, i) => check(value, place, name, i))
  }
}

function descender(name: string, { shape }: Field, inner: Checker): Checker {
  if (shape === 'one') {
    return (object, place) => {
      const value = object[name] as Values | undefined
      if (value === undefined || value === null) return
      place.steps.push(name)
      inner(value, place)
      place.steps.pop()
    }
  }
  return (object, place) => {
    const value = object[name] as readonly Values[] | Readonly<Record<string, Values>> | undefined
    if (value === undefined) return
    const { steps } = place
    steps.push(name, 0)
    for (const key in value) {
      steps[steps.length - 1] = shape === 'list' ? Number(key) : key
      inner((value as Readonly<Record<string, Values>>)[key]!, place)
    }
    steps.length -= 2
  }
}

/** `spec.containers[0].name`; keys of maps stand in brackets too. */
function pathOf({ steps }: Place, ...last: readonly (string | number)[]): string {
  let path = ''
  for (const step of [...steps, ...last])
    path += typeof step === 'number' ? `[${step}]` : path === '' ? step : `.${step}`
  return path
}
