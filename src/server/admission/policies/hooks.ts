import type { Kind, KubeObject } from '../../../api/meta/kind.ts'
import type { ObjectReader } from '../admission.ts'

/** A policy together with what puts it to work. */
export interface PolicyHook<P, B> {
  readonly policy: P
  readonly bindings: readonly B[]
}

interface Binding extends KubeObject {
  readonly spec: { readonly policyName?: string }
}

/** All policies that are at work, by name; put together again only when one of them or a binding has changed. */
export function policyHooks<P extends KubeObject, B extends Binding>(
  reader: ObjectReader,
  policies: Kind<P>,
  bindings: Kind<B>,
): () => readonly PolicyHook<P, B>[] {
  let known: readonly PolicyHook<P, B>[] | undefined
  const forget = (): void => {
    known = undefined
  }
  reader.onChange(policies, forget)
  reader.onChange(bindings, forget)
  return () => (known ??= pair(reader.list(policies), reader.list(bindings)))
}

function pair<P extends KubeObject, B extends Binding>(
  policies: readonly P[],
  bindings: readonly B[],
): readonly PolicyHook<P, B>[] {
  const byPolicy = Map.groupBy(bindings.toSorted(byName), ({ spec }) => spec.policyName ?? '')
  return policies.toSorted(byName).flatMap((policy) => {
    const own = byPolicy.get(policy.metadata.name)
    return own === undefined ? [] : [{ policy, bindings: own }]
  })
}

function byName(a: KubeObject, b: KubeObject): number {
  return a.metadata.name! < b.metadata.name! ? -1 : 1
}
