import { Pods } from '../../api/core/pod.ts'
import type { Pod, PreemptionPolicy } from '../../api/core/v1.ts'
import type { PriorityClass } from '../../api/scheduling/v1.ts'
import { PriorityClasses } from '../../api/scheduling/priority-class.ts'
import type { AdmissionPlugin, Attempt, ObjectReader } from './admission.ts'
import { withSpec } from './pods.ts'
import { forbidden } from './refusal.ts'

/** Turns the class that a Pod names into its priority, and keeps at most one class the default. */
export function priority(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'Priority',
    handles: ({ operation, kind, target }) =>
      (operation === 'CREATE' || operation === 'UPDATE') &&
      target.subresource === '' &&
      (kind === Pods || kind === PriorityClasses),
    mutate(attempt) {
      const { operation, kind, object, old } = attempt
      if (kind !== Pods) return object!
      return operation === 'CREATE' ? prioritized(attempt, object as Pod) : kept(object as Pod, old as Pod)
    },
    validate(attempt) {
      const { kind, object } = attempt
      if (kind !== PriorityClasses || !(object as PriorityClass).globalDefault) return
      const current = defaultClass(reader)
      if (current !== undefined && current.metadata.name !== object!.metadata.name) {
        const { name } = current.metadata
        throw forbidden(attempt, `PriorityClass ${name} is already marked as default. Only one default can exist`)
      }
    },
  }

  function prioritized(attempt: Attempt, pod: Pod): Pod {
    const { spec } = pod
    const named = spec.priorityClassName || undefined
    const given = named === undefined ? defaultClass(reader) : reader.get(PriorityClasses, { name: named })
    if (given === undefined && named !== undefined) {
      throw forbidden(attempt, `no PriorityClass with name ${named} was found`, {
        hint: 'List them with `kubectl get priorityclasses`.',
      })
    }
    const value = given?.value ?? 0
    const policy = given === undefined ? 'PreemptLowerPriority' : given.preemptionPolicy
    if (spec.priority !== undefined && spec.priority !== value) {
      throw forbidden(
        attempt,
        `the integer value of priority (${spec.priority}) must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`,
      )
    }
    if (policy !== undefined && spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== policy) {
      throw forbidden(
        attempt,
        `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority admission controller computed ${policy} from the given PriorityClass name`,
      )
    }
    return withSpec(pod, {
      priority: value,
      ...(given !== undefined && { priorityClassName: given.metadata.name }),
      ...(policy !== undefined && { preemptionPolicy: policy as PreemptionPolicy }),
    })
  }
}

/** Of several defaults, which only a race can make, the lowest counts. */
function defaultClass(reader: ObjectReader): PriorityClass | undefined {
  let lowest: PriorityClass | undefined
  for (const one of reader.list(PriorityClasses)) {
    if (one.globalDefault === true && (lowest === undefined || one.value < lowest.value)) lowest = one
  }
  return lowest
}

/** Who updates a Pod with what they once created it from does not know its priority. */
function kept(pod: Pod, { spec }: Pod): Pod {
  const missing = {
    ...(pod.spec.priority === undefined && spec.priority !== undefined && { priority: spec.priority }),
    ...(pod.spec.preemptionPolicy === undefined &&
      spec.preemptionPolicy !== undefined && { preemptionPolicy: spec.preemptionPolicy }),
  }
  return Object.keys(missing).length === 0 ? pod : withSpec(pod, missing)
}
