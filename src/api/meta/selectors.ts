import { WherryError } from '../../lib/errors.ts'
import type { LabelSelector } from './v1.ts'

/** Labels, or the fields that a field selector may name. */
export type Values = Readonly<Record<string, string>>

/** One condition of a selector. `op` is that of its text form; `notin` and `!=` also hold where the key is missing. */
export interface Requirement {
  readonly key: string
  readonly op: 'in' | 'notin' | 'exists' | 'absent' | 'gt' | 'lt'
  readonly values: readonly string[]
}

/** Whether `labels` meet every requirement. */
export function meets(requirements: readonly Requirement[], labels: Values | undefined): boolean {
  for (const requirement of requirements) if (!meetsOne(requirement, labels)) return false
  return true
}

function meetsOne({ key, op, values }: Requirement, labels: Values | undefined): boolean {
  const value = labels !== undefined && Object.hasOwn(labels, key) ? labels[key] : undefined
  switch (op) {
    case 'in':
      return value !== undefined && values.includes(value)
    case 'notin':
      return value === undefined || !values.includes(value)
    case 'exists':
      return value !== undefined
    case 'absent':
      return value === undefined
    case 'gt':
      return value !== undefined && /^[+-]?\d+$/.test(value) && BigInt(value) > BigInt(values[0]!)
    case 'lt':
      return value !== undefined && /^[+-]?\d+$/.test(value) && BigInt(value) < BigInt(values[0]!)
  }
}

/** Whether a LabelSelector chooses `labels`. An absent selector chooses nothing, an empty one everything. */
export function selects(selector: LabelSelector | undefined, labels: Values | undefined): boolean {
  return selector !== undefined && meets(requirementsOf(selector), labels)
}

/** The requirements of a LabelSelector; throws `invalid` for an operator that does not exist. */
export function requirementsOf(selector: LabelSelector): Requirement[] {
  const requirements: Requirement[] = []
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    requirements.push({ key, op: 'in', values: [value] })
  }
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const op = OPERATORS[operator]
    if (op === undefined) throw new WherryError('invalid', `"${operator}" is not a valid label selector operator`)
    requirements.push({ key, op, values })
  }
  return requirements
}

const OPERATORS: Readonly<Record<string, Requirement['op']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: 'absent',
}

/** The text form of a LabelSelector, as lists and watches take it. */
export function formatSelector(selector: LabelSelector): string {
  return requirementsOf(selector).map(formatRequirement).join(',')
}

function formatRequirement({ key, op, values }: Requirement): string {
  switch (op) {
    case 'exists':
      return key
    case 'absent':
      return `!${key}`
    case 'gt':
      return `${key}>${values[0]}`
    case 'lt':
      return `${key}<${values[0]}`
    case 'in':
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(',')})`
    case 'notin':
      return `${key} notin (${values.join(',')})`
  }
}

/** Reads the text form of a label selector, such as `app=web,tier in (a, b),!canary`; throws `bad-request`. */
export function parseLabelSelector(text: string): Requirement[] {
  const tokens = text.match(/!=|==|[=!<>(),]|[^\s=!<>(),]+/g) ?? []
  const requirements: Requirement[] = []
  let at = 0
  while (at < tokens.length) {
    const { requirement, next } = readRequirement(text, tokens, at)
    requirements.push(requirement)
    at = next
    if (at === tokens.length) break
    if (tokens[at] !== ',') throw unparsable(text, `found '${tokens[at]}', expected: ',' or 'end of string'`)
    at++
    if (at === tokens.length) throw unparsable(text, `found '', expected: identifier after ','`)
  }
  return requirements
}

function readRequirement(
  text: string,
  tokens: readonly string[],
  start: number,
): { requirement: Requirement; next: number } {
  let at = start
  const negated = tokens[at] === '!'
  if (negated) at++
  const key = tokens[at++]
  if (key === undefined || isSymbol(key)) throw unparsable(text, `found '${key ?? ''}', expected: identifier`)
  checkLabelKey(text, key)
  const op = tokens[at]
  if (negated) return { requirement: { key, op: 'absent', values: [] }, next: at }
  if (op === undefined || op === ',') return { requirement: { key, op: 'exists', values: [] }, next: at }
  at++
  if (op === 'in' || op === 'notin') {
    const { values, next } = readSet(text, tokens, at)
    for (const value of values) checkLabelValue(text, value)
    return { requirement: { key, op, values }, next }
  }
  const meaning = { '=': 'in', '==': 'in', '!=': 'notin', '>': 'gt', '<': 'lt' } as const
  if (!Object.hasOwn(meaning, op)) {
    throw unparsable(text, `found '${op}', expected: in, notin, =, ==, !=, gt, lt`)
  }
  let value = tokens[at]
  if (value === undefined || value === ',') value = ''
  else if (isSymbol(value)) throw unparsable(text, `found '${value}', expected: identifier`)
  else at++
  checkLabelValue(text, value)
  const meant = meaning[op as keyof typeof meaning]
  if ((meant === 'gt' || meant === 'lt') && !/^[+-]?\d+$/.test(value)) {
    throw unparsable(text, `for 'Gt', 'Lt' operators, the value must be an integer`)
  }
  return { requirement: { key, op: meant, values: [value] }, next: at }
}

function readSet(text: string, tokens: readonly string[], start: number): { values: string[]; next: number } {
  let at = start
  if (tokens[at++] !== '(') throw unparsable(text, `found '${tokens[at - 1] ?? ''}', expected: '('`)
  const values: string[] = []
  for (let expectValue = true; ; at++) {
    const token = tokens[at]
    if (token === undefined) throw unparsable(text, `found '', expected: ',', or ')'`)
    if (token === ')') {
      if (expectValue) values.push('')
      return { values, next: at + 1 }
    }
    if (token === ',') {
      if (expectValue) values.push('')
      expectValue = true
      continue
    }
    if (isSymbol(token) || !expectValue) throw unparsable(text, `found '${token}', expected: ',', or ')'`)
    values.push(token)
    expectValue = false
  }
}

const isSymbol = (token: string): boolean => /^(!=|==|[=!<>(),])$/.test(token)

const NAME = /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const PREFIX = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

function checkLabelKey(text: string, key: string): void {
  const slash = key.lastIndexOf('/')
  const prefix = key.slice(0, Math.max(0, slash))
  if (NAME.test(key.slice(slash + 1)) && (slash === -1 || (prefix.length <= 253 && PREFIX.test(prefix)))) return
  throw unparsable(text, `key: Invalid value: ${JSON.stringify(key)}: must be a qualified name`)
}

function checkLabelValue(text: string, value: string): void {
  if (value === '' || NAME.test(value)) return
  throw unparsable(text, `values: Invalid value: ${JSON.stringify(value)}: must be a valid label value`)
}

function unparsable(text: string, why: string): WherryError {
  return new WherryError('bad-request', `unable to parse requirement: ${why}`, {
    hint: `the label selector was ${JSON.stringify(text)}`,
  })
}

/** One condition of a field selector. */
export interface FieldRequirement {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

/** Reads a field selector such as `metadata.name=web,status.phase!=Running`; throws `bad-request`. */
export function parseFieldSelector(text: string): FieldRequirement[] {
  if (text === '') return []
  return splitUnescaped(text, ',')
    .filter((term) => term !== '')
    .map((term) => {
      const match = /^((?:[^=!\\]|\\.)*?)(!=|==|=)(.*)$/s.exec(term)
      if (match === null) {
        throw new WherryError('bad-request', `invalid selector: '${text}'; can't understand '${term}'`)
      }
      return { field: match[1]!, equal: match[2] !== '!=', value: unescape(match[3]!) }
    })
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = []
  let part = ''
  for (let i = 0; i < text.length; i++) {
    const char = text[i]!
    if (char === separator) {
      parts.push(part)
      part = ''
    } else {
      part += char
      if (char === '\\' && i + 1 < text.length) part += text[++i]
    }
  }
  return [...parts, part]
}

function unescape(value: string): string {
  return value.replace(/\\([\\,=])/g, '$1')
}
