const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat']

interface Bounds {
  readonly low: number
  readonly high: number
  readonly names: readonly string[]
}

/** Minute, hour, day of the month, month, day of the week. */
const FIELDS: readonly Bounds[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: MONTHS },
  { low: 0, high: 6, names: DAYS },
]

const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']

/** What is wrong with a schedule in the notation of cron, or undefined. */
export function scheduleProblem(schedule: string): string | undefined {
  const text = schedule.replace(/^(CRON_)?TZ=\S+\s+/, '').trim()
  if (text.startsWith('@')) {
    if (DESCRIPTORS.includes(text) || /^@every\s+(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined
    return `unrecognized descriptor: ${text}`
  }
  const fields = text.split(/\s+/).filter((field) => field !== '')
  if (fields.length !== FIELDS.length) {
    return `expected exactly ${FIELDS.length} fields, found ${fields.length}: [${fields.join(' ')}]`
  }
  for (const [i, field] of fields.entries()) {
    for (const part of field.split(',')) {
      const problem = rangeProblem(part, FIELDS[i]!)
      if (problem !== undefined) return problem
    }
  }
  return undefined
}

function rangeProblem(part: string, bounds: Bounds): string | undefined {
  const [range = '', step, ...more] = part.split('/')
  if (more.length > 0) return `too many slashes: ${part}`
  if (step !== undefined && (!/^\d+$/.test(step) || Number(step) === 0)) {
    return Number(step) === 0 ? `step of range should be a positive number: ${part}` : notANumber(step)
  }
  if (range === '*' || range === '?') return undefined
  const [from = '', to, ...rest] = range.split('-')
  if (rest.length > 0) return `too many hyphens: ${part}`
  const start = numberOf(from, bounds)
  const end = to === undefined ? start : numberOf(to, bounds)
  if (start === undefined) return notANumber(from)
  if (end === undefined) return notANumber(to!)
  if (start < bounds.low) return `beginning of range (${start}) below minimum (${bounds.low}): ${part}`
  if (end > bounds.high) return `end of range (${end}) above maximum (${bounds.high}): ${part}`
  return start > end ? `beginning of range (${start}) beyond end of range (${end}): ${part}` : undefined
}

function numberOf(text: string, { names, low }: Bounds): number | undefined {
  const index = names.indexOf(text.toLowerCase())
  if (index !== -1) return index + low
  return /^\d+$/.test(text) ? Number(text) : undefined
}

function notANumber(text: string): string {
  return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
}
