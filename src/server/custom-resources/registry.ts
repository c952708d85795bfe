import { setMaxListeners } from 'node:events'
import { CustomResourceDefinitions } from '../../api/apiextensions/custom-resource-definition.ts'
import type { CustomResourceDefinition } from '../../api/apiextensions/v1.ts'
import { byVersionPriority, customKinds } from '../../api/custom/custom-kind.ts'
import type { Convert } from '../../api/custom/custom-storage.ts'
import type { Kind } from '../../api/meta/kind.ts'
import type { KindRegistry } from '../../api/meta/registry.ts'
import type { ObjectReader } from '../admission/admission.ts'

/** The built-in kinds together with those that definitions add, as they are at each moment. */
export interface CustomRegistry extends KindRegistry {
  close(): void
}

/** Who converts the objects of a definition; undefined where nobody has to. */
export type ConverterOf = (definition: CustomResourceDefinition) => Convert | undefined

/** Follows the definitions of custom resources: a kind is served as soon as its definition is established. */
export function customRegistry(builtIn: KindRegistry, reader: ObjectReader, converterOf: ConverterOf): CustomRegistry {
  /** The kinds of each definition, by its name. */
  const byDefinition = new Map<string, readonly Kind[]>()
  const served = new WeakMap<Kind, AbortController>()
  let byPlural = new Map<string, Kind>()
  let all: readonly Kind[] = []
  let revision = 0

  const index = (): void => {
    all = [...byDefinition.values()].flat().toSorted(inOrder)
    byPlural = new Map(all.map((kind) => [keyOf(kind.group, kind.version, kind.plural), kind]))
    revision++
  }
  const put = (name: string, definition: CustomResourceDefinition | undefined): void => {
    if (definition !== undefined && isEstablished(definition)) {
      const kinds = customKinds(definition, converterOf(definition))
      const controller = new AbortController()
      // However many watch: none of them leaks.
      setMaxListeners(0, controller.signal)
      for (const kind of kinds) served.set(kind, controller)
      byDefinition.set(name, kinds)
    } else byDefinition.delete(name)
  }

  const close = reader.onChange(CustomResourceDefinitions, (now, previous) => {
    // Most changes are of the status, and would only throw away what has been compiled.
    if (now !== undefined && previous !== undefined && servesTheSame(now, previous)) return
    const { name } = (now ?? previous!).metadata
    const before = byDefinition.get(name) ?? []
    put(name, now)
    index()
    for (const kind of before) served.get(kind)?.abort()
  })
  for (const definition of reader.list(CustomResourceDefinitions)) put(definition.metadata.name, definition)
  index()

  return {
    loadKind: async (group, version, plural) =>
      byPlural.get(keyOf(group, version, plural)) ?? builtIn.loadKind(group, version, plural),
    loadKindNamed: async (group, version, name) =>
      all.find((kind) => kind.group === group && kind.version === version && kind.kind === name) ??
      builtIn.loadKindNamed(group, version, name),
    allKinds: async () => [...(await builtIn.allKinds()), ...all],
    findCustom: ({ group, version, plural }) => byPlural.get(keyOf(group, version, plural)),
    whileServed: (kind) => served.get(kind)?.signal,
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
