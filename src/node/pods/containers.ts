import type { Container, EphemeralContainer, Pod } from '../../api/core/v1.ts'

/** What part a container plays in its pod. A sidecar is an init container that stays. */
export type Role = 'init' | 'sidecar' | 'app' | 'ephemeral'

export interface PodContainer {
  readonly spec: Container | EphemeralContainer
  readonly role: Role
}

/** All containers of a pod in the order in which they start. */
export function podContainers(pod: Pod): PodContainer[] {
  return [
    ...(pod.spec.initContainers ?? []).map((spec): PodContainer => ({
      spec,
      role: isSidecar(spec) ? 'sidecar' : 'init',
    })),
    ...pod.spec.containers.map((spec): PodContainer => ({ spec, role: 'app' })),
    ...(pod.spec.ephemeralContainers ?? []).map((spec): PodContainer => ({ spec, role: 'ephemeral' })),
  ]
}

/** The container of a name, with its role. */
export function podContainer(pod: Pod, name: string): PodContainer | undefined {
  return podContainers(pod).find(({ spec }) => spec.name === name)
}

/** Whether an init container stays and is started again, as a sidecar. */
export function isSidecar(initContainer: Container): boolean {
  return initContainer.restartPolicy === 'Always'
}

/** How Events and decisions name a container's place in the pod. */
export function containerField({ spec, role }: PodContainer): string {
  const list = {
    init: 'initContainers',
    sidecar: 'initContainers',
    app: 'containers',
    ephemeral: 'ephemeralContainers',
  }[role]
  return `spec.${list}{${spec.name}}`
}

/** `name_namespace(uid)`, as messages about pods say it. */
export function podLabel(pod: Pod): string {
  return `${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})`
}

/** Names of all images that a pod is made of. */
export function imagesOf(pod: Pod): readonly string[] {
  const containers = podContainers(pod).map(({ spec }) => spec.image ?? '')
  const volumes = (pod.spec.volumes ?? []).map(({ image }) => image?.reference ?? '')
  return [...containers, ...volumes].filter((name) => name !== '')
}
