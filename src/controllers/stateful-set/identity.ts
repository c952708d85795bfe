import type { StatefulSet } from '../../api/apps/v1.ts'
import type { PersistentVolumeClaim, Pod, PodTemplateSpec, Volume } from '../../api/core/v1.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { podFromTemplate } from '../pods.ts'
import { revisionLabel } from '../revisions.ts'

const POD_NAME = 'statefulset.kubernetes.io/pod-name'
const POD_INDEX = 'apps.kubernetes.io/pod-index'

/** The number at the end of a Pod's name; undefined when it is not one of the set's. */
export function ordinalOf(set: StatefulSet, pod: Pod): number | undefined {
  const match = /^(.*)-(0|[1-9]\d*)$/.exec(pod.metadata.name)
  return match?.[1] === set.metadata.name ? Number(match[2]) : undefined
}

/** The ordinals that the set should have. */
export function rangeOf({ spec }: StatefulSet): { readonly start: number; readonly count: number } {
  return { start: spec.ordinals?.start ?? 0, count: spec.replicas ?? 1 }
}

export const revisionOf = ({ metadata }: Pod): string => metadata.labels?.[revisionLabel] ?? ''

const claimName = (set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string =>
  `${template.metadata.name}-${set.metadata.name}-${ordinal}`

/** The claims of the Pod of an ordinal, by the names of their volumes. */
export function claimsOf(set: StatefulSet, ordinal: number): Map<string, Draft<PersistentVolumeClaim>> {
  const claims = new Map<string, Draft<PersistentVolumeClaim>>()
  for (const template of set.spec.volumeClaimTemplates ?? []) {
    const { labels, annotations } = template.metadata
    claims.set(template.metadata.name, {
      metadata: {
        namespace: set.metadata.namespace ?? '',
        name: claimName(set, template, ordinal),
        labels: { ...labels, ...set.spec.selector?.matchLabels },
        ...(annotations !== undefined && { annotations: { ...annotations } }),
      },
      spec: template.spec as Draft<PersistentVolumeClaim['spec']>,
    })
  }
  return claims
}

/** The Pod of an ordinal, after one version of the template. */
export function podFor(set: StatefulSet, template: PodTemplateSpec, revision: string, ordinal: number): Draft<Pod> {
  const { namespace = '', name: setName } = set.metadata
  const name = `${setName}-${ordinal}`
  const { metadata, spec } = podFromTemplate(template, namespace, setName)
  const { generateName: _, ...rest } = metadata!
  return {
    metadata: {
      ...rest,
      name,
      labels: { ...metadata!.labels, ...identityLabels(name, ordinal), [revisionLabel]: revision },
    },
    spec: {
      ...spec,
      hostname: name,
      subdomain: set.spec.serviceName,
      volumes: volumesFor(set, template.spec.volumes, ordinal) as Draft<Volume>[],
    },
  }
}

export function identityLabels(name: string, ordinal: number): Record<string, string> {
  return { [POD_NAME]: name, [POD_INDEX]: String(ordinal) }
}

function volumesFor(set: StatefulSet, volumes: readonly Volume[] | undefined, ordinal: number): Volume[] {
  const claims = claimsOf(set, ordinal)
  const claimed = [...claims].map(([name, claim]) => ({
    name,
    persistentVolumeClaim: { claimName: claim.metadata!.name! },
  }))
  return [...claimed, ...(volumes ?? []).filter(({ name }) => !claims.has(name))]
}

/** Whether a Pod says of itself what a Pod of the set has to say. */
export function hasIdentity({ metadata }: Pod): boolean {
  return metadata.labels?.[POD_NAME] === metadata.name
}
