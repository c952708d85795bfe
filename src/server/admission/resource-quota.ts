import { PersistentVolumeClaims } from '../../api/core/persistent-volume-claim.ts'
import { Pods } from '../../api/core/pod.ts'
import { inScope, isScoped, usageOf } from '../../api/core/quota.ts'
import type { Usage } from '../../api/core/quota.ts'
import { ResourceQuotas } from '../../api/core/resource-quota.ts'
import { Services } from '../../api/core/service.ts'
import type { Pod, ResourceQuota } from '../../api/core/v1.ts'
import type { Kind, KubeObject } from '../../api/meta/kind.ts'
import { addQuantities, compareQuantities, formatQuantity, parseQuantity } from '../../api/meta/quantity.ts'
import type { Clock } from '../../lib/clock.ts'
import type { AdmissionPlugin, Attempt, ObjectReader } from './admission.ts'
import { forbidden } from './refusal.ts'

/** Writes a new status of a quota, made from the present one; the change is asked again when somebody was faster. */
export type QuotaWriter = (
  kind: typeof ResourceQuotas,
  ref: { readonly namespace?: string; readonly name: string },
  change: (quota: ResourceQuota) => ResourceQuota['status'] | undefined,
) => Promise<void>

/**
 * Lets a write into a namespace only as long as its quotas allow it, and charges it to them before it is stored, so
 * that many at the same time cannot take more than there is. What is charged and then not stored, the controller of
 * quotas gives back when it counts next.
 */
export function resourceQuota(reader: ObjectReader, clock: Clock, write: QuotaWriter): AdmissionPlugin {
  return {
    name: 'ResourceQuota',
    handles: ({ operation, kind, target }) => {
      if (!kind.namespaced || !kind.verbs.includes('list')) return false
      if (operation === 'CREATE') return target.subresource === ''
      if (operation !== 'UPDATE') return false
      return GROWING.has(kind) ? target.subresource === '' : kind === Pods && target.subresource === 'resize'
    },
    validate(attempt) {
      const quotas = reader.list(ResourceQuotas, attempt.target.namespace)
      if (quotas.length === 0 || isThereAlready(reader, attempt)) return
      const growth = growthOf(attempt, clock.now())
      const charges = quotas
        .map((quota) => ({ quota, amounts: chargeOf(quota, attempt, growth) }))
        .filter(({ amounts }) => Object.keys(amounts).length > 0)
      if (charges.length > 0) return chargeAll(attempt, charges, write)
    },
  }
}

/** Kinds whose objects can come to count for more after they were created; of Pods only a resize does. */
const GROWING: ReadonlySet<Kind<any>> = new Set<Kind<any>>([Services, PersistentVolumeClaims])

/** A second object of a name is refused later, and has to cost nothing. */
function isThereAlready(reader: ObjectReader, { operation, kind, target, object }: Attempt): boolean {
  const name = object?.metadata.name ?? ''
  if (operation !== 'CREATE' || name === '') return false
  return reader.get(kind, { namespace: target.namespace, name }) !== undefined
}

/** How much more the new state counts for than the old one. */
function growthOf({ kind, object, old }: Attempt, nowMs: number): Usage {
  const after = usageOf(kind, object as KubeObject, nowMs)
  const before = old === undefined ? {} : usageOf(kind, old, nowMs)
  const growth: Record<string, string> = {}
  for (const [name, amount] of Object.entries(after)) {
    const { nano, format } = parseQuantity(amount)
    const more = nano - parseQuantity(before[name] ?? '0').nano
    if (more > 0n) growth[name] = formatQuantity({ nano: more, format })
  }
  return growth
}

/** The part of a growth that a quota limits. Throws when a container does not say what the quota has to know. */
function chargeOf(quota: ResourceQuota, attempt: Attempt, growth: Usage): Usage {
  const { kind, object } = attempt
  if (isScoped(quota.spec) && (kind !== Pods || !inScope(quota.spec, object as Pod))) return {}
  const hard = quota.spec.hard ?? {}
  const amounts = Object.fromEntries(Object.entries(growth).filter(([name]) => Object.hasOwn(hard, name)))
  if (kind === Pods && growth['pods'] !== undefined) {
    const missing = unsaid(object as Pod, Object.keys(hard))
    if (missing.length > 0) {
      throw forbidden(attempt, `failed quota: ${quota.metadata.name}: must specify ${missing.join('; ')}`)
    }
  }
  return amounts
}

/** Of these, every container has to say how much it wants, or the sum would mean nothing. */
const SAID: ReadonlySet<string> = new Set(
  ['cpu', 'memory'].flatMap((name) => [name, `requests.${name}`, `limits.${name}`]),
)

function unsaid({ spec }: Pod, limited: readonly string[]): string[] {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])]
  return limited
    .filter((name) => SAID.has(name))
    .toSorted()
    .flatMap((name) => {
      const side = name.startsWith('limits.') ? 'limits' : 'requests'
      const resource = name.replace(/^(limits|requests)\./, '')
      if (spec.resources?.[side]?.[resource] !== undefined) return []
      const silent = containers.filter(({ resources }) => resources[side]?.[resource] === undefined)
      return silent.length === 0
        ? []
        : [`${name} for: ${[...new Set(silent.map((container) => container.name))].toSorted().join(',')}`]
    })
}

interface Charge {
  readonly quota: ResourceQuota
  readonly amounts: Usage
}

async function chargeAll(attempt: Attempt, charges: readonly Charge[], write: QuotaWriter): Promise<void> {
  const charged: Charge[] = []
  try {
    for (const charge of charges) {
      if (attempt.dryRun) {
        afterCharge(attempt, charge.quota, charge.amounts)
        continue
      }
      await write(ResourceQuotas, charge.quota.metadata, (quota) => afterCharge(attempt, quota, charge.amounts))
      charged.push(charge)
    }
  } catch (error) {
    for (const { quota, amounts } of charged) {
      await write(ResourceQuotas, quota.metadata, (now) => ({ ...now.status, used: plus(now, amounts, -1n) }))
    }
    throw error
  }
}

/** The status of a quota when `amounts` are charged to it; throws `forbidden` when that is too much. */
function afterCharge(attempt: Attempt, quota: ResourceQuota, amounts: Usage): ResourceQuota['status'] {
  const { hard = {}, used = {} } = quota.status
  const { name } = quota.metadata
  const unknown = Object.keys(amounts).filter((one) => hard[one] === undefined || used[one] === undefined)
  if (unknown.length > 0) {
    throw forbidden(attempt, `status unknown for quota: ${name}, resources: ${unknown.toSorted().join(',')}`)
  }
  const next = plus(quota, amounts, 1n)
  const broken = Object.keys(amounts)
    .filter((one) => compareQuantities(next[one]!, hard[one]!) > 0)
    .toSorted()
  if (broken.length > 0) {
    const show = (of: Usage): string => broken.map((one) => `${one}=${of[one]}`).join(',')
    throw forbidden(
      attempt,
      `exceeded quota: ${name}, requested: ${show(amounts)}, used: ${show(used)}, limited: ${show(hard)}`,
      { hint: 'Delete something in the namespace, or raise the quota.' },
    )
  }
  return { ...quota.status, used: next }
}

function plus({ status }: ResourceQuota, amounts: Usage, sign: bigint): Record<string, string> {
  const used: Record<string, string> = { ...status.used }
  for (const [name, text] of Object.entries(amounts)) {
    const { nano, format } = parseQuantity(text)
    const sum = addQuantities(parseQuantity(used[name] ?? '0'), { nano: nano * sign, format })
    used[name] = formatQuantity(sum.nano < 0n ? { ...sum, nano: 0n } : sum)
  }
  return used
}
