import type { Pod } from '../../api/core/v1.ts'
import type { Decision } from '../../lib/decisions.ts'
import { type Explanation, newestFirst, open, type Reason, reason, reasonOf } from './explanation.ts'
import { heldByFinalizers } from './pod.ts'

/** What `why` reads of a Deployment, ReplicaSet, StatefulSet, DaemonSet or Job. */
export interface Workload {
  readonly kind: string
  readonly metadata: {
    readonly name?: string
    readonly deletionTimestamp?: string
    readonly finalizers?: readonly string[]
  }
  readonly spec?: {
    readonly replicas?: number
    readonly completions?: number
    readonly paused?: boolean
    readonly suspend?: boolean
  }
  readonly status?: {
    readonly readyReplicas?: number
    readonly numberReady?: number
    readonly desiredNumberScheduled?: number
    readonly succeeded?: number
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly reason?: string
      readonly message?: string
    }[]
  }
}

/** What a workload owns, one level down: a Deployment's ReplicaSets with their own decisions. */
export interface Owned {
  readonly name: string
  readonly decisions: readonly Decision[]
}

/** Why a workload has not what it asks for: what stopped it from making pods, else its pods' own reasons, grouped. Pure. */
export function explainWorkload(
  about: string,
  workload: Workload | undefined,
  evidence: {
    readonly decisions: readonly Decision[]
    readonly owned: readonly Owned[]
    readonly pods: readonly { readonly pod: Pod; readonly explanation: Explanation }[]
  },
): Explanation {
  const decisions = newestFirst([...evidence.decisions, ...evidence.owned.flatMap((one) => one.decisions)])
  const base = { about, decisions, healthy: false }
  if (workload === undefined) {
    return decisions.length === 0
      ? {
          ...base,
          verdict: `There is no ${about}, and nothing was recorded about one.`,
          reasons: [],
          help: 'List what is there with `wherry kubectl get all -A`.',
        }
      : {
          ...base,
          verdict: `${about} is gone. This is what was recorded about it.`,
          reasons: decisions.slice(0, 5).map(reasonOf),
        }
  }
  const { deletionTimestamp, finalizers = [] } = workload.metadata
  if (deletionTimestamp !== undefined) {
    return finalizers.length > 0
      ? { ...base, ...heldByFinalizers(deletionTimestamp, finalizers) }
      : { ...base, verdict: `Terminating since ${deletionTimestamp}.`, reasons: [] }
  }
  const conditions = workload.status?.conditions ?? []
  const [done] = conditions.filter(({ type, status }) => type === 'Complete' && status === 'True')
  if (done !== undefined)
    return { ...base, healthy: true, verdict: 'Complete: every run of it has succeeded.', reasons: [] }
  const [over] = conditions.filter(({ type, status }) => type === 'Failed' && status === 'True')
  const wanted = workload.status?.desiredNumberScheduled ?? workload.spec?.replicas ?? workload.spec?.completions ?? 1
  const ready = workload.status?.numberReady ?? workload.status?.readyReplicas ?? workload.status?.succeeded ?? 0
  const troubled = evidence.pods.filter(({ explanation }) => !explanation.healthy)
  if (over === undefined && ready >= wanted && troubled.length === 0) {
    return { ...base, healthy: true, verdict: `All is as asked: ${ready} of ${wanted} ready.`, reasons: [] }
  }
  const stopped = refusals(decisions, conditions)
  const groups = groupByVerdict(troubled)
  const waits =
    workload.spec?.paused || workload.spec?.suspend
      ? [reason(`its spec says ${workload.spec.paused ? 'paused' : 'suspend'}: true`)]
      : []
  return {
    ...base,
    decisions: newestFirst([...decisions, ...troubled.flatMap(({ explanation }) => explanation.decisions)]),
    verdict: over === undefined ? `${ready} of ${wanted} ready.` : `Failed: ${over.message ?? over.reason ?? ''}`,
    reasons: [...waits, ...stopped.reasons, ...groups.reasons],
    ...((stopped.help ?? groups.help) === undefined ? {} : { help: stopped.help ?? groups.help }),
  }
}

function refusals(
  decisions: readonly Decision[],
  conditions: NonNullable<Workload['status']>['conditions'] & {},
): { reasons: readonly Reason[]; help?: string } {
  const refused = open(decisions).filter(({ verdict }) => verdict === 'refused')
  const [first] = refused
  const said = conditions.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True')
  const reasons =
    first !== undefined
      ? [reasonOf(first)]
      : said?.message
        ? [reason(`it may not make pods: ${said.message}`, { by: 'status' })]
        : []
  const text = first?.message ?? said?.message ?? ''
  const help =
    first?.help ??
    (text.includes('exceeded quota')
      ? 'a larger ResourceQuota in this namespace, or smaller requests'
      : text.includes('violates PodSecurity')
        ? 'a pod template that keeps to the policy, or another pod-security.kubernetes.io/enforce label on the namespace'
        : undefined)
  return help === undefined ? { reasons } : { reasons, help }
}

/** Pods that are stuck for the same reason are told once. */
function groupByVerdict(pods: readonly { readonly pod: Pod; readonly explanation: Explanation }[]): {
  reasons: readonly Reason[]
  help?: string
} {
  const groups = new Map<string, { names: string[]; explanation: Explanation }>()
  for (const { pod, explanation } of pods) {
    const key = explanation.verdict.replaceAll(/\d+/g, '#')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { names: [pod.metadata.name ?? ''], explanation })
    else group.names.push(pod.metadata.name ?? '')
  }
  const sorted = [...groups.values()].toSorted((a, b) => b.names.length - a.names.length)
  const reasons = sorted
    .slice(0, 4)
    .map(({ names, explanation }) =>
      reason(
        `pod ${names.slice(0, 2).join(', ')}${names.length > 2 ? ` and ${names.length - 2} more` : ''}: ${explanation.verdict}`,
        { because: explanation.reasons },
      ),
    )
  const help = sorted[0]?.explanation.help
  return help === undefined ? { reasons } : { reasons, help }
}
