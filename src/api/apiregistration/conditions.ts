import { sameJson } from '../../lib/patch/json.ts'
import type { APIService, APIServiceCondition } from './v1.ts'

/** What holds of an APIService that the server itself answers for. */
export const LOCAL = {
  type: 'Available',
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
} as const satisfies APIServiceCondition

/** Whether whoever answers for the version can be asked. */
export function isAvailable({ status }: APIService): boolean {
  return (status.conditions ?? []).some((one) => one.type === 'Available' && one.status === 'True')
}

/** The conditions with one of them as it is now; the same list when that is nothing new. */
export function withCondition(
  conditions: readonly APIServiceCondition[],
  condition: APIServiceCondition,
  now: string,
): readonly APIServiceCondition[] {
  const before = conditions.find(({ type }) => type === condition.type)
  const since = before?.status === condition.status ? (before.lastTransitionTime ?? now) : now
  const next = { ...condition, lastTransitionTime: since }
  if (before === undefined) return [...conditions, next]
  return sameJson(before, next) ? conditions : conditions.map((one) => (one === before ? next : one))
}
