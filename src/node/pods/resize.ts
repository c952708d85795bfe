import type { Container, Pod, ResourceRequirements } from '../../api/core/v1.ts'
import { podContainers } from './containers.ts'
import { amount } from './resources.ts'

/** What each container of a pod has, or is to have. */
export type Resources = ReadonlyMap<string, ResourceRequirements>

const resizable = ['cpu', 'memory'] as const
const kinds = ['requests', 'limits'] as const

/** What the containers of a pod ask for. */
export function wantedResources(pod: Pod): Resources {
  return new Map(podContainers(pod).map(({ spec }) => [spec.name, spec.resources]))
}

/** The resources that differ, as amounts: `0.5` and `500m` are the same. */
export function changedResources(from: ResourceRequirements, to: ResourceRequirements): ('cpu' | 'memory')[] {
  return resizable.filter((name) =>
    kinds.some((kind) => amount(name, from[kind]?.[name]) !== amount(name, to[kind]?.[name])),
  )
}

/** Whether two pods' worth of resources are the same amounts. */
export function sameResources(a: Resources, b: Resources): boolean {
  return [...b].every(([name, to]) => changedResources(a.get(name) ?? {}, to).length === 0)
}

/** Whether a container has to be restarted to get what is changed. */
export function needsRestart(
  { resizePolicy = [] }: Pick<Container, 'resizePolicy'>,
  changed: readonly string[],
): boolean {
  return resizePolicy.some(
    ({ resourceName, restartPolicy }) => restartPolicy === 'RestartContainer' && changed.includes(resourceName),
  )
}

/** The pod as if it asked for these resources. */
export function withResources(pod: Pod, resources: Resources): Pod {
  const given = <C extends { readonly name: string; readonly resources: ResourceRequirements }>(
    containers: readonly C[] | undefined,
  ): C[] =>
    (containers ?? []).map((container) => ({
      ...container,
      resources: resources.get(container.name) ?? container.resources,
    }))
  const { initContainers, containers } = pod.spec
  return { ...pod, spec: { ...pod.spec, initContainers: given(initContainers), containers: given(containers) } }
}
