import type { Problems } from '../meta/problems.ts'
import { unchanged } from '../meta/validate-immutable.ts'
import type { PriorityClass } from './v1.ts'

/** The classes that the cluster itself needs, with their values. */
export const systemPriorities: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

const USER_MAX = 1_000_000_000

/** Checks a priority. */
export function validatePriorityClass(
  { metadata, value, globalDefault, preemptionPolicy }: PriorityClass,
  problems: Problems,
): void {
  const { name } = metadata
  if (name.startsWith('system-')) {
    if (systemPriorities[name] !== value || globalDefault === true) {
      const why =
        systemPriorities[name] === undefined
          ? `${name} is not a known system priority class`
          : `value of ${name} PriorityClass must be ${systemPriorities[name]}`
      const detail = `priority class names with 'system-' prefix are reserved for system use only. error: ${why}`
      problems.forbidden('metadata.name', detail)
    }
  } else if (value > USER_MAX) {
    problems.forbidden('value', `maximum allowed value of a user defined priority is ${USER_MAX}`)
  }
  if (preemptionPolicy !== undefined && preemptionPolicy !== 'PreemptLowerPriority' && preemptionPolicy !== 'Never') {
    problems.notSupported('preemptionPolicy', preemptionPolicy, ['Never', 'PreemptLowerPriority'])
  }
}

/** Checks that a class keeps its value: Pods that have it are already where that has put them. */
export function validatePriorityClassUpdate(next: PriorityClass, old: PriorityClass, problems: Problems): void {
  if (next.value !== old.value) problems.forbidden('value', 'may not be changed in an update.')
  unchanged(next.preemptionPolicy, old.preemptionPolicy, 'preemptionPolicy', problems)
}
