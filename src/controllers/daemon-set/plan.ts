import type { DaemonSet, DaemonSetStatus } from '../../api/apps/v1.ts'
import { fitsNode } from '../../api/core/node-affinity.ts'
import { untolerated } from '../../api/core/taints.ts'
import type { Node, Pod, PodSpec, Toleration } from '../../api/core/v1.ts'
import { scaledValue } from '../../api/meta/int-or-string.ts'
import { isAvailable, isReady, isTerminal, isTerminating } from '../pods.ts'
import { revisionLabel } from '../revisions.ts'

/** Daemons stay where others are told to go, and come where others are kept away. */
const TOLERATED: readonly Toleration[] = [
  ...['not-ready', 'unreachable'].map((name) => toleration(name, 'NoExecute')),
  ...['disk-pressure', 'memory-pressure', 'pid-pressure', 'unschedulable'].map((name) =>
    toleration(name, 'NoSchedule'),
  ),
]

function toleration(name: string, effect: Toleration['effect']): Toleration {
  return { key: `node.kubernetes.io/${name}`, operator: 'Exists', effect } as Toleration
}

/** The template's tolerations and those that every daemon has. */
export function daemonTolerations({ tolerations = [], hostNetwork }: PodSpec): Toleration[] {
  const added = hostNetwork === true ? [...TOLERATED, toleration('network-unavailable', 'NoSchedule')] : TOLERATED
  const own = tolerations.filter(
    (one) =>
      !added.some(({ key, effect, operator }) => one.key === key && one.effect === effect && one.operator === operator),
  )
  return [...own, ...added]
}

/** Whether a node should have the daemon, and whether it may keep one that it has. */
export function placeOn({ spec }: DaemonSet, node: Node): { readonly shouldRun: boolean; readonly mayStay: boolean } {
  const pod = spec.template.spec
  const fits = (!pod.nodeName || pod.nodeName === node.metadata.name) && fitsNode(pod, node)
  if (!fits) return { shouldRun: false, mayStay: false }
  const tolerations = daemonTolerations(pod)
  const isKept = untolerated(node.spec.taints, tolerations, ['NoSchedule', 'NoExecute']) === undefined
  if (isKept) return { shouldRun: true, mayStay: true }
  return { shouldRun: false, mayStay: untolerated(node.spec.taints, tolerations, ['NoExecute']) === undefined }
}

/** The node that a daemon is on, or is meant for. */
export function nodeOf({ spec }: Pod): string | undefined {
  if (spec.nodeName) return spec.nodeName
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  for (const term of required?.nodeSelectorTerms ?? []) {
    const field = term.matchFields?.find(({ key, operator }) => key === 'metadata.name' && operator === 'In')
    if (field?.values?.length === 1) return field.values[0]
  }
  return undefined
}

/** What is to be done about a DaemonSet. */
export interface DaemonPlan {
  readonly create: readonly string[]
  readonly remove: readonly Pod[]
  /** Of those to be removed, the ones that have failed: they must not be replaced in a hurry. */
  readonly failed: readonly Pod[]
}

export interface DaemonFacts {
  readonly daemonSet: DaemonSet
  readonly nodes: readonly Node[]
  /** Pods that are not yet wholly gone. */
  readonly pods: readonly Pod[]
  /** The hashes of the present template. */
  readonly hashes: ReadonlySet<string>
  readonly nowMs: number
}

/** Pure. First every node gets the one Pod that it should have; when all have it, old ones make room for new ones. */
export function planDaemons(facts: DaemonFacts): DaemonPlan {
  const byNode = podsByNode(facts.pods)
  const plan = planPlaces(facts, byNode)
  if (plan.create.length + plan.remove.length > 0) return plan
  const { updateStrategy } = facts.daemonSet.spec
  return updateStrategy.type === 'OnDelete' ? plan : planUpdate(facts, byNode)
}

function podsByNode(pods: readonly Pod[]): Map<string, Pod[]> {
  const byNode = new Map<string, Pod[]>()
  for (const pod of pods) {
    if (isTerminal(pod) && isTerminating(pod)) continue
    const node = nodeOf(pod) ?? ''
    const others = byNode.get(node)
    if (others === undefined) byNode.set(node, [pod])
    else others.push(pod)
  }
  return byNode
}

function planPlaces(facts: DaemonFacts, byNode: ReadonlyMap<string, readonly Pod[]>): DaemonPlan {
  const { daemonSet, nodes } = facts
  const create: string[] = []
  const remove: Pod[] = []
  const failed: Pod[] = []
  for (const node of nodes) {
    const { name } = node.metadata
    const pods = byNode.get(name)
    const { shouldRun, mayStay } = placeOn(daemonSet, node)
    if (shouldRun && pods === undefined) {
      create.push(name)
    } else if (!mayStay) {
      remove.push(...(pods ?? []).filter((pod) => !isTerminating(pod)))
    } else {
      const present = (pods ?? []).filter((pod) => !isTerminating(pod))
      const ended = present.filter(isTerminal)
      remove.push(...ended)
      failed.push(...ended.filter((pod) => pod.status.phase === 'Failed'))
      const running = present.filter((pod) => !isTerminal(pod)).toSorted(byAge)
      if (surgeOf(daemonSet, 1) === 0) remove.push(...running.slice(1))
      else if (running.length === 0 && shouldRun && ended.length === 0) create.push(name)
      else remove.push(...surplusOfSurge(facts, running))
    }
  }
  const known = new Set(nodes.map(({ metadata }) => metadata.name))
  for (const [name, pods] of byNode) {
    // A Pod that waits for a node that is gone will wait for ever.
    if (!known.has(name)) remove.push(...pods.filter((pod) => !pod.spec.nodeName && !isTerminating(pod)))
  }
  return { create, remove, failed }
}

/** While a surge is on there may be two: an old one that serves, and a new one that does not yet. */
function surplusOfSurge({ daemonSet, hashes, nowMs }: DaemonFacts, running: readonly Pod[]): Pod[] {
  if (running.length <= 1) return []
  const isNew = (pod: Pod): boolean => hashes.has(pod.metadata.labels?.[revisionLabel] ?? '')
  const newest = running.find(isNew)
  const oldest = running.find((pod) => !isNew(pod))
  const surplus = running.filter((pod) => pod !== newest && pod !== oldest)
  const { minReadySeconds = 0 } = daemonSet.spec
  const isReplaced = newest !== undefined && oldest !== undefined
  if (isReplaced && (!isReady(oldest) || isAvailable(newest, minReadySeconds, nowMs))) surplus.push(oldest)
  return surplus
}

function byAge(a: Pod, b: Pod): number {
  const assigned = Number(Boolean(b.spec.nodeName)) - Number(Boolean(a.spec.nodeName))
  if (assigned !== 0) return assigned
  const age = Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp)
  return age || (a.metadata.name < b.metadata.name ? -1 : 1)
}

function surgeOf({ spec }: DaemonSet, wanted: number): number {
  const { type, rollingUpdate } = spec.updateStrategy
  return type === 'RollingUpdate' ? scaledValue(rollingUpdate?.maxSurge ?? 0, wanted, 'up') : 0
}

interface OnNode {
  readonly name: string
  readonly newer: Pod | undefined
  readonly older: Pod | undefined
  readonly shouldRun: boolean
}

function planUpdate(facts: DaemonFacts, byNode: ReadonlyMap<string, readonly Pod[]>): DaemonPlan {
  const { daemonSet, nodes, hashes } = facts
  const isNew = (pod: Pod): boolean => hashes.has(pod.metadata.labels?.[revisionLabel] ?? '')
  const places = nodes.map((node): OnNode => {
    const pods = (byNode.get(node.metadata.name) ?? []).filter((pod) => !isTerminating(pod))
    const { shouldRun } = placeOn(daemonSet, node)
    return { name: node.metadata.name, newer: pods.find(isNew), older: pods.find((pod) => !isNew(pod)), shouldRun }
  })
  const relevant = places.filter((place) => place.shouldRun || place.newer || place.older)
  const wanted = places.filter(({ shouldRun }) => shouldRun).length
  const surge = surgeOf(daemonSet, wanted)
  if (surge > 0) return planSurge(facts, relevant, wanted, surge)
  const configured = daemonSet.spec.updateStrategy.rollingUpdate?.maxUnavailable ?? 1
  return planReplacement(facts, relevant, Math.max(1, scaledValue(configured, wanted, 'up')))
}

/** Ends as many old ones as may be missing; what serves nobody may go at once. */
function planReplacement(
  { daemonSet, nowMs }: DaemonFacts,
  places: readonly OnNode[],
  maxUnavailable: number,
): DaemonPlan {
  const { minReadySeconds = 0 } = daemonSet.spec
  const serves = (pod: Pod | undefined): boolean => pod !== undefined && isAvailable(pod, minReadySeconds, nowMs)
  const outdated = places.filter(({ newer, older }) => older !== undefined && newer === undefined)
  const useless = outdated.filter(({ older }) => !serves(older))
  const unavailable =
    places.filter((place) => !outdated.includes(place) && !serves(place.newer)).length + useless.length
  const candidates = outdated
    .filter((place) => !useless.includes(place))
    .slice(0, Math.max(0, maxUnavailable - unavailable))
  return { create: [], remove: [...useless, ...candidates].map(({ older }) => older!), failed: [] }
}

/** Puts new ones beside as many old ones as may be, and ends an old one when the new one beside it serves. */
function planSurge(
  { daemonSet, nowMs }: DaemonFacts,
  places: readonly OnNode[],
  wanted: number,
  maxSurge: number,
): DaemonPlan {
  const { minReadySeconds = 0 } = daemonSet.spec
  const serves = (pod: Pod): boolean => isAvailable(pod, minReadySeconds, nowMs)
  const remove: Pod[] = []
  const retired: Pod[] = []
  const urgent: string[] = []
  const candidates: string[] = []
  let surging = 0
  let available = 0
  for (const { name, newer, older, shouldRun } of places) {
    const speaker = older ?? newer
    if (speaker !== undefined && serves(speaker)) available++
    if (older === undefined) continue
    if (newer !== undefined) {
      if (serves(newer)) remove.push(older)
      else surging++
    } else if (!shouldRun) {
      if (serves(older)) retired.push(older)
      else remove.push(older)
    } else if (serves(older)) {
      candidates.push(name)
    } else {
      urgent.push(name)
    }
  }
  // Where one is to go for good it stays until enough others serve.
  remove.push(...retired.slice(0, Math.max(0, available - wanted)))
  return { create: [...urgent, ...candidates.slice(0, Math.max(0, maxSurge - surging))], remove, failed: [] }
}

/** Pure. What the status says of these Pods. */
export function daemonStatus({ daemonSet, nodes, pods, hashes, nowMs }: DaemonFacts): DaemonSetStatus {
  const byNode = podsByNode(pods)
  const { minReadySeconds = 0 } = daemonSet.spec
  const count = { desired: 0, current: 0, misplaced: 0, ready: 0, updated: 0, available: 0 }
  for (const node of nodes) {
    const [pod] = (byNode.get(node.metadata.name) ?? []).toSorted(byAge)
    const { shouldRun } = placeOn(daemonSet, node)
    if (!shouldRun) {
      if (pod !== undefined) count.misplaced++
      continue
    }
    count.desired++
    if (pod === undefined) continue
    count.current++
    if (isReady(pod)) count.ready++
    if (isAvailable(pod, minReadySeconds, nowMs)) count.available++
    if (hashes.has(pod.metadata.labels?.[revisionLabel] ?? '')) count.updated++
  }
  const { collisionCount, conditions } = daemonSet.status
  return {
    desiredNumberScheduled: count.desired,
    currentNumberScheduled: count.current,
    numberMisscheduled: count.misplaced,
    numberReady: count.ready,
    updatedNumberScheduled: count.updated,
    numberAvailable: count.available,
    numberUnavailable: count.desired - count.available,
    ...(daemonSet.metadata.generation !== undefined && { observedGeneration: daemonSet.metadata.generation }),
    ...(collisionCount !== undefined && { collisionCount }),
    ...(conditions !== undefined && { conditions }),
  }
}
