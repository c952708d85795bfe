import type { Problems } from './problems.ts'
import { compareQuantities, parseQuantity } from './quantity.ts'

const NEGATIVE = 'must be greater than or equal to 0'

/** Checks that a number, if there is one, is not below zero. */
export function notNegative(value: number | undefined, field: string, problems: Problems): void {
  if (value !== undefined && value < 0) problems.invalid(field, value, NEGATIVE)
}

/** Checks that a number is above zero. */
export function positive(value: number | undefined, field: string, problems: Problems): void {
  if (value !== undefined && value <= 0) problems.invalid(field, value, 'must be greater than zero')
}

/** Checks that a quantity is not below zero. */
export function quantityNotNegative(value: string, field: string, problems: Problems): void {
  if (compareQuantities(value, '0') < 0) problems.invalid(field, value, NEGATIVE)
}

/** Whether a quantity is a whole number. */
export function isWhole(value: string): boolean {
  return parseQuantity(value).nano % 1_000_000_000n === 0n
}

/** What is said of a number that is not within bounds, both of which are allowed. */
export function within(low: number, high: number): string {
  return `must be between ${low} and ${high}, inclusive`
}
