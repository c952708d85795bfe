import { sameJson } from '../../lib/patch/json.ts'
import { dns1035Label, dns1123Subdomain } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import { validateConversion, validateConversionAuthorities } from './conversion-validation.ts'
import { validateSelectableCount, validateSelectableFields } from './selectable-fields-validation.ts'
import type { CustomResourceDefinition, CustomResourceDefinitionVersion } from './v1.ts'

/** Says what is wrong with a definition beside what its table says. */
export function validateDefinition({ metadata, spec }: CustomResourceDefinition, problems: Problems): void {
  const { group, names, scope, versions, preserveUnknownFields } = spec
  const wanted = `${names.plural}.${group}`
  problems.require(metadata.name === wanted, 'metadata.name', metadata.name, `must be spec.names.plural+"."+spec.group`)
  problems.invalidBy(dns1123Subdomain(group), 'spec.group', group)
  if (!group.includes('.')) problems.invalid('spec.group', group, 'should be a domain with at least one dot')
  if (scope !== 'Cluster' && scope !== 'Namespaced')
    problems.notSupported('spec.scope', scope, ['Cluster', 'Namespaced'])
  problems.invalidBy(dns1035Label(names.plural), 'spec.names.plural', names.plural)
  problems.invalidBy(dns1035Label(names.kind.toLowerCase()), 'spec.names.kind', names.kind)
  if (names.singular) problems.invalidBy(dns1035Label(names.singular), 'spec.names.singular', names.singular)
  for (const [index, name] of (names.shortNames ?? []).entries()) {
    problems.invalidBy(dns1035Label(name), `spec.names.shortNames[${index}]`, name)
  }
  if (names.listKind !== undefined && names.listKind === names.kind) {
    problems.invalid('spec.names.listKind', names.listKind, 'kind and listKind may not be the same')
  }
  if (preserveUnknownFields === true) {
    problems.invalid(
      'spec.preserveUnknownFields',
      true,
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
    )
  }
  validateVersions(versions, problems)
  validateConversion(spec.conversion, problems)
}

/** What a new definition may not have, and an old one may keep. */
export function validateDefinitionCreate({ spec }: CustomResourceDefinition, problems: Problems): void {
  validateRatcheted(spec, undefined, problems)
}

function validateRatcheted(
  { versions, conversion }: CustomResourceDefinition['spec'],
  old: CustomResourceDefinition['spec'] | undefined,
  problems: Problems,
): void {
  validateConversionAuthorities(conversion, old?.conversion, problems)
  for (const [index, version] of versions.entries()) {
    validateSelectableCount(version, old?.versions ?? [], `spec.versions[${index}].selectableFields`, problems)
  }
}

function validateVersions(versions: readonly CustomResourceDefinitionVersion[], problems: Problems): void {
  const seen = new Set<string>()
  for (const [index, version] of versions.entries()) {
    const { name, schema } = version
    const field = `spec.versions[${index}]`
    problems.invalidBy(dns1035Label(name), `${field}.name`, name)
    if (seen.has(name)) problems.duplicate(`${field}.name`, name)
    seen.add(name)
    const root = schema?.openAPIV3Schema
    if (root === undefined) problems.required(`${field}.schema.openAPIV3Schema`, 'schemas are required')
    else if (root.type !== 'object') {
      if (root.type === undefined)
        problems.required(`${field}.schema.openAPIV3Schema.type`, 'must not be empty at the root')
      else problems.invalid(`${field}.schema.openAPIV3Schema.type`, root.type, 'must be object at the root')
    }
    validateSelectableFields(version, `${field}.selectableFields`, problems)
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    problems.invalid(
      'spec.versions',
      versions.map(({ name }) => name),
      'must have exactly one version marked as storage version',
    )
  }
}

/** What of a definition stays as it is once there may be objects of it. */
export function validateDefinitionUpdate(
  { spec }: CustomResourceDefinition,
  old: CustomResourceDefinition,
  problems: Problems,
): void {
  for (const field of ['group', 'scope'] as const) {
    if (spec[field] !== old.spec[field]) problems.invalid(`spec.${field}`, spec[field], 'field is immutable')
  }
  for (const field of ['plural', 'kind'] as const) {
    if (!sameJson(spec.names[field], old.spec.names[field])) {
      problems.invalid(`spec.names.${field}`, spec.names[field], 'field is immutable')
    }
  }
  validateRatcheted(spec, old.spec, problems)
  for (const [index, version] of old.status.storedVersions.entries()) {
    if (!spec.versions.some(({ name }) => name === version)) {
      problems.invalid(`status.storedVersions[${index}]`, version, 'missing from spec.versions')
    }
  }
}
