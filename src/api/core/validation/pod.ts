import { sameJson } from '../../../lib/patch/json.ts'
import type { Problems } from '../../meta/problems.ts'
import { validLabelValue } from '../../meta/names.ts'
import { within } from '../../meta/validate-numbers.ts'
import { unchanged } from '../../meta/validate-immutable.ts'
import type { Container, ContainerStatus, Pod, PodSpec, PodTemplateSpec, Toleration } from '../v1.ts'
import { validateLabels } from '../../meta/validate-labels.ts'
import { validateAddress } from './addresses.ts'
import { validatePodSpec } from './pod-spec.ts'

/** Checks a Pod. */
export function validatePod(pod: Pod, problems: Problems): void {
  validatePodSpec(pod.spec, 'spec', problems, true)
  if ((pod.spec.serviceAccountName ?? '') !== '') return
  for (const [i, { projected }] of (pod.spec.volumes ?? []).entries()) {
    for (const [j, { serviceAccountToken }] of (projected?.sources ?? []).entries()) {
      if (serviceAccountToken === undefined) continue
      const field = `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`
      problems.forbidden(field, 'must not be specified when serviceAccountName is not set')
    }
  }
}

/** Checks what only a new Pod cannot have. */
export function validatePodCreate({ spec }: Pod, problems: Problems): void {
  if ((spec.ephemeralContainers ?? []).length > 0) {
    problems.forbidden('spec.ephemeralContainers', 'cannot be set on create')
  }
  if ((spec.nodeName ?? '') !== '' && (spec.schedulingGates ?? []).length > 0) {
    problems.forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared')
  }
}

/** Checks a template for Pods. */
export function validateTemplate({ metadata, spec }: PodTemplateSpec, field: string, problems: Problems): void {
  validateLabels(metadata.labels, `${field}.metadata.labels`, problems)
  validatePodSpec(spec, `${field}.spec`, problems, false)
  if ((spec.ephemeralContainers ?? []).length > 0) {
    problems.forbidden(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template')
  }
}

const CHANGEABLE =
  '`spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

const INT32_MAX = 2 ** 31 - 1

/** Checks that of a Pod only changes what can change while it runs. */
export function validatePodUpdate({ spec }: Pod, { spec: old }: Pod, problems: Problems): void {
  for (const name of ['containers', 'initContainers'] as const) {
    if ((spec[name] ?? []).length !== (old[name] ?? []).length) {
      problems.forbidden(`spec.${name}`, 'pod updates may not add or remove containers')
      return
    }
  }
  validateDeadline(spec, old, problems)
  validateAddedTolerations(spec.tolerations, old.tolerations, problems)
  validateGates(spec, old, problems)
  // What may have changed is made equal; then everything has to be.
  const munged = {
    ...spec,
    containers: withImagesOf(spec.containers, old.containers),
    ...(spec.initContainers && { initContainers: withImagesOf(spec.initContainers, old.initContainers ?? []) }),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    tolerations: old.tolerations,
    schedulingGates: old.schedulingGates,
    ...((old.terminationGracePeriodSeconds ?? 0) < 0 &&
      spec.terminationGracePeriodSeconds === 1 && { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds }),
    ...(isGated(old) && { nodeSelector: old.nodeSelector, affinity: withNodeAffinityOf(spec, old) }),
  }
  if (sameJson(munged, old)) return
  const changed = Object.keys({ ...munged, ...old }).filter(
    (key) => !sameJson((munged as Fields)[key], (old as Fields)[key]),
  )
  const detail = `pod updates may not change fields other than ${CHANGEABLE}\nchanged: ${changed.map((key) => `spec.${key}`).join(', ')}`
  problems.forbidden('spec', detail)
}

type Fields = Readonly<Record<string, unknown>>

function withImagesOf(containers: readonly Container[], old: readonly Container[]): Container[] {
  return containers.map((container, i) => ({ ...container, image: old[i]!.image }))
}

function validateDeadline(spec: PodSpec, old: PodSpec, problems: Problems): void {
  const [next, before] = [spec.activeDeadlineSeconds, old.activeDeadlineSeconds]
  const field = 'spec.activeDeadlineSeconds'
  if (next === undefined) {
    if (before !== undefined) problems.invalid(field, next, 'must not update from a positive integer to nil value')
  } else if (next < 0 || next > INT32_MAX) {
    problems.invalid(field, next, within(0, INT32_MAX))
  } else if (before !== undefined && before < next) {
    problems.invalid(field, next, 'must be less than or equal to previous value')
  }
}

function validateAddedTolerations(
  next: readonly Toleration[] = [],
  old: readonly Toleration[] = [],
  problems: Problems,
): void {
  // Only how long it is borne with may change, since that says nothing of where the Pod may be.
  const timeless = (one: Toleration): unknown => ({ ...one, tolerationSeconds: undefined })
  if (old.every((before) => next.some((one) => sameJson(timeless(one), timeless(before))))) return
  problems.forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')
}

function isGated({ schedulingGates = [] }: PodSpec): boolean {
  return schedulingGates.length > 0
}

function validateGates(spec: PodSpec, old: PodSpec, problems: Problems): void {
  const before = new Set((old.schedulingGates ?? []).map(({ name }) => name))
  for (const [i, { name }] of (spec.schedulingGates ?? []).entries()) {
    if (!before.has(name)) {
      problems.forbidden(`spec.schedulingGates[${i}]`, 'only deletion is allowed, but found new scheduling gate')
    }
  }
  if (!isGated(old)) return
  for (const [key, value] of Object.entries(old.nodeSelector ?? {})) {
    if (spec.nodeSelector?.[key] !== value) {
      problems.invalid(
        'spec.nodeSelector',
        spec.nodeSelector,
        'only additions to spec.nodeSelector are allowed (no mutations or deletions)',
      )
      return
    }
  }
}

function withNodeAffinityOf({ affinity }: PodSpec, old: PodSpec): PodSpec['affinity'] {
  const { nodeAffinity: _, ...rest } = affinity ?? {}
  const nodeAffinity = old.affinity?.nodeAffinity
  if (old.affinity === undefined && Object.keys(rest).length === 0) return undefined
  return { ...rest, ...(nodeAffinity && { nodeAffinity }) }
}

/** Checks that ephemeral containers are only added. */
export function validateEphemeralUpdate({ spec }: Pod, { spec: old }: Pod, problems: Problems): void {
  for (const before of old.ephemeralContainers ?? []) {
    const next = spec.ephemeralContainers?.find(({ name }) => name === before.name)
    const quoted = JSON.stringify(before.name)
    if (next === undefined) {
      problems.forbidden('spec.ephemeralContainers', `existing ephemeral containers ${quoted} may not be removed\n`)
    } else if (!sameJson(next, before)) {
      problems.forbidden('spec.ephemeralContainers', `existing ephemeral containers ${quoted} may not be changed\n`)
    }
  }
}

/** Checks a change of a Pod's status. */
export function validatePodStatus(pod: Pod, old: Pod, problems: Problems): void {
  const { spec, status } = pod
  if (spec.nodeName !== old.spec.nodeName) problems.forbidden('status.nodeName', 'may not be changed directly')
  if (old.status.qosClass !== undefined) unchanged(status.qosClass, old.status.qosClass, 'status.qosClass', problems)
  validateTransitions(status.containerStatuses, old.status.containerStatuses, spec, problems)
  for (const [i, { ip }] of (status.podIPs ?? []).entries()) validateAddress(ip, `status.podIPs[${i}]`, problems)
  for (const [i, { type }] of (status.conditions ?? []).entries()) {
    if (type !== '' && !type.includes('/'))
      problems.invalidBy(validLabelValue(type), `status.conditions[${i}].type`, type)
  }
}

/** A container that has ended for good does not come back. */
function validateTransitions(
  next: readonly ContainerStatus[] = [],
  old: readonly ContainerStatus[] = [],
  spec: PodSpec,
  problems: Problems,
): void {
  for (const [i, { name, state }] of old.entries()) {
    const ended = state?.terminated
    const now = next.find((status) => status.name === name)
    if (ended === undefined || now === undefined || now.state?.terminated !== undefined) continue
    const container = spec.containers.find((one) => one.name === name)
    const policy = container?.restartPolicy ?? spec.restartPolicy ?? 'Always'
    const mayReturn =
      policy === 'Always' ||
      (policy === 'OnFailure' && ended.exitCode !== 0) ||
      (container?.restartPolicyRules ?? []).some(({ exitCodes }) => {
        const listed = (exitCodes?.values ?? []).includes(ended.exitCode)
        return exitCodes?.operator === 'NotIn' ? !listed : listed
      })
    if (!mayReturn) {
      problems.forbidden(`status.containerStatuses[${i}].state`, 'may not be transitioned to non-terminated state')
    }
  }
}
