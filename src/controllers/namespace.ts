import { Namespaces } from '../api/core/namespace.ts'
import { Pods } from '../api/core/pod.ts'
import type { Namespace, NamespaceCondition, Pod } from '../api/core/v1.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import { formatTime } from '../api/meta/time.ts'
import { discovery } from '../client/discovery.ts'
import type { Discovery } from '../client/discovery.ts'
import { isWherryError } from '../lib/errors.ts'
import { findCondition } from './conditions.ts'
import { isTerminal } from './pods.ts'
import type { Cluster, Controller } from './runtime/controller.ts'

const FINALIZER = 'kubernetes'
/** New kinds can turn up at any time; a namespace that is emptied again soon need not ask for them again. */
const DISCOVERY_AGE_MS = 5000
/** How long to wait before looking again at what is held by finalizers. */
const RETRY_MS = 1000
const RETRY_MS_MAX = 15_000

/** What a namespace still holds. */
interface Remains {
  /** How many there are of a resource, as in `pods.`. */
  readonly resources: Map<string, number>
  readonly finalizers: Map<string, number>
  readonly failures: string[]
  /** How long the Pods may take to end, in milliseconds. */
  graceMs: number
}

/** Empties a namespace that is to be deleted, Pods first, and lets it go when nothing is left in it. */
export function namespaceController(): Controller<Namespace> {
  let discovered: Discovery | undefined
  return {
    name: 'namespace',
    component: 'namespace-controller',
    owner: Namespaces,
    concurrency: 10,
    reads: [
      {
        kind: Pods,
        // The last Pod is what the rest waits for.
        matters: (pod: Pod | undefined) => pod === undefined,
        owners: ({ metadata: { namespace = '' } }: Pod, _caches, namespaces) => {
          const found = namespaces.get({ name: namespace })
          return found?.metadata.deletionTimestamp === undefined ? [] : [found.metadata]
        },
      },
    ],
    writes: [Namespaces],
    async reconcile(namespace, cluster) {
      if (namespace.metadata.deletionTimestamp === undefined) return
      if (!(namespace.spec.finalizers ?? []).includes(FINALIZER)) return
      discovered ??= discovery(cluster)
      await terminate(namespace, cluster, discovered)
    },
  }
}

async function terminate(namespace: Namespace, cluster: Cluster<Namespace>, discovered: Discovery): Promise<void> {
  const { name } = namespace.metadata
  const { kinds, failed } = await discovered.kinds(DISCOVERY_AGE_MS)
  const remains: Remains = { resources: new Map(), finalizers: new Map(), failures: [], graceMs: 0 }
  const contents = kinds.filter((kind) => kind.namespaced && kind.verbs.includes('delete'))
  // What else is in the namespace may be needed by its Pods until they have ended.
  await empty(Pods, name, cluster, remains)
  if (remains.resources.size === 0 && remains.failures.length === 0) {
    for (const kind of contents) if (kind.plural !== 'pods') await empty(kind, name, cluster, remains)
  }
  const conditions = terminationConditions(namespace, remains, failed, cluster.clock.now())
  const told = await cluster.status(namespace, { ...namespace.status, phase: 'Terminating', conditions })
  const isEmpty = remains.resources.size === 0 && remains.failures.length === 0 && failed.length === 0
  if (isEmpty) {
    const finalizers = (told.spec.finalizers ?? []).filter((finalizer) => finalizer !== FINALIZER)
    await finalize({ ...told, spec: { ...told.spec, finalizers } }, cluster)
    cluster.decide(namespace, 'done', 'Emptied', 'nothing is left in it')
    return
  }
  explain(namespace, remains, failed, cluster)
  cluster.requeue(waitMs(namespace, remains, cluster.clock.now()))
}

async function finalize(namespace: Namespace, cluster: Cluster<Namespace>): Promise<void> {
  try {
    await cluster.client.update(Namespaces, namespace, { subresource: 'finalize' })
  } catch (error) {
    if (!isWherryError(error, 'not-found')) throw error
  }
}

/** Deletes everything of a kind in a namespace and notes what is still there after that. */
async function empty<K extends KubeObject>(
  kind: Kind<K>,
  namespace: string,
  cluster: Cluster<Namespace>,
  remains: Remains,
): Promise<void> {
  const { client } = cluster
  const canList = kind.verbs.includes('list')
  try {
    // Most kinds have nothing in most namespaces, and looking costs less than deleting.
    if (canList && (await client.list(kind, { namespace, limit: 1 })).items.length === 0) return
    if (kind.verbs.includes('deletecollection')) {
      await client.deleteCollection(kind, { namespace }, { propagationPolicy: 'Background' })
    } else if (canList) {
      await deleteEach(kind, namespace, cluster)
    }
    if (!canList) return
    const { items } = await client.list(kind, { namespace })
    if (items.length > 0) remains.resources.set(`${kind.plural}.${kind.group}`, items.length)
    for (const item of items) note(item, remains)
  } catch (error) {
    // A kind that is not served any more has nothing left to delete.
    if (isWherryError(error, 'not-found', 'method-not-allowed')) return
    remains.failures.push((error as Error).message)
  }
}

async function deleteEach<K extends KubeObject>(
  kind: Kind<K>,
  namespace: string,
  { client }: Cluster<Namespace>,
): Promise<void> {
  for (const { metadata } of (await client.list(kind, { namespace })).items) {
    try {
      await client.delete(kind, metadata, { propagationPolicy: 'Background' })
    } catch (error) {
      if (!isWherryError(error, 'not-found')) throw error
    }
  }
}

function note(item: KubeObject, remains: Remains): void {
  for (const finalizer of item.metadata.finalizers ?? []) {
    remains.finalizers.set(finalizer, (remains.finalizers.get(finalizer) ?? 0) + 1)
  }
  if (item.kind !== Pods.kind) return
  const pod = item as Pod
  if (!isTerminal(pod)) {
    const seconds = pod.metadata.deletionGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? 0
    remains.graceMs = Math.max(remains.graceMs, seconds * 1000)
  }
}

/** Looks again often at first, and when the Pods should have ended; their going is seen anyway. */
function waitMs(namespace: Namespace, remains: Remains, nowMs: number): number {
  const since = nowMs - Date.parse(namespace.metadata.deletionTimestamp!)
  const patience = Math.min(RETRY_MS_MAX, Math.max(RETRY_MS, since / 4))
  return remains.graceMs > since ? Math.min(RETRY_MS_MAX, remains.graceMs - since + RETRY_MS) : patience
}

function explain(namespace: Namespace, remains: Remains, failed: readonly string[], cluster: Cluster<Namespace>): void {
  const held = [...remains.finalizers].map(([finalizer, count]) => ({
    message: `${count} objects are held by the finalizer ${finalizer}`,
    facts: { finalizer, count },
  }))
  const left = [...remains.resources].map(([resource, count]) => ({
    message: `${count} ${resource.replace(/\.$/, '')} are left`,
    facts: { resource, count },
  }))
  const failures = [
    ...remains.failures.map((message) => ({ message })),
    ...failed.map((group) => ({ message: `${group} cannot be asked` })),
  ]
  cluster.decide(namespace, 'waiting', 'ContentRemains', 'something in it is still there', {
    because: [...left, ...held, ...failures],
  })
}

interface Finding {
  readonly type: string
  readonly isTrue: boolean
  readonly reason: string
  readonly message: string
}

/** Pure. What is said of the namespace while it ends. */
export function terminationConditions(
  namespace: Namespace,
  remains: Omit<Remains, 'graceMs'>,
  failed: readonly string[],
  nowMs: number,
): NamespaceCondition[] {
  const { resources, finalizers, failures } = remains
  const listed = (counts: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string =>
    [...counts]
      .map(([name, count]) => text(name, count))
      .toSorted()
      .join(', ')
  const findings: Finding[] = [
    finding('NamespaceDeletionDiscoveryFailure', failed.length > 0, {
      bad: ['DiscoveryFailed', `Discovery failed for some groups, ${failed.length} failing: ${failed.join(', ')}`],
      good: ['ResourcesDiscovered', 'All resources successfully discovered'],
    }),
    finding('NamespaceDeletionGroupVersionParsingFailure', false, {
      bad: ['GroupVersionParsingFailed', ''],
      good: ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    }),
    finding('NamespaceDeletionContentFailure', failures.length > 0, {
      bad: [
        'ContentDeletionFailed',
        `Failed to delete all resource types, ${failures.length} remaining: ${failures.toSorted().join(', ')}`,
      ],
      good: ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    }),
    finding('NamespaceContentRemaining', resources.size > 0, {
      bad: [
        'SomeResourcesRemain',
        `Some resources are remaining: ${listed(resources, (name, count) => `${name} has ${count} resource instances`)}`,
      ],
      good: ['ContentRemoved', 'All content successfully removed'],
    }),
    finding('NamespaceFinalizersRemaining', finalizers.size > 0, {
      bad: [
        'SomeFinalizersRemain',
        `Some content in the namespace has finalizers remaining: ${listed(finalizers, (name, count) => `${name} in ${count} resource instances`)}`,
      ],
      good: ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    }),
  ]
  const others = (namespace.status.conditions ?? []).filter(({ type }) => !findings.some((one) => one.type === type))
  return [...others, ...findings.map((one) => conditionOf(one, namespace, nowMs))]
}

function finding(
  type: string,
  isTrue: boolean,
  { bad, good }: { readonly bad: readonly [string, string]; readonly good: readonly [string, string] },
): Finding {
  const [reason, message] = isTrue ? bad : good
  return { type, isTrue, reason, message }
}

function conditionOf(
  { type, isTrue, reason, message }: Finding,
  { status }: Namespace,
  nowMs: number,
): NamespaceCondition {
  const value = isTrue ? 'True' : 'False'
  const old = findCondition(status.conditions, type)
  const since = old?.status === value ? old.lastTransitionTime : undefined
  return { type, status: value, lastTransitionTime: since ?? formatTime(nowMs), reason, message }
}
