import { PersistentVolumeClaims } from '../../api/core/persistent-volume-claim.ts'
import type { PersistentVolumeClaim } from '../../api/core/v1.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { IngressClasses } from '../../api/networking/ingress-class.ts'
import { Ingresses } from '../../api/networking/ingress.ts'
import type { Ingress } from '../../api/networking/v1.ts'
import { StorageClasses } from '../../api/storage/storage-class.ts'
import type { AdmissionPlugin, Attempt, ObjectReader } from './admission.ts'
import { forbidden } from './refusal.ts'

/** Gives a claim that names no storage class the default one. */
export function defaultStorageClass(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    handles: (attempt) => creates(attempt, PersistentVolumeClaims),
    mutate({ object }) {
      const claim = object as PersistentVolumeClaim
      const { spec, metadata } = claim
      const isNamed =
        spec.storageClassName !== undefined ||
        metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined
      if (isNamed) return claim
      const [newest] = defaults(reader.list(StorageClasses), 'storageclass.kubernetes.io/is-default-class')
      return newest === undefined ? claim : { ...claim, spec: { ...spec, storageClassName: newest.metadata.name } }
    },
  }
}

/** Gives an Ingress that names no class the default one. */
export function defaultIngressClass(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    handles: (attempt) => creates(attempt, Ingresses),
    mutate(attempt) {
      const ingress = attempt.object as Ingress
      const { spec, metadata } = ingress
      const isNamed =
        spec.ingressClassName !== undefined || metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined
      if (isNamed) return ingress
      const [newest] = defaults(reader.list(IngressClasses), 'ingressclass.kubernetes.io/is-default-class')
      return newest === undefined ? ingress : { ...ingress, spec: { ...spec, ingressClassName: newest.metadata.name } }
    },
  }
}

function creates({ operation, kind, target }: Attempt, wanted: Kind<any>): boolean {
  return operation === 'CREATE' && kind === wanted && target.subresource === ''
}

/** Those that are marked as default, the newest first; of equally old ones the first by name. */
function defaults<T extends KubeObject>(classes: readonly T[], annotation: string): T[] {
  return classes
    .filter(({ metadata }) => metadata.annotations?.[annotation] === 'true')
    .toSorted((a, b) => {
      const [at, bt] = [a.metadata.creationTimestamp, b.metadata.creationTimestamp]
      if (at !== bt) return at > bt ? -1 : 1
      return a.metadata.name < b.metadata.name ? -1 : 1
    })
}

/** Lets a claim grow only where its class allows that. */
export function claimResize(reader: ObjectReader): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    handles: ({ operation, kind, target }) =>
      operation === 'UPDATE' && kind === PersistentVolumeClaims && target.subresource === '',
    validate(attempt) {
      const [next, old] = [attempt.object, attempt.old] as [PersistentVolumeClaim, PersistentVolumeClaim]
      const [size, before] = [next, old].map(({ spec }) => spec.resources?.requests?.['storage'])
      if (size === before) return
      const name = next.spec.storageClassName
      const found = name === undefined ? undefined : reader.get(StorageClasses, { name })
      if (old.status.phase !== 'Bound') throw forbidden(attempt, 'Only bound persistent volume claims can be expanded')
      if (found?.allowVolumeExpansion !== true) {
        throw forbidden(
          attempt,
          'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
        )
      }
    },
  }
}
