import { EvalError } from '../errors.ts'
import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { DYN, INT, listOf, STRING } from '../types.ts'
import { adapt, lengthOf, sizeOf } from '../values.ts'
import type { Value } from '../values.ts'
import { regexCost, STRING_FACTOR, traversal, treeCost } from './cost.ts'
import { formatText } from './format-text.ts'
import { patternOf } from './patterns.ts'

/** More of what can be done with texts. Positions are those of characters, not of UTF-16 units. */
export function stringLibrary(): Functions {
  const joined = (args: readonly Value[], result: Value): number => Math.ceil(sizeOf(result) * 2 * STRING_FACTOR)
  const tree = ([text]: readonly Value[]): number => treeCost(text)
  const found = (args: readonly Value[]): number => regexCost(args[0], sizeOf(args[1]))
  return new FunctionTable()
    .member('charAt', 'string_char_at_int', [STRING, INT], STRING, ([text, at]) => charAt(text as string, at as bigint))
    .member('indexOf', 'string_index_of_string', [STRING, STRING], INT, ([a, b]) => indexOf(a, b, 0n), tree)
    .member(
      'indexOf',
      'string_index_of_string_int',
      [STRING, STRING, INT],
      INT,
      ([a, b, from]) => indexOf(a, b, from),
      tree,
    )
    .member('lastIndexOf', 'string_last_index_of_string', [STRING, STRING], INT, ([a, b]) => lastIndexOf(a, b), tree)
    .member(
      'lastIndexOf',
      'string_last_index_of_string_int',
      [STRING, STRING, INT],
      INT,
      ([a, b, from]) => lastIndexOf(a, b, from as bigint),
      tree,
    )
    .member(
      'lowerAscii',
      'string_lower_ascii',
      [STRING],
      STRING,
      ([a]) => (a as string).replace(/[A-Z]+/g, (one) => one.toLowerCase()),
      traversal(),
    )
    .member(
      'upperAscii',
      'string_upper_ascii',
      [STRING],
      STRING,
      ([a]) => (a as string).replace(/[a-z]+/g, (one) => one.toUpperCase()),
      traversal(),
    )
    .member(
      'replace',
      'string_replace_string_string',
      [STRING, STRING, STRING],
      STRING,
      ([a, b, c]) => replace(a, b, c, -1),
      traversal(2),
    )
    .member(
      'replace',
      'string_replace_string_string_int',
      [STRING, STRING, STRING, INT],
      STRING,
      ([a, b, c, n]) => replace(a, b, c, Number(n)),
      traversal(2),
    )
    .member('split', 'string_split_string', [STRING, STRING], listOf(STRING), ([a, b]) => split(a, b, -1), traversal(2))
    .member(
      'split',
      'string_split_string_int',
      [STRING, STRING, INT],
      listOf(STRING),
      ([a, b, n]) => split(a, b, Number(n)),
      traversal(2),
    )
    .member(
      'substring',
      'string_substring_int',
      [STRING, INT],
      STRING,
      ([a, start]) => substring(a as string, Number(start)),
      traversal(),
    )
    .member(
      'substring',
      'string_substring_int_int',
      [STRING, INT, INT],
      STRING,
      ([a, start, end]) => substring(a as string, Number(start), Number(end)),
      traversal(),
    )
    .member('trim', 'string_trim', [STRING], STRING, ([a]) => (a as string).replace(SPACE, ''), traversal())
    .member('join', 'list_join', [listOf(STRING)], STRING, ([list]) => join(list, ''), joined)
    .member(
      'join',
      'list_join_string',
      [listOf(STRING), STRING],
      STRING,
      ([list, by]) => join(list, by as string),
      joined,
    )
    .member(
      'format',
      'string_format',
      [STRING, listOf(DYN)],
      STRING,
      ([a, args]) => formatText(a as string, args as readonly Value[]),
      traversal(),
    )
    .global('strings.quote', 'strings_quote', [STRING], STRING, ([a]) => quote(a as string), traversal())
    .member('find', 'string_find_string', [STRING, STRING], STRING, ([a, b]) => find(a, b, 1)[0] ?? '', found)
    .member('findAll', 'string_find_all_string', [STRING, STRING], listOf(STRING), ([a, b]) => find(a, b, -1), found)
    .member(
      'findAll',
      'string_find_all_string_int',
      [STRING, STRING, INT],
      listOf(STRING),
      ([a, b, n]) => find(a, b, Number(n)),
      found,
    ).functions
}

/** What is white in Unicode, on both ends. */
const SPACE =
  /^[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+|[\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/g

const outOfRange = (index: bigint | number): EvalError => new EvalError(`index out of range: ${index}`)

function charAt(text: string, at: bigint): string {
  const characters = [...text]
  if (at < 0n || at > characters.length) throw outOfRange(at)
  return characters[Number(at)] ?? ''
}

function indexOf(text: Value, wanted: Value, from: Value): bigint {
  const [characters, part] = [[...(text as string)], wanted as string]
  const start = Number(from)
  if (part === '') return BigInt(start)
  if (start < 0 || start > characters.length) throw outOfRange(start)
  const skipped = characters.slice(0, start).join('').length
  const at = (text as string).indexOf(part, skipped)
  return at < 0 ? -1n : BigInt(lengthOf((text as string).slice(0, at)))
}

function lastIndexOf(text: Value, wanted: Value, from?: bigint): bigint {
  const [characters, part] = [[...(text as string)], wanted as string]
  const last = from === undefined ? characters.length : Number(from)
  if (part === '') return BigInt(last)
  if (from !== undefined && (last < 0 || last >= characters.length)) throw outOfRange(last)
  const skipped = characters.slice(0, last).join('').length
  const at = (text as string).lastIndexOf(part, skipped)
  return at < 0 ? -1n : BigInt(lengthOf((text as string).slice(0, at)))
}

/** No text that a function makes is longer: what it costs is known only when it is there. */
const TEXT_LENGTH_MAX = 10_000_000

function refuseLonger(length: number): void {
  if (length > TEXT_LENGTH_MAX) throw new EvalError(`result would have more than ${TEXT_LENGTH_MAX} characters`)
}

function replace(text: Value, old: Value, next: Value, count: number): string {
  if (count === 0) return text as string
  // Nothing is found before each character and at the end.
  const isBetween = old === ''
  const parts = isBetween ? ['', ...(text as string)] : split(text, old, count < 0 ? -1 : count + 1)
  const places = isBetween ? (count < 0 ? parts.length : Math.min(count, parts.length)) : parts.length - 1
  refuseLonger((text as string).length + places * (next as string).length)
  if (!isBetween) return parts.join(next as string)
  return (
    parts.slice(1).reduce((result, one, i) => result + (i < places ? (next as string) : '') + one, '') +
    (places === parts.length ? (next as string) : '')
  )
}

function split(text: Value, by: Value, count: number): string[] {
  if (count === 0) return []
  const parts = by === '' ? [...(text as string)] : (text as string).split(by as string)
  if (count < 0 || parts.length <= count) return parts
  return [...parts.slice(0, count - 1), parts.slice(count - 1).join(by as string)]
}

function substring(text: string, start: number, end?: number): string {
  const characters = [...text]
  const last = end ?? characters.length
  if (end !== undefined && start > end) throw new EvalError(`invalid substring range. start: ${start}, end: ${end}`)
  if (start < 0 || start > characters.length) throw outOfRange(start)
  if (last < 0 || last > characters.length) throw outOfRange(last)
  return characters.slice(start, last).join('')
}

function join(list: Value, by: string): string {
  let length = 0
  const texts = (list as readonly Value[]).map((item) => {
    const text = adapt(item)
    if (typeof text !== 'string') throw new EvalError(`join: invalid input: ${String(text)}`)
    refuseLonger((length += text.length + by.length))
    return text
  })
  return texts.join(by)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\x07': '\\a', '\b': '\\b', '\f': '\\f', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\v': '\\v', '\\': '\\\\', '"': '\\"',
} // prettier-ignore

/** A text as it stands in an expression. */
export function quote(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what has to be written otherwise
  return `"${text.toWellFormed().replace(/[\x07\b\f\n\r\t\v\\"]/g, (one) => ESCAPES[one]!)}"`
}

function find(text: Value, pattern: Value, count: number): string[] {
  const matcher = patternOf(pattern as string).matcher(text as string)
  const found: string[] = []
  const most = count < 0 ? Number.POSITIVE_INFINITY : count
  while (found.length < most && matcher.find()) found.push(matcher.group() ?? '')
  return found
}
