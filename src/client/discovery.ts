import { servedGroups } from '../api/kinds.ts'
import type { Kind, Verb } from '../api/meta/kind.ts'
import { kindRegistry } from '../api/meta/registry.ts'
import type { KindRegistry } from '../api/meta/registry.ts'
import { errorFromStatus } from '../api/meta/status.ts'
import type { Status } from '../api/meta/v1.ts'
import type { Clock } from '../lib/clock.ts'
import type { Client } from './client.ts'
import { untypedKind } from './untyped-kind.ts'

export interface Discovered {
  /** Every resource that is served, each in the version that its group prefers. */
  readonly kinds: readonly Kind<any>[]
  /** Groups whose server could not be asked, as in `wardle.example.com/v1alpha1`. */
  readonly failed: readonly string[]
}

/** Asks the server which kinds it serves. Built-in kinds are those of `src/api`, others have a handle without a table. */
export interface Discovery {
  /** What is served, as it was at most `maxAgeMs` ago. */
  kinds(maxAgeMs: number): Promise<Discovered>
}

interface AggregatedResource {
  readonly resource: string
  readonly responseKind?: { readonly kind: string }
  readonly scope: string
  readonly verbs: readonly Verb[]
}

interface AggregatedVersion {
  readonly version: string
  readonly resources?: readonly AggregatedResource[]
  readonly freshness?: string
}

interface AggregatedGroup {
  readonly metadata?: { readonly name?: string }
  readonly versions?: readonly AggregatedVersion[]
}

const ACCEPT = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

export function discovery({ client, clock }: { readonly client: Client; readonly clock: Clock }): Discovery {
  const registry = kindRegistry(servedGroups)
  const untyped = new Map<string, Kind<any>>()
  let last: { readonly at: number; readonly asked: Promise<Discovered> } | undefined

  const ask = async (): Promise<Discovered> => {
    const groups = await Promise.all([askFor(client, '/api'), askFor(client, '/apis')])
    return readGroups(groups.flat(), registry, untyped)
  }

  return {
    kinds(maxAgeMs) {
      const at = clock.now()
      if (last !== undefined && at - last.at <= maxAgeMs) return last.asked
      const asked = ask()
      last = { at, asked }
      asked.catch(() => (last = undefined))
      return asked
    },
  }
}

async function askFor(client: Client, path: string): Promise<readonly AggregatedGroup[]> {
  const { status, body } = await client.raw({ method: 'GET', path, headers: { accept: ACCEPT } })
  const answer = JSON.parse(body.toString('utf8')) as { readonly items?: readonly AggregatedGroup[] }
  if (status >= 400) throw errorFromStatus(answer as Partial<Status>, status)
  return answer.items ?? []
}

async function readGroups(
  groups: readonly AggregatedGroup[],
  registry: KindRegistry,
  untyped: Map<string, Kind<any>>,
): Promise<Discovered> {
  const kinds: Kind<any>[] = []
  const failed: string[] = []
  for (const { metadata, versions = [] } of groups) {
    const group = metadata?.name ?? ''
    const seen = new Set<string>()
    for (const { version, resources = [], freshness } of versions) {
      if (freshness === 'Stale') failed.push(`${group}/${version}`)
      for (const { resource: plural, responseKind, scope, verbs } of resources) {
        if (seen.has(plural) || responseKind === undefined) continue
        seen.add(plural)
        const namespaced = scope === 'Namespaced'
        const info = { group, version, plural, kind: responseKind.kind, namespaced, verbs }
        kinds.push((await registry.loadKind(group, version, plural)) ?? sharedUntyped(untyped, info))
      }
    }
  }
  return { kinds, failed }
}

/** The same handle for the same facts, so that caches can be shared by it. */
function sharedUntyped(untyped: Map<string, Kind<any>>, info: Parameters<typeof untypedKind>[0]): Kind<any> {
  const key = JSON.stringify(info)
  let kind = untyped.get(key)
  if (kind === undefined) untyped.set(key, (kind = untypedKind(info)))
  return kind
}
