import { EndpointSlices } from '../../api/discovery/endpoint-slice.ts'
import type { EndpointSlice } from '../../api/discovery/v1.ts'
import type { KubeObject } from '../../api/meta/kind.ts'
import type { Draft } from '../../api/meta/schema.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { Cluster } from '../runtime/controller.ts'
import { planSlices } from './plan-slices.ts'
import type { EndpointGroup } from './plan-slices.ts'

export const serviceNameLabel = 'kubernetes.io/service-name'
export const managedByLabel = 'endpointslice.kubernetes.io/managed-by'

/** More would make each change of one endpoint a large message. */
const ENDPOINTS_MAX = 100

export interface WantedSlices<T extends KubeObject> {
  readonly owner: T
  readonly labels: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly groups: readonly EndpointGroup[]
  readonly existing: readonly EndpointSlice[]
}

/** Makes the slices of an owner say what is wanted. Returns how many were written. */
export async function writeSlices<T extends KubeObject>(
  cluster: Cluster<T>,
  { owner, labels, annotations = {}, groups, existing }: WantedSlices<T>,
): Promise<number> {
  const isStale = ({ metadata }: EndpointSlice): boolean =>
    !sameJson(metadata.labels ?? {}, labels) || !hasAll(metadata.annotations ?? {}, annotations)
  const plan = planSlices(existing, groups, { max: ENDPOINTS_MAX, isStale })
  for (const { addressType, ports, endpoints } of plan.create) {
    const draft: Draft<EndpointSlice> = {
      metadata: {
        namespace: owner.metadata.namespace ?? '',
        generateName: `${owner.metadata.name}-`,
        labels,
        annotations,
      },
      addressType,
      ports: [...ports],
      endpoints: endpoints as Draft<EndpointSlice['endpoints']>,
    }
    await cluster.create(EndpointSlices, draft)
  }
  for (const { slice, endpoints } of plan.update) {
    const metadata = { ...slice.metadata, labels, annotations: { ...slice.metadata.annotations, ...annotations } }
    await cluster.update(EndpointSlices, { ...slice, metadata, endpoints: [...endpoints] })
  }
  for (const slice of plan.remove) await cluster.remove(EndpointSlices, slice)
  return plan.create.length + plan.update.length + plan.remove.length
}

function hasAll(has: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.keys(wanted).every((key) => has[key] === wanted[key])
}
