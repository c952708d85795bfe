import { qosClassOf } from '../../api/core/pod-qos.ts'
import type { Namespace, Pod } from '../../api/core/v1.ts'
import type { KubeObject } from '../../api/meta/kind.ts'
import type { Resource } from './resource.ts'

type Status = Record<string, unknown>

/** What objects of some kinds say of themselves from the beginning. */
const INITIAL: Readonly<Record<string, (object: KubeObject) => void>> = {
  pods: (object) => {
    const pod = object as Pod
    pod.status = { ...pod.status, phase: 'Pending', qosClass: qosClassOf(pod.spec) }
  },
  namespaces: (object) => {
    const namespace = object as Namespace
    const finalizers = namespace.spec.finalizers ?? []
    // What is in a namespace goes before it: the namespace controller removes this when nothing is left.
    namespace.spec.finalizers = finalizers.includes('kubernetes') ? finalizers : [...finalizers, 'kubernetes']
    namespace.status = { ...namespace.status, phase: 'Active' }
  },
  persistentvolumes: (object) => setPhase(object, 'Pending'),
  persistentvolumeclaims: (object) => setPhase(object, 'Pending'),
}

function setPhase(object: KubeObject, phase: string): void {
  const { status } = object as KubeObject & { status?: Status }
  ;(object as KubeObject & { status: Status }).status = { ...status, phase }
}

/** Completes an object that is about to be created, in place. */
export function setInitial(resource: Resource, object: KubeObject): void {
  INITIAL[resource.name]?.(object)
}

/** Finalizers of a namespace change only through its subresource `finalize`. */
export function keepNamespaceFinalizers(
  resource: Resource,
  object: KubeObject,
  old: KubeObject,
  subresource: string,
): void {
  if (resource.name !== 'namespaces' || subresource === 'finalize') return
  const { finalizers } = (old as Namespace).spec
  // The spec may be that of the old object, which is everybody's.
  const { finalizers: _, ...spec } = (object as Namespace).spec
  ;(object as Namespace).spec = finalizers === undefined ? spec : { ...spec, finalizers }
}
