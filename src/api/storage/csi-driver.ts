import { flag, orNone, text } from '../meta/columns.ts'
import { defineKind } from '../meta/kind.ts'
import { CSIDriver } from './v1.ts'
import { validateDriverUpdate } from './storage-class-validation.ts'

/** csidrivers of storage.k8s.io, v1. */
export const CSIDrivers = defineKind(CSIDriver, {
  plural: 'csidrivers',
  namespaced: false,
  validateUpdate: validateDriverUpdate,
  columns: [
    flag(
      'AttachRequired',
      'Whether volumes are attached before they are mounted.',
      ({ spec }) => spec.attachRequired ?? true,
    ),
    flag('PodInfoOnMount', 'Whether the driver is told about the Pod.', ({ spec }) => spec.podInfoOnMount),
    flag('StorageCapacity', 'Whether the scheduler asks how much room there is.', ({ spec }) => spec.storageCapacity),
    text('TokenRequests', 'For whom the tokens of Pods are made out.', ({ spec }) =>
      orNone(spec.tokenRequests?.map(({ audience }) => audience).join(','), '<unset>'),
    ),
    flag(
      'RequiresRepublish',
      'Whether volumes are published again from time to time.',
      ({ spec }) => spec.requiresRepublish,
    ),
    text('Modes', 'The lifecycles of its volumes.', ({ spec }) => orNone(spec.volumeLifecycleModes?.join(','))),
  ],
})
