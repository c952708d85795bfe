import { ControllerRevisions } from '../api/apps/controller-revision.ts'
import type { ControllerRevision } from '../api/apps/v1.ts'
import type { PodTemplateSpec } from '../api/core/v1.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import { requirementsOf } from '../api/meta/selectors.ts'
import type { LabelSelector } from '../api/meta/v1.ts'
import { isWherryError } from '../lib/errors.ts'
import { claim, isControlledBy } from './claim.ts'
import type { Cluster } from './runtime/controller.ts'
import { sameTemplate, stableJson, templateHash } from './template-hash.ts'

/** On the Pods of a DaemonSet or StatefulSet: of which version of the template they are. */
export const revisionLabel = 'controller-revision-hash'

/** The versions of a template that its owner has had. */
export interface History {
  /** That of the present template. */
  readonly update: ControllerRevision
  /** All others, oldest first. */
  readonly others: readonly ControllerRevision[]
}

interface Versioned extends KubeObject {
  readonly spec: {
    readonly selector?: LabelSelector
    readonly template: PodTemplateSpec
    readonly revisionHistoryLimit?: number
  }
  readonly status: { readonly collisionCount?: number }
}

export interface HistoryOptions<T extends Versioned> {
  readonly owner: T
  readonly kind: Kind<T>
  /** More labels of a version, from the hash of its template. */
  readonly labelsOf: (hash: string) => Readonly<Record<string, string>>
}

/**
 * Finds the versions of an owner's template, and makes that of the present one when there is none. A template that was
 * there before gets its old version back, with the highest number. Undefined when another name had to be chosen: the
 * change of the status brings the owner back.
 */
export async function syncHistory<T extends Versioned>(
  cluster: Cluster<T>,
  options: HistoryOptions<T>,
): Promise<History | undefined> {
  const { owner, kind } = options
  const selector = requirementsOf(owner.spec.selector ?? {})
  const all = await claim(cluster, { owner, ownerKind: kind, kind: ControllerRevisions, selector })
  const sorted = all.toSorted((a, b) => a.revision - b.revision || (a.metadata.name < b.metadata.name ? -1 : 1))
  const same = sorted.findLast((revision) => isOfTemplate(revision, owner.spec.template))
  const others = sorted.filter((revision) => revision !== same)
  const number = Math.max(0, ...others.map(({ revision }) => revision)) + 1
  if (same === undefined) {
    const update = await createRevision(cluster, options, number)
    return update === undefined ? undefined : { update, others }
  }
  const update =
    same.revision >= number ? same : await cluster.update(ControllerRevisions, { ...same, revision: number })
  return { update, others }
}

/** Whether a version is that of a template. */
export function isOfTemplate(revision: ControllerRevision, template: PodTemplateSpec): boolean {
  const of = templateOf(revision)
  return of !== undefined && sameTemplate(of, template)
}

/** The template that a version holds. */
export function templateOf({ data }: ControllerRevision): PodTemplateSpec | undefined {
  const spec = data?.['spec'] as { template?: PodTemplateSpec & { $patch?: string } } | undefined
  if (spec?.template === undefined) return undefined
  const { $patch: _, ...template } = spec.template
  return { ...template, metadata: template.metadata ?? {} }
}

async function createRevision<T extends Versioned>(
  cluster: Cluster<T>,
  { owner, labelsOf }: HistoryOptions<T>,
  revision: number,
): Promise<ControllerRevision | undefined> {
  const { namespace = '', name, annotations } = owner.metadata
  const { template } = owner.spec
  const { collisionCount } = owner.status
  const hash = templateHash(template, collisionCount || undefined)
  const ref = { namespace, name: `${name.slice(0, 253 - hash.length - 1)}-${hash}` }
  try {
    return await cluster.create(ControllerRevisions, {
      metadata: { ...ref, labels: { ...template.metadata.labels, ...labelsOf(hash) }, annotations: { ...annotations } },
      // Tools compare these bytes with what they make of the template themselves, whose keys are in order.
      data: JSON.parse(stableJson({ spec: { template: { ...template, $patch: 'replace' } } })),
      revision,
    })
  } catch (error) {
    if (!isWherryError(error, 'already-exists')) throw error
    const found = await cluster.client.get(ControllerRevisions, ref)
    if (isControlledBy(found, owner) && isOfTemplate(found, template)) return found
    await cluster.status(owner, { ...owner.status, collisionCount: (collisionCount ?? 0) + 1 })
    return undefined
  }
}

/** Deletes the oldest versions beyond the history that the owner keeps; those in `live` stay and do not count. */
export async function forgetOld<T extends Versioned>(
  cluster: Cluster<T>,
  owner: T,
  others: readonly ControllerRevision[],
  isLive: (revision: ControllerRevision) => boolean,
): Promise<void> {
  const past = others.filter((revision) => !isLive(revision))
  const limit = owner.spec.revisionHistoryLimit ?? 10
  for (const revision of past.slice(0, Math.max(0, past.length - limit)))
    await cluster.remove(ControllerRevisions, revision)
}
