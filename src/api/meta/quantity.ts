import { WherryError } from '../../lib/errors.ts'

/** How a number was written: powers of ten with letters, powers of two, or an exponent. */
export type QuantityFormat = 'decimal' | 'binary' | 'exponent'

/** An exact amount of something. `nano` is its value times 10⁹, which is as fine as amounts get. */
export interface Quantity {
  readonly nano: bigint
  readonly format: QuantityFormat
}

const NANO = 1_000_000_000n
const MAX = (2n ** 63n - 1n) * NANO
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
}
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']
const BINARY_SUFFIXES = ['', ...Object.keys(BINARY)]
const PATTERN = /^([+-]?)(\d+\.?\d*|\.\d+)([a-zA-Z]*)([+-]?\d+)?$/

/** Clusters use the same few amounts over and over. */
const parsed = new Map<string, Quantity>()
const PARSED_MAX = 4096

export const zero: Quantity = { nano: 0n, format: 'decimal' }

/** Reads an amount such as `100m`, `1.5Gi` or `1e3`; throws `bad-request` for anything else. */
export function parseQuantity(text: string | number): Quantity {
  const key = String(text)
  let quantity = parsed.get(key)
  if (quantity === undefined) {
    quantity = parse(key)
    if (quantity === undefined) throw new WherryError('bad-request', quantityRule)
    if (parsed.size >= PARSED_MAX) parsed.clear()
    parsed.set(key, quantity)
  }
  return quantity
}

/** What is said of a text that is no amount. */
export const quantityRule =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"

/** Whether the text is an amount. */
export function isQuantity(text: string | number): boolean {
  return parsed.has(String(text)) || parse(String(text)) !== undefined
}

function parse(text: string): Quantity | undefined {
  const [, sign, number = '', letters = '', digits] = PATTERN.exec(text) ?? []
  if (number === '') return undefined
  const [whole = '', fraction = ''] = number.split('.')
  const mantissa = BigInt(whole + fraction)
  const scale = scaleOf(letters, digits)
  if (scale === undefined) return undefined
  const { exponent, factor } = scale
  // Digits that do not fit are rounded away from zero: whoever asks for something gets something.
  const power = exponent - fraction.length + 9
  // No amount is larger than 2⁶³−1, so there is no need to compute with more digits than any of those has.
  const magnitude =
    mantissa === 0n
      ? 0n
      : power >= 0
        ? power > 60
          ? MAX
          : mantissa * factor * 10n ** BigInt(power)
        : number.length - power > 4000
          ? 1n
          : divideUp(mantissa * factor, 10n ** BigInt(-power))
  const capped = magnitude > MAX ? MAX : magnitude
  // Less than one of something binary is said with a decimal fraction.
  const format = scale.format === 'binary' && capped > 0n && capped < NANO ? 'decimal' : scale.format
  return { nano: sign === '-' ? -capped : capped, format }
}

function scaleOf(
  letters: string,
  digits: string | undefined,
): { exponent: number; factor: bigint; format: QuantityFormat } | undefined {
  if (digits !== undefined) {
    if (letters !== 'e' && letters !== 'E') return undefined
    const exponent = Number(digits)
    return Math.abs(exponent) > 1e6 ? undefined : { exponent, factor: 1n, format: 'exponent' }
  }
  if (Object.hasOwn(DECIMAL, letters)) return { exponent: DECIMAL[letters]!, factor: 1n, format: 'decimal' }
  if (Object.hasOwn(BINARY, letters)) return { exponent: 0, factor: BINARY[letters]!, format: 'binary' }
  return undefined
}

function divideUp(numerator: bigint, denominator: bigint): bigint {
  return (numerator + denominator - 1n) / denominator
}

/** Writes an amount in its one canonical form, as in `1500m`, `1536Mi` or `1e3`. */
export function formatQuantity({ nano, format }: Quantity): string {
  if (nano === 0n) return '0'
  const sign = nano < 0n ? '-' : ''
  const magnitude = nano < 0n ? -nano : nano
  if (format === 'binary' && magnitude >= 1024n * NANO) {
    let number = divideUp(magnitude, NANO)
    let power = 0
    while (number % 1024n === 0n && power < BINARY_SUFFIXES.length - 1) {
      number /= 1024n
      power++
    }
    return `${sign}${number}${BINARY_SUFFIXES[power]}`
  }
  let number = magnitude
  let exponent = -9
  while (number % 1000n === 0n && exponent < 18) {
    number /= 1000n
    exponent += 3
  }
  const suffix = format !== 'exponent' ? DECIMAL_SUFFIXES[(exponent + 9) / 3]! : exponent === 0 ? '' : `e${exponent}`
  return `${sign}${number}${suffix}`
}

/** The canonical form of what somebody wrote: `0.5` is `500m`, `1024Mi` is `1Gi`. */
export function canonicalQuantity(text: string | number): string {
  const quantity = parseQuantity(text)
  let canonical = canonicals.get(quantity)
  if (canonical === undefined) {
    canonical = formatQuantity(quantity)
    canonicals.set(quantity, canonical)
  }
  return canonical
}

const canonicals = new WeakMap<Quantity, string>()

/** Negative when `a` is less than `b`, 0 when they are the same amount. */
export function compareQuantities(a: string | number, b: string | number): number {
  const difference = parseQuantity(a).nano - parseQuantity(b).nano
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** The sum, written like `a` unless that is zero. */
export function addQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano + b.nano, format: a.nano === 0n ? b.format : a.format }
}

/** The difference, written like `a` unless that is zero. */
export function subtractQuantities(a: Quantity, b: Quantity): Quantity {
  return { nano: a.nano - b.nano, format: a.nano === 0n ? b.format : a.format }
}

/** The amount as a whole number, rounded away from zero: bytes, counts. */
export function quantityValue(text: string | number): number {
  return roundedAway(parseQuantity(text).nano, NANO)
}

/** The amount in thousandths, rounded away from zero: processors. */
export function quantityMilliValue(text: string | number): number {
  return roundedAway(parseQuantity(text).nano, 1_000_000n)
}

/** An amount of whole units. */
export function quantityOf(value: number, format: QuantityFormat = 'decimal'): string {
  return formatQuantity({ nano: BigInt(Math.trunc(value)) * NANO, format })
}

/** An amount of thousandths. */
export function quantityOfMilli(value: number): string {
  return formatQuantity({ nano: BigInt(Math.trunc(value)) * 1_000_000n, format: 'decimal' })
}

function roundedAway(nano: bigint, unit: bigint): number {
  return Number(nano < 0n ? -divideUp(-nano, unit) : divideUp(nano, unit))
}
