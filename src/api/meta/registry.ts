import type { Kind } from './kind.ts'

/** A resource that is served; its file is loaded when somebody needs it. */
export interface ServedKind {
  readonly plural: string
  readonly kind: string
  readonly load: () => Promise<Kind<any>>
}

export interface ServedVersion {
  readonly version: string
  readonly kinds: readonly ServedKind[]
}

/** An API group with its versions, the preferred one first. */
export interface ServedGroup {
  readonly group: string
  readonly versions: readonly ServedVersion[]
}

/** The kinds of a list of groups, found by the names that paths and bodies carry. */
export interface KindRegistry {
  /** The kind behind `/apis/group/version/plural`, or undefined when none is served there. */
  loadKind(group: string, version: string, plural: string): Promise<Kind | undefined>
  /** The kind that a body names by its `apiVersion` and `kind`. */
  loadKindNamed(group: string, version: string, kind: string): Promise<Kind | undefined>
  /** Every kind, in the order of the groups and versions. */
  allKinds(): Promise<readonly Kind[]>
  /** The kind that a definition of a custom resource has added under these names, if one has. */
  findCustom?(names: Pick<Kind, 'group' | 'version' | 'plural'>): Kind | undefined
  /** Fires when a kind is served no more in this form; undefined for kinds that always are. */
  whileServed?(kind: Kind): AbortSignal | undefined
  /** Grows whenever other kinds are served than before; without it they are always the same. */
  revision?(): number
}

export function kindRegistry(groups: readonly ServedGroup[]): KindRegistry {
  const byPlural = new Map<string, ServedKind>()
  const byName = new Map<string, ServedKind>()
  for (const { group, versions } of groups) {
    for (const { version, kinds } of versions) {
      for (const served of kinds) {
        byPlural.set(`${group}/${version}/${served.plural}`, served)
        byName.set(`${group}/${version}/${served.kind}`, served)
      }
    }
  }
  return {
    loadKind: async (group, version, plural) => byPlural.get(`${group}/${version}/${plural}`)?.load(),
    loadKindNamed: async (group, version, kind) => byName.get(`${group}/${version}/${kind}`)?.load(),
    allKinds: () => Promise.all([...byPlural.values()].map((served) => served.load())),
  }
}
