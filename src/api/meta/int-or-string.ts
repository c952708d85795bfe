import { WherryError } from '../../lib/errors.ts'

/**
 * The number that an amount such as `25%` or `3` stands for, of a total. Percentages are rounded up or down to a whole
 * number; text that is neither throws `invalid`.
 */
export function scaledValue(value: number | string, total: number, round: 'up' | 'down'): number {
  if (typeof value === 'number') return value
  const percent = percentOf(value)
  if (percent === undefined) {
    throw new WherryError('invalid', `invalid value for IntOrString: invalid type: string is not a percentage`)
  }
  const exact = (percent * total) / 100
  return round === 'up' ? Math.ceil(exact) : Math.floor(exact)
}

/** The number before the percent sign, or undefined when the text is no percentage. */
export function percentOf(text: string): number | undefined {
  return /^\d+%$/.test(text) ? Number(text.slice(0, -1)) : undefined
}
