import { Binding } from '../../api/core/v1.ts'
import type { Pod } from '../../api/core/v1.ts'
import { Pods } from '../../api/core/pod.ts'
import { formatTime } from '../../api/meta/time.ts'
import { Status } from '../../api/meta/v1.ts'
import { draftOf, mutate, validate } from '../rest/admit.ts'
import { answerProblems, bodyKind } from '../rest/incoming.ts'
import { writeRequest } from '../rest/perform.ts'
import { badRequest, conflict, invalid } from '../rest/refusals.ts'
import { resourceOf } from '../rest/resource.ts'
import type { Handler } from '../rest/subresources.ts'
import { changeObject } from '../rest/update.ts'

const bindingKind = bodyKind(Binding)

/** Puts a pod on a node: what a scheduler has decided. Serves `pods/NAME/binding` and the older `bindings`. */
export const bind: Handler = async (context, request, call) => {
  const write = writeRequest(request, call, 'CreateOptions')
  const incoming = await call.body.object(bindingKind)
  answerProblems(bindingKind, incoming.problems, write.query.fieldValidation, call.warn)
  let binding = incoming.object as Binding
  const name = request.target.name || binding.metadata.name
  if (!name || (binding.metadata.name && binding.metadata.name !== name)) {
    throw badRequest('the name of the binding does not match the name of the pod')
  }
  const { target: node } = binding
  if (node.kind !== undefined && node.kind !== 'Node') {
    throw bindingInvalid(
      name,
      'target.kind',
      'FieldValueNotSupported',
      `Unsupported value: ${JSON.stringify(node.kind)}: supported values: "Node"`,
    )
  }
  if (node.name === undefined || node.name === '')
    throw bindingInvalid(name, 'target.name', 'FieldValueRequired', 'Required value')
  const draft = draftOf('CREATE', request, request.resource.kind, write.query.dryRun, {})
  binding = (await mutate(context, draft, binding, undefined)) as Binding
  await validate(context, draft, binding, undefined)
  // The pod changes as by an update of its own, which nobody but a binding may make.
  const target = { ...write.target, plural: 'pods', name, subresource: 'binding', kind: Pods as never }
  await changeObject(
    { ...context, admission: [] },
    { ...write, target, resource: resourceOf(Pods as never) },
    (old) => {
      const pod = structuredClone(old) as Pod
      refuseBound(pod, binding)
      pod.spec.nodeName = node.name!
      const annotations = binding.metadata.annotations
      if (annotations !== undefined) pod.metadata.annotations = { ...pod.metadata.annotations, ...annotations }
      const conditions = (pod.status.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled')
      const lastTransitionTime = formatTime(context.clock.now())
      pod.status.conditions = [...conditions, { type: 'PodScheduled', status: 'True', lastTransitionTime }]
      return { object: pod, resetsOwners: false, isWhole: true }
    },
  )
  const value = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } as Status
  return { type: 'value', status: 201, message: Status, value }
}

function refuseBound(pod: Pod, { metadata }: Binding): void {
  const { name, uid, resourceVersion, deletionTimestamp } = pod.metadata
  if (metadata.uid && metadata.uid !== uid) {
    throw conflict(
      Pods as never,
      name,
      `Precondition failed: UID in precondition: ${metadata.uid}, UID in object meta: ${uid}`,
    )
  }
  if (metadata.resourceVersion && metadata.resourceVersion !== resourceVersion) {
    throw conflict(
      Pods as never,
      name,
      `Precondition failed: ResourceVersion in precondition: ${metadata.resourceVersion}, ResourceVersion in object meta: ${resourceVersion}`,
    )
  }
  if (deletionTimestamp !== undefined)
    throw conflict(Pods as never, name, `pod ${name} is being deleted, cannot be assigned to a host`)
  if (pod.spec.nodeName)
    throw conflict(Pods as never, name, `pod ${name} is already assigned to node "${pod.spec.nodeName}"`)
  if ((pod.spec.schedulingGates ?? []).length > 0) {
    throw conflict(Pods as never, name, `pod ${name} has non-empty .spec.schedulingGates`)
  }
}

function bindingInvalid(name: string, field: string, reason: string, message: string): Error {
  return invalid({ ...Pods, kind: 'Binding', plural: 'bindings' } as never, name, [{ reason, field, message }])
}
