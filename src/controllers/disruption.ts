import { Deployments } from '../api/apps/deployment.ts'
import { ReplicaSets } from '../api/apps/replica-set.ts'
import { StatefulSets } from '../api/apps/stateful-set.ts'
import { Pods } from '../api/core/pod.ts'
import { ReplicationControllers } from '../api/core/replication-controller.ts'
import type { Pod } from '../api/core/v1.ts'
import { scaledValue } from '../api/meta/int-or-string.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import { controllerOf, groupOf } from '../api/meta/owners.ts'
import { selects } from '../api/meta/selectors.ts'
import { formatTime, parseTime } from '../api/meta/time.ts'
import type { Condition, OwnerReference } from '../api/meta/v1.ts'
import { PodDisruptionBudgets } from '../api/policy/pod-disruption-budget.ts'
import type { PodDisruptionBudget, PodDisruptionBudgetStatus } from '../api/policy/v1.ts'
import { discovery } from '../client/discovery.ts'
import type { Discovery } from '../client/discovery.ts'
import { isWherryError } from '../lib/errors.ts'
import { findCondition, withoutCondition } from './conditions.ts'
import { isReady, isTerminal, isTerminating, podCondition } from './pods.ts'
import type { Cluster, Controller, Source } from './runtime/controller.ts'

/** A Pod that was allowed to be evicted should be on its way out after this. */
const DISRUPTED_MS = 120_000

interface Sized extends KubeObject {
  readonly spec: { readonly replicas?: number }
}

const SCALED: readonly Kind<any>[] = [Deployments, ReplicaSets, ReplicationControllers, StatefulSets]

/** What changes the size of a workload changes what may be missing of it. */
const sizes: readonly Source<PodDisruptionBudget>[] = SCALED.map((kind) => ({
  kind,
  matters: (object: Sized | undefined, previous: Sized | undefined) =>
    object?.spec.replicas !== previous?.spec.replicas,
  owners: ({ metadata }: Sized, _caches, budgets) => budgets.list(metadata.namespace).map((budget) => budget.metadata),
}))

/** Says how many Pods of each budget may be taken away right now. */
export function disruptionController(): Controller<PodDisruptionBudget> {
  let discovered: Discovery | undefined
  return {
    name: 'disruption',
    component: 'controllermanager',
    owner: PodDisruptionBudgets,
    reads: [
      {
        kind: Pods,
        owners: ({ metadata }: Pod, _caches, budgets) =>
          budgets
            .list(metadata.namespace)
            .filter(({ spec }) => selects(spec.selector, metadata.labels))
            .map((budget) => budget.metadata),
      },
      ...sizes,
    ],
    writes: [PodDisruptionBudgets],
    async reconcile(budget, cluster) {
      discovered ??= discovery(cluster)
      const pods = cluster
        .cache(Pods)
        .list(budget.metadata.namespace)
        .filter((pod) => !isTerminal(pod) && selects(budget.spec.selector, pod.metadata.labels))
      const nowMs = cluster.clock.now()
      const { kept, expired, nextMs } = disruptedPods(budget, pods, nowMs)
      for (const pod of expired) {
        const message = `Pod was expected by PDB ${budget.metadata.namespace}/${budget.metadata.name} to be deleted but it wasn't`
        cluster.event(pod, 'Warning', 'NotDeleted', message)
      }
      const expected = await expectedPods(budget, pods, cluster, discovered)
      const status =
        typeof expected === 'string'
          ? failedStatus(budget, expected, nowMs)
          : budgetStatus(budget, pods, { ...expected, disrupted: kept }, nowMs)
      if (pods.length === 0) cluster.event(budget, 'Normal', 'NoPods', 'No matching pods found')
      explain(budget, status, expected, cluster)
      await cluster.status(budget, status)
      if (nextMs !== undefined) cluster.requeue(nextMs)
    },
  }
}

interface Disrupted {
  readonly kept: Readonly<Record<string, string>>
  readonly expired: readonly Pod[]
  readonly nextMs: number | undefined
}

/** Pods that were allowed to go and have not done so yet; those that never will are counted as there again. */
function disruptedPods({ status }: PodDisruptionBudget, pods: readonly Pod[], nowMs: number): Disrupted {
  const kept: Record<string, string> = {}
  const expired: Pod[] = []
  let nextMs: number | undefined
  for (const pod of pods) {
    const since = status.disruptedPods?.[pod.metadata.name]
    if (since === undefined || isTerminating(pod)) continue
    const leftMs = parseTime(since) + DISRUPTED_MS - nowMs
    if (leftMs < 0) {
      expired.push(pod)
      continue
    }
    kept[pod.metadata.name] = since
    nextMs = Math.min(nextMs ?? Infinity, leftMs + 1000)
  }
  return { kept, expired, nextMs }
}

interface Expected {
  readonly expected: number
  readonly desired: number
}

/** How many Pods there should be, and how many have to be healthy; a text says why that cannot be told. */
async function expectedPods(
  { spec }: PodDisruptionBudget,
  pods: readonly Pod[],
  cluster: Cluster<PodDisruptionBudget>,
  discovered: Discovery,
): Promise<Expected | string> {
  const { maxUnavailable, minAvailable } = spec
  if (maxUnavailable === undefined && typeof minAvailable !== 'string') {
    return { expected: pods.length, desired: minAvailable ?? 0 }
  }
  const expected = await expectedScale(pods, cluster, discovered)
  if (typeof expected === 'string') return expected
  const desired =
    maxUnavailable === undefined
      ? scaledValue(minAvailable!, expected, 'up')
      : Math.max(0, expected - scaledValue(maxUnavailable, expected, 'up'))
  return { expected, desired }
}

/** The sizes of all workloads that the Pods belong to. */
async function expectedScale(
  pods: readonly Pod[],
  cluster: Cluster<PodDisruptionBudget>,
  discovered: Discovery,
): Promise<number | string> {
  const scales = new Map<string, number>()
  for (const pod of pods) {
    const owner = controllerOf(pod)
    // A Pod that nobody manages is not made anew, so it is not expected either.
    if (owner === undefined) continue
    if (scales.has(owner.uid)) continue
    const scale = await scaleOf(owner, pod.metadata.namespace ?? '', cluster, discovered)
    if (typeof scale === 'string') return scale
    scales.set(scale.uid, scale.replicas)
    if (scale.uid !== owner.uid) scales.set(owner.uid, 0)
  }
  return [...scales.values()].reduce((total, replicas) => total + replicas, 0)
}

interface Scale {
  readonly uid: string
  readonly replicas: number
}

async function scaleOf(
  owner: OwnerReference,
  namespace: string,
  cluster: Cluster<PodDisruptionBudget>,
  discovered: Discovery,
): Promise<Scale | string> {
  const known = SCALED.find((kind) => kind.kind === owner.kind && kind.group === groupOf(owner.apiVersion))
  if (known === undefined) return foreignScale(owner, namespace, cluster, discovered)
  const found: Sized | undefined = cluster.cache(known).get({ namespace, name: owner.name })
  if (found === undefined || found.metadata.uid !== owner.uid) return { uid: owner.uid, replicas: 0 }
  const parent = controllerOf(found)
  if (known === ReplicaSets && parent !== undefined) return scaleOf(parent, namespace, cluster, discovered)
  return { uid: owner.uid, replicas: found.spec.replicas ?? 1 }
}

/** The size of a workload of a kind that others brought: it says so at its subresource `scale`. */
async function foreignScale(
  owner: OwnerReference,
  namespace: string,
  { client }: Cluster<PodDisruptionBudget>,
  discovered: Discovery,
): Promise<Scale | string> {
  const { kinds } = await discovered.kinds(60_000)
  const group = groupOf(owner.apiVersion)
  const kind = kinds.find((one) => one.kind === owner.kind && one.group === group)
  if (kind === undefined) return `${owner.kind}.${group} is not known`
  const root = group === '' ? `/api/${kind.version}` : `/apis/${group}/${kind.version}`
  const path = `${root}/namespaces/${namespace}/${kind.plural}/${encodeURIComponent(owner.name)}/scale`
  const { status, body } = await client.raw({ method: 'GET', path, headers: { accept: 'application/json' } })
  if (status >= 400) return `${kind.plural}.${group} does not implement the scale subresource`
  const scale = JSON.parse(body.toString('utf8')) as { spec?: { replicas?: number } }
  return { uid: owner.uid, replicas: scale.spec?.replicas ?? 0 }
}

/** Pure. */
export function budgetStatus(
  budget: PodDisruptionBudget,
  pods: readonly Pod[],
  facts: Expected & { readonly disrupted: Readonly<Record<string, string>> },
  nowMs: number,
): PodDisruptionBudgetStatus {
  const { expected, desired, disrupted } = facts
  const healthy = pods.filter(
    (pod) => isReady(pod) && !isTerminating(pod) && disrupted[pod.metadata.name] === undefined,
  ).length
  const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired)
  const reason = allowed > 0 ? 'SufficientPods' : 'InsufficientPods'
  return {
    expectedPods: expected,
    desiredHealthy: desired,
    currentHealthy: healthy,
    disruptionsAllowed: allowed,
    disruptedPods: { ...disrupted },
    ...observed(budget),
    conditions: conditionsWith(budget, { status: allowed > 0 ? 'True' : 'False', reason, message: '' }, nowMs),
  }
}

/** Where nothing can be told, nothing may be taken away. */
function failedStatus(budget: PodDisruptionBudget, message: string, nowMs: number): PodDisruptionBudgetStatus {
  return {
    ...budget.status,
    disruptionsAllowed: 0,
    ...observed(budget),
    conditions: conditionsWith(budget, { status: 'False', reason: 'SyncFailed', message }, nowMs),
  }
}

function observed({ metadata }: PodDisruptionBudget): { observedGeneration?: number } {
  return metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }
}

function conditionsWith(
  { metadata, status }: PodDisruptionBudget,
  found: Pick<Condition, 'status' | 'reason' | 'message'>,
  nowMs: number,
): Condition[] {
  const type = 'DisruptionAllowed'
  const old = findCondition(status.conditions, type)
  const lastTransitionTime = old?.status === found.status ? old.lastTransitionTime! : formatTime(nowMs)
  const condition: Condition = { type, ...found, lastTransitionTime, observedGeneration: metadata.generation ?? 0 }
  return [...withoutCondition(status.conditions, type), condition]
}

function explain(
  budget: PodDisruptionBudget,
  status: PodDisruptionBudgetStatus,
  expected: Expected | string,
  cluster: Cluster<PodDisruptionBudget>,
): void {
  if (typeof expected === 'string') {
    const message = `Failed to calculate the number of expected pods: ${expected}`
    cluster.decide(budget, 'refused', 'CalculateExpectedPodCountFailed', message, { event: 'Warning' })
    return
  }
  const { currentHealthy, desiredHealthy, disruptionsAllowed } = status
  const message = `${currentHealthy} are healthy, ${desiredHealthy} have to be: ${disruptionsAllowed} may go`
  cluster.decide(
    budget,
    disruptionsAllowed > 0 ? 'done' : 'waiting',
    disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
    message,
  )
}

/** Takes back from Pods that they are about to be ended, when nobody has ended them for long. */
export const staleDisruptionController: Controller<Pod> = {
  name: 'stale-disruption',
  component: 'controllermanager',
  owner: Pods,
  reads: [],
  writes: [Pods],
  concerns: (pod) => pod !== undefined && podCondition(pod, 'DisruptionTarget')?.status === 'True',
  async reconcile(pod, cluster) {
    const target = podCondition(pod, 'DisruptionTarget')
    if (target?.status !== 'True' || isTerminating(pod) || isTerminal(pod)) return
    const nowMs = cluster.clock.now()
    const leftMs = parseTime(target.lastTransitionTime ?? '') + DISRUPTED_MS - nowMs
    if (leftMs > 0) {
      cluster.requeue(leftMs)
      return
    }
    const condition = { ...target, status: 'False' as const, lastTransitionTime: formatTime(nowMs) }
    const conditions = [...withoutCondition(pod.status.conditions, 'DisruptionTarget'), condition]
    const { uid, resourceVersion } = pod.metadata
    const patch = { metadata: { uid, resourceVersion }, status: { conditions } }
    try {
      await cluster.patch(Pods, pod.metadata, patch, { type: 'merge', subresource: 'status' })
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
    }
  },
}
