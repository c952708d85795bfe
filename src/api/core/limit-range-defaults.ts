import type { LimitRange } from './v1.ts'

/** What the bounds of containers leave out: each of the five amounts says something about the others. */
export function limitRangeDefaults({ spec }: LimitRange): void {
  for (const item of spec.limits) {
    if (item.type !== 'Container') continue
    item.default = { ...item.max, ...item.default }
    item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest }
    if (Object.keys(item.default).length === 0) delete item.default
    if (Object.keys(item.defaultRequest).length === 0) delete item.defaultRequest
  }
}
