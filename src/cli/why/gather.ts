import { DaemonSets } from '../../api/apps/daemon-set.ts'
import { Deployments } from '../../api/apps/deployment.ts'
import { ReplicaSets } from '../../api/apps/replica-set.ts'
import { StatefulSets } from '../../api/apps/stateful-set.ts'
import { Jobs } from '../../api/batch/job.ts'
import { Pods } from '../../api/core/pod.ts'
import { ReplicationControllers } from '../../api/core/replication-controller.ts'
import { Secrets } from '../../api/core/secret.ts'
import { Services } from '../../api/core/service.ts'
import type { Pod, Secret, Service } from '../../api/core/v1.ts'
import { EndpointSlices } from '../../api/discovery/endpoint-slice.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { selects } from '../../api/meta/selectors.ts'
import { IngressClasses } from '../../api/networking/ingress-class.ts'
import { Ingresses } from '../../api/networking/ingress.ts'
import type { Client, Ref } from '../../client/client.ts'
import type { Decision } from '../../lib/decisions.ts'
import { isWherryError, WherryError } from '../../lib/errors.ts'
import { type Explanation, newestFirst, open, reason, reasonOf } from './explanation.ts'
import { explainPod, heldByFinalizers } from './pod.ts'
import { explainIngress, explainService } from './traffic.ts'
import { explainWorkload, type Owned, type Workload } from './workload.ts'

const WORKLOADS: readonly Kind<any>[] = [
  Deployments,
  ReplicaSets,
  StatefulSets,
  DaemonSets,
  Jobs,
  ReplicationControllers,
]

/** Reads what there is about one object and explains it. */
export async function explain(client: Client, kind: Kind, ref: Ref): Promise<Explanation> {
  if (kind.kind === 'Pod') return explainOnePod(client, ref)
  if (WORKLOADS.some((one) => one.kind === kind.kind && one.group === kind.group))
    return explainOneWorkload(client, kind, ref)
  if (kind.kind === 'Service') return explainOneService(client, ref)
  if (kind.kind === 'Ingress') return explainOneIngress(client, ref)
  return explainAny(client, kind, ref)
}

/** `pods`, `deployments.apps`: how decisions name a resource. */
export function resourceOf(kind: Pick<Kind, 'plural' | 'group'>): string {
  return kind.group === '' ? kind.plural : `${kind.plural}.${kind.group}`
}

function aboutOf(kind: Kind, ref: Ref): string {
  return `${kind.singular}/${ref.name}`
}

async function find<T extends KubeObject>(client: Client, kind: Kind<T>, ref: Ref): Promise<T | undefined> {
  try {
    return await client.get(kind, ref)
  } catch (error) {
    if (isWherryError(error, 'not-found')) return undefined
    throw error
  }
}

/** Every decision that is kept about one object, also when the object is gone. */
export async function decisionsAbout(
  client: Client,
  kind: Pick<Kind, 'plural' | 'group'>,
  ref: Ref,
): Promise<readonly Decision[]> {
  const about = [resourceOf(kind), ...(ref.namespace === undefined ? [] : [ref.namespace]), ref.name].join('/')
  const path = `/apis/wherry.dev/v1/decisions?about=${encodeURIComponent(about)}`
  const { status, body } = await client.raw({ method: 'GET', path })
  if (status !== 200)
    throw new WherryError('unavailable', `The server did not answer what it decided (${status}).`, {
      cause: body.toString('utf8'),
    })
  const answer = JSON.parse(body.toString('utf8')) as { items?: readonly Decision[] }
  return answer.items ?? []
}

async function explainOnePod(client: Client, ref: Ref, known?: Pod): Promise<Explanation> {
  const [pod, decisions] = await Promise.all([known ?? find(client, Pods, ref), decisionsAbout(client, Pods, ref)])
  // A pod of the same name that is gone must not answer for the one that is there.
  const mine =
    pod === undefined
      ? decisions
      : decisions.filter(({ about }) => about.uid === undefined || about.uid === pod.metadata.uid)
  return explainPod(aboutOf(Pods, ref), pod, mine)
}

async function explainPods(
  client: Client,
  pods: readonly Pod[],
): Promise<readonly { pod: Pod; explanation: Explanation }[]> {
  // One of each kind of trouble is enough; a workload of a thousand pods is not asked a thousand times.
  const troubled = pods
    .filter(
      (pod) =>
        pod.status.phase !== 'Succeeded' &&
        pod.status.conditions?.find(({ type }) => type === 'Ready')?.status !== 'True',
    )
    .slice(0, 20)
  return Promise.all(
    troubled.map(async (pod) => ({
      pod,
      explanation: await explainOnePod(client, { namespace: pod.metadata.namespace!, name: pod.metadata.name! }, pod),
    })),
  )
}

async function explainOneWorkload(client: Client, kind: Kind, ref: Ref): Promise<Explanation> {
  const query = ref.namespace === undefined ? {} : { namespace: ref.namespace }
  const [workload, decisions, sets, pods] = await Promise.all([
    find(client, kind, ref),
    decisionsAbout(client, kind, ref),
    kind.kind === 'Deployment' ? client.list(ReplicaSets, query) : undefined,
    client.list(Pods, query),
  ])
  const owner = workload?.metadata.uid
  const isOwned = (object: KubeObject, uid: string | undefined): boolean =>
    object.metadata.ownerReferences?.some((one) => one.uid === uid && one.controller) ?? false
  const current = sets?.items.filter((set) => isOwned(set, owner) && (set.spec.replicas ?? 1) > 0) ?? []
  const owned: readonly Owned[] = await Promise.all(
    current.map(async (set) => ({
      name: set.metadata.name!,
      decisions: await decisionsAbout(client, ReplicaSets, { ...ref, name: set.metadata.name! }),
    })),
  )
  const owners = new Set([owner, ...current.map((set) => set.metadata.uid)])
  const mine = pods.items.filter((pod) => [...owners].some((uid) => uid !== undefined && isOwned(pod, uid)))
  return explainWorkload(aboutOf(kind, ref), workload as Workload | undefined, {
    decisions,
    owned,
    pods: await explainPods(client, mine),
  })
}

async function explainOneService(client: Client, ref: Ref, known?: Service): Promise<Explanation> {
  const namespace = ref.namespace ?? 'default'
  const [service, slices, pods, decisions] = await Promise.all([
    known ?? find(client, Services, ref),
    client.list(EndpointSlices, { namespace, labelSelector: `kubernetes.io/service-name=${ref.name}` }),
    client.list(Pods, { namespace }),
    decisionsAbout(client, Services, ref),
  ])
  const selector = service?.spec.selector ?? {}
  const selected =
    Object.keys(selector).length === 0
      ? []
      : pods.items.filter((pod) => selects({ matchLabels: selector }, pod.metadata.labels))
  const listening = new Map<string, readonly number[]>()
  for (const pod of selected.slice(0, 10)) {
    const about = await decisionsAbout(client, Pods, { namespace, name: pod.metadata.name! })
    const seen = newestFirst(about).find((one) => one.reason === 'Listening' && one.about.uid === pod.metadata.uid)
    const ports = seen?.because[0]?.facts?.['ports']
    if (Array.isArray(ports)) listening.set(pod.metadata.name!, ports.map(Number))
  }
  return explainService(aboutOf(Services, ref), {
    service,
    slices: slices.items,
    pods: pods.items,
    troubled: await explainPods(client, selected),
    decisions,
    listening,
  })
}

async function explainOneIngress(client: Client, ref: Ref): Promise<Explanation> {
  const namespace = ref.namespace ?? 'default'
  const [ingress, decisions, classes] = await Promise.all([
    find(client, Ingresses, ref),
    decisionsAbout(client, Ingresses, ref),
    client.list(IngressClasses),
  ])
  const rules = ingress?.spec.rules?.flatMap((rule) => rule.http?.paths ?? []) ?? []
  const names = new Set(
    [ingress?.spec.defaultBackend, ...rules.map(({ backend }) => backend)].flatMap(
      (backend) => backend?.service?.name ?? [],
    ),
  )
  const backends = new Map<string, { service: Service; explanation: Explanation }>()
  for (const name of names) {
    const service = await find(client, Services, { namespace, name })
    if (service !== undefined)
      backends.set(name, { service, explanation: await explainOneService(client, { namespace, name }, service) })
  }
  const secrets = new Map<string, Secret>()
  for (const { secretName } of ingress?.spec.tls ?? []) {
    const secret = secretName ? await find(client, Secrets, { namespace, name: secretName }) : undefined
    if (secret !== undefined) secrets.set(secretName!, secret)
  }
  return explainIngress(aboutOf(Ingresses, ref), {
    ingress,
    decisions,
    backends,
    secrets,
    classes: classes.items.map((one) => ({
      name: one.metadata.name!,
      controller: one.spec.controller,
      isDefault: one.metadata.annotations?.['ingressclass.kubernetes.io/is-default-class'] === 'true',
    })),
  })
}

/** Any other kind: held deletions, conditions that are not as they should be, and what was recorded. */
async function explainAny(client: Client, kind: Kind, ref: Ref): Promise<Explanation> {
  const [object, found] = await Promise.all([find(client, kind, ref), decisionsAbout(client, kind, ref)])
  const decisions = newestFirst(found)
  const base = { about: aboutOf(kind, ref), decisions, healthy: false }
  if (object === undefined) {
    return decisions.length === 0
      ? {
          ...base,
          verdict: `There is no ${kind.singular} \`${ref.name}\`, and nothing was recorded about one.`,
          reasons: [],
        }
      : {
          ...base,
          verdict: `The ${kind.singular} is gone. This is what was recorded about it.`,
          reasons: decisions.slice(0, 5).map(reasonOf),
        }
  }
  const { deletionTimestamp, finalizers = [] } = object.metadata
  const held = [
    ...finalizers,
    ...((object as { spec?: { finalizers?: string[] } }).spec?.finalizers ?? []).filter(
      (one) => typeof one === 'string',
    ),
  ]
  const conditions =
    (object as { status?: { conditions?: { type: string; status: string; reason?: string; message?: string }[] } })
      .status?.conditions ?? []
  const bad = conditions.filter(
    ({ type, status }) =>
      (status === 'True') === /Pressure|Unavailable|Failure|Failed|Remaining/.test(type) && status !== 'Unknown',
  )
  const unknown = conditions.filter(({ status }) => status === 'Unknown')
  const said = [...bad, ...unknown].map(({ type, status, message, reason: code }) =>
    reason(`${type} is ${status}: ${message || code || ''}`, { by: 'status' }),
  )
  const refused = open(decisions).slice(0, 5).map(reasonOf)
  if (deletionTimestamp !== undefined) {
    const finding = heldByFinalizers(deletionTimestamp, held)
    return { ...base, ...finding, reasons: [...finding.reasons, ...said, ...refused] }
  }
  if (said.length + refused.length === 0)
    return {
      ...base,
      healthy: true,
      verdict: `Nothing stands against it.`,
      reasons: decisions.slice(0, 2).map(reasonOf),
    }
  return {
    ...base,
    verdict: said[0]?.message ?? refused[0]!.message,
    reasons: [...said.slice(1), ...refused],
    ...(open(decisions)[0]?.help ? { help: open(decisions)[0]!.help! } : {}),
  }
}
