import { ControllerRevisions } from '../api/apps/controller-revision.ts'
import { StatefulSets } from '../api/apps/stateful-set.ts'
import type { ControllerRevision, StatefulSet } from '../api/apps/v1.ts'
import { PersistentVolumeClaims } from '../api/core/persistent-volume-claim.ts'
import { Pods } from '../api/core/pod.ts'
import type { Pod } from '../api/core/v1.ts'
import { requirementsOf } from '../api/meta/selectors.ts'
import { isWherryError } from '../lib/errors.ts'
import { claim } from './claim.ts'
import { dependents } from './dependents.ts'
import { nextAvailableInMs } from './pods.ts'
import { forgetOld, syncHistory, templateOf } from './revisions.ts'
import type { Cluster, Controller } from './runtime/controller.ts'
import { isEnding } from './runtime/reconciler.ts'
import { fixClaimOwners, hasStaleClaim } from './stateful-set/claims.ts'
import { claimsOf, identityLabels, ordinalOf, podFor, rangeOf, revisionOf } from './stateful-set/identity.ts'
import { planSet, setStatus } from './stateful-set/plan.ts'
import type { SetPlan, Step } from './stateful-set/plan.ts'

/** Keeps Pods that have a name and storage of their own, and come and go in order. */
export const statefulSetController: Controller<StatefulSet> = {
  name: 'stateful-set',
  component: 'statefulset-controller',
  owner: StatefulSets,
  reads: [
    dependents(Pods, StatefulSets, ({ spec }) => spec.selector),
    dependents(ControllerRevisions, StatefulSets, ({ spec }) => spec.selector),
    { kind: PersistentVolumeClaims, owners: () => [] },
  ],
  writes: [Pods, PersistentVolumeClaims, ControllerRevisions, StatefulSets],
  reconcile,
}

async function reconcile(set: StatefulSet, cluster: Cluster<StatefulSet>): Promise<void> {
  const selector = requirementsOf(set.spec.selector ?? {})
  const pods = await claim(cluster, {
    owner: set,
    ownerKind: StatefulSets,
    kind: Pods,
    selector,
    mayAdopt: (pod) => ordinalOf(set, pod) !== undefined,
  })
  const history = await syncHistory(cluster, {
    owner: set,
    kind: StatefulSets,
    labelsOf: (hash) => ({ 'controller.kubernetes.io/hash': hash }),
  })
  if (history === undefined) return
  const { update, others } = history
  const current = others.find(({ metadata }) => metadata.name === set.status.currentRevision) ?? update
  const facts = {
    set,
    pods,
    currentRevision: current.metadata.name,
    updateRevision: update.metadata.name,
    nowMs: cluster.clock.now(),
  }
  let failure: unknown
  if (set.metadata.deletionTimestamp === undefined) {
    const plan = planSet(facts)
    explain(set, plan, cluster)
    failure = await act(set, plan.steps, { current, update }, cluster)
    await fixClaimOwners(set, pods, cluster)
  }
  await cluster.status(set, setStatus(facts))
  const live = new Set([current.metadata.name, ...pods.map(revisionOf)])
  await forgetOld(cluster, set, others, ({ metadata }) => live.has(metadata.name))
  if (failure !== undefined) throw failure
  const soonestMs = nextAvailableInMs(pods, set.spec.minReadySeconds ?? 0, facts.nowMs)
  if (soonestMs !== undefined) cluster.requeue(soonestMs)
}

interface Versions {
  readonly current: ControllerRevision
  readonly update: ControllerRevision
}

/** Takes the steps in order, as far as they succeed; returns what went wrong. */
async function act(
  set: StatefulSet,
  steps: readonly Step[],
  versions: Versions,
  cluster: Cluster<StatefulSet>,
): Promise<unknown> {
  for (const step of steps) {
    try {
      if (step.act === 'create') await create(set, step.ordinal, versions[step.version], cluster)
      else if (step.act === 'remove') await remove(set, step.pod, cluster)
      else await repair(step.pod, step.ordinal, cluster)
    } catch (error) {
      if (isEnding(error)) return undefined
      return error
    }
  }
  return undefined
}

async function create(
  set: StatefulSet,
  ordinal: number,
  version: ControllerRevision,
  cluster: Cluster<StatefulSet>,
): Promise<void> {
  const name = `${set.metadata.name}-${ordinal}`
  // A claim of the Pod before this one is on its way out: it must not be used again.
  if (hasStaleClaim(set, ordinal, cluster)) return
  try {
    for (const draft of claimsOf(set, ordinal).values())
      await createClaim(set, name, draft.metadata!.name!, ordinal, cluster)
    const template = templateOf(version) ?? set.spec.template
    await cluster.create(Pods, podFor(set, template, version.metadata.name, ordinal))
    tell(
      set,
      'Normal',
      'SuccessfulCreate',
      `Create Pod ${name} in StatefulSet ${set.metadata.name} successful`,
      cluster,
    )
  } catch (error) {
    if (isEnding(error) || isWherryError(error, 'already-exists')) throw error
    const message = `Create Pod ${name} in StatefulSet ${set.metadata.name} failed error: ${(error as Error).message}`
    cluster.decide(set, 'refused', 'FailedCreate', message, { event: 'Warning' })
    throw error
  }
}

async function createClaim(
  set: StatefulSet,
  podName: string,
  claimName: string,
  ordinal: number,
  cluster: Cluster<StatefulSet>,
): Promise<void> {
  const namespace = set.metadata.namespace ?? ''
  const found = cluster.cache(PersistentVolumeClaims).get({ namespace, name: claimName })
  if (found !== undefined) {
    if (found.metadata.deletionTimestamp === undefined) return
    throw new Error(`pvc ${claimName} is being deleted`)
  }
  const draft = [...claimsOf(set, ordinal).values()].find((one) => one.metadata!.name === claimName)!
  try {
    // A claim outlives its set, unless the set says otherwise later on.
    await cluster.create(PersistentVolumeClaims, { ...draft, metadata: { ...draft.metadata, ownerReferences: [] } })
  } catch (error) {
    if (isWherryError(error, 'already-exists')) return
    throw error
  }
  const { name } = set.metadata
  tell(
    set,
    'Normal',
    'SuccessfulCreate',
    `Create Claim ${claimName} Pod ${podName} in StatefulSet ${name} success`,
    cluster,
  )
}

async function remove(set: StatefulSet, pod: Pod, cluster: Cluster<StatefulSet>): Promise<void> {
  await cluster.remove(Pods, pod)
  const message = `Delete Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name} successful`
  tell(set, 'Normal', 'SuccessfulDelete', message, cluster)
}

async function repair(pod: Pod, ordinal: number, cluster: Cluster<StatefulSet>): Promise<void> {
  const { name, uid } = pod.metadata
  await cluster.patch(
    Pods,
    pod.metadata,
    { metadata: { uid, labels: identityLabels(name, ordinal) } },
    { type: 'merge' },
  )
}

function tell(
  set: StatefulSet,
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
  cluster: Cluster<StatefulSet>,
): void {
  cluster.event(set, type, reason, message)
}

function explain(set: StatefulSet, { steps, waitsFor }: SetPlan, cluster: Cluster<StatefulSet>): void {
  const { start, count } = rangeOf(set)
  if (steps.length > 0) {
    const doing = steps.slice(0, 10).map((step) => {
      if (step.act === 'create') return { message: `${set.metadata.name}-${step.ordinal} is missing` }
      return { message: `${step.pod.metadata.name}: ${step.act === 'remove' ? step.why : 'its labels are put right'}` }
    })
    cluster.decide(set, 'progress', 'Stepping', `${steps.length} steps are taken`, { because: doing })
  } else if (waitsFor !== undefined) {
    const message = `it waits until ${waitsFor.pod.metadata.name} is ${waitsFor.until}`
    cluster.decide(set, 'waiting', 'WaitsForPod', message, {
      because: [
        {
          ref: { resource: 'pods', namespace: set.metadata.namespace ?? '', name: waitsFor.pod.metadata.name },
          message,
        },
      ],
    })
  } else {
    cluster.decide(set, 'done', 'AsDesired', `Pods ${start} to ${start + count - 1} are there`)
  }
}
