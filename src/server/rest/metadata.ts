import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import {
  asPrefix,
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  pathSegmentName,
  qualifiedName,
  validLabelValue,
} from '../../api/meta/names.ts'
import type { Problems } from '../../api/meta/problems.ts'
import { sameJson } from '../../lib/patch/json.ts'
import { resourceOf } from './resource.ts'

/** What objects of a kind may be called, where that is not a domain name. */
const NAME_RULES: Readonly<Record<string, (name: string) => readonly string[]>> = {
  namespaces: dns1123Label,
  services: dns1035Label,
  'roles.rbac.authorization.k8s.io': pathSegmentName,
  'rolebindings.rbac.authorization.k8s.io': pathSegmentName,
  'clusterroles.rbac.authorization.k8s.io': pathSegmentName,
  'clusterrolebindings.rbac.authorization.k8s.io': pathSegmentName,
  'certificatesigningrequests.certificates.k8s.io': pathSegmentName,
  // An address in its one written form, which the kind's own validation checks.
  'ipaddresses.networking.k8s.io': pathSegmentName,
  // A version with its group, of which the core group has none; the kind's own validation checks it.
  'apiservices.apiregistration.k8s.io': pathSegmentName,
  events: pathSegmentName,
  'events.events.k8s.io': pathSegmentName,
}

const ANNOTATIONS_BYTES_MAX = 256 * 1024

/** Checks what is common to all objects. */
export function validateMetadata(kind: Kind, object: KubeObject, problems: Problems): void {
  const { metadata } = object
  const rule = NAME_RULES[resourceOf(kind).name] ?? dns1123Subdomain
  if (metadata.generateName !== undefined) {
    problems.invalidBy(rule(asPrefix(metadata.generateName)), 'metadata.generateName', metadata.generateName)
  }
  if (metadata.name === undefined || metadata.name === '') {
    problems.required('metadata.name', 'name or generateName is required')
  } else {
    problems.invalidBy(
      [...new Set([...pathSegmentName(metadata.name), ...rule(metadata.name)])],
      'metadata.name',
      metadata.name,
    )
  }
  if (kind.namespaced) {
    if (metadata.namespace === undefined || metadata.namespace === '') problems.required('metadata.namespace')
    else problems.invalidBy(dns1123Label(metadata.namespace), 'metadata.namespace', metadata.namespace)
  }
  validateMaps(metadata, problems)
  validateFinalizers(metadata.finalizers, kind.message.dynamic !== undefined || EXTENDING.has(kind.group), problems)
  validateOwners(metadata.ownerReferences, problems)
}

/** Checks labels and annotations. */
export function validateMaps(
  { labels, annotations }: Pick<KubeObject['metadata'], 'labels' | 'annotations'>,
  problems: Problems,
): void {
  for (const key in labels) {
    problems.invalidBy(qualifiedName(key), 'metadata.labels', key)
    problems.invalidBy(validLabelValue(labels[key]!), 'metadata.labels', labels[key])
  }
  let size = 0
  for (const key in annotations) {
    problems.invalidBy(qualifiedName(key.toLowerCase()), 'metadata.annotations', key)
    size += key.length + annotations[key]!.length
  }
  // Only what might be too large is counted in bytes.
  if (size * 3 > ANNOTATIONS_BYTES_MAX && annotations !== undefined) {
    size = Object.entries(annotations).reduce(
      (sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value),
      0,
    )
    if (size > ANNOTATIONS_BYTES_MAX) problems.tooLong('metadata.annotations', ANNOTATIONS_BYTES_MAX)
  }
}

/** Groups by which others extend the API: whose finalizers stand there, the platform cannot know. */
const EXTENDING: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io'])

/** Finalizers without a domain that the platform itself knows. */
const PLATFORM_FINALIZERS = new Set(['orphan', 'foregroundDeletion', 'kubernetes'])

function validateFinalizers(finalizers: readonly string[] | undefined, isFree: boolean, problems: Problems): void {
  if (finalizers === undefined) return
  for (const finalizer of finalizers) {
    problems.invalidBy(qualifiedName(finalizer), 'metadata.finalizers', finalizer)
    if (!isFree && !finalizer.includes('/') && !PLATFORM_FINALIZERS.has(finalizer)) {
      problems.invalid(
        'metadata.finalizers',
        finalizer,
        'name is neither a standard finalizer name nor is it fully qualified',
      )
    }
  }
  if (finalizers.includes('orphan') && finalizers.includes('foregroundDeletion')) {
    problems.invalid('metadata.finalizers', finalizers, 'finalizer orphan and foregroundDeletion cannot be both set')
  }
}

function validateOwners(owners: KubeObject['metadata']['ownerReferences'], problems: Problems): void {
  let controller: string | undefined
  for (const [index, owner] of (owners ?? []).entries()) {
    const field = `metadata.ownerReferences[${index}]`
    if (owner.apiVersion === '') problems.invalid(`${field}.apiVersion`, owner.apiVersion, 'version must not be empty')
    if (owner.kind === '') problems.invalid(`${field}.kind`, owner.kind, 'must not be empty')
    if (owner.name === '') problems.invalid(`${field}.name`, owner.name, 'must not be empty')
    if (owner.uid === '') problems.invalid(`${field}.uid`, owner.uid, 'must not be empty')
    if (owner.controller !== true) continue
    if (controller !== undefined) {
      problems.invalid(
        'metadata.ownerReferences',
        owners,
        `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${owner.name}`,
      )
    }
    controller = owner.name
  }
}

/** Checks what may not change in the metadata once an object is there. */
export function validateMetadataUpdate(object: KubeObject, old: KubeObject, problems: Problems): void {
  const [next, before] = [object.metadata, old.metadata]
  for (const field of [
    'name',
    'namespace',
    'uid',
    'creationTimestamp',
    'deletionTimestamp',
    'deletionGracePeriodSeconds',
  ] as const) {
    if (next[field] !== before[field]) problems.invalid(`metadata.${field}`, next[field], 'field is immutable')
  }
  if (next.generation !== undefined && before.generation !== undefined && next.generation < before.generation) {
    problems.invalid('metadata.generation', next.generation, 'must not be decremented')
  }
  if (before.deletionTimestamp === undefined || sameJson(next.finalizers, before.finalizers)) return
  const added = (next.finalizers ?? []).filter((finalizer) => !(before.finalizers ?? []).includes(finalizer))
  if (added.length === 0) return
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ')
  problems.forbidden(
    'metadata.finalizers',
    `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
  )
}
