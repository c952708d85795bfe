import type { PodAffinityTerm } from '../../api/core/v1.ts'
import { meets, type Requirement, requirementsOf } from '../../api/meta/selectors.ts'
import type { PlacementObjects, Snapshot } from '../cluster-state.ts'
import type { NodeInfo } from '../node-info.ts'
import type { PodFacts } from '../pod-facts.ts'
import type { Filter } from './filter.ts'

/** A term as it is tested: which pods it means, and in which part of the cluster they count as near. */
export interface Term {
  readonly topologyKey: string
  matches(pod: PodFacts): boolean
}

/** Reads a term of `owner`'s affinity (KEP-2249 for namespaceSelector, KEP-3633 for matchLabelKeys). */
export function readTerm(term: PodAffinityTerm, owner: PodFacts, objects: PlacementObjects): Term {
  const requirements =
    term.labelSelector === undefined ? undefined : withLabelKeys(requirementsOf(term.labelSelector), term, owner)
  const namespaces = new Set(term.namespaces ?? [])
  const chosen = term.namespaceSelector === undefined ? undefined : requirementsOf(term.namespaceSelector)
  if (namespaces.size === 0 && chosen === undefined) namespaces.add(owner.namespace)
  return {
    topologyKey: term.topologyKey,
    matches: (pod) =>
      requirements !== undefined &&
      (namespaces.has(pod.namespace) ||
        (chosen !== undefined && meets(chosen, objects.namespaceLabels(pod.namespace)))) &&
      meets(requirements, pod.labels),
  }
}

function withLabelKeys(
  requirements: Requirement[],
  { matchLabelKeys = [], mismatchLabelKeys = [] }: PodAffinityTerm,
  owner: PodFacts,
): Requirement[] {
  const add = (keys: readonly string[], op: 'in' | 'notin'): void => {
    for (const key of keys)
      if (owner.labels[key] !== undefined) requirements.push({ key, op, values: [owner.labels[key]] })
  }
  add(matchLabelKeys, 'in')
  add(mismatchLabelKeys, 'notin')
  return requirements
}

/** The parts of the cluster, by `key=value`, in which pods are that a term means. */
function placesOf(terms: readonly Term[], snapshot: Snapshot): readonly Map<string, number>[] {
  const places = terms.map(() => new Map<string, number>())
  for (const node of snapshot.nodes) {
    for (const pod of node.pods.values()) {
      for (const [i, term] of terms.entries()) {
        const value = node.labels[term.topologyKey]
        if (value !== undefined && term.matches(pod)) places[i]!.set(value, (places[i]!.get(value) ?? 0) + 1)
      }
    }
  }
  return places
}

/** Pods that want to be near others. */
export const podAffinity: Filter = (pod, snapshot) => {
  const required = pod.pod.spec.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (required.length === 0) return undefined
  const terms = required.map((term) => readTerm(term, pod, snapshot.objects))
  const places = placesOf(terms, snapshot)
  // The first of a group that wants to be near itself has nobody to be near to, and may begin anywhere.
  const first = places.every((place) => place.size === 0) && terms.every((term) => term.matches(pod))
  return (node) => {
    const has = (term: Term): boolean => node.labels[term.topologyKey] !== undefined
    const near = terms.every((term, i) => has(term) && (first || places[i]!.has(node.labels[term.topologyKey]!)))
    return near
      ? undefined
      : {
          code: 'PodAffinity',
          preemptible: false,
          summary: "node(s) didn't match pod affinity rules",
          detail: `no pod that it wants to be near to is in its ${terms.map(({ topologyKey }) => topologyKey).join(', ')}`,
        }
  }
}

/** Pods that want to be away from others. */
export const podAntiAffinity: Filter = (pod, snapshot) => {
  const required = pod.pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
  if (required.length === 0) return undefined
  const terms = required.map((term) => readTerm(term, pod, snapshot.objects))
  const places = placesOf(terms, snapshot)
  return (node) => {
    const clash = terms.find(
      (term, i) => node.labels[term.topologyKey] !== undefined && places[i]!.has(node.labels[term.topologyKey]!),
    )
    return clash === undefined
      ? undefined
      : {
          code: 'PodAntiAffinity',
          preemptible: true,
          summary: "node(s) didn't match pod anti-affinity rules",
          detail: `a pod that it keeps away from is in the same ${clash.topologyKey}`,
        }
  }
}

/** Pods that are there already and keep this one away. */
export const existingAntiAffinity: Filter = (pod, snapshot) => {
  const taken = new Map<string, Set<string>>()
  for (const { pod: keeper, node } of snapshot.keepers) {
    for (const required of keeper.pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ??
      []) {
      const value = node.labels[required.topologyKey]
      if (value === undefined || !readTerm(required, keeper, snapshot.objects).matches(pod)) continue
      const values = taken.get(required.topologyKey) ?? new Set()
      taken.set(required.topologyKey, values.add(value))
    }
  }
  if (taken.size === 0) return undefined
  return (node) => {
    for (const [key, values] of taken) {
      const value = node.labels[key]
      if (value !== undefined && values.has(value)) {
        return {
          code: 'ExistingAntiAffinity',
          preemptible: true,
          summary: "node(s) didn't satisfy existing pods anti-affinity rules",
          detail: `a pod in the same ${key} keeps it away`,
        }
      }
    }
    return undefined
  }
}

/** How many points the preferences of a pod for company give a node: the sum of the weights of what it is near to. */
export function preferredCompany(pod: PodFacts, snapshot: Snapshot): ((node: NodeInfo) => number) | undefined {
  const { podAffinity: near, podAntiAffinity: away } = pod.pod.spec.affinity ?? {}
  const wishes = [
    ...(near?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((one) => ({ ...one, sign: 1 })),
    ...(away?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((one) => ({ ...one, sign: -1 })),
  ]
  if (wishes.length === 0) return undefined
  const terms = wishes.map(({ podAffinityTerm }) => readTerm(podAffinityTerm, pod, snapshot.objects))
  const places = placesOf(terms, snapshot)
  return (node) =>
    wishes.reduce(
      (sum, { weight, sign }, i) =>
        sum + sign * weight * (places[i]!.get(node.labels[terms[i]!.topologyKey] ?? '\0') ?? 0),
      0,
    )
}
