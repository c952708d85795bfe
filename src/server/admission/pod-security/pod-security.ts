import { Namespaces } from '../../../api/core/namespace.ts'
import { Pods } from '../../../api/core/pod.ts'
import type { Namespace, Pod, PodSpec } from '../../../api/core/v1.ts'
import { controllerOf } from '../../../api/meta/owners.ts'
import { Problems } from '../../../api/meta/problems.ts'
import { sameJson } from '../../../lib/patch/json.ts'
import type { AdmissionPlugin, Attempt, ObjectReader } from '../admission.ts'
import { forbidden, refuseInvalid } from '../refusal.ts'
import type { PodView } from './check.ts'
import { allContainers } from './check.ts'
import { asksNothing, policyOf, showStandard, showViolations, violations, type Standard } from './policy.ts'

/** Where the template of a Pod stands in the objects that make Pods. */
const TEMPLATES: Readonly<Record<string, (object: any) => PodTemplate | undefined>> = {
  podtemplates: (object) => object.template,
  replicationcontrollers: (object) => object.spec.template,
  'replicasets.apps': (object) => object.spec.template,
  'deployments.apps': (object) => object.spec.template,
  'statefulsets.apps': (object) => object.spec.template,
  'daemonsets.apps': (object) => object.spec.template,
  'jobs.batch': (object) => object.spec.template,
  'cronjobs.batch': (object) => object.spec.jobTemplate.spec.template,
}

interface PodTemplate {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec: PodSpec
}

/**
 * Keeps Pods to the Pod Security Standards, as the labels of their namespace ask. Templates are only warned about,
 * since the Pods that they make are what is refused.
 */
export function podSecurity(reader: ObjectReader): AdmissionPlugin {
  const policyFor = (namespace: string) => policyOf(reader.get(Namespaces, { name: namespace })?.metadata.labels)
  return {
    name: 'PodSecurity',
    handles: ({ operation, target, kind }) =>
      (operation === 'CREATE' || operation === 'UPDATE') &&
      (target.subresource === '' || target.subresource === 'ephemeralcontainers' || target.subresource === 'resize') &&
      (kind === Namespaces || kind === Pods || Object.hasOwn(TEMPLATES, resourceOf(kind))),
    validate(attempt) {
      const { object, old, kind, target } = attempt
      if (object === undefined) return
      if (kind === Namespaces) checkNamespace(attempt, object as Namespace, old as Namespace | undefined, reader)
      else if (kind === Pods) checkPod(attempt, object as Pod, old as Pod | undefined)
      else {
        const template = TEMPLATES[resourceOf(kind)]!(object)
        const { warn } = policyFor(target.namespace)
        if (template !== undefined) warnOf(attempt, warn, view(template))
      }
    },
  }

  function checkPod(attempt: Attempt, pod: Pod, old: Pod | undefined): void {
    const policy = policyFor(attempt.target.namespace)
    if (asksNothing(policy) || (old !== undefined && !hasOtherImages(pod, old))) return
    const found = violations(policy.enforce, view(pod))
    if (found.length > 0) {
      throw forbidden(attempt, `violates PodSecurity ${showStandard(policy.enforce)}: ${showViolations(found)}`)
    }
    warnOf(attempt, policy.warn, view(pod))
  }
}

function resourceOf({ group, plural }: Attempt['kind']): string {
  return group === '' ? plural : `${plural}.${group}`
}

function view({ metadata, spec }: PodTemplate): PodView {
  return { annotations: metadata.annotations ?? {}, spec }
}

function warnOf({ warn }: Attempt, standard: Standard, pod: PodView): void {
  const found = violations(standard, pod)
  if (found.length > 0) warn(`would violate PodSecurity ${showStandard(standard)}: ${showViolations(found)}`)
}

/** What was let in once stays, so that a change of policy does not keep its status from being written. */
function hasOtherImages(pod: Pod, old: Pod): boolean {
  const images = ({ spec }: Pod): Record<string, string | undefined> =>
    Object.fromEntries(allContainers(spec).map(({ name, image }) => [name, image]))
  return !sameJson(images(pod), images(old))
}

function checkNamespace(attempt: Attempt, next: Namespace, old: Namespace | undefined, reader: ObjectReader): void {
  const [problems, before] = [new Problems(), new Problems()]
  const { enforce } = policyOf(next.metadata.labels, problems)
  const oldPolicy = old && policyOf(old.metadata.labels, before)
  if (oldPolicy === undefined || !sameJson(problems.causes, before.causes)) refuseInvalid(attempt, problems)
  if (oldPolicy === undefined || sameJson(enforce, oldPolicy.enforce)) return
  for (const warning of warningsFor(next.metadata.name, enforce, reader)) attempt.warn(warning)
}

/** Of more Pods than these the first ones stand for all, to keep a change of labels quick. */
const PODS_MAX = 3000

/** Which of the Pods that are there already a new standard would refuse. */
function warningsFor(namespace: string, standard: Standard, reader: ObjectReader): string[] {
  if (standard.level === 'privileged') return []
  const pods = onePerController(reader.list(Pods, namespace))
  const byReason = new Map<string, string[]>()
  for (const pod of pods.slice(0, PODS_MAX)) {
    const found = violations(standard, view(pod))
    if (found.length === 0) continue
    const reason = found.map(({ reason }) => reason).join(', ')
    byReason.set(reason, [...(byReason.get(reason) ?? []), pod.metadata.name])
  }
  const warnings = [...byReason].map(([reason, names]) => {
    const others = names.length - 1
    const more = others === 0 ? '' : ` (and ${others} other pod${others === 1 ? '' : 's'})`
    return `${names.toSorted()[0]}${more}: ${reason}`
  })
  const head = []
  if (pods.length > PODS_MAX) {
    head.push(
      `new PodSecurity enforce level only checked against the first ${PODS_MAX} of ${pods.length} existing pods`,
    )
  }
  if (warnings.length > 0) {
    head.push(
      `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level ${showStandard(standard)}`,
    )
  }
  return [...head, ...warnings.toSorted()]
}

/** Pods of one controller are alike, so one of each comes first. */
function onePerController(pods: readonly Pod[]): readonly Pod[] {
  const seen = new Set<string>()
  const [first, rest]: [Pod[], Pod[]] = [[], []]
  for (const pod of pods) {
    const owner = controllerOf(pod)?.uid
    if (owner !== undefined && seen.has(owner)) rest.push(pod)
    else first.push(pod)
    if (owner !== undefined) seen.add(owner)
  }
  return [...first, ...rest]
}
