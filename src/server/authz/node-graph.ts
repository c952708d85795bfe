import { Pods } from '../../api/core/pod.ts'
import { podReferences } from '../../api/core/pod-references.ts'
import { PersistentVolumeClaims } from '../../api/core/persistent-volume-claim.ts'
import { PersistentVolumes } from '../../api/core/persistent-volume.ts'
import type { PersistentVolume, Pod } from '../../api/core/v1.ts'
import { Ingresses } from '../../api/networking/ingress.ts'
import type { Ingress } from '../../api/networking/v1.ts'
import type { ObjectReader } from '../admission/admission.ts'

/** What a Pod brings to its node, by resource. */
type Resource = 'secrets' | 'configmaps' | 'persistentvolumeclaims' | 'resourceclaims' | 'serviceaccounts'

/** A Pod that stands for one which the node made itself; it brings nothing with it. */
const MIRROR = 'kubernetes.io/config.mirror'

/**
 * Which objects each node needs for the Pods that are bound to it, counted, so that a question is one look-up. It is built
 * when a node first asks, since that reads every Pod, and then follows the changes.
 */
export class NodeGraph {
  readonly #objects: ObjectReader
  /** For each node, how many of its Pods name an object; keys are `secrets/NAMESPACE/NAME`. */
  readonly #needs = new Map<string, Map<string, number>>()
  /** Secrets with the certificates of Ingresses, which the gateway of every node shows. */
  readonly #shown = new Map<string, number>()
  #subscriptions: (() => void)[] | undefined

  constructor(objects: ObjectReader) {
    this.#objects = objects
  }

  close(): void {
    for (const stop of this.#subscriptions ?? []) stop()
  }

  /** Whether a Pod on the node names this object. */
  needs(node: string, resource: Resource, namespace: string, name: string): boolean {
    this.#follow()
    const key = `${resource}/${namespace}/${name}`
    if (this.#needs.get(node)?.has(key) === true) return true
    return resource === 'secrets' && (this.#shown.has(key) || this.#volumeNeeds(node, namespace, name))
  }

  /** Whether a volume is bound to a claim that a Pod on the node names. */
  needsVolume(node: string, name: string): boolean {
    const volume = this.#objects.get<PersistentVolume>(PersistentVolumes, { name })
    const { namespace = '', name: claim = '' } = volume?.spec.claimRef ?? {}
    return claim !== '' && this.needs(node, 'persistentvolumeclaims', namespace, claim)
  }

  /** Whether a volume of one of the node's claims needs a Secret; a node has few claims. */
  #volumeNeeds(node: string, namespace: string, secret: string): boolean {
    for (const key of this.#needs.get(node)?.keys() ?? []) {
      const [resource, claimNamespace, claim] = key.split('/') as [string, string, string]
      if (resource !== 'persistentvolumeclaims') continue
      const name = this.#objects.get(PersistentVolumeClaims, { namespace: claimNamespace, name: claim })?.spec
        .volumeName
      const volume = name === undefined ? undefined : this.#objects.get<PersistentVolume>(PersistentVolumes, { name })
      if (volume !== undefined && secretsOf(volume, claimNamespace).includes(`${namespace}/${secret}`)) return true
    }
    return false
  }

  #follow(): void {
    if (this.#subscriptions !== undefined) return
    this.#subscriptions = [
      this.#objects.onChange<Pod>(Pods, (pod, previous) => this.#movePod(pod, previous)),
      this.#objects.onChange<Ingress>(Ingresses, (ingress, previous) => this.#showIngress(ingress, previous)),
    ]
    for (const pod of this.#objects.list<Pod>(Pods)) this.#movePod(pod, undefined)
    for (const ingress of this.#objects.list<Ingress>(Ingresses)) this.#showIngress(ingress, undefined)
  }

  #movePod(pod: Pod | undefined, previous: Pod | undefined): void {
    // Most changes are of the status, and change nothing here.
    if (pod !== undefined && previous !== undefined && needsTheSame(pod, previous)) return
    if (previous !== undefined) this.#count(previous, -1)
    if (pod !== undefined) this.#count(pod, 1)
  }

  #count(pod: Pod, step: 1 | -1): void {
    const node = pod.spec.nodeName ?? ''
    if (node === '' || pod.metadata.annotations?.[MIRROR] !== undefined) return
    const counts = this.#needs.get(node) ?? new Map<string, number>()
    for (const key of keysOf(pod)) bump(counts, key, step)
    if (counts.size === 0) this.#needs.delete(node)
    else this.#needs.set(node, counts)
  }

  #showIngress(ingress: Ingress | undefined, previous: Ingress | undefined): void {
    for (const key of certificatesOf(previous)) bump(this.#shown, key, -1)
    for (const key of certificatesOf(ingress)) bump(this.#shown, key, 1)
  }
}

function needsTheSame(pod: Pod, previous: Pod): boolean {
  return (
    pod.spec.nodeName === previous.spec.nodeName &&
    pod.metadata.annotations?.[MIRROR] === previous.metadata.annotations?.[MIRROR] &&
    pod.spec.ephemeralContainers?.length === previous.spec.ephemeralContainers?.length &&
    pod.status.resourceClaimStatuses?.length === previous.status.resourceClaimStatuses?.length
  )
}

function keysOf(pod: Pod): string[] {
  const namespace = pod.metadata.namespace ?? ''
  const needed = podReferences(pod)
  const keys = (resource: Resource, names: Iterable<string>): string[] =>
    Array.from(names, (name) => `${resource}/${namespace}/${name}`)
  return [
    ...keys('secrets', needed.secrets),
    ...keys('configmaps', needed.configMaps),
    ...keys('persistentvolumeclaims', needed.persistentVolumeClaims),
    ...keys('resourceclaims', needed.resourceClaims),
    ...keys('serviceaccounts', needed.serviceAccount === '' ? [] : [needed.serviceAccount]),
  ]
}

function certificatesOf(ingress: Ingress | undefined): string[] {
  const named = (ingress?.spec.tls ?? []).flatMap(({ secretName }) => secretName ?? [])
  return [...new Set(named)].map((name) => `secrets/${ingress!.metadata.namespace}/${name}`)
}

/** Secrets that a volume names, as `NAMESPACE/NAME`. */
function secretsOf({ spec }: PersistentVolume, claimNamespace: string): string[] {
  const { csi, azureFile, cephfs, flexVolume, iscsi, rbd, scaleIO, storageos } = spec
  const references = [
    csi?.nodeStageSecretRef,
    csi?.nodePublishSecretRef,
    csi?.nodeExpandSecretRef,
    csi?.controllerPublishSecretRef,
    azureFile && { name: azureFile.secretName, namespace: azureFile.secretNamespace },
    ...[cephfs, flexVolume, iscsi, rbd, scaleIO, storageos].map((source) => source?.secretRef),
  ]
  return references.flatMap((reference) =>
    reference?.name ? `${reference.namespace || claimNamespace}/${reference.name}` : [],
  )
}

function bump(counts: Map<string, number>, key: string, step: 1 | -1): void {
  const count = (counts.get(key) ?? 0) + step
  if (count > 0) counts.set(key, count)
  else counts.delete(key)
}
