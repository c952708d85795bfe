/** A point in time as `metav1.Time` is written: RFC 3339 in whole seconds. `ms` counts from 1970. */
export function formatTime(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds !== lastSeconds) {
    lastText = `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
    lastSeconds = seconds
  }
  return lastText
}

/** Nearly all times that are written are of this second. */
let lastSeconds = 0
let lastText = '1970-01-01T00:00:00Z'

/** A point in time as `metav1.MicroTime` is written: with six digits of a second. */
export function formatMicroTime(ms: number): string {
  const micros = Math.floor(ms * 1000)
  const seconds = Math.floor(micros / 1e6)
  const rest = String(micros - seconds * 1e6).padStart(6, '0')
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${rest}Z`
}

/** Milliseconds since 1970 of an RFC 3339 text, or NaN. */
export function parseTime(text: string): number {
  const parts = parseTimestamp(text)
  return parts === undefined ? NaN : parts.seconds * 1000 + parts.nanos / 1e6
}

/** Seconds since 1970 and the nanoseconds after them, or undefined when the text is no RFC 3339 time. */
export function parseTimestamp(text: string): { seconds: number; nanos: number } | undefined {
  const match = RFC3339.exec(text)
  if (match === null) return undefined
  const [, date, clock, fraction = '', zone = 'Z'] = match
  const ms = Date.parse(`${date}T${clock}${zone}`)
  if (Number.isNaN(ms)) return undefined
  return { seconds: ms / 1000, nanos: Number(fraction.padEnd(9, '0').slice(0, 9)) }
}

const RFC3339 = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/

const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}

/** Nanoseconds of a length of time in Go's notation, such as `1h15m30.5s`, or undefined. */
export function parseDuration(text: string): bigint | undefined {
  const sign = text.startsWith('-') ? -1n : 1n
  const rest = text.replace(/^[+-]/, '')
  if (rest === '0') return 0n
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined
  let nanos = 0n
  for (const [, number = '', unit = ''] of rest.matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    const [whole = '', fraction = ''] = number.split('.')
    nanos += (BigInt(whole + fraction) * UNITS[unit]!) / 10n ** BigInt(fraction.length)
  }
  return nanos >= 2n ** 63n ? undefined : sign * nanos
}

/** A length of time in Go's notation: `1h15m30.5s`, `2ms`, `0s`. */
export function formatDuration(nanos: bigint): string {
  if (nanos === 0n) return '0s'
  const sign = nanos < 0n ? '-' : ''
  const all = nanos < 0n ? -nanos : nanos
  if (all < 1000n) return `${sign}${all}ns`
  if (all < 1_000_000n) return `${sign}${decimal(all, 3)}µs`
  if (all < 1_000_000_000n) return `${sign}${decimal(all, 6)}ms`
  const hours = all / UNITS['h']!
  const minutes = (all % UNITS['h']!) / UNITS['m']!
  const seconds = decimal(all % UNITS['m']!, 9)
  return `${sign}${hours > 0n ? `${hours}h` : ''}${hours > 0n || minutes > 0n ? `${minutes}m` : ''}${seconds}s`
}

/** `value` with the point moved `places` to the left, and no zeros at its end. */
function decimal(value: bigint, places: number): string {
  const digits = String(value).padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`)
}
