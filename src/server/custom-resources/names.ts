import type {
  CustomResourceDefinition,
  CustomResourceDefinitionCondition,
  CustomResourceDefinitionNames,
} from '../../api/apiextensions/v1.ts'
import { CustomResourceDefinitions } from '../../api/apiextensions/custom-resource-definition.ts'
import { formatTime } from '../../api/meta/time.ts'
import type { Clock } from '../../lib/clock.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { ObjectReader } from '../admission/admission.ts'
import type { Special } from '../rest/specials.ts'

/** Keeps a definition there until all its objects are gone. */
export const CLEANUP = 'customresourcecleanup.apiextensions.k8s.io'

/** Gives a definition its names when it is written, or says which of them another one has. */
export function definitionSpecial(reader: ObjectReader, clock: Clock): Special {
  return {
    beforeWrite(object, old) {
      const definition = object as CustomResourceDefinition
      const before = old as CustomResourceDefinition | undefined
      if (before !== undefined && sameJson(before.spec, definition.spec)) return
      if (before === undefined) {
        const { finalizers = [] } = definition.metadata
        definition.metadata.finalizers = [...new Set([...finalizers, CLEANUP])]
      }
      const others = reader
        .list(CustomResourceDefinitions)
        .filter(
          ({ metadata, spec }) => metadata.name !== definition.metadata.name && spec.group === definition.spec.group,
        )
      definition.status = statusOf(definition, others, formatTime(clock.now()))
    },
  }
}

/** What is known of a definition the moment it is written: its names, and whether it is served. */
export function statusOf(
  { spec, status }: CustomResourceDefinition,
  others: readonly CustomResourceDefinition[],
  now: string,
): CustomResourceDefinition['status'] {
  const conflict = takenName(spec.names, others)
  const stored = spec.versions.find(({ storage }) => storage)?.name
  const storedVersions = status.storedVersions ?? []
  const isAccepted = conflict === undefined
  const conditions = [
    conditionOf(
      'NamesAccepted',
      isAccepted,
      isAccepted ? 'NoConflicts' : conflict.reason,
      isAccepted ? 'no conflicts found' : conflict.message,
    ),
    // What was established stays so: its objects are there.
    ...(isAccepted || isTrue(status.conditions, 'Established')
      ? [conditionOf('Established', true, 'InitialNamesAccepted', 'the initial names have been accepted')]
      : [conditionOf('Established', false, 'NotAccepted', 'not all names are accepted')]),
  ]
  return {
    ...status,
    conditions: conditions.reduce((all, one) => withCondition(all, one, now), status.conditions ?? []),
    acceptedNames: isAccepted ? spec.names : (status.acceptedNames ?? { plural: '', kind: '' }),
    storedVersions:
      stored === undefined || storedVersions.includes(stored) ? storedVersions : [...storedVersions, stored],
  }
}

function takenName(
  names: CustomResourceDefinitionNames,
  others: readonly CustomResourceDefinition[],
): { readonly reason: string; readonly message: string } | undefined {
  const resources = new Set(
    others.flatMap(({ status: { acceptedNames: taken } }) => [
      taken.plural,
      taken.singular ?? '',
      ...(taken.shortNames ?? []),
    ]),
  )
  const kinds = new Set(others.flatMap(({ status: { acceptedNames: taken } }) => [taken.kind, taken.listKind ?? '']))
  const find = (
    reason: string,
    candidates: readonly (string | undefined)[],
    taken: ReadonlySet<string>,
  ): { reason: string; message: string } | undefined => {
    const found = candidates.find((name) => name !== undefined && name !== '' && taken.has(name))
    return found === undefined ? undefined : { reason, message: `${JSON.stringify(found)} is already in use` }
  }
  return (
    find('PluralConflict', [names.plural], resources) ??
    find('SingularConflict', [names.singular], resources) ??
    find('ShortNamesConflict', names.shortNames ?? [], resources) ??
    find('KindConflict', [names.kind], kinds) ??
    find('ListKindConflict', [names.listKind], kinds)
  )
}

function conditionOf(type: string, ok: boolean, reason: string, message: string): CustomResourceDefinitionCondition {
  return { type, status: ok ? 'True' : 'False', reason, message }
}

export function withCondition(
  conditions: readonly CustomResourceDefinitionCondition[],
  condition: CustomResourceDefinitionCondition,
  now: string,
): CustomResourceDefinitionCondition[] {
  const before = conditions.find(({ type }) => type === condition.type)
  const since = before?.status === condition.status ? (before.lastTransitionTime ?? now) : now
  const next = { ...condition, lastTransitionTime: since }
  return before === undefined ? [...conditions, next] : conditions.map((one) => (one === before ? next : one))
}

function isTrue(conditions: readonly CustomResourceDefinitionCondition[] | undefined, type: string): boolean {
  return (conditions ?? []).some((one) => one.type === type && one.status === 'True')
}
