import type { Pod } from '../../api/core/v1.ts'
import { selects } from '../../api/meta/selectors.ts'
import { formatTime } from '../../api/meta/time.ts'
import { Status } from '../../api/meta/v1.ts'
import { PodDisruptionBudgets } from '../../api/policy/pod-disruption-budget.ts'
import { Eviction } from '../../api/policy/v1.ts'
import type { PodDisruptionBudget } from '../../api/policy/v1.ts'
import { WherryError } from '../../lib/errors.ts'
import { draftOf, validate } from '../rest/admit.ts'
import type { RestContext, RestRequest, WriteRequest } from '../rest/context.ts'
import { deleteObject } from '../rest/delete.ts'
import { readDeleteQuery } from '../rest/delete-options.ts'
import { answerProblems, bodyKind } from '../rest/incoming.ts'
import { writeRequest } from '../rest/perform.ts'
import { badRequest, notFound } from '../rest/refusals.ts'
import { keyOf, prefixOf, resourceOf } from '../rest/resource.ts'
import { objectOf } from '../rest/stored.ts'
import type { Handler } from '../rest/subresources.ts'
import { changeObject } from '../rest/update.ts'

const evictionKind = bodyKind(Eviction)
const budgetResource = resourceOf(PodDisruptionBudgets as never)

/** Deletes a pod as far as the disruption budgets of its namespace let it go. */
export const evict: Handler = async (context, request, call) => {
  const write = writeRequest(request, call, 'CreateOptions')
  const incoming = await call.body.object(evictionKind)
  answerProblems(evictionKind, incoming.problems, write.query.fieldValidation, call.warn)
  const eviction = incoming.object as Eviction
  const { name } = request.target
  if (eviction.metadata.name && eviction.metadata.name !== name)
    throw badRequest('name in URL does not match name in Eviction object')
  const entry = context.store.get(keyOf(request.resource, request.target.namespace, name))
  if (entry === undefined) throw notFound(request.resource.kind, name)
  const pod = objectOf(request.resource, entry) as Pod
  await validate(
    context,
    draftOf('CREATE', request, request.resource.kind, write.query.dryRun, {}),
    eviction,
    undefined,
  )
  const query = readDeleteQuery(new URLSearchParams(), eviction.deleteOptions)
  const dryRun = query.dryRun || write.query.dryRun
  if (needsBudget(pod)) await takeFromBudget(context, write, pod, dryRun)
  if (!dryRun && pod.metadata.deletionTimestamp === undefined) await markDisrupted(context, write)
  await deleteObject(context, asDelete(request), { ...query, dryRun })
  const value = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 } as Status
  return { type: 'value', status: 201, message: Status, value }
}

/** A pod that has ended, has not begun or is on its way already disrupts nobody. */
function needsBudget({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && !['Succeeded', 'Failed', 'Pending'].includes(status.phase ?? '')
}

async function takeFromBudget(context: RestContext, write: WriteRequest, pod: Pod, dryRun: boolean): Promise<void> {
  const { namespace = '', name, labels } = pod.metadata
  const budgets = context.store
    .list(prefixOf(budgetResource, namespace))
    .entries.map((entry) => objectOf(budgetResource, entry) as PodDisruptionBudget)
    .filter(({ spec }) => selects(spec.selector, labels))
  const [budget] = budgets
  if (budget === undefined) return
  if (budgets.length > 1) {
    throw new WherryError(
      'internal',
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    )
  }
  const isReady = pod.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
  if (!isReady && mayGoUnready(budget)) return
  const target = {
    ...write.target,
    group: 'policy',
    plural: 'poddisruptionbudgets',
    subresource: 'status',
    name: budget.metadata.name,
    kind: PodDisruptionBudgets as never,
  }
  const request: WriteRequest = { ...write, target, resource: budgetResource, query: { ...write.query, dryRun } }
  await changeObject({ ...context, admission: [] }, request, (old) => {
    const next = structuredClone(old) as PodDisruptionBudget
    refuseOverdrawn(next)
    next.status.disruptionsAllowed--
    next.status.disruptedPods = { ...next.status.disruptedPods, [name]: formatTime(context.clock.now()) }
    return { object: next, resetsOwners: false }
  })
}

/** Pods that serve nobody may go while enough others do, or always when the budget says so. */
function mayGoUnready({ spec, status }: PodDisruptionBudget): boolean {
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true
  return status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0
}

function refuseOverdrawn({ metadata, status }: PodDisruptionBudget): void {
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    throw tooMany(`The disruption budget ${metadata.name} is still being processed by the server.`, 10)
  }
  if (status.disruptionsAllowed > 0) return
  throw tooMany(
    `The disruption budget ${metadata.name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`,
    0,
  )
}

function tooMany(why: string, retryAfterSeconds: number): WherryError {
  return new WherryError('too-many-requests', "Cannot evict pod as it would violate the pod's disruption budget.", {
    details: {
      causes: [{ reason: 'DisruptionBudget', message: why, field: '' }],
      ...(retryAfterSeconds === 0 ? {} : { retryAfterSeconds }),
    },
  })
}

/** Says on the pod why it goes, for whoever owns it. */
async function markDisrupted(context: RestContext, write: WriteRequest): Promise<void> {
  const request: WriteRequest = { ...write, target: { ...write.target, subresource: 'status' } }
  await changeObject({ ...context, admission: [] }, request, (old) => {
    const pod = structuredClone(old) as Pod
    const conditions = (pod.status.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget')
    pod.status.conditions = [
      ...conditions,
      {
        type: 'DisruptionTarget',
        status: 'True',
        reason: 'EvictionByEvictionAPI',
        message: 'Eviction API: evicting',
        lastTransitionTime: formatTime(context.clock.now()),
      },
    ]
    return { object: pod, resetsOwners: false }
  })
}

function asDelete(request: RestRequest): RestRequest {
  return { ...request, target: { ...request.target, verb: 'delete', subresource: '' } }
}
