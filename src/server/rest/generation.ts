import type { KubeObject } from '../../api/meta/kind.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { Resource } from './resource.ts'

/** Kinds whose objects count the changes of what is wanted of them in `metadata.generation`. */
const COUNTED = new Set([
  'pods',
  'podtemplates',
  'replicationcontrollers',
  'deployments.apps',
  'replicasets.apps',
  'daemonsets.apps',
  'statefulsets.apps',
  'jobs.batch',
  'cronjobs.batch',
  'ingresses.networking.k8s.io',
  'networkpolicies.networking.k8s.io',
  'ingressclasses.networking.k8s.io',
  'poddisruptionbudgets.policy',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
  'validatingwebhookconfigurations.admissionregistration.k8s.io',
  'mutatingwebhookconfigurations.admissionregistration.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'validatingadmissionpolicybindings.admissionregistration.k8s.io',
  'mutatingadmissionpolicies.admissionregistration.k8s.io',
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io',
  'customresourcedefinitions.apiextensions.k8s.io',
  'endpointslices.discovery.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'resourceslices.resource.k8s.io',
  'deviceclasses.resource.k8s.io',
])

/** Sets the generation of an object that is about to be written, in place. */
export function setGeneration(resource: Resource, object: KubeObject, old: KubeObject | undefined): void {
  const { kind } = resource
  if (!COUNTED.has(resource.name) && kind.message.dynamic === undefined) {
    if (old === undefined) delete object.metadata.generation
    else keepGeneration(object, old)
    return
  }
  if (old === undefined) {
    object.metadata.generation = 1
    return
  }
  keepGeneration(object, old)
  // A custom resource whose status is no subresource has none: the field of that name is wanted like all others.
  const ignoresStatus = kind.message.dynamic === undefined || Object.hasOwn(kind.subresources, 'status')
  if (!sameWish(object, old, ignoresStatus)) object.metadata.generation = (old.metadata.generation ?? 0) + 1
}

/** Leaves the generation as it was, in place. */
export function keepGeneration(object: KubeObject, old: KubeObject): void {
  if (old.metadata.generation === undefined) delete object.metadata.generation
  else object.metadata.generation = old.metadata.generation
}

/** Whether two states of an object want the same: everything but metadata and, mostly, status. */
function sameWish(object: KubeObject, old: KubeObject, ignoresStatus: boolean): boolean {
  const [next, before] = [object as unknown as Record<string, unknown>, old as unknown as Record<string, unknown>]
  for (const key of new Set([...Object.keys(next), ...Object.keys(before)])) {
    if (key !== 'metadata' && (key !== 'status' || !ignoresStatus) && !sameJson(next[key], before[key])) return false
  }
  return true
}
