import type { Deployment, ReplicaSet } from '../../api/apps/v1.ts'
import { scaledValue } from '../../api/meta/int-or-string.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { parseTime } from '../../api/meta/time.ts'
import { sameTemplate, templateHash, templateHashLabel } from '../template-hash.ts'

const PREFIX = 'deployment.kubernetes.io/'
/** Counts the templates that a Deployment has had; on its ReplicaSets and on itself. */
export const revisionAnnotation = `${PREFIX}revision`
/** The revisions that a ReplicaSet had before the Deployment went back to it. */
const historyAnnotation = `${PREFIX}revision-history`
/** What the Deployment asked for when the ReplicaSet was last scaled: tells a scaling from a rollout. */
export const desiredAnnotation = `${PREFIX}desired-replicas`
/** The same with the surge. */
export const maxAnnotation = `${PREFIX}max-replicas`

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration'
const NOT_COPIED: ReadonlySet<string> = new Set([
  LAST_APPLIED,
  revisionAnnotation,
  historyAnnotation,
  desiredAnnotation,
  maxAnnotation,
  'deprecated.deployment.rollback.to',
])
const HISTORY_LENGTH_MAX = 2000

/** The ReplicaSets of a Deployment: the one of its present template, if there is one, and the others, oldest first. */
export interface Generations {
  readonly current: ReplicaSet | undefined
  readonly old: readonly ReplicaSet[]
}

export function generationsOf(deployment: Deployment, replicaSets: readonly ReplicaSet[]): Generations {
  const oldestFirst = replicaSets.toSorted(byAge)
  // Two of the same template can come about by adoption; the older one has the longer history.
  const current = oldestFirst.find((rs) => sameTemplate(rs.spec.template, deployment.spec.template))
  return { current, old: oldestFirst.filter((rs) => rs !== current) }
}

export function byAge(a: ReplicaSet, b: ReplicaSet): number {
  const difference = parseTime(a.metadata.creationTimestamp) - parseTime(b.metadata.creationTimestamp)
  return difference || (a.metadata.name < b.metadata.name ? -1 : 1)
}

/** How many Pods a ReplicaSet is asked for. */
export const sizeOf = (rs: ReplicaSet): number => rs.spec.replicas ?? 1

export const isUsed = (rs: ReplicaSet): boolean => sizeOf(rs) > 0

export function sum(replicaSets: readonly ReplicaSet[], of: (rs: ReplicaSet) => number | undefined): number {
  return replicaSets.reduce((total, rs) => total + (of(rs) ?? 0), 0)
}

export function wantedBy(deployment: Deployment): number {
  return deployment.spec.replicas ?? 1
}

/** How far a rolling update may go above and below what is wanted; nowhere for a Recreate. */
export function limitsOf(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const { type, rollingUpdate } = deployment.spec.strategy
  const wanted = wantedBy(deployment)
  if (type !== 'RollingUpdate') return { surge: 0, unavailable: 0 }
  const surge = scaledValue(rollingUpdate?.maxSurge ?? 0, wanted, 'up')
  const unavailable = scaledValue(rollingUpdate?.maxUnavailable ?? 0, wanted, 'down')
  // Percentages of few Pods can both come to nothing, and nothing would ever move.
  const atLeastOne = surge === 0 && unavailable === 0 ? 1 : unavailable
  return { surge, unavailable: Math.min(atLeastOne, wanted) }
}

/** The number of a ReplicaSet's template; 0 when it has none, or nonsense. Numbers of others may be large. */
export function revisionOf({ metadata }: { readonly metadata: ReplicaSet['metadata'] }): bigint {
  const text = metadata.annotations?.[revisionAnnotation] ?? '0'
  return /^\d{1,19}$/.test(text) ? BigInt(text) : 0n
}

export function nextRevision(old: readonly ReplicaSet[]): bigint {
  return old.map(revisionOf).reduce((most, one) => (one > most ? one : most), 0n) + 1n
}

/** What the ReplicaSet of the present template has to say about itself, or undefined when it says so already. */
export function refreshedAnnotations(
  deployment: Deployment,
  current: ReplicaSet,
  revision: bigint,
): Record<string, string> | undefined {
  const before = current.metadata.annotations ?? {}
  const after = { ...before, ...copiedAnnotations(deployment) }
  const had = revisionOf(current)
  if (had < revision) {
    after[revisionAnnotation] = String(revision)
    if (before[revisionAnnotation] !== undefined)
      after[historyAnnotation] = longerHistory(before[historyAnnotation], had)
  }
  return Object.keys(after).some((key) => after[key] !== before[key]) ? after : undefined
}

function longerHistory(history: string | undefined, revision: bigint): string {
  const revisions = [...(history ? history.split(',') : []), String(revision)]
  while (revisions.join(',').length > HISTORY_LENGTH_MAX) revisions.shift()
  return revisions.join(',')
}

function copiedAnnotations(deployment: Deployment): Record<string, string> {
  const entries = Object.entries(deployment.metadata.annotations ?? {})
  return Object.fromEntries(entries.filter(([key]) => !NOT_COPIED.has(key)))
}

/** What a ReplicaSet says about the size of the whole. */
export function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const wanted = wantedBy(deployment)
  return { [desiredAnnotation]: String(wanted), [maxAnnotation]: String(wanted + limitsOf(deployment).surge) }
}

/** The number that an annotation holds, or undefined. */
export function countIn(rs: ReplicaSet, annotation: string): number | undefined {
  const text = rs.metadata.annotations?.[annotation]
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

/** The ReplicaSet for a template that has none yet. Its name follows from the template, so that it is made once. */
export function replicaSetFor(deployment: Deployment, revision: bigint, replicas: number): Draft<ReplicaSet> {
  const { spec, metadata, status } = deployment
  const hash = templateHash(spec.template, status.collisionCount)
  const labels = { ...spec.template.metadata.labels, [templateHashLabel]: hash }
  return {
    metadata: {
      namespace: metadata.namespace ?? '',
      name: `${metadata.name.slice(0, 253 - hash.length - 1)}-${hash}`,
      labels,
      annotations: {
        ...copiedAnnotations(deployment),
        [revisionAnnotation]: String(revision),
        ...sizeAnnotations(deployment),
      },
    },
    spec: {
      replicas,
      minReadySeconds: spec.minReadySeconds ?? 0,
      selector: { ...spec.selector, matchLabels: { ...spec.selector?.matchLabels, [templateHashLabel]: hash } },
      template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
    } as Draft<ReplicaSet['spec']>,
  }
}
