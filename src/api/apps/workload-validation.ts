import type { PodTemplateSpec } from '../core/v1.ts'
import { validateTemplate } from '../core/validation/pod.ts'
import { dns1123Label } from '../meta/names.ts'
import type { Problems } from '../meta/problems.ts'
import { selects } from '../meta/selectors.ts'
import type { LabelSelector } from '../meta/v1.ts'
import { atMostAll, isNothing, validateAmount } from '../meta/validate-amounts.ts'
import { unchanged } from '../meta/validate-immutable.ts'
import { validateSelector } from '../meta/validate-labels.ts'
import { notNegative } from '../meta/validate-numbers.ts'
import { sameJson } from '../../lib/patch/json.ts'
import type { DaemonSet, Deployment, ReplicaSet, StatefulSet } from './v1.ts'

interface Workload {
  readonly selector?: LabelSelector
  readonly template: PodTemplateSpec
  readonly minReadySeconds?: number
  readonly replicas?: number
  readonly revisionHistoryLimit?: number
}

/** Checks what all that keeps Pods running has in common. `what` is its name in sentences. */
export function validateWorkload(spec: Workload, what: string, problems: Problems): void {
  const { selector, template } = spec
  for (const name of ['replicas', 'minReadySeconds', 'revisionHistoryLimit'] as const) {
    notNegative(spec[name], `spec.${name}`, problems)
  }
  validateOwnSelector(selector, template, what, problems)
  validateTemplate(template, 'spec.template', problems)
  const { restartPolicy, activeDeadlineSeconds } = template.spec
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    problems.notSupported('spec.template.spec.restartPolicy', restartPolicy, ['Always'])
  }
  if (activeDeadlineSeconds !== undefined) {
    const detail = `activeDeadlineSeconds in ${KINDS[what] ?? 'ReplicaSet'} is not Supported`
    problems.forbidden('spec.template.spec.activeDeadlineSeconds', detail)
  }
}

const KINDS: Readonly<Record<string, string>> = { daemonset: 'DaemonSet', statefulset: 'StatefulSet' }

function validateOwnSelector(
  selector: LabelSelector | undefined,
  { metadata }: PodTemplateSpec,
  what: string,
  problems: Problems,
): void {
  if (selector === undefined) return
  const before = problems.causes.length
  validateSelector(selector, 'spec.selector', problems)
  const { matchLabels = {}, matchExpressions = [] } = selector
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) {
    problems.invalid('spec.selector', selector, `empty selector is invalid for ${what}`)
  }
  if (problems.causes.length === before && !selects(selector, metadata.labels)) {
    const detail = '`selector` does not match template `labels`'
    problems.invalid('spec.template.metadata.labels', metadata.labels, detail)
  }
}

/** Checks a Deployment. */
export function validateDeployment({ spec }: Deployment, problems: Problems): void {
  validateWorkload(spec, 'deployment', problems)
  const { type, rollingUpdate } = spec.strategy
  if (type === 'Recreate' && rollingUpdate !== undefined) {
    problems.forbidden('spec.strategy.rollingUpdate', "may not be specified when strategy `type` is 'Recreate'")
  }
  if (type === 'RollingUpdate' && rollingUpdate !== undefined) {
    const { maxUnavailable, maxSurge } = rollingUpdate
    const field = 'spec.strategy.rollingUpdate'
    validateAmount(maxUnavailable, `${field}.maxUnavailable`, problems)
    validateAmount(maxSurge, `${field}.maxSurge`, problems)
    if (isNothing(maxUnavailable) && isNothing(maxSurge)) {
      problems.invalid(`${field}.maxUnavailable`, maxUnavailable, 'may not be 0 when `maxSurge` is 0')
    }
    atMostAll(maxUnavailable, `${field}.maxUnavailable`, problems)
  }
  const { progressDeadlineSeconds: deadline, minReadySeconds = 0 } = spec
  if (deadline === undefined) return
  notNegative(deadline, 'spec.progressDeadlineSeconds', problems)
  if (deadline <= minReadySeconds) {
    problems.invalid('spec.progressDeadlineSeconds', deadline, 'must be greater than minReadySeconds')
  }
}

/** Checks that a workload still selects the same Pods. */
export function sameSelector<T extends { spec: { selector?: unknown } }>(next: T, old: T, problems: Problems): void {
  unchanged(next.spec.selector, old.spec.selector, 'spec.selector', problems)
}

/** Checks a ReplicaSet. */
export function validateReplicaSet({ spec }: ReplicaSet, problems: Problems): void {
  // The reference says `deployment` here too, and clients know the sentence.
  validateWorkload(spec, 'deployment', problems)
}

/** Checks a DaemonSet. */
export function validateDaemonSet({ spec }: DaemonSet, problems: Problems): void {
  validateWorkload(spec, 'daemonset', problems)
  const { type, rollingUpdate } = spec.updateStrategy
  if (type !== 'RollingUpdate' || rollingUpdate === undefined) return
  const field = 'spec.updateStrategy.rollingUpdate'
  const { maxUnavailable, maxSurge } = rollingUpdate
  for (const [name, amount] of Object.entries({ maxUnavailable, maxSurge })) {
    validateAmount(amount, `${field}.${name}`, problems)
    atMostAll(amount, `${field}.${name}`, problems)
  }
  if (!isNothing(maxUnavailable) && !isNothing(maxSurge)) {
    problems.invalid(`${field}.maxSurge`, maxSurge, 'may not be set when maxUnavailable is non-zero')
  } else if (isNothing(maxUnavailable) && isNothing(maxSurge)) {
    problems.required(`${field}.maxUnavailable`, 'cannot be 0 when maxSurge is 0')
  }
}

/** Checks a StatefulSet. */
export function validateStatefulSet({ spec }: StatefulSet, problems: Problems): void {
  validateWorkload(withClaims(spec), 'statefulset', problems)
  const { updateStrategy, ordinals, volumeClaimTemplates = [] } = spec
  const { type, rollingUpdate } = updateStrategy
  const field = 'spec.updateStrategy.rollingUpdate'
  if (rollingUpdate !== undefined) {
    if (type === 'OnDelete') problems.invalid(field, rollingUpdate, "only allowed for updateStrategy 'RollingUpdate'")
    const { partition, maxUnavailable } = rollingUpdate
    notNegative(partition, `${field}.partition`, problems)
    if (maxUnavailable !== undefined) {
      validateAmount(maxUnavailable, `${field}.maxUnavailable`, problems)
      if (isNothing(maxUnavailable)) problems.invalid(`${field}.maxUnavailable`, maxUnavailable, 'cannot be 0')
      atMostAll(maxUnavailable, `${field}.maxUnavailable`, problems)
    }
  }
  notNegative(ordinals?.start, 'spec.ordinals.start', problems)
  for (const name of ['whenDeleted', 'whenScaled'] as const) {
    const policy = spec.persistentVolumeClaimRetentionPolicy?.[name]
    if (policy !== undefined && policy !== 'Retain' && policy !== 'Delete') {
      problems.notSupported(`spec.persistentVolumeClaimRetentionPolicy.${name}`, policy, ['Delete', 'Retain'])
    }
  }
  for (const [i, { metadata }] of volumeClaimTemplates.entries()) {
    const path = `spec.volumeClaimTemplates[${i}].metadata.name`
    if ((metadata.name ?? '') === '') problems.required(path)
    else problems.invalidBy(dns1123Label(metadata.name!), path, metadata.name)
  }
}

/** A StatefulSet with the volumes that its claims become, so that containers may mount them. */
function withClaims(spec: StatefulSet['spec']): Workload {
  const claims = (spec.volumeClaimTemplates ?? []).map(({ metadata }) => ({
    name: metadata.name ?? '',
    persistentVolumeClaim: { claimName: metadata.name ?? '' },
  }))
  if (claims.length === 0) return spec
  const others = (spec.template.spec.volumes ?? []).filter(({ name }) => !claims.some((claim) => claim.name === name))
  const template = { ...spec.template, spec: { ...spec.template.spec, volumes: [...claims, ...others] } }
  return { ...spec, template }
}

const CHANGEABLE = new Set([
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
])

/** Checks that of a StatefulSet only changes what can. */
export function validateStatefulSetUpdate(next: StatefulSet, old: StatefulSet, problems: Problems): void {
  const fixed = (spec: object): object =>
    Object.fromEntries(Object.entries(spec).filter(([name]) => !CHANGEABLE.has(name)))
  if (sameJson(fixed(next.spec), fixed(old.spec))) return
  problems.forbidden(
    'spec',
    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
  )
}
