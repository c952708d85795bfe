import { EvalError, noSuchOverload } from '../errors.ts'
import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { durationOf, parseDuration, parseTimestamp, partOf, showDuration, showTimestamp, timestampOf } from '../time.ts'
import type { Part } from '../time.ts'
import type { Type } from '../types.ts'
import {
  BOOL, BYTES, DOUBLE, DURATION, DYN, INT, listOf, mapOf, NULL, optionalOf, param, STRING, TIMESTAMP, typeOfType, UINT,
} from '../types.ts' // prettier-ignore
import {
  adapt, compare, Double, Duration, equal, KeyedList, Mapping, sizeOf, Timestamp, toInt, toUint, typeOf, TypeValue, Uint,
} from '../values.ts' // prettier-ignore
import type { Value } from '../values.ts'
import { regexCost, STRING_FACTOR, traversal } from './cost.ts'
import { patternOf } from './patterns.ts'

const A = param('A')
const B = param('B')

const bigintOf = (value: Value): bigint => value as bigint
const uintOf = (value: Value): bigint => (value as Uint).value
const doubleOf = (value: Value): number => (value as Double).value
const textOf = (value: Value): string => value as string

/** The operators and functions that are in every environment. */
export function standardLibrary(): Functions {
  const table = new FunctionTable()
  logic(table)
  arithmetic(table)
  ordering(table)
  texts(table)
  conversions(table)
  times(table)
  return table.functions
}

/** The evaluator runs these itself; here are only their types. */
const unreachable = (): never => {
  throw noSuchOverload()
}

function logic(table: FunctionTable): void {
  table
    .global('_&&_', 'logical_and', [BOOL, BOOL], BOOL, unreachable)
    .global('_||_', 'logical_or', [BOOL, BOOL], BOOL, unreachable)
    .global('_?_:_', 'conditional', [BOOL, A, A], A, unreachable)
    .global('_==_', 'equals', [A, A], BOOL, unreachable)
    .global('_!=_', 'not_equals', [A, A], BOOL, unreachable)
    .global('_[_]', 'index_list', [listOf(A), INT], A, unreachable)
    .global('_[_]', 'index_map', [mapOf(A, B), A], B, unreachable)
    .global('_[_]', 'optional_list_index', [optionalOf(listOf(A)), INT], optionalOf(A), unreachable)
    .global('_[_]', 'optional_map_index', [optionalOf(mapOf(A, B)), A], optionalOf(B), unreachable)
    .global('_[?_]', 'list_optindex', [listOf(A), INT], optionalOf(A), unreachable)
    .global('_[?_]', 'map_optindex', [mapOf(A, B), A], optionalOf(B), unreachable)
    .global('_[?_]', 'optional_list_optindex', [optionalOf(listOf(A)), INT], optionalOf(A), unreachable)
    .global('_[?_]', 'optional_map_optindex', [optionalOf(mapOf(A, B)), A], optionalOf(B), unreachable)
    .global('!_', 'logical_not', [BOOL], BOOL, ([a]) => a !== true)
    .global(
      '@in',
      'in_list',
      [A, listOf(A)],
      BOOL,
      ([a, list]) => contains(list, a),
      ([, list]) => sizeOf(list),
    )
    .global('@in', 'in_map', [A, mapOf(A, B)], BOOL, ([a, map]) => (map as Mapping).get(a) !== undefined)
}

function contains(list: Value, wanted: Value): boolean {
  return (list as readonly Value[]).some((item) => equal(wanted, adapt(item)))
}

const NANOS_OF = (value: Value): bigint => (value as Duration | Timestamp).nanos

function arithmetic(table: FunctionTable): void {
  const sum = (args: readonly Value[]): number => Math.ceil((sizeOf(args[0]) + sizeOf(args[1])) * STRING_FACTOR)
  table
    .global('_+_', 'add_int64', [INT, INT], INT, ([a, b]) => toInt(bigintOf(a) + bigintOf(b)))
    .global('_+_', 'add_uint64', [UINT, UINT], UINT, ([a, b]) => toUint(uintOf(a) + uintOf(b)))
    .global('_+_', 'add_double', [DOUBLE, DOUBLE], DOUBLE, ([a, b]) => new Double(doubleOf(a) + doubleOf(b)))
    .global('_+_', 'add_string', [STRING, STRING], STRING, ([a, b]) => textOf(a) + textOf(b), sum)
    .global('_+_', 'add_bytes', [BYTES, BYTES], BYTES, ([a, b]) => joinBytes(a, b), sum)
    .global('_+_', 'add_list', [listOf(A), listOf(A)], listOf(A), ([a, b]) => joinLists(a, b))
    .global('_+_', 'add_duration_duration', [DURATION, DURATION], DURATION, ([a, b]) =>
      durationOf(NANOS_OF(a) + NANOS_OF(b)),
    )
    .global('_+_', 'add_timestamp_duration', [TIMESTAMP, DURATION], TIMESTAMP, ([a, b]) =>
      timestampOf(NANOS_OF(a) + NANOS_OF(b)),
    )
    .global('_+_', 'add_duration_timestamp', [DURATION, TIMESTAMP], TIMESTAMP, ([a, b]) =>
      timestampOf(NANOS_OF(a) + NANOS_OF(b)),
    )
    .global('_-_', 'subtract_int64', [INT, INT], INT, ([a, b]) => toInt(bigintOf(a) - bigintOf(b)))
    .global('_-_', 'subtract_uint64', [UINT, UINT], UINT, ([a, b]) => toUint(uintOf(a) - uintOf(b)))
    .global('_-_', 'subtract_double', [DOUBLE, DOUBLE], DOUBLE, ([a, b]) => new Double(doubleOf(a) - doubleOf(b)))
    .global('_-_', 'subtract_timestamp_timestamp', [TIMESTAMP, TIMESTAMP], DURATION, ([a, b]) =>
      durationOf(NANOS_OF(a) - NANOS_OF(b)),
    )
    .global('_-_', 'subtract_timestamp_duration', [TIMESTAMP, DURATION], TIMESTAMP, ([a, b]) =>
      timestampOf(NANOS_OF(a) - NANOS_OF(b)),
    )
    .global('_-_', 'subtract_duration_duration', [DURATION, DURATION], DURATION, ([a, b]) =>
      durationOf(NANOS_OF(a) - NANOS_OF(b)),
    )
    .global('_*_', 'multiply_int64', [INT, INT], INT, ([a, b]) => toInt(bigintOf(a) * bigintOf(b)))
    .global('_*_', 'multiply_uint64', [UINT, UINT], UINT, ([a, b]) => toUint(uintOf(a) * uintOf(b)))
    .global('_*_', 'multiply_double', [DOUBLE, DOUBLE], DOUBLE, ([a, b]) => new Double(doubleOf(a) * doubleOf(b)))
    .global('_/_', 'divide_int64', [INT, INT], INT, ([a, b]) => toInt(bigintOf(a) / nonZero(bigintOf(b), 'division')))
    .global('_/_', 'divide_uint64', [UINT, UINT], UINT, ([a, b]) => toUint(uintOf(a) / nonZero(uintOf(b), 'division')))
    .global('_/_', 'divide_double', [DOUBLE, DOUBLE], DOUBLE, ([a, b]) => new Double(doubleOf(a) / doubleOf(b)))
    .global('_%_', 'modulo_int64', [INT, INT], INT, ([a, b]) => toInt(bigintOf(a) % nonZero(bigintOf(b), 'modulus')))
    .global('_%_', 'modulo_uint64', [UINT, UINT], UINT, ([a, b]) => toUint(uintOf(a) % nonZero(uintOf(b), 'modulus')))
    .global('-_', 'negate_int64', [INT], INT, ([a]) => toInt(-bigintOf(a)))
    .global('-_', 'negate_double', [DOUBLE], DOUBLE, ([a]) => new Double(-doubleOf(a)))
}

function nonZero(value: bigint, what: string): bigint {
  if (value === 0n) throw new EvalError(`${what} by zero`)
  return value
}

function joinBytes(a: Value, b: Value): Uint8Array {
  return new Uint8Array(Buffer.concat([a as Uint8Array, b as Uint8Array]))
}

/** Lists follow each other, but of items that are told apart the second list's take the place of the first's. */
function joinLists(a: Value, b: Value): Value {
  const [left, right] = [a as readonly Value[], b as readonly Value[]]
  if (!(left instanceof KeyedList)) return [...left, ...right]
  const { identity = (item: Value) => item } = left
  const result = new KeyedList()
  result.identity = left.identity
  const rest = right.slice()
  for (const item of left) {
    const at = rest.findIndex((other) => equal(identity(item), identity(other)))
    result.push(at < 0 ? item : rest.splice(at, 1)[0])
  }
  result.push(...rest)
  return result
}

const ORDERED: readonly (readonly [string, Type])[] = [
  ['bool', BOOL],
  ['int64', INT],
  ['uint64', UINT],
  ['double', DOUBLE],
  ['string', STRING],
  ['bytes', BYTES],
  ['timestamp', TIMESTAMP],
  ['duration', DURATION],
]

const MIXED: readonly (readonly [string, Type, Type])[] = [
  ['int64_uint64', INT, UINT],
  ['int64_double', INT, DOUBLE],
  ['uint64_int64', UINT, INT],
  ['uint64_double', UINT, DOUBLE],
  ['double_int64', DOUBLE, INT],
  ['double_uint64', DOUBLE, UINT],
]

function ordering(table: FunctionTable): void {
  const cost = (args: readonly Value[]): number =>
    typeof args[0] === 'string' || args[0] instanceof Uint8Array
      ? Math.ceil(Math.min(sizeOf(args[0]), sizeOf(args[1])) * STRING_FACTOR)
      : 1
  const operators: readonly (readonly [string, string, (order: number) => boolean])[] = [
    ['_<_', 'less', (order) => order < 0],
    ['_<=_', 'less_equals', (order) => order <= 0],
    ['_>_', 'greater', (order) => order > 0],
    ['_>=_', 'greater_equals', (order) => order >= 0],
  ]
  for (const [name, id, holds] of operators) {
    for (const [type, what] of ORDERED) {
      table.global(name, `${id}_${type}`, [what, what], BOOL, ([a, b]) => holds(compare(a, b)), cost)
    }
    for (const [type, left, right] of MIXED) {
      table.global(name, `${id}_${type}`, [left, right], BOOL, ([a, b]) => holds(compare(a, b)))
    }
  }
}

function texts(table: FunctionTable): void {
  const size = ([value]: readonly Value[]): bigint => BigInt(sizeOf(value))
  for (const [id, type] of [
    ['string', STRING],
    ['bytes', BYTES],
    ['list', listOf(A)],
    ['map', mapOf(A, B)],
  ] as const) {
    table.global('size', `size_${id}`, [type], INT, size).member('size', `${id}_size`, [type], INT, size)
  }
  const matches = ([text, pattern]: readonly Value[]): boolean =>
    patternOf(textOf(pattern)).matcher(textOf(text)).find()
  const matchCost = (args: readonly Value[]): number => regexCost(args[0], sizeOf(args[1]))
  table
    .global('matches', 'matches', [STRING, STRING], BOOL, matches, matchCost)
    .member('matches', 'matches_string', [STRING, STRING], BOOL, matches, matchCost)
    .member(
      'contains',
      'contains_string',
      [STRING, STRING],
      BOOL,
      ([text, part]) => textOf(text).includes(textOf(part)),
      (args) => Math.ceil(sizeOf(args[0]) * STRING_FACTOR) * Math.ceil(sizeOf(args[1]) * STRING_FACTOR),
    )
    .member(
      'startsWith',
      'starts_with_string',
      [STRING, STRING],
      BOOL,
      ([a, b]) => textOf(a).startsWith(textOf(b)),
      traversal(),
    )
    .member(
      'endsWith',
      'ends_with_string',
      [STRING, STRING],
      BOOL,
      ([a, b]) => textOf(a).endsWith(textOf(b)),
      traversal(),
    )
}

function conversions(table: FunctionTable): void {
  const same = ([value]: readonly Value[]): Value => value
  table
    .global('dyn', 'to_dyn', [A], DYN, same)
    .global('type', 'type', [A], typeOfType(A), ([value]) => new TypeValue(typeOf(value)))
    .global('int', 'int64_to_int64', [INT], INT, same)
    .global('int', 'uint64_to_int64', [UINT], INT, ([a]) => toInt(uintOf(a)))
    .global('int', 'double_to_int64', [DOUBLE], INT, ([a]) =>
      wholeOf(doubleOf(a), -(2 ** 63), 2 ** 63, 'integer overflow'),
    )
    .global('int', 'string_to_int64', [STRING], INT, ([a]) => toInt(digits(textOf(a), /^[+-]?\d+$/, 'int')))
    .global('int', 'timestamp_to_int64', [TIMESTAMP], INT, ([a]) => floorSeconds(NANOS_OF(a)))
    .global('int', 'duration_to_int64', [DURATION], INT, ([a]) => NANOS_OF(a))
    .global('uint', 'uint64_to_uint64', [UINT], UINT, same)
    .global('uint', 'int64_to_uint64', [INT], UINT, ([a]) => toUint(bigintOf(a)))
    .global(
      'uint',
      'double_to_uint64',
      [DOUBLE],
      UINT,
      ([a]) => new Uint(wholeOf(doubleOf(a), -1, 2 ** 64, 'unsigned integer overflow')),
    )
    .global('uint', 'string_to_uint64', [STRING], UINT, ([a]) => toUint(digits(textOf(a), /^\d+$/, 'uint')))
    .global('double', 'double_to_double', [DOUBLE], DOUBLE, same)
    .global('double', 'int64_to_double', [INT], DOUBLE, ([a]) => new Double(Number(a)))
    .global('double', 'uint64_to_double', [UINT], DOUBLE, ([a]) => new Double(Number(uintOf(a))))
    .global('double', 'string_to_double', [STRING], DOUBLE, ([a]) => new Double(parseDouble(textOf(a))))
    .global('bool', 'bool_to_bool', [BOOL], BOOL, same)
    .global('bool', 'string_to_bool', [STRING], BOOL, ([a]) => parseBool(textOf(a)))
    .global('bytes', 'bytes_to_bytes', [BYTES], BYTES, same)
    .global('bytes', 'string_to_bytes', [STRING], BYTES, ([a]) => new TextEncoder().encode(textOf(a)), traversal())
    .global('string', 'string_to_string', [STRING], STRING, same)
    .global('string', 'bool_to_string', [BOOL], STRING, ([a]) => String(a))
    .global('string', 'int64_to_string', [INT], STRING, ([a]) => String(a))
    .global('string', 'uint64_to_string', [UINT], STRING, ([a]) => String(uintOf(a)))
    .global('string', 'double_to_string', [DOUBLE], STRING, ([a]) => showDouble(doubleOf(a)))
    .global('string', 'bytes_to_string', [BYTES], STRING, ([a]) => decodeText(a as Uint8Array), traversal())
    .global('string', 'timestamp_to_string', [TIMESTAMP], STRING, ([a]) => showTimestamp(a as Timestamp))
    .global('string', 'duration_to_string', [DURATION], STRING, ([a]) => showDuration(a as Duration))
    .global('timestamp', 'timestamp_to_timestamp', [TIMESTAMP], TIMESTAMP, same)
    .global('timestamp', 'int64_to_timestamp', [INT], TIMESTAMP, ([a]) => timestampOf(bigintOf(a) * 1_000_000_000n))
    .global('timestamp', 'string_to_timestamp', [STRING], TIMESTAMP, ([a]) => {
      const time = parseTimestamp(textOf(a))
      if (time === undefined) throw new EvalError(`type conversion error from 'string' to 'google.protobuf.Timestamp'`)
      return time
    })
    .global('duration', 'duration_to_duration', [DURATION], DURATION, same)
    .global('duration', 'int64_to_duration', [INT], DURATION, ([a]) => durationOf(bigintOf(a)))
    .global('duration', 'string_to_duration', [STRING], DURATION, ([a]) => {
      const duration = parseDuration(textOf(a))
      if (duration === undefined)
        throw new EvalError(`type conversion error from 'string' to 'google.protobuf.Duration'`)
      return duration
    })
    .global('null_type', 'null_to_null', [NULL], NULL, same)
}

function floorSeconds(nanos: bigint): bigint {
  return (nanos - (((nanos % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n)) / 1_000_000_000n
}

function wholeOf(value: number, above: number, below: number, problem: string): bigint {
  if (Number.isNaN(value) || value <= above || value >= below) throw new EvalError(problem)
  return BigInt(Math.trunc(value))
}

function digits(text: string, pattern: RegExp, type: string): bigint {
  if (!pattern.test(text)) throw new EvalError(`type conversion error from 'string' to '${type}'`)
  return BigInt(text.replace(/^\+/, ''))
}

function parseDouble(text: string): number {
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text)
  const special = /^([+-]?)(nan|inf|infinity)$/i.exec(text)
  if (special === null) throw new EvalError(`type conversion error from 'string' to 'double'`)
  if (special[2]!.toLowerCase() === 'nan') return Number.NaN
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

function parseBool(text: string): boolean {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true
  if (['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text)) return false
  throw new EvalError(`type conversion error from 'string' to 'bool'`)
}

/** A double as `string()` says it: the shortest text that means the same. */
export function showDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const absolute = Math.abs(value)
  if (absolute !== 0 && (absolute < 1e-4 || absolute >= 1e21)) {
    const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
    return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
  }
  return String(value)
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new EvalError('invalid UTF-8 in bytes, cannot convert to string')
  }
}

const PARTS: readonly (readonly [string, Part])[] = [
  ['getFullYear', 'year'],
  ['getMonth', 'month'],
  ['getDate', 'date'],
  ['getDayOfMonth', 'date'],
  ['getDayOfWeek', 'day'],
  ['getDayOfYear', 'yearDay'],
  ['getHours', 'hours'],
  ['getMinutes', 'minutes'],
  ['getSeconds', 'seconds'],
  ['getMilliseconds', 'milliseconds'],
]

function times(table: FunctionTable): void {
  for (const [name, part] of PARTS) {
    // The first day of a month is 0 here, and 1 for getDate.
    const shift = name === 'getDayOfMonth' ? 1n : 0n
    table
      .member(name, `timestamp_to_${part}`, [TIMESTAMP], INT, ([a]) => partOf(a as Timestamp, part) - shift)
      .member(
        name,
        `timestamp_to_${part}_with_tz`,
        [TIMESTAMP, STRING],
        INT,
        ([a, zone]) => partOf(a as Timestamp, part, textOf(zone)) - shift,
      )
  }
  const units: readonly (readonly [string, bigint])[] = [
    ['getHours', 3_600_000_000_000n],
    ['getMinutes', 60_000_000_000n],
    ['getSeconds', 1_000_000_000n],
  ]
  for (const [name, unit] of units) {
    table.member(name, `duration_to_${name}`, [DURATION], INT, ([a]) => NANOS_OF(a) / unit)
  }
  table.member(
    'getMilliseconds',
    'duration_to_milliseconds',
    [DURATION],
    INT,
    ([a]) => (NANOS_OF(a) / 1_000_000n) % 1000n,
  )
}
