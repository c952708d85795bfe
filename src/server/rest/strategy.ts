import { blank } from '../../api/meta/layout.ts'
import type { KubeObject } from '../../api/meta/kind.ts'
import { linesByName } from '../../api/meta/patch/merge-schema-of.ts'
import { resetFields } from '../../api/meta/patch/tracked.ts'
import { Problems } from '../../api/meta/problems.ts'
import { validateFields } from '../../api/meta/validate.ts'
import { isEmptySet } from '../../lib/patch/field-set.ts'
import { keepNamespaceFinalizers, setInitial } from './initial.ts'
import { validateMetadata, validateMetadataUpdate } from './metadata.ts'
import { invalid } from './refusals.ts'
import type { Resource } from './resource.ts'

/** Objects that come with a status of their own when they are created: an agent registers its node with one. */
const KEEPS_STATUS_ON_CREATE = new Set(['nodes'])

/**
 * Gives the fields back their values that this kind of write may not set, in place: the status when the object is
 * written, the rest when its status is.
 */
export function resetFor(
  resource: Resource,
  object: KubeObject,
  old: KubeObject | undefined,
  subresource: string,
): void {
  const { kind } = resource
  const [next, before] = [object as unknown as Fields, old as unknown as Fields | undefined]
  if (before !== undefined || !KEEPS_STATUS_ON_CREATE.has(resource.name)) {
    const fields = resetFields(kind, subresource)
    for (const element in fields) {
      const name = element.slice(2)
      const below = fields[element]!
      if (isEmptySet(below)) resetField(resource, next, before, name)
      else for (const inner in below) take(next[name] as Fields, before?.[name] as Fields | undefined, inner.slice(2))
    }
  }
  if (subresource !== '' && before !== undefined) {
    keepUnknownFields(next, before)
    NARROW[subresource]?.(next, before)
  }
  if (old === undefined) setInitial(resource, object)
  else keepNamespaceFinalizers(resource, object, old, subresource)
  kind.prepare?.(object, old, subresource)
}

type Fields = Record<string, unknown>

function take(next: Fields, before: Fields | undefined, name: string): void {
  // Of metadata that may not be written, who has written what is still new.
  if (name === 'metadata' && before !== undefined) {
    const { managedFields } = next['metadata'] as Fields
    next['metadata'] = {
      ...(before['metadata'] as Fields),
      ...(managedFields === undefined ? {} : { managedFields }),
    }
    return
  }
  if (before?.[name] === undefined) delete next[name]
  else next[name] = before[name]
}

function resetField({ kind }: Resource, next: Fields, before: Fields | undefined, name: string): void {
  if (before !== undefined) {
    take(next, before, name)
    return
  }
  const line = linesByName(kind.message).get(name)
  if (line === undefined || line.pointer || line.shape !== 'one') delete next[name]
  else next[name] = blank(line.element)
}

/** Through a subresource nothing changes but metadata, spec and status: data of a kind's own stays as it was. */
function keepUnknownFields(next: Fields, before: Fields): void {
  for (const name of new Set([...Object.keys(next), ...Object.keys(before)])) {
    if (!['kind', 'apiVersion', 'metadata', 'spec', 'status'].includes(name)) take(next, before, name)
  }
}

/** Subresources that change less than the rest of their object: what they leave as it was, in place. */
const NARROW: Readonly<Record<string, (next: Fields, before: Fields) => void>> = {
  ephemeralcontainers(next, before) {
    const { ephemeralContainers } = next['spec'] as Fields
    next['spec'] = {
      ...(before['spec'] as Fields),
      ...(ephemeralContainers === undefined ? {} : { ephemeralContainers }),
    }
  },
  resize(next, before) {
    const [wanted, was] = [next['spec'] as Fields, before['spec'] as Fields]
    next['spec'] = { ...was, ...resized(wanted, was, 'containers'), ...resized(wanted, was, 'initContainers') }
  },
  approval(next, before) {
    next['status'] = { ...(before['status'] as Fields), conditions: (next['status'] as Fields)['conditions'] }
  },
}

/** The containers as they were, with the resources that are wanted now. */
function resized(wanted: Fields, was: Fields, list: string): Fields {
  const before = was[list] as Fields[] | undefined
  if (before === undefined) return {}
  const byName = new Map(((wanted[list] ?? []) as Fields[]).map((container) => [container['name'], container]))
  return {
    [list]: before.map((container) => {
      const { resources, resizePolicy } = byName.get(container['name']) ?? container
      return {
        ...container,
        ...(resources === undefined ? {} : { resources }),
        ...(resizePolicy === undefined ? {} : { resizePolicy }),
      }
    }),
  }
}

/** Throws `invalid` with everything that is wrong; a promise where expressions have to be asked. */
export function validateObject(
  { kind }: Resource,
  object: KubeObject,
  old: KubeObject | undefined,
  subresource: string,
): void | Promise<void> {
  const problems = new Problems()
  validateMetadata(kind, object, problems)
  if (old !== undefined) validateMetadataUpdate(object, old, problems)
  if (old !== undefined && subresource === 'status') kind.validateStatus?.(object, old, problems)
  else {
    validateFields(kind.message, object, problems)
    kind.validate?.(object, problems)
    if (old === undefined) kind.validateCreate?.(object, problems)
    else kind.validateUpdate?.(object, old, problems, subresource)
  }
  const refuse = (): void => {
    if (!problems.none) throw invalid(kind, object.metadata.name ?? '', problems.causes)
  }
  // What a status says is held to rules only where one schema is for the whole object.
  const isChecked = subresource !== 'status' || kind.message.dynamic !== undefined
  const waits = isChecked ? kind.checkExpressions?.(object, old, problems) : undefined
  if (waits === undefined) refuse()
  else return waits.then(refuse)
}
