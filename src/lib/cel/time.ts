import { EvalError } from './errors.ts'
import { Duration, Timestamp } from './values.ts'

const SECOND = 1_000_000_000n

/** The first and the last moment that a timestamp can be: the years 1 to 9999. */
const TIMESTAMP_MIN = -62_135_596_800n * SECOND
const TIMESTAMP_MAX = 253_402_300_800n * SECOND - 1n
const DURATION_MAX = 2n ** 63n - 1n

export function timestampOf(nanos: bigint): Timestamp {
  if (nanos < TIMESTAMP_MIN || nanos > TIMESTAMP_MAX) throw new EvalError('timestamp overflow')
  return new Timestamp(nanos)
}

export function durationOf(nanos: bigint): Duration {
  if (nanos < -DURATION_MAX - 1n || nanos > DURATION_MAX) throw new EvalError('duration overflow')
  return new Duration(nanos)
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(Z|[+-]\d\d:\d\d)$/i

/** Reads RFC 3339; undefined when it is no such time. */
export function parseTimestamp(text: string): Timestamp | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction = '', zone] = match
  const date = `${year}-${month}-${day}`
  const midnight = Date.parse(`${date}T00:00:00Z`)
  // A date that does not exist, such as 30 February, comes out as another one.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== date) return undefined
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined
  const seconds = Math.floor(midnight / 1000) + Number(hour) * 3600 + Number(minute) * 60 + Number(second)
  const nanos = BigInt(seconds - offsetSeconds(zone!)) * SECOND + BigInt(fraction.padEnd(9, '0'))
  return nanos < TIMESTAMP_MIN || nanos > TIMESTAMP_MAX ? undefined : new Timestamp(nanos)
}

function offsetSeconds(zone: string): number {
  if (/^z$/i.test(zone)) return 0
  const [, sign, hours, minutes] = /^([+-]?)(\d\d):(\d\d)$/.exec(zone)!
  return (Number(hours) * 3600 + Number(minutes) * 60) * (sign === '-' ? -1 : 1)
}

export function showTimestamp({ nanos }: Timestamp): string {
  const { seconds, rest } = split(nanos)
  const base = new Date(Number(seconds) * 1000).toISOString().slice(0, 19)
  const fraction = rest === 0n ? '' : `.${rest.toString().padStart(9, '0').replace(/0+$/, '')}`
  return `${base}${fraction}Z`
}

function split(nanos: bigint): { seconds: bigint; rest: bigint } {
  const rest = ((nanos % SECOND) + SECOND) % SECOND
  return { seconds: (nanos - rest) / SECOND, rest }
}

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: SECOND,
  m: 60n * SECOND,
  h: 3600n * SECOND,
}

/** Reads `1h30m`, `-1.5s`; undefined when it is no length of time. */
export function parseDuration(text: string): Duration | undefined {
  const match = /^([+-]?)((?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+|0)$/.exec(text)
  if (match === null) return undefined
  const [, sign, body] = match
  let nanos = 0n
  for (const [, whole = '', fraction = '', unit] of body!.matchAll(/(\d*)(?:\.(\d*))?(ns|us|µs|μs|ms|s|m|h)/g)) {
    const scale = UNITS[unit!]!
    nanos += BigInt(whole || '0') * scale
    if (fraction !== '') nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length)
  }
  if (nanos > DURATION_MAX) return undefined
  return new Duration(sign === '-' ? -nanos : nanos)
}

/** In seconds, as `string()` says it. */
export function showDuration({ nanos }: Duration): string {
  const absolute = nanos < 0n ? -nanos : nanos
  const rest = (absolute % SECOND).toString().padStart(9, '0').replace(/0+$/, '')
  return `${nanos < 0n ? '-' : ''}${absolute / SECOND}${rest === '' ? '' : `.${rest}`}s`
}

/** A part of a moment where people live who keep that time zone; UTC without one. */
export type Part = 'year' | 'month' | 'date' | 'day' | 'yearDay' | 'hours' | 'minutes' | 'seconds' | 'milliseconds'

export function partOf({ nanos }: Timestamp, part: Part, zone = 'UTC'): bigint {
  const { seconds, rest } = split(nanos)
  const date = new Date((Number(seconds) + zoneOffset(Number(seconds), zone)) * 1000)
  switch (part) {
    case 'year':
      return BigInt(date.getUTCFullYear())
    case 'month':
      return BigInt(date.getUTCMonth())
    case 'date':
      return BigInt(date.getUTCDate())
    case 'day':
      return BigInt(date.getUTCDay())
    case 'yearDay': {
      const start = new Date(0)
      start.setUTCFullYear(date.getUTCFullYear(), 0, 1)
      return BigInt(Math.floor((date.getTime() - start.getTime()) / 86_400_000))
    }
    case 'hours':
      return BigInt(date.getUTCHours())
    case 'minutes':
      return BigInt(date.getUTCMinutes())
    case 'seconds':
      return BigInt(date.getUTCSeconds())
    case 'milliseconds':
      return rest / 1_000_000n
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** How many seconds a zone is ahead of UTC at a moment. */
function zoneOffset(seconds: number, zone: string): number {
  if (zone === 'UTC' || zone === '') return 0
  if (/^[+-]?\d\d:\d\d$/.test(zone)) return offsetSeconds(zone)
  let format = formats.get(zone)
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    } catch {
      throw new EvalError(`unknown time zone ${zone}`)
    }
    if (formats.size > 100) formats.clear()
    formats.set(zone, format)
  }
  const name = format.formatToParts(seconds * 1000).find(({ type }) => type === 'timeZoneName')!.value
  const [, sign, hours = '0', minutes = '0', extra = '0'] = /GMT([+-])?(\d\d)?:?(\d\d)?:?(\d\d)?/.exec(name) ?? []
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(extra)) * (sign === '-' ? -1 : 1)
}
