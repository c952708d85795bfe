import { percentOf } from './int-or-string.ts'
import type { Problems } from './problems.ts'
import { notNegative } from './validate-numbers.ts'

type Amount = number | string

/** Checks an amount that is a number or a percentage such as `25%`. */
export function validateAmount(amount: Amount | undefined, field: string, problems: Problems): void {
  if (typeof amount === 'number') notNegative(amount, field, problems)
  else if (amount !== undefined && percentOf(amount) === undefined) {
    const detail =
      "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"
    problems.invalid(field, amount, detail)
  }
}

/** Checks that a percentage is not more than everything. */
export function atMostAll(amount: Amount | undefined, field: string, problems: Problems): void {
  if (typeof amount === 'string' && (percentOf(amount) ?? 0) > 100) {
    problems.invalid(field, amount, 'must not be greater than 100%')
  }
}

/** Whether an amount is nothing, be it `0` or `0%`. */
export function isNothing(amount: Amount | undefined): boolean {
  return amount === undefined || (typeof amount === 'number' ? amount === 0 : (percentOf(amount) ?? 0) === 0)
}
