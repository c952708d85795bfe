import { ControllerRevisions } from '../api/apps/controller-revision.ts'
import { DaemonSets } from '../api/apps/daemon-set.ts'
import type { DaemonSet } from '../api/apps/v1.ts'
import { Nodes } from '../api/core/node.ts'
import { Pods } from '../api/core/pod.ts'
import type { Node, Pod } from '../api/core/v1.ts'
import { requirementsOf } from '../api/meta/selectors.ts'
import type { Draft } from '../api/meta/schema.ts'
import { backoffMs } from '../lib/backoff.ts'
import { sameJson } from '../lib/patch/json.ts'
import { claim } from './claim.ts'
import { daemonStatus, daemonTolerations, planDaemons } from './daemon-set/plan.ts'
import type { DaemonPlan } from './daemon-set/plan.ts'
import { nodeOf } from './daemon-set/plan.ts'
import { dependents } from './dependents.ts'
import { nextAvailableInMs, podFromTemplate } from './pods.ts'
import { forgetOld, isOfTemplate, revisionLabel, syncHistory } from './revisions.ts'
import type { Cluster, Controller } from './runtime/controller.ts'
import { isEnding } from './runtime/reconciler.ts'
import { slowStart } from './slow-start.ts'

const BURST = 250
/** A daemon that fails again and again is made again less and less often. */
const FAILED_BACKOFF = { baseMs: 1000, maxMs: 900_000, jitter: 0 }

interface Failures {
  readonly count: number
  readonly untilMs: number
}

/** Keeps one Pod on every node that it fits. */
export function daemonSetController(): Controller<DaemonSet> {
  /** By owner and node. */
  const failures = new Map<string, Failures>()
  return {
    name: 'daemon-set',
    component: 'daemonset-controller',
    owner: DaemonSets,
    reads: [
      dependents(Pods, DaemonSets, ({ spec }) => spec.selector),
      dependents(ControllerRevisions, DaemonSets, ({ spec }) => spec.selector),
      {
        kind: Nodes,
        matters: (node: Node | undefined, previous: Node | undefined) => !sameJson(placing(node), placing(previous)),
        owners: (_node, _caches, daemonSets) => daemonSets.list().map(({ metadata }) => metadata),
      },
    ],
    writes: [Pods, ControllerRevisions, DaemonSets],
    async reconcile(daemonSet, cluster) {
      if (daemonSet.metadata.deletionTimestamp !== undefined) return
      const selector = requirementsOf(daemonSet.spec.selector ?? {})
      if (selector.length === 0) {
        const message = 'This daemon set is selecting all pods. A non-empty selector is required.'
        cluster.decide(daemonSet, 'refused', 'SelectingAll', message, { event: 'Warning' })
        return
      }
      const history = await syncHistory(cluster, {
        owner: daemonSet,
        kind: DaemonSets,
        labelsOf: (hash) => ({ [revisionLabel]: hash }),
      })
      if (history === undefined) return
      const { update, others } = history
      const same = others.filter((revision) => isOfTemplate(revision, daemonSet.spec.template))
      const hashOf = ({ metadata }: { metadata: { labels?: Record<string, string>; name: string } }): string =>
        metadata.labels?.[revisionLabel] ?? metadata.name
      const hashes = new Set([update, ...same].map(hashOf))
      const pods = await claim(cluster, { owner: daemonSet, ownerKind: DaemonSets, kind: Pods, selector })
      const nodes = cluster.cache(Nodes).list()
      const nowMs = cluster.clock.now()
      const facts = { daemonSet, nodes, pods, hashes, nowMs }
      const plan = planDaemons(facts)
      const error = await act(daemonSet, holdBack(daemonSet, plan, failures, cluster), hashOf(update), cluster)
      const live = new Set(pods.map(({ metadata }) => metadata.labels?.[revisionLabel]))
      await forgetOld(cluster, daemonSet, others, (revision) => live.has(hashOf(revision)))
      const status = daemonStatus(facts)
      await cluster.status(daemonSet, status)
      explain(daemonSet, plan, cluster)
      if (error !== undefined) throw error
      const { minReadySeconds = 0 } = daemonSet.spec
      const soonestMs = nextAvailableInMs(pods, minReadySeconds, nowMs)
      if (soonestMs !== undefined) cluster.requeue(soonestMs)
    },
    async removed({ namespace = '', name }) {
      for (const key of failures.keys()) if (key.startsWith(`${namespace}/${name} `)) failures.delete(key)
    },
  }
}

function placing(node: Node | undefined): unknown {
  return node && [node.metadata.labels, node.spec.taints, node.spec.unschedulable]
}

/** The plan without those failed Pods whose time has not come yet. */
function holdBack(
  daemonSet: DaemonSet,
  plan: DaemonPlan,
  failures: Map<string, Failures>,
  cluster: Cluster<DaemonSet>,
): DaemonPlan {
  const nowMs = cluster.clock.now()
  const held = new Set<Pod>()
  for (const pod of plan.failed) {
    const { namespace = '', name } = pod.metadata
    const node = nodeOf(pod) ?? ''
    const key = `${namespace}/${daemonSet.metadata.name} ${node}`
    const before = failures.get(key)
    if (before !== undefined && nowMs < before.untilMs) {
      held.add(pod)
      cluster.requeue(before.untilMs - nowMs)
      continue
    }
    // One that ran well for long is not blamed for what was before.
    const isOld = before !== undefined && nowMs - before.untilMs > FAILED_BACKOFF.maxMs * 2
    const count = before === undefined || isOld ? 1 : before.count + 1
    failures.set(key, { count, untilMs: nowMs + backoffMs(count, FAILED_BACKOFF, cluster.random) })
    const message = `Found failed daemon pod ${namespace}/${name} on node ${node}, will try to kill it`
    cluster.event(daemonSet, 'Warning', 'FailedDaemonPod', message)
  }
  return held.size === 0 ? plan : { ...plan, remove: plan.remove.filter((pod) => !held.has(pod)) }
}

/** Makes and ends Pods as planned; returns what went wrong. */
async function act(
  daemonSet: DaemonSet,
  plan: DaemonPlan,
  hash: string,
  cluster: Cluster<DaemonSet>,
): Promise<unknown> {
  const { error } = await slowStart(Math.min(plan.create.length, BURST), async (at) => {
    const pod = await cluster.create(Pods, daemonFor(daemonSet, plan.create[at]!, hash))
    cluster.event(daemonSet, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`)
  })
  if (error !== undefined && !isEnding(error)) {
    const message = `Error creating: ${(error as Error).message}`
    cluster.decide(daemonSet, 'refused', 'FailedCreate', message, { event: 'Warning' })
    return error
  }
  const results = await Promise.allSettled(
    plan.remove.slice(0, BURST).map(async (pod) => {
      await cluster.remove(Pods, pod)
      cluster.event(daemonSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`)
    }),
  )
  return results.find((result) => result.status === 'rejected')?.reason
}

/** The Pod for a node: only the scheduler binds it, but it fits nowhere else. */
function daemonFor(daemonSet: DaemonSet, node: string, hash: string): Draft<Pod> {
  const { namespace = '', name } = daemonSet.metadata
  const pod = podFromTemplate(daemonSet.spec.template, namespace, name)
  const { affinity } = daemonSet.spec.template.spec
  const matchFields = [{ key: 'metadata.name', operator: 'In' as const, values: [node] }]
  return {
    metadata: { ...pod.metadata, labels: { ...pod.metadata!.labels, [revisionLabel]: hash } },
    spec: {
      ...pod.spec,
      tolerations: daemonTolerations(daemonSet.spec.template.spec),
      affinity: {
        ...affinity,
        nodeAffinity: {
          ...affinity?.nodeAffinity,
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields }] },
        },
      },
    } as Draft<Pod['spec']>,
  }
}

function explain(daemonSet: DaemonSet, plan: DaemonPlan, cluster: Cluster<DaemonSet>): void {
  if (plan.create.length + plan.remove.length === 0) {
    cluster.decide(daemonSet, 'done', 'AsDesired', 'every node that fits has its Pod')
    return
  }
  const message = `${plan.create.length} Pods are missing, ${plan.remove.length} are to go`
  cluster.decide(daemonSet, 'progress', 'Placing', message, {
    because: plan.create
      .slice(0, 10)
      .map((node) => ({ ref: { resource: 'nodes', name: node }, message: 'it has none' })),
  })
}
