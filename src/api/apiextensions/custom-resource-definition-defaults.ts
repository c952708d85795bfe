import type { CustomResourceDefinition } from './v1.ts'

/** Names that follow from the kind. */
export function customResourceDefinitionDefaults({ spec }: CustomResourceDefinition): void {
  const { names } = spec
  if (names.kind === '') return
  names.singular ??= names.kind.toLowerCase()
  names.listKind ??= `${names.kind}List`
}
