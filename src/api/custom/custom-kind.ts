import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinition,
  CustomResourceDefinitionVersion,
} from '../apiextensions/v1.ts'
import type { DynamicTable } from '../meta/dynamic.ts'
import { apiVersionOf, defineKind } from '../meta/kind.ts'
import type { Column, Kind, KubeObject, Subresource } from '../meta/kind.ts'
import { embed, groupVersion } from '../meta/schema.ts'
import type { Problems } from '../meta/problems.ts'
import { ObjectMeta } from '../meta/v1.ts'
import type { Convert, CustomStorage } from './custom-storage.ts'
import { customStorage } from './custom-storage.ts'
import { customTable } from './custom-table.ts'
import { fieldPath } from './field-path.ts'
import { hasRules } from './has-rules.ts'

/** The kinds that a definition adds to the API: one for each version that is served. */
export function customKinds(definition: CustomResourceDefinition, convert?: Convert): Kind<any>[] {
  const { group, names, versions } = definition.spec
  const tables = new Map(
    versions.map(({ name, schema }) => {
      const about = { group, version: name, kind: names.kind }
      return [apiVersionOf(about), customTable(schema?.openAPIV3Schema, about)]
    }),
  )
  // Those who make only a part of a definition, as tests do, may have none.
  const storage = versions.find((one) => one.storage) ?? versions[0]
  if (storage === undefined) return []
  const stored = plainKind(definition, storage.name)
  return versions
    .filter(({ served }) => served)
    .toSorted(byVersionPriority)
    .map((version) => servedKind(definition, version, { stored, tables, convert }))
}

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
  storage: Pick<CustomStorage, 'stored' | 'tables' | 'convert'>,
): Kind<any> {
  const { group } = definition.spec
  const own = apiVersionOf({ group, version: version.name })
  const schema = version.schema?.openAPIV3Schema
  const dynamic = storage.tables.get(own)
  return {
    ...plainKind(definition, version.name, dynamic),
    validateStatus: (object: KubeObject, _old: KubeObject, problems: Problems) => dynamic?.validate(object, problems),
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
    storedAs: customStorage({ ...storage, own }),
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
