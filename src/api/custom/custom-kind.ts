import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
  JSONSchemaProps,
} from '../apiextensions/v1.ts'
import type { DynamicTable } from '../meta/dynamic.ts'
import { apiVersionOf, defineKind } from '../meta/kind.ts'
import type { Column, Kind, KubeObject, Subresource } from '../meta/kind.ts'
import { embed, groupVersion } from '../meta/schema.ts'
import type { Problems } from '../meta/problems.ts'
import { ObjectMeta } from '../meta/v1.ts'
import { check } from './check.ts'
import { fieldPath } from './field-path.ts'
import { fillIn } from './fill-in.ts'
import { hasRules } from './has-rules.ts'
import { mergeSchemaOfProps } from './merge-schema.ts'
import { publishedSchema } from './open-api.ts'
import { pruneFields } from './prune.ts'

/** The kinds that a definition adds to the API: one for each version that is served. */
export function customKinds(definition: CustomResourceDefinition): Kind<any>[] {
  const stored = storedKind(definition)
  const versions = definition.spec.versions.filter(({ served }) => served).toSorted(byVersionPriority)
  return versions.map((version) => servedKind(definition, version, stored))
}

/**
 * Objects are stored under a version that nobody serves, so that what lies on disk stays readable whichever version is
 * the stored one today. The versions differ in nothing but their name until something converts between them.
 */
function storedKind(definition: CustomResourceDefinition): Kind<any> {
  return plainKind(definition, STORED_VERSION)
}

const STORED_VERSION = 'stored'

function plainKind({ spec }: CustomResourceDefinition, version: string, dynamic?: DynamicTable): Kind<any> {
  const { group, names, scope } = spec
  const { object } = groupVersion({ group, version, proto: apiVersionOf({ group, version }) })
  const message = {
    ...object(names.kind, 'An object of a custom resource.', { metadata: embed(1, ObjectMeta) }),
    openApiName: [...group.split('.').toReversed(), version, names.kind].join('.'),
    ...(dynamic === undefined ? {} : { dynamic }),
  }
  return {
    ...defineKind(message as never, {
      plural: names.plural,
      singular: names.singular ?? names.kind.toLowerCase(),
      shortNames: names.shortNames ?? [],
      categories: names.categories ?? [],
      namespaced: scope === 'Namespaced',
    }),
    listKind: names.listKind ?? `${names.kind}List`,
  } as Kind<any>
}

function servedKind(
  definition: CustomResourceDefinition,
  version: CustomResourceDefinitionVersion,
  stored: Kind<any>,
): Kind<any> {
  const { group, names } = definition.spec
  const schema = version.schema?.openAPIV3Schema
  const dynamic = tableOf(schema, { group, version: version.name, kind: names.kind })
  const { apiVersion } = stored
  const own = apiVersionOf({ group, version: version.name })
  // Stored objects are shared, and so is what is made of them.
  const shown = new WeakMap<object, KubeObject>()
  const fromStored = (object: KubeObject): KubeObject => {
    let made = shown.get(object)
    if (made === undefined) {
      const { kind, metadata, ...rest } = object
      const { apiVersion: _, ...fields } = rest
      made = { kind, apiVersion: own, metadata, ...structuredClone(fields) }
      dynamic.applyDefaults(made)
      shown.set(object, made)
    }
    return made
  }
  return {
    ...plainKind(definition, version.name, dynamic),
    ...(schema === undefined || !hasRules(schema)
      ? {}
      : {
          checkExpressions: async (object: KubeObject, old: KubeObject | undefined, problems: Problems) => {
            // Rules may take for granted that a value is what its schema says.
            if (!problems.none) return
            const { checkRules } = await import('./check-rules.ts')
            checkRules(object, old, schema, problems)
          },
        }),
    subresources: subresourcesOf(version),
    columns: (version.additionalPrinterColumns ?? defaultColumns).map(columnOf),
    selectableFields: Object.fromEntries(
      (version.selectableFields ?? []).map(({ jsonPath }) => {
        const read = fieldPath(jsonPath)
        return [jsonPath.replace(/^\./, ''), (object: KubeObject) => String(read?.(object) ?? '')]
      }),
    ),
    storedAs: {
      kind: stored,
      toStored: ({ kind, ...rest }) => ({ kind, ...rest, apiVersion }),
      fromStored,
    },
  }
}

function tableOf(
  schema: JSONSchemaProps | undefined,
  kind: { readonly group: string; readonly version: string; readonly kind: string },
): DynamicTable {
  const root: JSONSchemaProps = schema ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    decode(value, problems) {
      const object = pruneFields(value as Record<string, unknown>, root, '', problems, true)
      return { ...object, metadata: object['metadata'] ?? {} }
    },
    applyDefaults: (object) => fillIn(object, root),
    validate: (object, problems) => check(object, root, '', problems),
    merge: mergeSchemaOfProps(root, true),
    openApi: (form, metadata) => publishedSchema(schema, kind, form, metadata),
  }
}

function subresourcesOf({ subresources }: CustomResourceDefinitionVersion): Record<string, Subresource> {
  const verbs = ['get', 'patch', 'update'] as const
  const { status, scale } = subresources ?? {}
  return {
    ...(status === undefined ? {} : { status: { verbs } }),
    ...(scale === undefined
      ? {}
      : { scale: { verbs, group: 'autoscaling', version: 'v1', kind: 'Scale', scalePaths: scale } }),
  }
}

const defaultColumns: readonly CustomResourceColumnDefinition[] = []

function columnOf({
  name,
  type,
  format,
  description,
  priority,
  jsonPath,
}: CustomResourceColumnDefinition): Column<any> {
  const read = fieldPath(jsonPath)
  return {
    name,
    type: type as Column<any>['type'],
    description: description ?? '',
    ...(format === undefined ? {} : { format }),
    ...(priority === undefined ? {} : { priority }),
    value(object) {
      const value = read?.(object)
      return typeof value === 'object' && value !== null ? JSON.stringify(value) : (value as string | undefined)
    },
  }
}

/** Versions as clients prefer them: stable before beta before alpha, then the higher number, then all other names. */
export function byVersionPriority(a: { readonly name: string }, b: { readonly name: string }): number {
  const [left, right] = [rankOf(a.name), rankOf(b.name)]
  if (left === undefined || right === undefined) {
    if (left !== undefined) return -1
    return right !== undefined ? 1 : a.name < b.name ? -1 : 1
  }
  for (let i = 0; i < 3; i++) if (left[i] !== right[i]) return right[i]! - left[i]!
  return 0
}

function rankOf(name: string): readonly number[] | undefined {
  const [, major, stage, minor = '0'] = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(name) ?? []
  if (major === undefined) return undefined
  return [stage === undefined ? 2 : stage === 'beta' ? 1 : 0, Number(major), Number(minor)]
}
