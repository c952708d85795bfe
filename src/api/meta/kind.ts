import type { StoredMeta } from './object-meta.ts'
import type { Problems } from './problems.ts'
import type { Message, Static } from './schema.ts'

/** What every object of the API has. */
export interface KubeObject {
  apiVersion: string
  kind: string
  metadata: StoredMeta
}

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch'

/** What most resources can. */
export const standardVerbs: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
]

/** A path below an object, such as `status` or `log`. */
export interface Subresource {
  readonly verbs: readonly Verb[]
  /** The kind of its bodies where it is not that of the parent. */
  readonly kind?: string
  /** Group and version of that kind, where they are not those of the parent. */
  readonly group?: string
  readonly version?: string
  /** Where the numbers stand that `scale` reads and writes, when not where those of the built-in kinds do. */
  readonly scalePaths?: ScalePaths
}

/** Paths such as `.spec.replicas`. */
export interface ScalePaths {
  readonly specReplicasPath: string
  readonly statusReplicasPath: string
  readonly labelSelectorPath?: string
}

/** One column of `kubectl get`. */
export interface Column<T> {
  readonly name: string
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'date'
  readonly format?: string
  readonly description: string
  /** 0 is always shown, 1 with `-o wide`. */
  readonly priority?: number
  /** Dates are answered as timestamps: whoever prints the table turns them into ages. */
  value(object: T, nowMs: number): string | number | boolean | null | undefined
}

/** What a table of fields cannot say about a kind. */
export interface KindDefinition<T> {
  readonly plural: string
  readonly singular?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
  readonly namespaced: boolean
  readonly verbs?: readonly Verb[]
  readonly subresources?: Readonly<Record<string, Subresource>>
  /** Columns of `kubectl get` after NAME and before AGE. */
  readonly columns?: readonly Column<T>[]
  /** Field selectors beside `metadata.name` and `metadata.namespace`. */
  readonly selectableFields?: Readonly<Record<string, FieldGetter<T>>>
  /** Another version of the same resource, in which the objects are stored. */
  readonly storedAs?: Storage<T>
  /** Sets the defaults that the table cannot say, in place. */
  defaults?(object: T): void
  /** Resets what a client may not set, in place: `old` is undefined on create. */
  prepare?(object: T, old: T | undefined, subresource?: string): void
  /** What is wrong beside what the tables say: called for every write but those of the status. */
  validate?(object: T, problems: Problems): void
  /** What only a new object may not have; called after `validate`. */
  validateCreate?(object: T, problems: Problems): void
  /** What may not change, and what may only change in certain ways; called after `validate`. */
  validateUpdate?(object: T, old: T, problems: Problems, subresource: string): void
  /**
   * What is wrong with expressions in an object, or by them; called after all other checks of what the tables hold.
   * Whoever has none should not have to load what reads them: undefined when there are none.
   */
  checkExpressions?(object: T, old: T | undefined, problems: Problems): Promise<void> | undefined
  /** What is wrong with a status that is written. */
  validateStatus?(object: T, old: T, problems: Problems): void
}

type FieldGetter<T> = { get(object: T): string }['get']

/** How objects of this version become those of the stored version, and back. Both copy what they change. */
export interface Storage<T> {
  readonly kind: Kind<any>
  /** A promise where somebody outside converts. */
  toStored(object: T): KubeObject | Promise<KubeObject>
  fromStored(stored: any): T
  /** Only where somebody outside converts. */
  readonly asking?: AskingStorage
}

/** What reading takes where objects are converted by somebody who has to be asked. */
export interface AskingStorage {
  /** Asks how these look in this version: `fromStored` knows it afterwards. Undefined when it knows already. */
  ask(stored: readonly any[]): Promise<void> | undefined
  /** Lets `fromStored` know a copy of what was asked for already, which has another resourceVersion. */
  alike(stored: any, copy: any): void
}

/** Everything true of one noun. */
export interface Kind<T extends KubeObject = KubeObject> extends KindDefinition<T> {
  readonly group: string
  readonly version: string
  /** `v1`, or `apps/v1`. */
  readonly apiVersion: string
  readonly kind: string
  readonly listKind: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly verbs: readonly Verb[]
  readonly subresources: Readonly<Record<string, Subresource>>
  readonly message: Message<T>
}

/** Makes the handle of a kind from its table and what the table cannot say. */
export function defineKind<M extends Message<any>>(
  message: M,
  definition: KindDefinition<Static<M>>,
): Kind<Static<M> & KubeObject> {
  return {
    ...definition,
    group: message.group,
    version: message.version,
    apiVersion: apiVersionOf(message),
    kind: message.name,
    listKind: `${message.name}List`,
    singular: definition.singular ?? message.name.toLowerCase(),
    shortNames: definition.shortNames ?? [],
    categories: definition.categories ?? [],
    verbs: definition.verbs ?? standardVerbs,
    subresources: definition.subresources ?? {},
    message,
  }
}

/** `v1` for the core group, else `group/version`. */
export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`
}

/** `namespace/name`, or the name alone for what stands in no namespace. */
export function keyOf(object: { readonly metadata: { readonly namespace?: string; readonly name?: string } }): string {
  const { namespace, name = '' } = object.metadata
  return namespace === undefined || namespace === '' ? name : `${namespace}/${name}`
}
