import { Deployments } from '../api/apps/deployment.ts'
import { ReplicaSets } from '../api/apps/replica-set.ts'
import type { Deployment, DeploymentCondition, DeploymentStatus, ReplicaSet } from '../api/apps/v1.ts'
import { Pods } from '../api/core/pod.ts'
import type { Pod } from '../api/core/v1.ts'
import { controllerOf } from '../api/meta/owners.ts'
import { requirementsOf } from '../api/meta/selectors.ts'
import { isWherryError } from '../lib/errors.ts'
import { claim, isControlledBy } from './claim.ts'
import { findCondition } from './conditions.ts'
import { dependents } from './dependents.ts'
import {
  generationsOf,
  nextRevision,
  refreshedAnnotations,
  replicaSetFor,
  revisionAnnotation,
  revisionOf,
  sizeAnnotations,
  sizeOf,
  wantedBy,
} from './deployment/replica-sets.ts'
import type { Generations } from './deployment/replica-sets.ts'
import {
  isScaling,
  planForgetting,
  planRecreating,
  planRolling,
  planScaling,
  startingSize,
} from './deployment/rollout.ts'
import type { Scaling } from './deployment/rollout.ts'
import {
  countedStatus,
  deadlineInMs,
  hasDeadline,
  isComplete,
  pausedConditions,
  rolloutStatus,
  setCondition,
} from './deployment/status.ts'
import { isTerminal } from './pods.ts'
import type { Cluster, Controller } from './runtime/controller.ts'
import { isEnding } from './runtime/reconciler.ts'
import { sameTemplate } from './template-hash.ts'

/** Rolls out each new template of a Deployment by a ReplicaSet of its own, and keeps a history of them. */
export const deploymentController: Controller<Deployment> = {
  name: 'deployment',
  owner: Deployments,
  reads: [
    dependents(ReplicaSets, Deployments, (deployment) => deployment.spec.selector),
    {
      kind: Pods,
      // Only a Recreate waits for Pods to be gone; all else is in the status of the ReplicaSets.
      matters: (pod: Pod | undefined) => pod === undefined || isTerminal(pod),
      owners(pod: Pod, caches) {
        const owner = controllerOf(pod)
        if (owner?.kind !== ReplicaSets.kind) return []
        const rs = caches.of(ReplicaSets).get({ namespace: pod.metadata.namespace ?? '', name: owner.name })
        const deployment = rs === undefined ? undefined : controllerOf(rs)
        if (deployment?.kind !== Deployments.kind) return []
        return [{ namespace: pod.metadata.namespace ?? '', name: deployment.name }]
      },
    },
  ],
  writes: [ReplicaSets, Deployments],
  reconcile,
}

async function reconcile(deployment: Deployment, cluster: Cluster<Deployment>): Promise<void> {
  const { selector } = deployment.spec
  if (selector === undefined || requirementsOf(selector).length === 0) {
    const message = 'This deployment is selecting all pods. A non-empty selector is required.'
    cluster.decide(deployment, 'refused', 'SelectingAll', message, { event: 'Warning' })
    return
  }
  const replicaSets = await claim(cluster, {
    owner: deployment,
    ownerKind: Deployments,
    kind: ReplicaSets,
    selector: requirementsOf(selector),
  })
  await new Rollout(deployment, generationsOf(deployment, replicaSets), cluster).run()
}

/** One look at a Deployment: what it finds, changes step by step, and reports in the end. */
class Rollout {
  readonly #deployment: Deployment
  readonly #cluster: Cluster<Deployment>
  readonly #nowMs: number
  #generations: Generations
  #conditions: readonly DeploymentCondition[]

  constructor(deployment: Deployment, generations: Generations, cluster: Cluster<Deployment>) {
    this.#deployment = deployment
    this.#generations = generations
    this.#cluster = cluster
    this.#nowMs = cluster.clock.now()
    this.#conditions = deployment.status.conditions ?? []
  }

  async run(): Promise<void> {
    const { spec, metadata } = this.#deployment
    await this.#refreshCurrent()
    if (metadata.deletionTimestamp !== undefined) {
      await this.#report('counted')
      return
    }
    this.#conditions = pausedConditions({ ...this.#deployment, status: this.#statusSoFar() }, this.#nowMs)
    if (spec.paused === true || isScaling(this.#deployment, this.#generations)) {
      await this.#scale(planScaling(this.#deployment, this.#generations))
      if (spec.paused === true) await this.#forgetOld()
      await this.#report('counted')
      return
    }
    const isDone = spec.strategy.type === 'Recreate' ? await this.#recreate() : await this.#roll()
    if (isDone && isComplete(this.#deployment, this.#deployment.status)) await this.#forgetOld()
    await this.#report('rollout')
  }

  #statusSoFar(): DeploymentStatus {
    return { ...this.#deployment.status, conditions: [...this.#conditions] }
  }

  /** Grows the new or shrinks the old. True when there was nothing to do. */
  async #roll(): Promise<boolean> {
    const current = this.#generations.current ?? (await this.#createCurrent())
    if (current === undefined) return false
    const scalings = planRolling(this.#deployment, current, this.#generations.old)
    await this.#scale(scalings)
    return scalings.length === 0
  }

  /** Waits until nothing old is left before it makes anything new. True when there was nothing to do. */
  async #recreate(): Promise<boolean> {
    const scalings = planRecreating(this.#generations.old)
    await this.#scale(scalings)
    if (scalings.length > 0 || this.#oldPodsRun()) return false
    const current = this.#generations.current ?? (await this.#createCurrent())
    if (current === undefined) return false
    const wanted = wantedBy(this.#deployment)
    if (sizeOf(current) === wanted) return true
    await this.#scale([{ replicaSet: current, to: wanted }])
    return false
  }

  #oldPodsRun(): boolean {
    const pods = this.#cluster.cache(Pods)
    return this.#generations.old.some(
      (rs) => rs.status.replicas > 0 || pods.byIndex('controller', rs.metadata.uid).some((pod) => !isTerminal(pod)),
    )
  }

  /** Keeps the annotations of the current ReplicaSet, and the Deployment's revision, as they should be. */
  async #refreshCurrent(): Promise<void> {
    const { current, old } = this.#generations
    if (current === undefined) return
    const annotations = refreshedAnnotations(this.#deployment, current, nextRevision(old))
    const { minReadySeconds = 0 } = this.#deployment.spec
    if (annotations !== undefined || (current.spec.minReadySeconds ?? 0) !== minReadySeconds) {
      await this.#patchReplicaSet(current, {
        ...(annotations !== undefined && { metadata: { annotations } }),
        spec: { minReadySeconds },
      })
    }
    if (hasDeadline(this.#deployment) && findCondition(this.#conditions, 'Progressing') === undefined) {
      this.#progress('True', 'FoundNewReplicaSet', `Found new replica set "${current.metadata.name}"`)
    }
  }

  async #createCurrent(): Promise<ReplicaSet | undefined> {
    const { old } = this.#generations
    const draft = replicaSetFor(this.#deployment, nextRevision(old), startingSize(this.#deployment, old))
    const name = draft.metadata!.name!
    try {
      const current = await this.#cluster.create(ReplicaSets, draft)
      this.#generations = { current, old }
      if (sizeOf(current) > 0) this.#tellScaling(current, 0, sizeOf(current))
      if (hasDeadline(this.#deployment)) {
        this.#progress('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`)
      }
      return current
    } catch (error) {
      if (isEnding(error)) return undefined
      if (isWherryError(error, 'already-exists')) return this.#afterCollision(name, error)
      const message = `Failed to create new replica set "${name}": ${(error as Error).message}`
      this.#cluster.decide(this.#deployment, 'refused', 'ReplicaSetCreateError', message, { event: 'Warning' })
      if (hasDeadline(this.#deployment)) this.#progress('False', 'ReplicaSetCreateError', message)
      await this.#report('counted')
      throw error
    }
  }

  /** The name is taken: by our own ReplicaSet that the cache has yet to show, or by another template's. */
  async #afterCollision(name: string, error: unknown): Promise<ReplicaSet> {
    const { namespace = '' } = this.#deployment.metadata
    const found = await this.#cluster.client.get(ReplicaSets, { namespace, name })
    const isOurs = isControlledBy(found, this.#deployment)
    if (isOurs && sameTemplate(found.spec.template, this.#deployment.spec.template)) {
      this.#generations = { current: found, old: this.#generations.old }
      return found
    }
    const collisionCount = (this.#deployment.status.collisionCount ?? 0) + 1
    await this.#cluster.status(this.#deployment, { ...this.#deployment.status, collisionCount })
    throw error
  }

  async #scale(scalings: readonly Scaling[]): Promise<void> {
    const annotations = sizeAnnotations(this.#deployment)
    for (const { replicaSet, to } of scalings) {
      const from = sizeOf(replicaSet)
      const had = replicaSet.metadata.annotations ?? {}
      if (from === to && Object.keys(annotations).every((key) => had[key] === annotations[key])) continue
      await this.#patchReplicaSet(replicaSet, { metadata: { annotations }, spec: { replicas: to } })
      if (from !== to) this.#tellScaling(replicaSet, from, to)
    }
  }

  async #patchReplicaSet(replicaSet: ReplicaSet, patch: { metadata?: object; spec?: object }): Promise<void> {
    const metadata = { ...patch.metadata, uid: replicaSet.metadata.uid }
    const { metadata: ref } = replicaSet
    const updated = await this.#cluster.patch(ReplicaSets, ref, { ...patch, metadata }, { type: 'merge' })
    const { current, old } = this.#generations
    this.#generations = {
      current: current === replicaSet ? updated : current,
      old: old.map((rs) => (rs === replicaSet ? updated : rs)),
    }
  }

  async #forgetOld(): Promise<void> {
    for (const rs of planForgetting(this.#deployment, this.#generations.old, revisionOf)) {
      await this.#cluster.remove(ReplicaSets, rs)
    }
  }

  #progress(status: 'True' | 'False', reason: string, message: string): void {
    this.#conditions = setCondition(this.#conditions, this.#nowMs, { type: 'Progressing', status, reason, message })
  }

  #tellScaling(replicaSet: ReplicaSet, from: number, to: number): void {
    const direction = to > from ? 'up' : 'down'
    const message = `Scaled ${direction} replica set ${replicaSet.metadata.name} from ${from} to ${to}`
    this.#cluster.event(this.#deployment, 'Normal', 'ScalingReplicaSet', message)
  }

  async #report(kind: 'counted' | 'rollout'): Promise<void> {
    const generations = this.#generations
    const make = kind === 'counted' ? countedStatus : rolloutStatus
    const status = make(this.#deployment, generations, this.#conditions, this.#nowMs)
    this.#explain(status)
    const deployment = await this.#sayRevision(generations.current)
    await this.#cluster.status(deployment, status)
    const leftMs = deadlineInMs(this.#deployment, status.conditions ?? [], this.#nowMs)
    // Times are kept in whole seconds, so the deadline is over only in the second after it.
    if (kind === 'rollout' && leftMs !== undefined && !isComplete(deployment, status)) {
      this.#cluster.requeue(Math.max(0, leftMs) + 1000)
    }
  }

  async #sayRevision(current: ReplicaSet | undefined): Promise<Deployment> {
    const deployment = this.#deployment
    const revision = current?.metadata.annotations?.[revisionAnnotation]
    if (revision === undefined || deployment.metadata.annotations?.[revisionAnnotation] === revision) return deployment
    const metadata = { uid: deployment.metadata.uid, annotations: { [revisionAnnotation]: revision } }
    return this.#cluster.patch(Deployments, deployment.metadata, { metadata }, { type: 'merge' })
  }

  #explain(status: DeploymentStatus): void {
    const deployment = this.#deployment
    const { current, old } = this.#generations
    const wanted = wantedBy(deployment)
    const { availableReplicas: available = 0, updatedReplicas: updated = 0 } = status
    const counts = `${updated} of ${wanted} Pods are of the present template, ${available} are available`
    const because = [...(current === undefined ? [] : [current]), ...old.filter((rs) => sizeOf(rs) > 0)].map((rs) => ({
      ref: { resource: 'replicasets.apps', namespace: rs.metadata.namespace ?? '', name: rs.metadata.name },
      message: `asks for ${sizeOf(rs)}, has ${rs.status.replicas}, ${rs.status.availableReplicas ?? 0} available`,
    }))
    const reason = findCondition(status.conditions, 'Progressing')?.reason
    if (reason === 'ProgressDeadlineExceeded') {
      this.#cluster.decide(deployment, 'waiting', 'ProgressDeadlineExceeded', counts, { because })
    } else if (deployment.spec.paused === true) {
      this.#cluster.decide(deployment, 'waiting', 'Paused', counts, { because, help: 'resume it' })
    } else if (isComplete(deployment, status)) {
      this.#cluster.decide(deployment, 'done', 'Complete', counts, { because })
    } else {
      this.#cluster.decide(deployment, 'progress', 'RollingOut', counts, { because })
    }
  }
}
