import { qualifiedName } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import { unchanged } from '../meta/validate-immutable.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { CSIDriver, StorageClass, VolumeAttachment } from './v1.ts'

const PARAMETERS_MAX = 512
const PARAMETER_BYTES_MAX = 256 * 1024

/** Checks a way to make volumes. */
export function validateStorageClass(
  { provisioner, parameters = {}, reclaimPolicy }: StorageClass,
  problems: Problems,
): void {
  if (provisioner !== '') problems.invalidBy(qualifiedName(provisioner.toLowerCase()), 'provisioner', provisioner)
  const entries = Object.entries(parameters)
  if (entries.length > PARAMETERS_MAX) problems.tooLong('parameters', PARAMETERS_MAX)
  let size = 0
  for (const [key, value] of entries) {
    if (key === '') problems.invalid('parameters', key, 'field can not be empty.')
    size += key.length + value.length
  }
  if (size > PARAMETER_BYTES_MAX) problems.tooLong('parameters', PARAMETER_BYTES_MAX)
  if (reclaimPolicy !== undefined && reclaimPolicy !== 'Delete' && reclaimPolicy !== 'Retain') {
    problems.notSupported('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain'])
  }
}

/** Checks that a class keeps what its volumes were made with. */
export function validateStorageClassUpdate(next: StorageClass, old: StorageClass, problems: Problems): void {
  for (const name of ['parameters', 'provisioner', 'reclaimPolicy'] as const) {
    if (!sameJson(next[name], old[name])) problems.forbidden(name, `updates to ${name} are forbidden.`)
  }
  unchanged(next.volumeBindingMode, old.volumeBindingMode, 'volumeBindingMode', problems)
}

/** Checks that an attachment stays the same. */
export function validateAttachmentUpdate(next: VolumeAttachment, old: VolumeAttachment, problems: Problems): void {
  unchanged(next.spec, old.spec, 'spec', problems)
}

/** Checks that a driver keeps what cannot change under its volumes. */
export function validateDriverUpdate({ spec }: CSIDriver, { spec: old }: CSIDriver, problems: Problems): void {
  unchanged(spec.attachRequired, old.attachRequired, 'spec.attachedRequired', problems)
  unchanged(spec.volumeLifecycleModes, old.volumeLifecycleModes, 'spec.volumeLifecycleModes', problems)
}
