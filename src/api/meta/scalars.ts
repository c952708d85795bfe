import { canonicalQuantity } from './quantity.ts'
import type { Scalar } from './schema.ts'
import { formatDuration, formatMicroTime, formatTime, parseDuration, parseTimestamp } from './time.ts'

/** Thrown by decoders for a value that is not of their type; `text` is a complaint that says more than that. */
export class Mismatch extends Error {
  readonly value: unknown
  readonly text: string | undefined

  constructor(value: unknown, text?: string) {
    super(text ?? 'a value of another type')
    this.value = value
    this.text = text
  }
}

/** Makes the one form in which programs see a scalar from a JSON value that is not null. */
export const scalarDecoders: Readonly<Record<Scalar, (value: any) => unknown>> = {
  string: (value) => {
    if (typeof value !== 'string') throw new Mismatch(value)
    return value
  },
  bool: (value) => {
    if (typeof value !== 'boolean') throw new Mismatch(value)
    return value
  },
  int32: (value) => {
    if (typeof value !== 'number' || value !== (value | 0)) throw new Mismatch(value)
    return value
  },
  int64: (value) => {
    if (!Number.isInteger(value) || value >= 2 ** 63 || value < -(2 ** 63)) throw new Mismatch(value)
    return value
  },
  double: (value) => {
    if (typeof value !== 'number') throw new Mismatch(value)
    return value
  },
  bytes: (value) => {
    if (typeof value !== 'string') throw new Mismatch(value)
    return canonicalBase64(value)
  },
  quantity: (value) => {
    if (typeof value !== 'string' && typeof value !== 'number') throw new Mismatch(value)
    return canonicalQuantity(value)
  },
  intOrString: (value) => {
    if (typeof value !== 'string' && (typeof value !== 'number' || value !== (value | 0))) throw new Mismatch(value)
    return value
  },
  time: (value) => {
    if (typeof value !== 'string') throw new Mismatch(value)
    const { seconds } = timestamp(value, '2006-01-02T15:04:05Z07:00')
    return formatTime(seconds * 1000)
  },
  microTime: (value) => {
    if (typeof value !== 'string') throw new Mismatch(value)
    const { seconds, nanos } = timestamp(value, '2006-01-02T15:04:05.000000Z07:00')
    return microTimeText(seconds, nanos)
  },
  duration: (value) => {
    if (typeof value !== 'string') throw new Mismatch(value)
    const nanos = parseDuration(value)
    if (nanos === undefined) throw new Mismatch(value, `time: invalid duration ${JSON.stringify(value)}`)
    return formatDuration(nanos)
  },
  rawExtension: (value) => value,
  fieldsV1: (value) => {
    if (typeof value !== 'object') throw new Mismatch(value)
    return value
  },
  json: (value) => value,
  strings: (value) => {
    if (!Array.isArray(value)) throw new Mismatch(value)
    return value.map((one) => {
      if (one === null) return ''
      if (typeof one !== 'string') throw new Mismatch(one)
      return one
    })
  },
}

/** A MicroTime of seconds since 1970 and nanoseconds; `formatMicroTime` would lose digits to rounding. */
export function microTimeText(seconds: number, nanos: number): string {
  const digits = String(Math.floor(nanos / 1000)).padStart(6, '0')
  return formatMicroTime(seconds * 1000).replace('.000000', `.${digits}`)
}

/** The value that stands for an absent scalar where there has to be one; undefined for those without a zero. */
export function zeroScalar(scalar: Scalar): unknown {
  switch (scalar) {
    case 'string':
      return ''
    case 'bool':
      return false
    case 'int32':
    case 'int64':
    case 'double':
    case 'intOrString':
      return 0
    case 'quantity':
      return '0'
    case 'duration':
      return '0s'
    case 'strings':
      return []
    default:
      return undefined
  }
}

function timestamp(text: string, layout: string): { seconds: number; nanos: number } {
  const parts = parseTimestamp(text)
  if (parts === undefined) throw new Mismatch(text, `parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}`)
  return parts
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/

function canonicalBase64(text: string): string {
  const plain = /[\r\n]/.test(text) ? text.replaceAll(/[\r\n]/g, '') : text
  if (!BASE64.test(plain)) {
    const at = plain.search(/[^A-Za-z0-9+/]/)
    throw new Mismatch(text, `illegal base64 data at input byte ${at === -1 ? plain.length : at}`)
  }
  // The last letter of a padded text has bits that mean nothing.
  return plain.endsWith('=') ? Buffer.from(plain, 'base64').toString('base64') : plain
}
