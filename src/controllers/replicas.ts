import { ReplicaSets } from '../api/apps/replica-set.ts'
import type { ReplicaSetCondition, ReplicaSetStatus } from '../api/apps/v1.ts'
import { Pods } from '../api/core/pod.ts'
import type { Pod, PodTemplateSpec } from '../api/core/v1.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import { controllerOf } from '../api/meta/owners.ts'
import { requirementsOf, selects } from '../api/meta/selectors.ts'
import { formatTime } from '../api/meta/time.ts'
import type { LabelSelector } from '../api/meta/v1.ts'
import { isWherryError } from '../lib/errors.ts'
import { sameJson } from '../lib/patch/json.ts'
import { claim } from './claim.ts'
import { findCondition, withCondition, withoutCondition } from './conditions.ts'
import { dependents } from './dependents.ts'
import { byDeletionRank } from './pod-ranking.ts'
import {
  isActive,
  isAvailable,
  isReady,
  isTerminal,
  isTerminating,
  nextAvailableInMs,
  podFromTemplate,
  readySinceMs,
} from './pods.ts'
import type { Cluster, Controller } from './runtime/controller.ts'
import { isEnding } from './runtime/reconciler.ts'
import { slowStart } from './slow-start.ts'

/** What ReplicaSets and ReplicationControllers have in common. */
export interface Replicated extends KubeObject {
  readonly spec: { readonly replicas?: number; readonly minReadySeconds?: number }
  readonly status: ReplicaSetStatus
}

export interface ReplicasOptions<T extends Replicated> {
  readonly name: string
  readonly component: string
  readonly kind: Kind<T>
  readonly selectorOf: (owner: T) => LabelSelector
  readonly templateOf: (owner: T) => PodTemplateSpec | undefined
}

/** How many Pods are made or removed in one go; the rest follows when these are seen. */
const BURST = 500

/** A controller that keeps as many Pods of one template as its owner asks for. */
export function replicasController<T extends Replicated>(options: ReplicasOptions<T>): Controller<T> {
  const { name, component, kind, selectorOf } = options
  return {
    name,
    component,
    owner: kind,
    reads: [dependents(Pods, kind, selectorOf, changesReplicas)],
    writes: [Pods, kind],
    reconcile: (owner, cluster) => reconcile(options, owner, cluster),
  }
}

/**
 * Whether a change of a Pod is one that its owner counts. Most are not, as when a Pod gets its node: each look at an
 * owner costs as much as it has Pods.
 */
export function changesReplicas(pod: Pod | undefined, previous: Pod | undefined): boolean {
  return pod === undefined || previous === undefined || !sameJson(counted(pod), counted(previous))
}

function counted(pod: Pod): unknown {
  const { uid, labels = {}, ownerReferences = [] } = pod.metadata
  return [uid, labels, ownerReferences, isTerminal(pod), isTerminating(pod), isReady(pod), readySinceMs(pod) ?? 0]
}

async function reconcile<T extends Replicated>(
  options: ReplicasOptions<T>,
  owner: T,
  cluster: Cluster<T>,
): Promise<void> {
  const { kind, selectorOf, templateOf } = options
  const selector = requirementsOf(selectorOf(owner))
  const claimed = await claim(cluster, {
    owner,
    ownerKind: kind,
    kind: Pods,
    selector,
    mayAdopt: (pod) => !isTerminal(pod),
  })
  const pods = claimed.filter(isActive)
  const terminating = claimed.filter((pod) => isTerminating(pod) && !isTerminal(pod)).length
  const template = templateOf(owner)
  const failure =
    owner.metadata.deletionTimestamp === undefined && template !== undefined
      ? await bringTo(owner, template, pods, cluster)
      : undefined

  const nowMs = cluster.clock.now()
  const status = replicasStatus({ owner, pods, terminating, template, failure, nowMs })
  await cluster.status(owner, status)
  if (failure !== undefined) throw failure.error
  const { minReadySeconds = 0 } = owner.spec
  if (minReadySeconds > 0 && status.readyReplicas !== status.availableReplicas) {
    cluster.requeue(nextAvailableInMs(pods, minReadySeconds, nowMs) ?? minReadySeconds * 1000)
  }
}

interface Failure {
  readonly reason: 'FailedCreate' | 'FailedDelete'
  readonly error: unknown
}

/** Makes what is missing or removes what is too much. */
async function bringTo<T extends Replicated>(
  owner: T,
  template: PodTemplateSpec,
  pods: readonly Pod[],
  cluster: Cluster<T>,
): Promise<Failure | undefined> {
  const wanted = owner.spec.replicas ?? 1
  const { missing, surplus } = planReplicas(wanted, pods, {
    nowMs: cluster.clock.now(),
    related: pods.length > wanted ? relatedPods(owner, cluster) : [],
  })
  if (missing > 0) return createPods(owner, template, missing, cluster)
  if (surplus.length > 0) return removePods(owner, surplus, cluster)
  cluster.decide(owner, 'done', 'AsDesired', `${pods.length} of ${wanted} Pods are there`)
  return undefined
}

async function createPods<T extends Replicated>(
  owner: T,
  template: PodTemplateSpec,
  missing: number,
  cluster: Cluster<T>,
): Promise<Failure | undefined> {
  cluster.decide(owner, 'progress', 'TooFewPods', `${missing} more Pods are needed`, {
    because: [{ message: `${owner.spec.replicas ?? 1} are asked for`, facts: { missing } }],
  })
  const draft = podFromTemplate(template, owner.metadata.namespace ?? '', owner.metadata.name)
  const { error } = await slowStart(Math.min(missing, BURST), async () => {
    const pod = await cluster.create(Pods, draft)
    cluster.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
  })
  if (error === undefined || isEnding(error)) return undefined
  refused(owner, 'FailedCreate', `Error creating: ${messageOfError(error)}`, error, cluster)
  return { reason: 'FailedCreate', error }
}

async function removePods<T extends Replicated>(
  owner: T,
  surplus: readonly Pod[],
  cluster: Cluster<T>,
): Promise<Failure | undefined> {
  const going = surplus.slice(0, BURST)
  cluster.decide(owner, 'progress', 'TooManyPods', `${surplus.length} Pods are too many`, {
    because: going.slice(0, 10).map((pod) => ({ message: `${pod.metadata.name} goes` })),
  })
  const results = await Promise.allSettled(
    going.map(async (pod) => {
      await cluster.remove(Pods, pod)
      cluster.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
    }),
  )
  const failed = results.find((result) => result.status === 'rejected')
  if (failed === undefined) return undefined
  refused(owner, 'FailedDelete', `Error deleting: ${messageOfError(failed.reason)}`, failed.reason, cluster)
  return { reason: 'FailedDelete', error: failed.reason }
}

function refused<T extends Replicated>(
  owner: T,
  reason: Failure['reason'],
  message: string,
  error: unknown,
  cluster: Cluster<T>,
): void {
  const facts = isWherryError(error) ? { code: error.code, details: error.details } : {}
  cluster.decide(owner, 'refused', reason, message, {
    event: 'Warning',
    because: [{ message: messageOfError(error), facts }],
  })
}

function messageOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Pods of all ReplicaSets that share this one's owner: where they crowd a node, a scale-in thins them out. */
function relatedPods<T extends Replicated>(owner: T, cluster: Cluster<T>): readonly Pod[] {
  const reference = controllerOf(owner)
  if (reference === undefined) return cluster.owned(Pods)
  const siblings = cluster.cache(ReplicaSets).byIndex('controller', reference.uid)
  return siblings.flatMap((sibling) => cluster.cache(Pods).byIndex('controller', sibling.metadata.uid))
}

export interface PlanOptions {
  readonly nowMs: number
  /** All Pods of the workload, for how crowded each node is. */
  readonly related: readonly Pod[]
}

/** Pure. How many Pods are missing, or which are too many, the cheapest to lose first. */
export function planReplicas(
  wanted: number,
  pods: readonly Pod[],
  { nowMs, related }: PlanOptions,
): { readonly missing: number; readonly surplus: readonly Pod[] } {
  const excess = pods.length - wanted
  if (excess <= 0) return { missing: -excess, surplus: [] }
  if (wanted === 0) return { missing: 0, surplus: pods }
  const readyOn = new Map<string, number>()
  for (const pod of related) {
    if (!isActive(pod) || !pod.spec.nodeName || !isReady(pod)) continue
    readyOn.set(pod.spec.nodeName, (readyOn.get(pod.spec.nodeName) ?? 0) + 1)
  }
  const crowding = (pod: Pod): number => readyOn.get(pod.spec.nodeName ?? '') ?? 0
  return { missing: 0, surplus: byDeletionRank(pods, { nowMs, crowding }).slice(0, excess) }
}

interface StatusFacts {
  readonly owner: Replicated
  readonly pods: readonly Pod[]
  readonly terminating: number
  readonly template: PodTemplateSpec | undefined
  readonly failure: Failure | undefined
  readonly nowMs: number
}

/** Pure. What the status says of these Pods. */
export function replicasStatus(facts: StatusFacts): ReplicaSetStatus {
  const { owner, pods, terminating, template, failure, nowMs } = facts
  const { minReadySeconds = 0 } = owner.spec
  const labels = { matchLabels: { ...template?.metadata.labels } }
  const status: ReplicaSetStatus = {
    replicas: pods.length,
    fullyLabeledReplicas: pods.filter((pod) => selects(labels, pod.metadata.labels)).length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: pods.filter((pod) => isAvailable(pod, minReadySeconds, nowMs)).length,
    conditions: conditionsAfter(owner.status.conditions, failure, nowMs),
  }
  if (owner.metadata.generation !== undefined) status.observedGeneration = owner.metadata.generation
  if (owner.kind === 'ReplicaSet') status.terminatingReplicas = terminating
  return status
}

function conditionsAfter(
  conditions: readonly ReplicaSetCondition[] | undefined,
  failure: Failure | undefined,
  nowMs: number,
): ReplicaSetCondition[] {
  if (failure === undefined) return withoutCondition(conditions, 'ReplicaFailure')
  if (findCondition(conditions, 'ReplicaFailure') !== undefined) return [...conditions!]
  return withCondition(conditions, {
    type: 'ReplicaFailure',
    status: 'True',
    reason: failure.reason,
    message: messageOfError(failure.error),
    lastTransitionTime: formatTime(nowMs),
  })
}
