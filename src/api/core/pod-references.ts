import type { Container, EphemeralContainer, Pod, Volume } from './v1.ts'

/** Names of what a Pod needs, all in its own namespace. */
export interface PodReferences {
  readonly secrets: ReadonlySet<string>
  readonly configMaps: ReadonlySet<string>
  readonly persistentVolumeClaims: ReadonlySet<string>
  readonly resourceClaims: ReadonlySet<string>
  /** Empty when the Pod has none, as before admission. */
  readonly serviceAccount: string
}

/** Everything that a Pod's spec names, also what is optional. */
export function podReferences({ metadata, spec, status }: Pick<Pod, 'metadata' | 'spec' | 'status'>): PodReferences {
  const secrets = new Set<string>()
  const configMaps = new Set<string>()
  const persistentVolumeClaims = new Set<string>()
  const resourceClaims = new Set<string>()
  for (const { name } of spec.imagePullSecrets ?? []) add(secrets, name)
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]
  for (const container of containers) addEnvironment(container, secrets, configMaps)
  for (const volume of spec.volumes ?? []) {
    addVolume(volume, secrets, configMaps)
    add(persistentVolumeClaims, volume.persistentVolumeClaim?.claimName)
    if (volume.ephemeral !== undefined) add(persistentVolumeClaims, `${metadata.name}-${volume.name}`)
  }
  for (const { resourceClaimName } of spec.resourceClaims ?? []) add(resourceClaims, resourceClaimName)
  for (const { resourceClaimName } of status?.resourceClaimStatuses ?? []) add(resourceClaims, resourceClaimName)
  const serviceAccount = spec.serviceAccountName ?? ''
  return { secrets, configMaps, persistentVolumeClaims, resourceClaims, serviceAccount }
}

function addEnvironment(
  container: Container | EphemeralContainer,
  secrets: Set<string>,
  configMaps: Set<string>,
): void {
  for (const { secretRef, configMapRef } of container.envFrom ?? []) {
    add(secrets, secretRef?.name)
    add(configMaps, configMapRef?.name)
  }
  for (const { valueFrom } of container.env ?? []) {
    add(secrets, valueFrom?.secretKeyRef?.name)
    add(configMaps, valueFrom?.configMapKeyRef?.name)
  }
}

function addVolume(volume: Volume, secrets: Set<string>, configMaps: Set<string>): void {
  add(configMaps, volume.configMap?.name)
  for (const { secret, configMap } of volume.projected?.sources ?? []) {
    add(secrets, secret?.name)
    add(configMaps, configMap?.name)
  }
  add(secrets, volume.secret?.secretName)
  add(secrets, volume.azureFile?.secretName)
  add(secrets, volume.csi?.nodePublishSecretRef?.name)
  for (const source of [volume.cephfs, volume.flexVolume, volume.iscsi, volume.rbd, volume.scaleIO, volume.storageos]) {
    add(secrets, source?.secretRef?.name)
  }
}

function add(names: Set<string>, name: string | undefined): void {
  if (name !== undefined && name !== '') names.add(name)
}
