import type { Facts } from './facts.ts'
import { handleName, kebab, servedGroups } from './plan.ts'
import { quote } from './tables.ts'

interface Served {
  readonly group: string
  readonly folder: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly handle: string
  readonly file: string
  readonly row: Record<string, string>
  readonly subresources: readonly Record<string, string>[]
}

/** Every resource that is served, in the order of the groups. */
function served(facts: Facts): Served[] {
  return servedGroups.flatMap(({ group, folder, versions }) =>
    versions.flatMap((version) =>
      facts.resources
        .filter((row) => row['group'] === group && row['version'] === version && !row['resource']!.includes('/'))
        .map((row) => {
          const [kind, plural] = [row['kind']!, row['resource']!]
          // The preferred version has the plain name.
          const suffix = version === versions[0] ? '' : version.toUpperCase()
          return {
            group,
            folder,
            version,
            kind,
            plural,
            handle: handleName(kind, plural) + suffix,
            file: `${folder}/${kebab(kind)}${suffix === '' ? '' : `-${version}`}.ts`,
            row,
            subresources: facts.resources.filter(
              (one) =>
                one['group'] === group && one['version'] === version && one['resource']!.startsWith(`${plural}/`),
            ),
          }
        }),
    ),
  )
}

const standard = 'create,delete,deletecollection,get,list,patch,update,watch'

/** The first form of the file of each kind, for people to go on with. */
export function writeKind(facts: Facts): { file: string; source: string }[] {
  return served(facts).map((one) => {
    const { kind, handle, plural, row } = one
    const table = kind === handle ? `${kind}Table` : kind
    const lines = [
      `plural: ${quote(plural)},`,
      row['singular'] === kind.toLowerCase() ? '' : `singular: ${quote(row['singular']!)},`,
      row['short_names'] === '' ? '' : `shortNames: ${strings(row['short_names']!)},`,
      row['categories'] === '' ? '' : `categories: ${strings(row['categories']!)},`,
      `namespaced: ${row['namespaced']},`,
      row['verbs'] === standard ? '' : `verbs: ${strings(row['verbs']!)},`,
      one.subresources.length === 0
        ? ''
        : `subresources: {\n${one.subresources.map((sub) => subresource(one, sub)).join('\n')}\n},`,
    ].filter((line) => line !== '')
    const imported = table === kind ? kind : `${kind} as ${table}`
    const source = `import { defineKind } from '../meta/kind.ts'
import { ${imported} } from './${one.version}.ts'

/** ${plural}${one.group === '' ? '' : ` of ${one.group}`}, ${one.version}. */
export const ${handle} = defineKind(${table}, {
  ${lines.join('\n  ')}
})
`
    return { file: one.file, source }
  })
}

function subresource(one: Served, sub: Record<string, string>): string {
  const name = sub['resource']!.slice(one.plural.length + 1)
  const parts = [`verbs: ${strings(sub['verbs']!)}`]
  if (sub['kind'] !== one.kind) parts.push(`kind: ${quote(sub['kind']!)}`)
  const other = sub['kind_group_version_if_other']!
  if (other !== '') {
    const [group, version] = other.includes('/') ? other.split('/') : ['', other]
    parts.push(`group: ${quote(group!)}`, `version: ${quote(version!)}`)
  }
  return `    ${name}: { ${parts.join(', ')} },`
}

/** The list of what is served, whose files are loaded when somebody asks for a kind. */
export function writeRegistry(facts: Facts): string {
  const all = served(facts)
  const rows = servedGroups.map(({ group, versions }) => {
    const inner = versions.map((version) => {
      const kinds = all
        .filter((one) => one.group === group && one.version === version)
        .map(
          (one) =>
            `        { plural: ${quote(one.plural)}, kind: ${quote(one.kind)}, load: async () => (await import('./${one.file}')).${one.handle} },`,
        )
      return `      {\n        version: ${quote(version)},\n        kinds: [\n${kinds.join('\n')}\n        ],\n      },`
    })
    return `  {\n    group: ${quote(group)},\n    versions: [\n${inner.join('\n')}\n    ],\n  },`
  })
  return `import { kindRegistry } from './meta/registry.ts'
import type { ServedGroup } from './meta/registry.ts'

/**
 * What is served by default, in the order in which \`/apis\` lists the groups, the preferred version first: all stable
 * versions. (The list of betas that are on by default is empty in v1.36.)
 */
export const servedGroups: readonly ServedGroup[] = [
${rows.join('\n')}
]

export const { loadKind, loadKindNamed, allKinds } = kindRegistry(servedGroups)
`
}

function strings(commas: string): string {
  return `[${commas.split(',').map(quote).join(', ')}]`
}
