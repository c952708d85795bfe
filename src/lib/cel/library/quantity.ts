import { EvalError } from '../errors.ts'
import { FunctionTable } from '../functions.ts'
import type { Functions } from '../functions.ts'
import { BOOL, DOUBLE, INT, opaque, STRING } from '../types.ts'
import type { Type } from '../types.ts'
import { Double, Opaque } from '../values.ts'
import type { Value } from '../values.ts'
import { traversal } from './cost.ts'

export const QUANTITY = opaque('kubernetes.Quantity')

/** What quantities are counted in: nothing smaller than a billionth is told apart. */
const NANO = 10n ** 9n

/** An amount such as `100m` or `2Gi`, in billionths. */
export class Quantity extends Opaque {
  readonly type: Type = QUANTITY
  readonly nanos: bigint

  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }

  equals(other: Opaque): boolean {
    return other instanceof Quantity && other.nanos === this.nanos
  }
}

const SUFFIXES: Readonly<Record<string, readonly [bigint, bigint]>> = {
  n: [1n, NANO], u: [1_000n, NANO], m: [1_000_000n, NANO], '': [1n, 1n], k: [10n ** 3n, 1n], M: [10n ** 6n, 1n],
  G: [10n ** 9n, 1n], T: [10n ** 12n, 1n], P: [10n ** 15n, 1n], E: [10n ** 18n, 1n], Ki: [2n ** 10n, 1n],
  Mi: [2n ** 20n, 1n], Gi: [2n ** 30n, 1n], Ti: [2n ** 40n, 1n], Pi: [2n ** 50n, 1n], Ei: [2n ** 60n, 1n],
} // prettier-ignore

/** Reads an amount; undefined when it is none. */
export function parseQuantity(text: string): Quantity | undefined {
  const match = /^([+-]?)(?:(\d+)(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?\d{1,3})|([numkMGTPE]|[KMGTPE]i)?)$/.exec(text)
  if (match === null) return undefined
  const [, sign, whole = '0', fraction = '', bare = '', exponent, suffix = ''] = match
  const digits = fraction + bare
  let [numerator, denominator] = [BigInt(whole + digits) * NANO, 10n ** BigInt(digits.length)]
  if (exponent === undefined) {
    const [up, down] = SUFFIXES[suffix]!
    numerator *= up
    denominator *= down
  } else if (exponent.startsWith('-')) denominator *= 10n ** BigInt(exponent.slice(1))
  else numerator *= 10n ** BigInt(exponent)
  // What is finer than can be told is rounded up.
  const nanos = (numerator + denominator - 1n) / denominator
  return new Quantity(sign === '-' ? -nanos : nanos)
}

const nanosOf = (value: Value): bigint => (value as Quantity).nanos
const order = (a: bigint, b: bigint): bigint => (a < b ? -1n : a > b ? 1n : 0n)

/** Amounts of resources. */
export function quantityLibrary(): Functions {
  const both = [QUANTITY, QUANTITY] as const
  return new FunctionTable()
    .global('quantity', 'string_to_quantity', [STRING], QUANTITY, ([text]) => quantityOf(text as string), traversal())
    .global(
      'isQuantity',
      'is_quantity_string',
      [STRING],
      BOOL,
      ([a]) => parseQuantity(a as string) !== undefined,
      traversal(),
    )
    .global('sign', 'quantity_sign', [QUANTITY], INT, ([a]) => order(nanosOf(a), 0n))
    .member('sign', 'quantity_sign_member', [QUANTITY], INT, ([a]) => order(nanosOf(a), 0n))
    .member('isGreaterThan', 'quantity_is_greater_than', both, BOOL, ([a, b]) => nanosOf(a) > nanosOf(b))
    .member('isLessThan', 'quantity_is_less_than', both, BOOL, ([a, b]) => nanosOf(a) < nanosOf(b))
    .member('compareTo', 'quantity_compare_to', both, INT, ([a, b]) => order(nanosOf(a), nanosOf(b)))
    .member(
      'asApproximateFloat',
      'quantity_get_float',
      [QUANTITY],
      DOUBLE,
      ([a]) => new Double(Number(nanosOf(a)) / 1e9),
    )
    .member('asInteger', 'quantity_get_int', [QUANTITY], INT, ([a]) => {
      if (!isInteger(nanosOf(a))) throw new EvalError('cannot convert value to integer')
      return nanosOf(a) / NANO
    })
    .member('isInteger', 'quantity_is_integer', [QUANTITY], BOOL, ([a]) => isInteger(nanosOf(a)))
    .member('add', 'quantity_add', both, QUANTITY, ([a, b]) => new Quantity(nanosOf(a) + nanosOf(b)))
    .member(
      'add',
      'quantity_add_int',
      [QUANTITY, INT],
      QUANTITY,
      ([a, b]) => new Quantity(nanosOf(a) + (b as bigint) * NANO),
    )
    .member('sub', 'quantity_sub', both, QUANTITY, ([a, b]) => new Quantity(nanosOf(a) - nanosOf(b)))
    .member(
      'sub',
      'quantity_sub_int',
      [QUANTITY, INT],
      QUANTITY,
      ([a, b]) => new Quantity(nanosOf(a) - (b as bigint) * NANO),
    ).functions
}

function quantityOf(text: string): Quantity {
  const quantity = parseQuantity(text)
  if (quantity !== undefined) return quantity
  throw new EvalError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
}

function isInteger(nanos: bigint): boolean {
  return nanos % NANO === 0n && nanos / NANO < 2n ** 63n && nanos / NANO >= -(2n ** 63n)
}
