import { aggregatedRules } from '../../api/rbac/aggregation.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { ClusterRoleBindings } from '../../api/rbac/cluster-role-binding.ts'
import { ClusterRoles } from '../../api/rbac/cluster-role.ts'
import { RoleBindings } from '../../api/rbac/role-binding.ts'
import { Roles } from '../../api/rbac/role.ts'
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding, Subject } from '../../api/rbac/v1.ts'
import { isWherryError } from '../../lib/errors.ts'
import type { ObjectApi } from '../api-server.ts'
import { DEFAULT_CLUSTER_ROLE_BINDINGS, DEFAULT_ROLES } from './default-bindings.ts'
import { DEFAULT_CLUSTER_ROLES } from './default-cluster-roles.ts'
import { CONTROLLER_ROLES } from './default-controller-roles.ts'
import { uncovered } from './rules.ts'

const RBAC = 'rbac.authorization.k8s.io'
const LABELS = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const AUTO_UPDATE = 'rbac.authorization.kubernetes.io/autoupdate'
const ANNOTATIONS = { [AUTO_UPDATE]: 'true' }

/** What is wanted of one object: everything but what the server sets. */
type Wanted<T extends KubeObject> = Draft<T> & { metadata: { name: string; namespace?: string } }

/**
 * Makes the default roles and bindings, and completes those that are there: what is missing in them is added, what an
 * administrator added stays, and one that is annotated `autoupdate: "false"` is left alone. The namespaces of the system
 * have to be there.
 */
export async function reconcileDefaults(api: Pick<ObjectApi, 'list' | 'create' | 'update' | 'delete'>): Promise<void> {
  await Promise.all([
    reconcile(api, ClusterRoles, defaultClusterRoles(), completeRole),
    reconcile(api, ClusterRoleBindings, defaultClusterRoleBindings(), completeBinding),
    reconcile(api, Roles, DEFAULT_ROLES.map(roleDraft), completeRole),
    reconcile(api, RoleBindings, DEFAULT_ROLES.flatMap(roleBindingDraft), completeBinding),
  ])
}

/** What to do about an object that is there: nothing, update it, or make it anew since what differs cannot be changed. */
type Completion<T> = undefined | { readonly update: T } | 'replace'

async function reconcile<T extends KubeObject>(
  api: Pick<ObjectApi, 'list' | 'create' | 'update' | 'delete'>,
  kind: Kind<T>,
  wanted: readonly Wanted<T>[],
  complete: (existing: T, wanted: Wanted<T>) => Completion<T>,
): Promise<void> {
  const { items } = await api.list(kind)
  const existing = new Map(items.map((object) => [keyOf(object.metadata), object]))
  await Promise.all(
    wanted.map(async (draft) => {
      const found = existing.get(keyOf(draft.metadata))
      const completion = found === undefined ? 'create' : complete(found, draft)
      try {
        if (completion === undefined) return
        if (completion === 'replace') await api.delete(kind, draft.metadata)
        if (typeof completion === 'object') await api.update(kind, completion.update as Draft<T>)
        else await api.create(kind, draft)
      } catch (error) {
        // Somebody was faster; the next start completes what they left out.
        if (!isWherryError(error, 'already-exists', 'conflict', 'not-found')) throw error
      }
    }),
  )
}

function keyOf({ namespace = '', name }: { readonly namespace?: string; readonly name: string }): string {
  return `${namespace}/${name}`
}

/** Pure: a role with the labels, annotations and permissions that it lacks. */
export function completeRole<T extends Role | ClusterRole>(existing: T, wanted: Wanted<T>): Completion<T> {
  if (isLeftAlone(existing)) return undefined
  const metadata = completeMetadata(existing, wanted)
  const aggregationRule = (wanted as Draft<ClusterRole>).aggregationRule
  const rules = existing.rules ?? []
  const present = (existing as ClusterRole).aggregationRule
  // Rules of a role that aggregates are the aggregation controller's.
  const missing = aggregationRule === undefined ? uncovered(rules, (wanted.rules ?? []) as PolicyRule[]) : []
  const aggregates = aggregationRule === undefined || JSON.stringify(present) === JSON.stringify(aggregationRule)
  if (metadata === undefined && missing.length === 0 && aggregates) return undefined
  return {
    update: {
      ...existing,
      metadata: metadata ?? existing.metadata,
      rules: [...rules, ...missing],
      ...(aggregationRule !== undefined && { aggregationRule }),
    },
  }
}

/** Pure: a binding with the labels, annotations and subjects that it lacks. */
export function completeBinding<T extends RoleBinding | ClusterRoleBinding>(
  existing: T,
  wanted: Wanted<T>,
): Completion<T> {
  if (isLeftAlone(existing)) return undefined
  const { kind, name } = wanted.roleRef as { kind: string; name: string }
  if (existing.roleRef.kind !== kind || existing.roleRef.name !== name) return 'replace'
  const metadata = completeMetadata(existing, wanted)
  const subjects = existing.subjects ?? []
  const missing = ((wanted.subjects ?? []) as Subject[]).filter(
    (subject) => !subjects.some((mine) => isSame(mine, subject)),
  )
  if (metadata === undefined && missing.length === 0) return undefined
  return { update: { ...existing, metadata: metadata ?? existing.metadata, subjects: [...subjects, ...missing] } }
}

function isSame(one: Subject, other: Subject): boolean {
  return one.kind === other.kind && one.name === other.name && (one.namespace ?? '') === (other.namespace ?? '')
}

function isLeftAlone({ metadata }: KubeObject): boolean {
  return metadata.annotations?.[AUTO_UPDATE] === 'false'
}

/** Undefined when nothing is missing; values that are there stay. */
function completeMetadata(existing: KubeObject, wanted: Draft<KubeObject>): KubeObject['metadata'] | undefined {
  const labels = { ...(wanted.metadata?.labels as Record<string, string>), ...existing.metadata.labels }
  const annotations = { ...(wanted.metadata?.annotations as Record<string, string>), ...existing.metadata.annotations }
  const unchanged =
    Object.keys(labels).length === Object.keys(existing.metadata.labels ?? {}).length &&
    Object.keys(annotations).length === Object.keys(existing.metadata.annotations ?? {}).length
  return unchanged ? undefined : { ...existing.metadata, labels, annotations }
}

/** All default ClusterRoles; those that aggregate come with their rules, so that they hold from the first moment. */
function defaultClusterRoles(): Wanted<ClusterRole>[] {
  const plain = [
    ...Object.entries(DEFAULT_CLUSTER_ROLES),
    ...Object.entries(CONTROLLER_ROLES).map(([name, rules]) => [`system:controller:${name}`, { rules }] as const),
  ].map(([name, role]) => ({
    metadata: { name, labels: { ...LABELS, ...('labels' in role && role.labels) }, annotations: { ...ANNOTATIONS } },
    rules: [...role.rules],
    ...('aggregates' in role &&
      role.aggregates !== undefined && {
        aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [role.aggregates]: 'true' } }] },
      }),
  })) as unknown as ClusterRole[]
  // `admin` aggregates `edit`, which aggregates `view`: in the other order each finds the rules of the one before.
  for (const name of ['view', 'edit', 'admin']) {
    const role = plain.find(({ metadata }) => metadata.name === name)!
    role.rules = aggregatedRules(role, plain) ?? role.rules
  }
  return plain as Wanted<ClusterRole>[]
}

function defaultClusterRoleBindings(): Wanted<ClusterRoleBinding>[] {
  return Object.entries(DEFAULT_CLUSTER_ROLE_BINDINGS).map(([name, subjects]) => ({
    metadata: { name, labels: { ...LABELS }, annotations: { ...ANNOTATIONS } },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name },
    ...(subjects.length > 0 && { subjects: [...subjects] }),
  }))
}

function roleDraft({ namespace, name, rules }: (typeof DEFAULT_ROLES)[number]): Wanted<Role> {
  return { metadata: { namespace, name, labels: { ...LABELS }, annotations: { ...ANNOTATIONS } }, rules: [...rules] }
}

function roleBindingDraft({ namespace, name, subjects }: (typeof DEFAULT_ROLES)[number]): Wanted<RoleBinding>[] {
  if (subjects === undefined) return []
  return [
    {
      metadata: { namespace, name, labels: { ...LABELS }, annotations: { ...ANNOTATIONS } },
      roleRef: { apiGroup: RBAC, kind: 'Role', name },
      subjects: [...subjects],
    },
  ]
}
