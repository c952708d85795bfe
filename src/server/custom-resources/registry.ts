import { CustomResourceDefinitions } from '../../api/apiextensions/custom-resource-definition.ts'
import type { CustomResourceDefinition } from '../../api/apiextensions/v1.ts'
import { byVersionPriority, customKinds } from '../../api/custom/custom-kind.ts'
import type { Kind } from '../../api/meta/kind.ts'
import type { KindRegistry } from '../../api/meta/registry.ts'
import type { ObjectReader } from '../admission/admission.ts'

/** The built-in kinds together with those that definitions add, as they are at each moment. */
export interface CustomRegistry extends KindRegistry {
  close(): void
}

/** Follows the definitions of custom resources: a kind is served as soon as its definition is established. */
export function customRegistry(builtIn: KindRegistry, reader: ObjectReader): CustomRegistry {
  /** The kinds of each definition, by its name. */
  const byDefinition = new Map<string, readonly Kind[]>()
  let byPlural = new Map<string, Kind>()
  let all: readonly Kind[] = []
  let revision = 0

  const index = (): void => {
    all = [...byDefinition.values()].flat().toSorted(inOrder)
    byPlural = new Map(all.map((kind) => [keyOf(kind.group, kind.version, kind.plural), kind]))
    revision++
  }
  const put = (definition: CustomResourceDefinition): void => {
    const { name } = definition.metadata
    if (isEstablished(definition)) byDefinition.set(name, customKinds(definition))
    else byDefinition.delete(name)
  }

  const close = reader.onChange(CustomResourceDefinitions, (now, previous) => {
    // Most changes are of the status, and would only throw away what has been compiled.
    if (now !== undefined && previous !== undefined && servesTheSame(now, previous)) return
    if (now === undefined) byDefinition.delete(previous!.metadata.name)
    else put(now)
    index()
  })
  for (const definition of reader.list(CustomResourceDefinitions)) put(definition)
  index()

  return {
    loadKind: async (group, version, plural) =>
      byPlural.get(keyOf(group, version, plural)) ?? builtIn.loadKind(group, version, plural),
    loadKindNamed: async (group, version, name) =>
      all.find((kind) => kind.group === group && kind.version === version && kind.kind === name) ??
      builtIn.loadKindNamed(group, version, name),
    allKinds: async () => [...(await builtIn.allKinds()), ...all],
    findCustom: ({ group, version, plural }) => byPlural.get(keyOf(group, version, plural)),
    revision: () => revision,
    close,
  }
}

const keyOf = (group: string, version: string, plural: string): string => `${group}/${version}/${plural}`

function inOrder(a: Kind, b: Kind): number {
  if (a.group !== b.group) return a.group < b.group ? -1 : 1
  return byVersionPriority({ name: a.version }, { name: b.version }) || (a.plural < b.plural ? -1 : 1)
}

function servesTheSame(now: CustomResourceDefinition, previous: CustomResourceDefinition): boolean {
  return now.metadata.generation === previous.metadata.generation && isEstablished(now) === isEstablished(previous)
}

export function isEstablished({ status }: CustomResourceDefinition): boolean {
  return status.conditions.some((one) => one.type === 'Established' && one.status === 'True')
}
