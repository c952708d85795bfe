import { leaf, union, type FieldSet } from '../../../lib/patch/field-set.ts'
import type { JsonObject } from '../../../lib/patch/json.ts'
import { blankMaker } from '../layout.ts'
import type { Kind } from '../kind.ts'
import type { Message } from '../schema.ts'

const set = (...names: readonly string[]): FieldSet => Object.fromEntries(names.map((name) => [`f:${name}`, leaf]))

/** What the server itself keeps, and what identifies an object: nobody owns it. */
const serverFields: FieldSet = {
  ...set('apiVersion', 'kind'),
  'f:metadata': set(
    'name',
    'namespace',
    'uid',
    'resourceVersion',
    'generation',
    'creationTimestamp',
    'selfLink',
    'managedFields',
  ),
}

/** Where writing the status resets more than the spec. */
const statusResets: Readonly<Record<string, FieldSet>> = {
  pods: { 'f:metadata': set('deletionTimestamp', 'ownerReferences') },
  'deployments.apps': { 'f:metadata': set('labels') },
  'servicecidrs.networking.k8s.io': set('metadata'),
  'resourceclaims.resource.k8s.io': set('metadata'),
  'volumeattachments.storage.k8s.io': set('metadata'),
  'flowschemas.flowcontrol.apiserver.k8s.io': set('metadata'),
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': set('metadata'),
  'validatingadmissionpolicies.admissionregistration.k8s.io': set('metadata'),
}

/** What a write may change although nobody owns it, by the subresource. */
const unowned: Readonly<Record<string, Readonly<Record<string, FieldSet>>>> = {
  'certificatesigningrequests.certificates.k8s.io': {
    '': set('spec'),
    status: { 'f:status': set('conditions') },
  },
}

const cache = new WeakMap<object, Map<string, FieldSet>>()

/** The fields that a write to this subresource cannot change, or that nobody owns. */
export function untrackedFields(kind: Kind, subresource: string): FieldSet {
  let known = cache.get(kind)
  if (known === undefined) cache.set(kind, (known = new Map()))
  let fields = known.get(subresource)
  if (fields === undefined) known.set(subresource, (fields = union(serverFields, unclaimedFields(kind, subresource))))
  return fields
}

/** The fields that nobody can claim by writing to this subresource: those that it resets, above all. */
export function unclaimedFields(kind: Kind, subresource: string): FieldSet {
  return union(resetFields(kind, subresource), unowned[resourceOf(kind)]?.[subresource] ?? leaf)
}

/** The fields that a write to this subresource leaves as they are, whatever it says. */
export function resetFields(kind: Kind, subresource: string): FieldSet {
  if (subresource === 'status') return union(set('spec'), statusResets[resourceOf(kind)] ?? leaf)
  if (subresource === 'approval') return { ...set('spec'), 'f:status': set('certificate') }
  return Object.hasOwn(kind.subresources, 'status') ? set('status') : leaf
}

const resourceOf = ({ group, plural }: Kind): string => (group === '' ? plural : `${plural}.${group}`)

/** The part of an object that is left without `untracked`, which names no field deeper than the second level. */
export function trackedPart(object: JsonObject, untracked: FieldSet): JsonObject {
  const result: JsonObject = {}
  for (const key in object) {
    const node = untracked[`f:${key}`]
    if (node === undefined) result[key] = object[key]
    else if (node !== leaf) result[key] = withoutKeys(object[key] as JsonObject, node)
  }
  return result
}

function withoutKeys(object: JsonObject, names: FieldSet): JsonObject {
  const result: JsonObject = {}
  for (const key in object) if (names[`f:${key}`] === undefined) result[key] = object[key]
  return result
}

const empties = new WeakMap<Message, JsonObject>()

/** A decoded object of the kind in which nothing is set: what a create is compared with. */
export function emptyObject(message: Message): JsonObject {
  let empty = empties.get(message)
  if (empty === undefined) empties.set(message, (empty = blankMaker(message)()))
  return empty
}
