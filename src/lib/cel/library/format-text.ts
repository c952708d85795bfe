import { EvalError } from '../errors.ts'
import { showDuration, showTimestamp } from '../time.ts'
import { fullName } from '../types.ts'
import { adapt, Double, Duration, Mapping, Timestamp, typeOf, TypeValue, Uint } from '../values.ts'
import type { Value } from '../values.ts'
import { showDouble } from './standard.ts'

/** Puts values into a text where it says `%s`, `%d`, `%.2f`, `%e`, `%b`, `%x`, `%X` or `%o`. */
export function formatText(text: string, args: readonly Value[]): string {
  let next = 0
  return text.replace(/%(?:%|(?:\.(\d+))?([A-Za-z]?))/g, (whole, precision: string | undefined, verb?: string) => {
    if (whole === '%%') return '%'
    if (!verb) throw new EvalError(`could not parse formatting clause: unexpected end of string`)
    const index = next++
    if (index >= args.length) throw new EvalError(`index ${index} out of range`)
    return clause(verb, adapt(args[index]), precision === undefined ? 6 : Number(precision))
  })
}

function clause(verb: string, value: Value, precision: number): string {
  switch (verb) {
    case 's':
      return show(value)
    case 'd':
      if (typeof value === 'bigint' || value instanceof Uint) return decimal(value)
      throw unfit('decimal clause can only be used on integers', value)
    case 'f':
      return special(number(value, 'fixed-point clause can only be used on doubles'), (x) => fixed(x, precision))
    case 'e':
      return special(number(value, 'scientific clause can only be used on doubles'), (x) => {
        const [mantissa, exponent] = x.toExponential(precision).split('e') as [string, string]
        return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
      })
    case 'b':
      if (typeof value === 'boolean') return value ? '1' : '0'
      return integer(value, 2, 'only integers and bools can be formatted as binary')
    case 'x':
    case 'X': {
      const hex =
        typeof value === 'string' || value instanceof Uint8Array
          ? Buffer.from(value as string).toString('hex')
          : integer(value, 16, 'only integers, byte buffers, and strings can be formatted as hex')
      return verb === 'X' ? hex.toUpperCase() : hex
    }
    case 'o':
      return integer(value, 8, 'octal clause can only be used on integers')
    default:
      throw new EvalError(`could not parse formatting clause: unrecognized formatting clause "${verb}"`)
  }
}

const unfit = (rule: string, value: Value): EvalError =>
  new EvalError(`error during formatting: ${rule}, was given ${fullName(typeOf(value))}`)

function decimal(value: bigint | Uint): string {
  return String(value instanceof Uint ? value.value : value)
}

function integer(value: Value, base: number, rule: string): string {
  if (typeof value === 'bigint') return value.toString(base)
  if (value instanceof Uint) return value.value.toString(base)
  throw unfit(rule, value)
}

function number(value: Value, rule: string): number {
  if (value instanceof Double) return value.value
  const named: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity: Infinity, '-Infinity': -Infinity }
  if (typeof value === 'string' && Object.hasOwn(named, value)) return named[value]!
  throw unfit(rule, value)
}

/** What lies in the middle goes to the even neighbour. */
function fixed(value: number, precision: number): string {
  const scaled = value * 10 ** precision
  if (Math.abs(scaled % 1) !== 0.5 || scaled / 10 ** precision !== value) return value.toFixed(precision)
  return ((2 * Math.round(scaled / 2)) / 10 ** precision).toFixed(precision)
}

function special(value: number, show: (value: number) => string): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '-∞'
  return show(value)
}

function show(value: Value): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || value === null) return String(value)
  if (typeof value === 'bigint' || value instanceof Uint) return decimal(value)
  if (value instanceof Double) return showDouble(value.value)
  if (value instanceof Timestamp) return showTimestamp(value)
  if (value instanceof Duration) return showDuration(value)
  if (value instanceof Uint8Array) return Buffer.from(value).toString()
  if (value instanceof TypeValue) return value.type.name
  if (Array.isArray(value)) return `[${value.map((item) => inside(adapt(item))).join(', ')}]`
  if (value instanceof Mapping && value.type === undefined) {
    const entries = [...value.keys()].map((key) => `${inside(key)}:${inside(value.get(key))}`)
    return `{${entries.toSorted().join(', ')}}`
  }
  throw unfit(
    'string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps',
    value,
  )
}

function inside(value: Value): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Uint8Array) return `b${JSON.stringify(Buffer.from(value).toString())}`
  if (value instanceof Timestamp) return `timestamp("${showTimestamp(value)}")`
  if (value instanceof Duration) return `duration("${showDuration(value)}")`
  if (value instanceof TypeValue) return `type(${value.type.name})`
  if (value instanceof Double) return special(value.value, (x) => x.toFixed(6)).replace(/^(NaN|-?∞)$/, '"$1"')
  return show(value)
}
