import { sameJson } from '../../lib/patch/json.ts'
import type { Problems } from '../meta/problems.ts'
import type { CustomResourceDefinitionVersion, JSONSchemaProps } from './v1.ts'

const FIELDS_MAX = 8

/** Says what is wrong with the fields by which objects of a version can be chosen. */
export function validateSelectableFields(
  { selectableFields = [], schema }: CustomResourceDefinitionVersion,
  field: string,
  problems: Problems,
): void {
  const root = schema?.openAPIV3Schema
  if (root === undefined) return
  const seen = new Set<string>()
  for (const [index, { jsonPath }] of selectableFields.entries()) {
    const at = `${field}[${index}].jsonPath`
    // That it has to be there, its table says.
    if (jsonPath === '') continue
    const names = namesOf(jsonPath)
    if (names === undefined) {
      problems.invalid(at, jsonPath, 'is an invalid path: it is names, each behind a dot')
      continue
    }
    if (names[0] === 'metadata') problems.invalid(at, jsonPath, 'must not point to fields in metadata')
    else if (!SELECTABLE.has(typeAt(root, names) ?? '')) {
      problems.invalid(
        at,
        jsonPath,
        'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
      )
    }
    if (seen.has(jsonPath)) problems.duplicate(at, jsonPath)
    seen.add(jsonPath)
  }
}

/** Says when there are too many of them, which those that were there before may be. */
export function validateSelectableCount(
  { name, selectableFields = [] }: CustomResourceDefinitionVersion,
  before: readonly CustomResourceDefinitionVersion[],
  field: string,
  problems: Problems,
): void {
  const count = new Set(selectableFields.map(({ jsonPath }) => jsonPath)).size
  const old = before.find((version) => version.name === name)?.selectableFields
  if (count > FIELDS_MAX && !sameJson(old, selectableFields)) problems.tooMany(field, count, FIELDS_MAX)
}

const SELECTABLE: ReadonlySet<string> = new Set(['string', 'boolean', 'integer'])

function namesOf(path: string): readonly string[] | undefined {
  return /^(\.[A-Za-z_][\w-]*)+$/.test(path) ? path.slice(1).split('.') : undefined
}

function typeAt(schema: JSONSchemaProps, names: readonly string[]): string | undefined {
  let at: JSONSchemaProps | undefined = schema
  for (const name of names) {
    const properties: Record<string, JSONSchemaProps> = at?.properties ?? {}
    at = Object.hasOwn(properties, name) ? properties[name] : undefined
  }
  return at?.type
}
