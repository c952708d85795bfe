import { Binding } from '../../api/core/v1.ts'
import type { Pod, PodCondition } from '../../api/core/v1.ts'
import { Pods } from '../../api/core/pod.ts'
import { formatTime } from '../../api/meta/time.ts'
import { Status } from '../../api/meta/v1.ts'
import { draftOf, mutate, validate } from '../rest/admit.ts'
import { answerProblems, bodyKind } from '../rest/incoming.ts'
import { writeRequest } from '../rest/perform.ts'
import type { ResourceTarget } from '../request.ts'
import type { RestContext } from '../rest/context.ts'
import { badRequest, conflict, invalid, MODIFIED, notFound } from '../rest/refusals.ts'
import { keyOf, resourceOf } from '../rest/resource.ts'
import { encodeNext, keepDecoded, storedObject } from '../rest/stored.ts'
import { validateObject } from '../rest/strategy.ts'
import type { Handler } from '../rest/subresources.ts'
import { ATTEMPTS_MAX } from '../rest/update.ts'

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
  await place(context, { ...write.target, name }, binding, write.query.dryRun)
  const value = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } as Status
  return { type: 'value', status: 201, message: Status, value }
}

/**
 * Nothing of the pod changes but its node, a condition and what the binding notes on it. So the rest is neither copied
 * nor checked anew, and belongs to whom it belonged.
 */
async function place(context: RestContext, target: ResourceTarget, binding: Binding, dryRun: boolean): Promise<void> {
  const resource = resourceOf(Pods as never)
  const key = keyOf(resource, target.namespace, target.name)
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const entry = context.store.get(key)
    if (entry === undefined) throw notFound(Pods as never, target.name)
    const old = storedObject(entry) as Pod
    refuseBound(old, binding)
    const pod = placed(old, binding, formatTime(context.clock.now()))
    if (binding.metadata.annotations !== undefined) validateObject(resource, pod, old, 'binding')
    if (dryRun) return
    const value = encodeNext(resource, pod, entry)
    const { key: stored, modRevision: expected } = entry
    const { ok } = await context.store.write({ key: stored, value, expected, decoded: keepDecoded(pod) })
    if (ok) return
  }
  throw conflict(Pods as never, target.name, MODIFIED)
}

function placed(pod: Pod, { metadata: { annotations }, target }: Binding, lastTransitionTime: string): Pod {
  const conditions = (pod.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled')
  const condition: PodCondition = { type: 'PodScheduled', status: 'True', lastTransitionTime }
  const notes = annotations === undefined ? {} : { annotations: { ...pod.metadata.annotations, ...annotations } }
  return {
    ...pod,
    metadata: { ...pod.metadata, ...notes },
    spec: { ...pod.spec, nodeName: target.name! },
    status: { ...pod.status, conditions: [...conditions, condition] },
  }
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
