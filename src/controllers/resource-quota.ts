import { Pods } from '../api/core/pod.ts'
import { inScope, isScoped, sumUsage, usageOf } from '../api/core/quota.ts'
import type { Usage } from '../api/core/quota.ts'
import { ResourceQuotas } from '../api/core/resource-quota.ts'
import type { Pod, ResourceQuota } from '../api/core/v1.ts'
import type { Kind, KubeObject } from '../api/meta/kind.ts'
import type { WatchCache } from '../client/cache.ts'
import { discovery } from '../client/discovery.ts'
import type { Discovery } from '../client/discovery.ts'
import { sameJson } from '../lib/patch/json.ts'
import type { Cluster, Controller, Source } from './runtime/controller.ts'

/** Kinds that come and go with custom resources are not followed, but looked at now and then. */
const RECOUNT_MS = 30_000
/** What was charged for objects that came to nothing is given back after this long, if nothing else does it before. */
const RECOUNT_FOLLOWED_MS = 300_000
const DISCOVERY_AGE_MS = 60_000

export interface ResourceQuotaOptions {
  /** The kinds whose changes are followed: those that quotas usually count. */
  readonly counted: readonly Kind<any>[]
}

/**
 * Says how much of each quota is used. New objects are charged by admission, before they are there: to count at that
 * moment would give back what is just being spent. So this one counts when a quota is new or has changed, when
 * something ends or counts for another amount, and now and then.
 */
export function resourceQuotaController({ counted }: ResourceQuotaOptions): Controller<ResourceQuota> {
  let discovered: Discovery | undefined
  return {
    name: 'resource-quota',
    component: 'resourcequota-controller',
    owner: ResourceQuotas,
    reads: counted.map(sourceOf),
    writes: [ResourceQuotas],
    concerns: (quota, previous) =>
      quota === undefined || previous === undefined || !sameJson(quota.spec, previous.spec),
    async reconcile(quota, cluster) {
      if (quota.metadata.deletionTimestamp !== undefined) return
      discovered ??= discovery(cluster)
      const { hard = {} } = quota.spec
      const names = Object.keys(hard)
      const { caches, isFollowed } = await cachesFor(names, counted, cluster, discovered)
      const used = sumUsage(names, usages(quota, caches, cluster.clock.now()))
      await cluster.status(quota, { hard, used })
      explain(quota, hard, used, cluster)
      cluster.requeue(isFollowed ? RECOUNT_FOLLOWED_MS : RECOUNT_MS)
    },
  }
}

/** Most changes of an object do not change what it counts for. */
function sourceOf(kind: Kind<any>): Source<ResourceQuota> {
  return {
    kind,
    matters: (object: KubeObject | undefined, previous: KubeObject | undefined) =>
      previous !== undefined && (object === undefined || !sameJson(counting(kind, object), counting(kind, previous))),
    owners: ({ metadata }: KubeObject, _caches, quotas) =>
      quotas.list(metadata.namespace).map((quota) => quota.metadata),
  }
}

/** Time is left out: a Pod that should be gone is noticed when it is. */
function counting(kind: Kind<any>, object: KubeObject): unknown {
  const scope =
    kind === Pods ? [(object as Pod).spec.priorityClassName, (object as Pod).spec.activeDeadlineSeconds] : []
  return [usageOf(kind, object, 0), ...scope]
}

async function cachesFor(
  names: readonly string[],
  counted: readonly Kind<any>[],
  cluster: Cluster<ResourceQuota>,
  discovered: Discovery,
): Promise<{ caches: WatchCache<any>[]; isFollowed: boolean }> {
  const followed = new Map(counted.map((kind) => [resourceOf(kind), kind]))
  const others = names.filter((name) => name.startsWith('count/') && !followed.has(name.slice('count/'.length)))
  const caches = counted.map((kind) => cluster.cache(kind))
  if (others.length === 0) return { caches, isFollowed: true }
  const { kinds } = await discovered.kinds(DISCOVERY_AGE_MS)
  for (const name of others) {
    const kind = kinds.find(
      (one) => `count/${resourceOf(one)}` === name && one.namespaced && one.verbs.includes('watch'),
    )
    if (kind === undefined) continue
    const cache = cluster.cache(kind)
    await cache.synced()
    caches.push(cache)
  }
  return { caches, isFollowed: false }
}

const resourceOf = (kind: Kind<any>): string => (kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`)

function* usages(quota: ResourceQuota, caches: readonly WatchCache<any>[], nowMs: number): Generator<Usage> {
  const { namespace } = quota.metadata
  for (const cache of caches) {
    const isPods = cache.kind.plural === Pods.plural
    if (isScoped(quota.spec) && !isPods) continue
    for (const object of cache.list(namespace)) {
      if (!isPods || inScope(quota.spec, object)) yield usageOf(cache.kind, object, nowMs)
    }
  }
}

function explain(
  quota: ResourceQuota,
  hard: Readonly<Record<string, string>>,
  used: Readonly<Record<string, string>>,
  cluster: Cluster<ResourceQuota>,
): void {
  const because = Object.keys(hard).map((name) => ({
    message: `${name}: ${used[name]} of ${hard[name]}`,
    facts: { resource: name, used: used[name], hard: hard[name] },
  }))
  cluster.decide(quota, 'done', 'Counted', because.map(({ message }) => message).join(', '), { because })
}
