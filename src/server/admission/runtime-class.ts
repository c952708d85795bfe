import { compareQuantities } from '../../api/meta/quantity.ts'
import type { Pod, Toleration } from '../../api/core/v1.ts'
import { RuntimeClasses } from '../../api/node/runtime-class.ts'
import type { RuntimeClass } from '../../api/node/v1.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { AdmissionPlugin, Attempt, ObjectReader } from './admission.ts'
import { createsPod, withSpec } from './pods.ts'
import { forbidden } from './refusal.ts'

/** Gives a Pod what its runtime needs: the resources that it takes itself, and the nodes that have it. */
export function runtimeClass(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'RuntimeClass',
    handles: createsPod,
    mutate(attempt) {
      const pod = attempt.object as Pod
      const name = pod.spec.runtimeClassName
      const found = name === undefined ? undefined : reader.get(RuntimeClasses, { name })
      if (found === undefined && name !== undefined) {
        throw forbidden(attempt, `pod rejected: RuntimeClass ${JSON.stringify(name)} not found`, {
          hint: 'List them with `kubectl get runtimeclasses`.',
        })
      }
      return scheduled(attempt, withOverhead(attempt, pod, found), found)
    },
  }
}

type Amounts = Readonly<Record<string, string>>

function withOverhead(attempt: Attempt, pod: Pod, runtime: RuntimeClass | undefined): Pod {
  const given: Amounts | undefined = pod.spec.overhead
  const wanted: Amounts | undefined = runtime?.overhead?.podFixed
  if (runtime?.overhead === undefined) {
    if (given === undefined) return pod
    throw forbidden(attempt, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
  }
  if (given !== undefined && !sameAmounts(given, wanted ?? {})) {
    throw forbidden(attempt, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
  }
  return withSpec(pod, { overhead: { ...wanted } })
}

function sameAmounts(a: Amounts, b: Amounts): boolean {
  const names = new Set([...Object.keys(a), ...Object.keys(b)])
  return [...names].every(
    (name) => a[name] !== undefined && b[name] !== undefined && compareQuantities(a[name], b[name]) === 0,
  )
}

function scheduled(attempt: Attempt, pod: Pod, runtime: RuntimeClass | undefined): Pod {
  if (runtime?.scheduling === undefined) return pod
  const { nodeSelector = {}, tolerations = [] } = runtime.scheduling
  const own = pod.spec.nodeSelector ?? {}
  for (const [key, value] of Object.entries(nodeSelector)) {
    if (Object.hasOwn(own, key) && own[key] !== value) {
      throw forbidden(
        attempt,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${value}; pod.spec.nodeSelector[${key}] = ${own[key]}`,
      )
    }
  }
  return withSpec(pod, {
    ...(Object.keys(nodeSelector).length > 0 && { nodeSelector: { ...own, ...nodeSelector } }),
    ...(tolerations.length > 0 && { tolerations: united(pod.spec.tolerations ?? [], tolerations) }),
  })
}

function united(own: readonly Toleration[], more: readonly Toleration[]): Toleration[] {
  return [...own, ...more.filter((one) => !own.some((other) => sameJson(one, other)))]
}
