import { createHash } from 'node:crypto'
import { byVersionPriority } from '../../api/custom/custom-kind.ts'
import type { Kind, Subresource, Verb } from '../../api/meta/kind.ts'
import { apiVersionOf } from '../../api/meta/kind.ts'
import { localPriority } from '../aggregation/priorities.ts'
import type { Priority } from '../aggregation/priorities.ts'
import type { RemoteVersion } from '../aggregation/remote-discovery.ts'

/** What clients find out about the API: groups, versions, resources. All of it derives from the kinds that are served. */

interface Version {
  readonly version: string
  readonly kinds: readonly Kind[]
  /** Who knows what there is, where another server answers for the version. */
  readonly remote?: RemoteVersion
}

interface Group {
  readonly group: string
  /** The preferred one first. */
  readonly versions: readonly Version[]
}

/**
 * All groups and versions in the order of their priorities, and of the kinds where those are the same. What another
 * server answers for takes the place of what this one would.
 */
export function allGroups(kinds: readonly Kind[], remote: readonly RemoteVersion[]): Group[] {
  const groups = groupsOf(kinds)
  if (remote.length === 0) return groups
  for (const version of remote) {
    const known = groups.find(({ group }) => group === version.group)
    const one: Version = { version: version.version, kinds: [], remote: version }
    if (known === undefined) groups.push({ group: version.group, versions: [one] })
    else {
      const others = known.versions.filter((other) => other.version !== one.version)
      groups[groups.indexOf(known)] = { group: known.group, versions: byPriority(known.group, [...others, one]) }
    }
  }
  return groups
    .map((group) => ({ group, priority: Math.max(...group.versions.map((one) => priorityOf(group.group, one).group)) }))
    .toSorted((a, b) => b.priority - a.priority)
    .map(({ group }) => group)
}

function priorityOf(group: string, { version, remote }: Version): Priority {
  return remote?.priority ?? localPriority(group, version)
}

function byPriority(group: string, versions: readonly Version[]): Version[] {
  return versions.toSorted(
    (a, b) =>
      priorityOf(group, b).version - priorityOf(group, a).version ||
      byVersionPriority({ name: a.version }, { name: b.version }),
  )
}

/** Groups and versions in the order of the kinds. */
function groupsOf(kinds: readonly Kind[]): Group[] {
  const groups = new Map<string, Map<string, Kind[]>>()
  for (const kind of kinds) {
    const versions = groups.get(kind.group) ?? new Map<string, Kind[]>()
    groups.set(kind.group, versions)
    versions.set(kind.version, [...(versions.get(kind.version) ?? []), kind])
  }
  return [...groups].map(([group, versions]) => ({
    group,
    versions: [...versions].map(([version, own]) => ({
      version,
      kinds: own.toSorted((a, b) => (a.plural < b.plural ? -1 : 1)),
    })),
  }))
}

/** `/api` */
export function apiVersions(groups: readonly Group[], serverAddress: string): object {
  return {
    kind: 'APIVersions',
    versions: groups.find(({ group }) => group === '')?.versions.map(({ version }) => version) ?? [],
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress }],
  }
}

/** `/apis` */
export function apiGroupList(groups: readonly Group[]): object {
  const named = groups.filter(({ group }) => group !== '')
  return { kind: 'APIGroupList', apiVersion: 'v1', groups: named.map((group) => groupEntry(group)) }
}

/** `/apis/apps` */
export function apiGroup(group: Group): object {
  return { kind: 'APIGroup', apiVersion: 'v1', ...groupEntry(group) }
}

function groupEntry({ group, versions }: Group): object {
  const all = versions.map(({ version }) => ({ groupVersion: apiVersionOf({ group, version }), version }))
  return { name: group, versions: all, preferredVersion: all[0] }
}

/** `/apis/apps/v1` */
export function apiResourceList(group: string, { version, kinds }: Version): object {
  return {
    kind: 'APIResourceList',
    ...(group === '' ? {} : { apiVersion: 'v1' }),
    groupVersion: apiVersionOf({ group, version }),
    resources: kinds.flatMap((kind) => [resourceEntry(kind), ...subresourceEntries(kind)]),
  }
}

function resourceEntry(kind: Kind): object {
  const { plural, singular, namespaced, verbs, shortNames, categories } = kind
  return {
    name: plural,
    singularName: singular,
    namespaced,
    kind: kind.kind,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(isStored(kind) ? { storageVersionHash: storageVersionHash(kind.storedAs?.kind ?? kind) } : {}),
  }
}

function subresourceEntries(kind: Kind): object[] {
  return Object.entries(kind.subresources).map(([name, subresource]) => ({
    name: `${kind.plural}/${name}`,
    singularName: '',
    namespaced: kind.namespaced,
    ...(subresource.group === undefined ? {} : { group: subresource.group, version: subresource.version }),
    kind: subresource.kind ?? kind.kind,
    verbs: subresource.verbs,
  }))
}

function isStored({ verbs, plural }: Kind): boolean {
  return verbs.includes('get' satisfies Verb) && plural !== 'componentstatuses'
}

/** Tells clients when the version in which objects are stored has changed. */
function storageVersionHash({ group, version, kind }: Kind): string {
  return createHash('sha256').update(`${group}/${version}/${kind}`).digest().subarray(0, 8).toString('base64')
}

/** All of the above for `/api` or `/apis` in one document. */
export function aggregated(groups: readonly Group[], version: 'v2' | 'v2beta1'): object {
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: `apidiscovery.k8s.io/${version}`,
    metadata: {},
    items: groups.map(({ group, versions }) => ({
      metadata: { name: group, creationTimestamp: null },
      versions: versions.map((one) => ({
        version: one.version,
        resources: one.remote?.resources ?? one.kinds.map((kind) => discoveryEntry(kind)),
        freshness: one.remote?.freshness ?? 'Current',
      })),
    })),
  }
}

function discoveryEntry(kind: Kind): object {
  const { plural, singular, namespaced, verbs, shortNames, categories, group, version } = kind
  const subresources = Object.entries(kind.subresources).map(([name, subresource]) => ({
    subresource: name,
    responseKind: responseKind(kind, subresource),
    verbs: subresource.verbs,
  }))
  return {
    resource: plural,
    responseKind: { group, version, kind: kind.kind },
    scope: namespaced ? 'Namespaced' : 'Cluster',
    singularResource: singular,
    verbs,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
    ...(subresources.length === 0 ? {} : { subresources }),
  }
}

function responseKind(parent: Kind, { group, version, kind }: Subresource): object {
  return { group: group ?? parent.group, version: version ?? parent.version, kind: kind ?? parent.kind }
}
