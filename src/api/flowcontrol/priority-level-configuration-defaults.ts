import type { PriorityLevelConfiguration } from './v1.ts'

/** A level without limits has a share of its own all the same. */
export function priorityLevelConfigurationDefaults({ spec }: PriorityLevelConfiguration): void {
  if (spec.type === 'Exempt') spec.exempt ??= { nominalConcurrencyShares: 0, lendablePercent: 0 }
}
